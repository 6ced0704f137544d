// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// treeWalk rebuilds the tree leaf by leaf and tells what is wrong where it does not lead to
// a head. It grows the tree from the hashes stored in it where there are any, so that one
// altered event does not hide the state of all others.
type treeWalk struct {
	r    *Report
	edge *frontier // of the tree so far
	good *frontier // at the last head that held
	tail []walked  // leaves since then
	bad  []walked  // leaves that are gone, or whose bytes are not what their stored hash says
	more int       // that did not fit in there
	end  int64     // behind the last leaf that is there
	lost bool      // the root cannot be known any more
	told bool      // and why was reported
}

// walked is a leaf as the tree sees it.
type walked struct {
	place
	computed Hash // of the bytes; zero: the event is gone
	stored   Hash // zero: not stored
}

func (w *walked) node() Hash {
	if w.stored.IsZero() {
		return w.computed
	}
	return w.stored
}

// maxBad bounds the memory spent on telling moved events from altered ones.
const maxBad = 100_000

func newTreeWalk(r *Report) *treeWalk {
	return &treeWalk{r: r, edge: &frontier{}, good: &frontier{}}
}

func (t *treeWalk) size() int64 { return t.edge.size }
func (t *treeWalk) root() Hash  { return t.edge.root() }
func (t *treeWalk) known() bool { return !t.lost }

func (t *treeWalk) add(leaf StoredLeaf, p parsed) {
	w := walked{placeOf(p.event, leaf.Index), p.hash, leaf.Hash}
	gone := leaf.Data == nil
	if !gone {
		t.end = leaf.Index + 1
	}
	switch {
	case gone && leaf.Hash.IsZero():
		t.r.find(EventMissing, leafName(leaf.Index), "Neither the entry nor its hash is there.")
	case leaf.Hash.IsZero(), !gone && leaf.Hash == p.hash:
	case len(t.bad) < maxBad:
		t.bad = append(t.bad, w)
	default:
		t.more++
	}
	if t.lost || w.node().IsZero() {
		t.lose()
		t.edge.size++
		return
	}
	t.edge.add(w.node(), nil)
	t.tail = append(t.tail, w)
}

// skipTo passes over leaves of which nothing is left, not even the hash.
func (t *treeWalk) skipTo(index int64) {
	t.lose()
	t.edge.size = index
}

func (t *treeWalk) lose() {
	t.lost, t.tail = true, nil
}

// reach compares the tree with a head of its size.
func (t *treeWalk) reach(h Head) {
	switch {
	case t.lost:
		return
	case t.edge.root() == h.Root, t.storedAltered(h), t.swapped(h):
		t.good, t.tail = t.edge.clone(), t.tail[:0]
	default:
		t.unexplained(h)
		t.lose()
	}
}

// storedAltered finds that the events are genuine and their stored hashes are not.
func (t *treeWalk) storedAltered(h Head) bool {
	f := t.good.clone()
	var wrong []walked
	for _, w := range t.tail {
		if w.computed.IsZero() {
			return false
		}
		if w.computed != w.node() {
			wrong = append(wrong, w)
		}
		f.add(w.computed, nil)
	}
	if len(wrong) == 0 || f.root() != h.Root {
		return false
	}
	for _, w := range wrong {
		t.r.find(TreeAltered, w.String(), "The entry leads to the signed head, the hash stored for it does not.")
		t.bad = slices.DeleteFunc(t.bad, func(b walked) bool { return b.index == w.index })
	}
	t.edge = f
	return true
}

// maxSwap bounds the search for a swapped pair, which tries all pairs under one head.
const maxSwap = 128

