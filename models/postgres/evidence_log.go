// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
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
// is bounded by a range of its key, so that the planner needs no statistics to see that a page is small. They are put together
// here: joined there, each event would be looked up by itself, which took ten times as long.
func (s *LogSource) leafRange(ctx context.Context, from int64) ([]ledger.StoredLeaf, error) {
	placed, err := collectPage(ctx, s, leafPage, scanPlace, `SELECT index, event_id, hash FROM leaves
		WHERE org_id = $1 AND index >= $2 AND index < $3 ORDER BY index`, s.org, from, from+leafPage)
	if err != nil {
		return nil, err
	}
	if err := s.addEvents(ctx, placed); err != nil {
		return nil, err
	}
	nodes, err := collectPage(ctx, s, 2*leafPage, scanNode, `SELECT index, hash FROM tree_nodes
		WHERE org_id = $1 AND index >= $2 AND index < $3 ORDER BY index`, s.org, ledger.LeafNodeIndex(from), ledger.LeafNodeIndex(from+leafPage))
	if err != nil {
		return nil, err
	}
	return s.withPersonal(ctx, merge(from, placed, nodes))
}

// addEvents gives each leaf its event. One without an event keeps the id that it had.
func (s *LogSource) addEvents(ctx context.Context, placed []leafRow) error {
	at := make(map[uuid.UUID]int, len(placed))
	ids := make([]uuid.UUID, len(placed))
	for i, l := range placed {
		at[l.EventID], ids[i] = i, l.EventID
	}
	events, err := byID(ctx, s, scanEvent, "SELECT e.id, "+eventColumns+" FROM audit_events e WHERE e.org_id = $1", "e.id", "", ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		if i, ok := at[e.EventID]; ok {
			placed[i].Data, placed[i].wrong = e.Data, e.wrong
		}
	}
	return nil
}

// byID reads the rows with these ids in a column, and perhaps more. Ids are made in the order of time, so those of one page stand
// side by side, and reading from the first to the last costs a tenth of looking up each. Where they do not, each is looked up.
func byID[T any](ctx context.Context, s *LogSource, scan pgx.RowToFunc[T], query, column, order string, ids []uuid.UUID) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	compare := func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
	limit := 4*len(ids) + 1000 // events with some values each, and some of others between them
	rows, err := collectPage(ctx, s, len(ids)+len(ids)/8, scan, query+" AND "+column+" BETWEEN $2 AND $3"+order+" LIMIT $4", s.org,
		slices.MinFunc(ids, compare), slices.MaxFunc(ids, compare), limit)
	if err != nil || len(rows) < limit {
		return rows, err
	}
	return collect(ctx, s, scan, query+" AND "+column+" = ANY ($2)"+order, s.org, idArray(ids))
}

func scanNode(row pgx.CollectableRow) (ledger.Node, error) {
	c := columnsOf(row)
	return ledger.Node{Index: c.int64(), Hash: c.hash()}, c.err
}

