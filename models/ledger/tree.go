// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxSize bounds the number of leaves of a log. It is far above any use and keeps the index
// arithmetic of hostile heads away from overflow.
const MaxSize = 1 << 48

// Node is one hash of the tree at its storage index (tlog.StoredHashIndex: every leaf hash
// is followed by the hashes of the subtrees it completes).
type Node struct {
	Index int64 `json:"index"`
	Hash  Hash  `json:"hash"`
}

// NodeStore reads stored nodes. It returns exactly one hash for each index, in their order,
// or an error.
type NodeStore interface {
	ReadNodes(ctx context.Context, indexes []int64) ([]Hash, error)
}

// LeafHash returns SHA-256(0x00 || leaf), the hash of a leaf in the tree (RFC 6962 2.1).
func LeafHash(leaf []byte) Hash { return Hash(tlog.RecordHash(leaf)) }

// LeafNodeIndex returns the storage index of the hash of leaf n.
func LeafNodeIndex(n int64) int64 { return tlog.StoredHashIndex(0, n) }

// Append adds leaves to a tree of the given size and returns the new size, the new root and
// the nodes to insert, in ascending order of index. It reads the store once, for at most
// log2(size) nodes, and writes nothing.
func Append(ctx context.Context, store NodeStore, size int64, leaves [][]byte) (int64, Hash, []Node, error) {
	f, err := readFrontier(ctx, store, size)
	if err != nil {
		return 0, Hash{}, nil, err
	}
	nodes := make([]Node, 0, 2*len(leaves))
	for _, leaf := range leaves {
		nodes = f.add(LeafHash(leaf), nodes)
	}
	return f.size, f.root(), nodes, nil
}

// frontier is the right edge of a growing tree: the roots of its complete subtrees, the
// largest first, one for each bit set in size.
type frontier struct {
	size  int64
	roots []Hash
}

func readFrontier(ctx context.Context, store NodeStore, size int64) (*frontier, error) {
	if size < 0 || size > MaxSize {
		return nil, fmt.Errorf("read tree edge: impossible size %d", size)
	}
	if size == 0 {
		return &frontier{}, nil
	}
	indexes := edgeIndexes(size)
	roots, err := store.ReadNodes(ctx, indexes)
	if err != nil {
		return nil, fmt.Errorf("read tree edge: %w", err)
	}
	if len(roots) != len(indexes) {
		return nil, fmt.Errorf("read tree edge: %d nodes for %d indexes", len(roots), len(indexes))
	}
	return &frontier{size, append([]Hash(nil), roots...)}, nil
}

func edgeIndexes(size int64) []int64 {
	var indexes []int64
	start := int64(0)
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if width := int64(1) << level; size&width != 0 {
			indexes = append(indexes, tlog.StoredHashIndex(level, start>>level))
			start += width
		}
	}
	return indexes
}

// add appends the leaf hash h and, unless nodes is nil, the nodes it gives rise to.
func (f *frontier) add(h Hash, nodes []Node) []Node {
	next := tlog.StoredHashIndex(0, f.size)
	if nodes != nil {
		nodes = append(nodes, Node{next, h})
	}
	for n := f.size; n&1 != 0; n >>= 1 {
		last := len(f.roots) - 1
		h = nodeHash(f.roots[last], h)
		f.roots = f.roots[:last]
		if next++; nodes != nil {
			nodes = append(nodes, Node{next, h})
		}
	}
	f.roots = append(f.roots, h)
	f.size++
	return nodes
}

func (f *frontier) root() Hash {
	if len(f.roots) == 0 {
		return ContentHash(nil)
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = nodeHash(f.roots[i], h)
	}
	return h
}

func (f *frontier) clone() *frontier {
	return &frontier{f.size, append([]Hash(nil), f.roots...)}
}

func nodeHash(left, right Hash) Hash {
	return Hash(tlog.NodeHash(tlog.Hash(left), tlog.Hash(right)))
}

// Root returns the root of the tree of the given size.
func Root(ctx context.Context, store NodeStore, size int64) (Hash, error) {
	f, err := readFrontier(ctx, store, size)
	if err != nil {
		return Hash{}, err
	}
	return f.root(), nil
}

// ProveInclusion returns the audit path of leaf index in the tree of the given size.
func ProveInclusion(ctx context.Context, store NodeStore, size, index int64) ([]Hash, error) {
	if index < 0 || index >= size || size > MaxSize {
		return nil, fmt.Errorf("prove inclusion: no leaf %d in a tree of %d", index, size)
	}
	p, err := tlog.ProveRecord(size, index, hashReader{ctx, store})
	if err != nil {
		return nil, fmt.Errorf("prove inclusion of leaf %d: %w", index, err)
	}
	return fromTlog(p), nil
}

// ErrProof is returned for a proof that does not hold.
var ErrProof = errors.New("proof does not hold")

// CheckInclusion returns [ErrProof] unless path proves that leaf is leaf index of the tree.
func CheckInclusion(path []Hash, size int64, root Hash, index int64, leaf Hash) error {
	if index < 0 || index >= size || size > MaxSize {
		return ErrProof
	}
	if tlog.CheckRecord(toTlog(path), size, tlog.Hash(root), index, tlog.Hash(leaf)) != nil {
		return ErrProof
	}
	return nil
}

// ProveConsistency returns the proof that the tree of newSize extends the one of oldSize.
func ProveConsistency(ctx context.Context, store NodeStore, newSize, oldSize int64) ([]Hash, error) {
	if oldSize < 0 || oldSize > newSize || newSize > MaxSize {
		return nil, fmt.Errorf("prove consistency: from %d to %d leaves", oldSize, newSize)
	}
	if oldSize == 0 {
		return nil, nil
	}
	p, err := tlog.ProveTree(newSize, oldSize, hashReader{ctx, store})
	if err != nil {
		return nil, fmt.Errorf("prove consistency from %d to %d leaves: %w", oldSize, newSize, err)
	}
	return fromTlog(p), nil
}

// CheckConsistency returns [ErrProof] unless proof shows that the tree with newRoot only
// appended to the tree with oldRoot. Every tree extends the empty one.
func CheckConsistency(proof []Hash, newSize int64, newRoot Hash, oldSize int64, oldRoot Hash) error {
	if oldSize < 0 || oldSize > newSize || newSize > MaxSize {
		return ErrProof
	}
	if oldSize == 0 {
		if len(proof) != 0 || oldRoot != ContentHash(nil) {
			return ErrProof
		}
		return nil
	}
	if tlog.CheckTree(toTlog(proof), newSize, tlog.Hash(newRoot), oldSize, tlog.Hash(oldRoot)) != nil {
		return ErrProof
	}
	return nil
}

// hashReader lends a NodeStore to tlog.
type hashReader struct {
	ctx   context.Context
	store NodeStore
}

func (r hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	nodes, err := r.store.ReadNodes(r.ctx, indexes)
	if err != nil {
		return nil, err
	}
	return toTlog(nodes), nil
}

func toTlog(in []Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(in))
	for i, h := range in {
		out[i] = tlog.Hash(h)
	}
	return out
}

func fromTlog(in []tlog.Hash) []Hash {
	out := make([]Hash, len(in))
	for i, h := range in {
		out[i] = Hash(h)
	}
	return out
}
