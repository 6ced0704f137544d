// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/countersign/countersign/models/ledger"
)

// Leaves implements ledger.LogSource. The stored hash of a leaf is the one in the tree; the place in the tree comes from
// the table of leaves. So an event that was moved, or removed with its place, still has its hash where it was sealed.
func (s *LogSource) Leaves(ctx context.Context) iter.Seq2[ledger.StoredLeaf, error] {
	return chain(s.sealed(ctx), s.unsealed(ctx))
}

func (s *LogSource) sealed(ctx context.Context) iter.Seq2[ledger.StoredLeaf, error] {
	return func(yield func(ledger.StoredLeaf, error) bool) {
		for from := int64(0); ; from += leafPage {
			page, err := s.leafRange(ctx, from)
			if err == nil && len(page) == 0 {
				from, err = s.nextLeaf(ctx, from)
				if err == nil && from < 0 {
					return
				}
				if err == nil {
					page, err = s.leafRange(ctx, from)
				}
			}
			if err != nil {
				yield(ledger.StoredLeaf{}, fmt.Errorf("read leaves from %d: %w", from, err))
				return
			}
			for _, leaf := range page {
				if !yield(leaf, nil) {
					return
				}
			}
		}
	}
}

// leafRange reads what is left of the leafPage leaves from index from on: the place, the event, the hash in the tree. Each query
// is bounded by a range of its key, so that the planner needs no statistics to see that a page is small.
func (s *LogSource) leafRange(ctx context.Context, from int64) ([]ledger.StoredLeaf, error) {
	placed, err := collect(ctx, s, scanLeaf, `SELECT l.index, COALESCE(e.id, l.event_id), l.hash, `+eventColumns+` FROM leaves l
		LEFT JOIN audit_events e ON e.org_id = $1 AND e.id = l.event_id
		WHERE l.org_id = $1 AND l.index >= $2 AND l.index < $3 ORDER BY l.index`, s.org, from, from+leafPage)
	if err != nil {
		return nil, err
	}
	nodes, err := collect(ctx, s, pgx.RowToStructByPos[treeNode], `SELECT index, hash FROM tree_nodes
		WHERE org_id = $1 AND index >= $2 AND index < $3 ORDER BY index`, s.org, ledger.LeafNodeIndex(from), ledger.LeafNodeIndex(from+leafPage))
	if err != nil {
		return nil, err
	}
	return s.withPersonal(ctx, merge(from, placed, nodes))
}

type treeNode struct {
	Index int64
	Hash  []byte
}

// merge brings leaves and hashes in the tree together. Of a leaf, either may be missing.
func merge(from int64, placed []leafRow, nodes []treeNode) []leafRow {
	rows := make([]leafRow, 0, len(placed))
	for index := from; index < from+leafPage && len(placed)+len(nodes) > 0; index++ {
		var row leafRow
		node := ledger.LeafNodeIndex(index)
		for len(nodes) > 0 && nodes[0].Index < node {
			nodes = nodes[1:] // a hash of hashes
		}
		there := len(placed) > 0 && placed[0].Index == index
		if there {
			row, placed = placed[0], placed[1:]
		}
		if len(nodes) > 0 && nodes[0].Index == node {
			row.Index, there = index, true
			row.Hash = storedHash(hashOf(nodes[0].Hash), row.StoredLeaf)
		}
		if there {
			rows = append(rows, row)
		}
	}
	return rows
}

// storedHash chooses between the two copies of a leaf's hash, in the tree and beside its place. One that was changed alone must
// be seen: it is the one that differs from the event.
func storedHash(inTree ledger.Hash, leaf ledger.StoredLeaf) ledger.Hash {
	if inTree != leaf.Hash && !leaf.Hash.IsZero() && inTree == ledger.LeafHash(leaf.Data) {
		return leaf.Hash
	}
	return inTree
}

// nextLeaf finds the first leaf from index from on of which anything may be left, or -1. No real log reaches ledger.MaxSize.
func (s *LogSource) nextLeaf(ctx context.Context, from int64) (int64, error) {
	next, err := collect(ctx, s, pgx.RowTo[int64], `SELECT index FROM leaves WHERE org_id = $1 AND index >= $2 AND index < $3 ORDER BY index LIMIT 1`,
		s.org, from, int64(ledger.MaxSize))
	if err != nil {
		return -1, err
	}
	node, err := collect(ctx, s, pgx.RowTo[int64], `SELECT index FROM tree_nodes WHERE org_id = $1 AND index >= $2 AND index < $3 ORDER BY index LIMIT 1`,
		s.org, ledger.LeafNodeIndex(from), ledger.LeafNodeIndex(ledger.MaxSize))
	if err != nil {
		return -1, err
	}
	if len(node) > 0 {
		level, n := tlog.SplitStoredHashIndex(node[0])
		next = append(next, max(from, n<<level))
	}
	if len(next) == 0 {
		return -1, nil
	}
	return slices.Min(next), nil
}