// merge brings leaves and hashes in the tree together. Of a leaf, either may be missing.
func merge(from int64, placed []leafRow, nodes []ledger.Node) []leafRow {
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
			row.Hash = storedHash(nodes[0].Hash, row.StoredLeaf)
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
func (s *LogSource) unsealed(ctx context.Context) iter.Seq2[ledger.StoredLeaf, error] {
	return func(yield func(ledger.StoredLeaf, error) bool) {
		for after := uuid.Nil; ; {
			ids, last, err := s.unplaced(ctx, after)
			if err == nil && last == uuid.Nil {
				return
			}
			page, err := s.unsealedPage(ctx, ids, err)
			if err != nil {
				yield(ledger.StoredLeaf{}, fmt.Errorf("read unsealed events: %w", err))
				return
			}
			for _, leaf := range page {
				if !yield(leaf, nil) {
					return
				}
			}
			after = last
		}
	}
}

// unplaced looks at the next leafPage events, up to last, and returns those that no leaf in the tree names. last is uuid.Nil
// behind the end. index + 0 keeps the planner from looking for the place by its range instead of by its event.
func (s *LogSource) unplaced(ctx context.Context, after uuid.UUID) (ids []uuid.UUID, last uuid.UUID, err error) {
	ids, err = collectPage(ctx, s, leafPage, scanID, "SELECT id FROM audit_events WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3", s.org, after, leafPage)
	if err != nil || len(ids) == 0 {
		return nil, uuid.Nil, err
	}
	last = ids[len(ids)-1]
	placed, err := collectPage(ctx, s, leafPage, scanID, `SELECT event_id FROM leaves WHERE org_id = $1 AND event_id > $2 AND event_id <= $3
		AND index + 0 BETWEEN 0 AND $4 ORDER BY event_id`, s.org, after, last, int64(ledger.MaxSize))
	if err != nil {
		return nil, uuid.Nil, err
	}
	return without(ids, placed), last, nil
}

// without are the ids that are not among others. Both ascend.
func without(ids, others []uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(ids, func(id uuid.UUID) bool {
		for len(others) > 0 && bytes.Compare(others[0][:], id[:]) < 0 {
			others = others[1:]
		}
		return len(others) > 0 && others[0] == id
	})
}

func (s *LogSource) unsealedPage(ctx context.Context, ids []uuid.UUID, err error) ([]ledger.StoredLeaf, error) {
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	rows, err := collect(ctx, s, scanEvent, "SELECT e.id, "+eventColumns+" FROM audit_events e WHERE e.org_id = $1 AND e.id = ANY ($2) ORDER BY e.id", s.org, idArray(ids))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Index = ledger.Unsealed
	}
	return s.withPersonal(ctx, rows)
}

// leafRow is a leaf, with the names of the columns beside it that say something else.
type leafRow struct {
	ledger.StoredLeaf
	wrong []string
}

const eventColumns = "e.leaf, e.record_id, e.seq, e.actor_id, e.action, e.outcome, e.command_id, e.at"

// scanLeaf reads a place in the tree and its event.
func scanLeaf(row pgx.CollectableRow) (leafRow, error) {
	c := columnsOf(row)
	r := leafRow{StoredLeaf: ledger.StoredLeaf{Index: c.int64(), EventID: c.id(), Hash: c.hash()}}
	c.event(&r)
	return r, c.err
}

func scanPlace(row pgx.CollectableRow) (leafRow, error) {
	c := columnsOf(row)
	return leafRow{StoredLeaf: ledger.StoredLeaf{Index: c.int64(), EventID: c.id(), Hash: c.hash()}}, c.err
}

func scanEvent(row pgx.CollectableRow) (leafRow, error) {
	c := columnsOf(row)
	r := leafRow{StoredLeaf: ledger.StoredLeaf{EventID: c.id()}}
	c.event(&r)
	return r, c.err
}

func scanID(row pgx.CollectableRow) (uuid.UUID, error) {
	c := columnsOf(row)
	return c.id(), c.err
}

// event reads the eventColumns.
func (c *columns) event(r *leafRow) {
	if r.Data = c.bytes(); r.Data != nil {
		r.wrong = eventRow{c.id(), c.int64(), c.id(), c.raw(), c.raw(), c.id(), c.instant()}.differs(r.Data)
	}
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
		s.noteEvent(r)
	}
	values, err := byID(ctx, s, scanPersonal, "SELECT event_id, name, value, salt FROM personal_values WHERE org_id = $1", "event_id",
		" ORDER BY event_id, name", ids)
	if err != nil {
		return nil, fmt.Errorf("read personal values: %w", err)
	}
	for _, v := range values {
		if i, ok := at[v.Event]; ok {
			leaves[i].Personal = append(leaves[i].Personal, v)
		}
	}
	return leaves, nil
}

func scanPersonal(row pgx.CollectableRow) (ledger.PersonalValue, error) {
	c := columnsOf(row)
	v := ledger.PersonalValue{Event: c.id(), Name: c.text(), Value: c.text()}
	copy(v.Salt[:], c.raw())
	return v, c.err
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