// swapped finds two events that changed places, hashes and all: only the head still shows.
func (t *treeWalk) swapped(h Head) bool {
	if len(t.tail) > maxSwap {
		return false
	}
	hashes := make([]Hash, len(t.tail))
	for i := range t.tail {
		hashes[i] = t.tail[i].node()
	}
	for i := range hashes {
		before := t.good.clone()
		for _, h := range hashes[:i] {
			before.add(h, nil)
		}
		for j := i + 1; j < len(hashes); j++ {
			hashes[i], hashes[j] = hashes[j], hashes[i]
			f := before.clone()
			for _, h := range hashes[i:] {
				f.add(h, nil)
			}
			if f.root() == h.Root {
				t.reportSwap(t.tail[i], t.tail[j])
				t.edge = f
				return true
			}
			hashes[i], hashes[j] = hashes[j], hashes[i]
		}
	}
	return false
}

func (t *treeWalk) reportSwap(a, b walked) {
	t.r.find(EventsReordered, a.String()+" and "+b.String(), "They have changed places: in the order of the signed head, each stands where the other is.")
}

func (t *treeWalk) unexplained(h Head) {
	t.told = true
	where := indexRange(t.good.size, t.edge.size)
	if len(t.tail) == 1 {
		where = t.tail[0].String()
	}
	t.r.find(EventAltered, where, "They do not lead to the %s, and the hashes stored for them were changed too. The head before, over %d entries, still holds.", headName(h), t.good.size)
}

// finish sorts the leaves that are gone or are not what their stored hash says into moved,
// altered and missing, by looking for each event's hash at the places of the others. It
// returns the size up to which there are events: a gap at the very end is a cut tail.
func (t *treeWalk) finish() (end int64) {
	if t.lost && !t.told {
		t.r.unchecked("the tree after the first missing entry", "entries are missing together with their hashes, so later heads cannot be rebuilt", "restore the missing entries and verify again")
	}
	slotOf := make(map[Hash]int, len(t.bad)) // stored hash -> position in bad
	for i, w := range t.bad {
		slotOf[w.stored] = i
	}
	filled := make([]bool, len(t.bad))
	target := make([]int, len(t.bad)) // where the event belongs, -1: nowhere
	for i, w := range t.bad {
		target[i] = -1
		if slot, ok := slotOf[w.computed]; ok {
			target[i], filled[slot] = slot, true
		}
	}
	t.reportMoved(target, filled)
	end = t.end
	for i, w := range t.bad {
		gone := w.computed.IsZero()
		switch {
		case gone && filled[i]:
			end = max(end, w.index+1)
		case gone && w.index < t.end:
			t.r.find(EventMissing, leafName(w.index), "The tree holds its hash, but the entry itself is gone.")
		case !gone && target[i] == -1:
			t.r.find(EventAltered, w.String(), "Its bytes have the hash %s; %s was sealed there.", w.computed, w.stored)
		case !gone && !filled[i]:
			t.r.find(EventMissing, leafName(w.index), "The entry that was sealed there is not here; another one stands in its place.")
		}
	}
	t.r.More += t.more
	return end
}

// reportMoved reports events that stand at each other's places, pairs as pairs and whole
// stretches that moved by the same distance as one.
func (t *treeWalk) reportMoved(target []int, filled []bool) {
	for i := 0; i < len(target); i++ {
		slot := target[i]
		if slot == -1 {
			continue
		}
		if target[slot] == i {
			if i < slot {
				t.reportSwap(t.bad[i], t.bad[slot])
			}
			continue
		}
		end := i + 1
		for end < len(target) && target[end] != -1 && target[end]-end == slot-i && t.bad[end].index == t.bad[end-1].index+1 {
			end++
		}
		names := []string{t.bad[i].String()}
		if end-i > 1 {
			names = append(names, "to", t.bad[end-1].String())
		}
		if filled[i] { // else the missing entry before the stretch explains the move
			t.r.find(EventsReordered, strings.Join(names, " "), "Sealed at index %s.", movedTo(t.bad[slot].index, end-i))
		}
		i = end - 1
	}
}

func movedTo(index int64, n int) string {
	if n == 1 {
		return fmt.Sprint(index)
	}
	return fmt.Sprintf("%d and following", index)
}