// unsealed are the events without a place in the tree, whether or not they are on the sealer's list.
// index + 0 keeps the planner from looking for the place by its range instead of by its event.
func (s *LogSource) unsealed(ctx context.Context) iter.Seq2[ledger.StoredLeaf, error] {
	return pages(func(after ledger.StoredLeaf) ([]ledger.StoredLeaf, error) {
		rows, err := collect(ctx, s, scanLeaf, `SELECT -1::bigint, e.id, NULL::bytea, `+eventColumns+` FROM audit_events e
			WHERE e.org_id = $1 AND e.id > $2 AND NOT EXISTS (SELECT FROM leaves l WHERE l.org_id = $1 AND l.event_id = e.id AND l.index + 0 BETWEEN 0 AND $4)
			ORDER BY e.id LIMIT $3`, s.org, after.EventID, leafPage, int64(ledger.MaxSize))
		if err != nil {
			return nil, fmt.Errorf("read unsealed events: %w", err)
		}
		return s.withPersonal(ctx, rows)
	})
}

// leafRow is a leaf with the columns by which its event is found.
type leafRow struct {
	ledger.StoredLeaf
	eventRow
}

const eventColumns = "e.leaf, e.record_id, e.seq, e.actor_id, e.action, e.outcome, e.command_id, e.at"

func scanLeaf(row pgx.CollectableRow) (leafRow, error) {
	var r leafRow
	var hash []byte
	err := row.Scan(&r.Index, (*zeronull.UUID)(&r.EventID), &hash, &r.Data, (*zeronull.UUID)(&r.Record), (*zeronull.Int8)(&r.Seq),
		(*zeronull.UUID)(&r.Actor), (*zeronull.Text)(&r.Action), (*zeronull.Text)(&r.Outcome), (*zeronull.UUID)(&r.Command), (*zeronull.Timestamptz)(&r.At))
	r.Hash = hashOf(hash)
	return r, err
}

// withPersonal adds the personal values that were not erased, and notes columns that differ from the leaf.
func (s *LogSource) withPersonal(ctx context.Context, rows []leafRow) ([]ledger.StoredLeaf, error) {
	leaves := make([]ledger.StoredLeaf, len(rows))
	at := make(map[uuid.UUID]int, len(rows))
	ids := make([]uuid.UUID, 0, len(rows))
	for i, r := range rows {
		leaves[i] = r.StoredLeaf
		if r.Data != nil {
			at[r.EventID] = i
			ids = append(ids, r.EventID)
		}
		s.checkEvent(r)
	}
	values, err := collect(ctx, s, scanPersonal, `SELECT event_id, name, value, salt FROM personal_values WHERE org_id = $1 AND event_id = ANY ($2)
		ORDER BY event_id, name`, s.org, ids)
	if err != nil {
		return nil, fmt.Errorf("read personal values: %w", err)
	}
	for _, v := range values {
		leaf := &leaves[at[v.Event]]
		leaf.Personal = append(leaf.Personal, v)
	}
	return leaves, nil
}

func scanPersonal(row pgx.CollectableRow) (ledger.PersonalValue, error) {
	var v ledger.PersonalValue
	var salt []byte
	err := row.Scan(&v.Event, &v.Name, &v.Value, &salt)
	copy(v.Salt[:], salt)
	return v, err
}

type headRow struct {
	size int64
	root []byte
	note string
}

// Heads implements ledger.LogSource.
func (s *LogSource) Heads(ctx context.Context) iter.Seq2[string, error] {
	rows := pages(func(after headRow) ([]headRow, error) {
		rows, err := collect(ctx, s, func(row pgx.CollectableRow) (h headRow, err error) {
			err = row.Scan(&h.size, &h.root, &h.note)
			return h, err
		}, "SELECT size, root, note FROM checkpoints WHERE org_id = $1 AND size > $2 ORDER BY size LIMIT $3", s.org, after.size, leafPage)
		for _, h := range rows {
			s.checkHead(h)
		}
		return rows, err
	})
	return unpage(rows, func(h headRow) string { return h.note })
}

// Keys implements ledger.LogSource.
func (s *LogSource) Keys(ctx context.Context) ([]ledger.Key, error) {
	return collect(ctx, s, func(row pgx.CollectableRow) (ledger.Key, error) {
		k := ledger.Key{Org: s.org}
		var public []byte
		var revoked *time.Time
		err := row.Scan(&k.ID, &public, &k.CreatedAt, &revoked)
		k.Public = ed25519.PublicKey(public)
		if revoked != nil {
			k.RevokedAt = *revoked
		}
		return k, err
	}, "SELECT id, public, created_at, revoked_at FROM signing_keys WHERE org_id = $1 ORDER BY created_at, id", s.org)
}
