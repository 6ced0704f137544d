// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/models/ledger"
)

// storage is the plain tree of tlog: what Append must agree with.
type storage []tlog.Hash

func (s storage) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = s[index]
	}
	return out, nil
}

func (s storage) ReadNodes(_ context.Context, indexes []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no node %d", index)
		}
		out[i] = ledger.Hash(s[index])
	}
	return out, nil
}

func leafBytes(n int64) []byte { return fmt.Appendf(nil, "leaf %d", n) }

func plainTree(t testing.TB, n int64) storage {
	t.Helper()
	var s storage
	for i := range n {
		hashes, err := tlog.StoredHashes(i, leafBytes(i), s)
		require.NoError(t, err)
		s = append(s, hashes...)
	}
	return s
}

func TestAppendAgreesWithTlogInBatchesOfEverySize(t *testing.T) {
	t.Parallel()
	const total = 70
	want := plainTree(t, total)
	for batch := int64(1); batch <= total; batch++ {
		var got storage
		for size := int64(0); size < total; {
			var leaves [][]byte
			for i := size; i < min(size+batch, total); i++ {
				leaves = append(leaves, leafBytes(i))
			}
			next, root, nodes, err := ledger.Append(t.Context(), got, size, leaves)
			require.NoError(t, err)
			for _, n := range nodes {
				require.EqualValues(t, len(got), n.Index)
				got = append(got, tlog.Hash(n.Hash))
			}
			size = next
			wantRoot, err := tlog.TreeHash(size, want)
			require.NoError(t, err)
			require.Equal(t, ledger.Hash(wantRoot), root)
		}
		require.Equal(t, want, got)
	}
}

func TestAppendNothing(t *testing.T) {
	t.Parallel()
	size, root, nodes, err := ledger.Append(t.Context(), storage{}, 0, nil)
	require.NoError(t, err)
	require.Zero(t, size)
	require.Empty(t, nodes)
	require.Equal(t, ledger.ContentHash(nil), root, "RFC 6962: the root of the empty tree")
	_, _, _, err = ledger.Append(t.Context(), storage{}, 3, nil)
	require.ErrorContains(t, err, "read tree edge")
	_, _, _, err = ledger.Append(t.Context(), storage{}, -1, nil)
	require.Error(t, err)
}

func TestProofs(t *testing.T) {
	t.Parallel()
	const total = 37
	ctx := t.Context()
	s := plainTree(t, total)
	for size := int64(1); size <= total; size++ {
		root, err := ledger.Root(ctx, s, size)
		require.NoError(t, err)
		for index := range size {
			leaf := ledger.LeafHash(leafBytes(index))
			path, err := ledger.ProveInclusion(ctx, s, size, index)
			require.NoError(t, err)
			require.NoError(t, ledger.CheckInclusion(path, size, root, index, leaf))
			require.ErrorIs(t, ledger.CheckInclusion(path, size, root, index, ledger.Hash{}), ledger.ErrProof)
			require.ErrorIs(t, ledger.CheckInclusion(path, size, root, index+1, leaf), ledger.ErrProof)
		}
		for old := range size + 1 {
			oldRoot, err := ledger.Root(ctx, s, old)
			require.NoError(t, err)
			proof, err := ledger.ProveConsistency(ctx, s, size, old)
			require.NoError(t, err)
			require.NoError(t, ledger.CheckConsistency(proof, size, root, old, oldRoot))
			require.ErrorIs(t, ledger.CheckConsistency(proof, size, root, old, ledger.Hash{1}), ledger.ErrProof)
		}
	}
}

func TestProofsOfImpossibleInput(t *testing.T) {
	t.Parallel()
	const huge = 1 << 62
	_, err := ledger.ProveInclusion(t.Context(), storage{}, huge, 5)
	require.Error(t, err)
	_, err = ledger.ProveInclusion(t.Context(), storage{}, 4, 4)
	require.Error(t, err)
	_, err = ledger.ProveConsistency(t.Context(), storage{}, huge, 5)
	require.Error(t, err)
	_, err = ledger.ProveConsistency(t.Context(), storage{}, 3, 5)
	require.Error(t, err)
	require.ErrorIs(t, ledger.CheckInclusion(nil, huge, ledger.Hash{}, 5, ledger.Hash{}), ledger.ErrProof)
	require.ErrorIs(t, ledger.CheckConsistency(nil, huge, ledger.Hash{}, 5, ledger.Hash{}), ledger.ErrProof)
}

func TestPackNodesProveEveryLeaf(t *testing.T) {
	t.Parallel()
	s := plainTree(t, 50)
	nodes, err := ledger.PackNodes(t.Context(), s, 50, []int64{3, 4, 5, 49}, 12)
	require.NoError(t, err)
	require.Less(t, len(nodes), 30, "shared nodes are kept once")
	_, err = ledger.PackNodes(t.Context(), s, 50, []int64{50})
	require.Error(t, err)
	_, err = ledger.PackNodes(t.Context(), s[:20], 50, []int64{3})
	require.ErrorContains(t, err, "read nodes")
}
