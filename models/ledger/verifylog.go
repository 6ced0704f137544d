// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// Batches are large enough to keep all cores busy and small enough to stay in the cache.
const (
	leafBatch = 2048
	headBatch = 64
	itemBatch = 256
	fileBatch = 16
)

// VerifyLog verifies the log of one organization: it hashes every leaf, rebuilds the tree,
// compares it with every stored head and with the head kept outside, and holds the record
// versions, signatures, views and policy decisions against the events. The error is one of
// reading the source; what is wrong with the log is in the report.
//
// It keeps one entry in memory for each record, version and signature, and one hash for each
// leaf since the last head.
func VerifyLog(ctx context.Context, src LogSource, opts Options) (Report, error) {
	r := newReport("Audit log")
	stored, err := src.Keys(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("read keys: %w", err)
	}
	keys := newKeyring(r, stored, opts.TrustedKeys)
	keys.forgetLeaves()
	heads := newHeadQueue(src.Heads(ctx), newHeadOpener(keys.list()))
	defer heads.stop()
	v := &logVerifier{
		r: r, keys: keys, claims: newClaims(r, keys, opts),
		walk: newTreeWalk(r), heads: heads,
	}
	v.openOutside(opts.Checkpoint)
	if err := v.leaves(ctx, src); err != nil {
		return Report{}, err
	}
	if err := v.evidence(ctx, src); err != nil {
		return Report{}, err
	}
	v.finish()
	return r.done(), nil
}

type logVerifier struct {
	r       *Report
	keys    *keyring
	claims  *claims
	walk    *treeWalk
	heads   *headQueue
	outside *outsideHead

	newest      Head // the largest stored head with a good signature
	newestBy    []string
	lastHead    Head // the one before, for the order of instants
	unsealed    []unsealedEvent
	hasEvidence bool
}

type unsealedEvent struct {
	event *Event
	leaf  StoredLeaf
}

// outsideHead is a head that was kept outside the database, and whether it was reached.
type outsideHead struct {
	Head
	by      []string
	reached bool
	agrees  bool
}

func (v *logVerifier) openOutside(checkpoint string) {
	if checkpoint == "" {
		return
	}
	h, by, err := newHeadOpener(v.keys.list()).open(checkpoint)
	if err != nil {
		reportHead(v.r, "the head kept outside", err)
		return
	}
	v.claims.org = h.Org
	v.outside = &outsideHead{Head: h, by: by}
}

// reportHead reports why a head could not be opened.
func reportHead(r *Report, where string, err error) {
	if errors.Is(err, ErrHeadUnsigned) {
		r.find(KeyUnknown, where, "It is not signed by any key that is known here.")
		return
	}
	r.find(HeadForged, where, "It was not signed as it stands: %v.", err)
}

// parsed is a leaf after the work that needs no order.
type parsed struct {
	hash  Hash
	event *Event
	err   error
}

func parseLeaf(leaf StoredLeaf) parsed {
	if leaf.Data == nil {
		return parsed{}
	}
	p := parsed{hash: LeafHash(leaf.Data), event: new(Event)}
	if scanLeaf(leaf.Data, p.event) {
		return p
	}
	*p.event = Event{}
	// The hash already shows that these are the bytes that were sealed, so the strict and
	// far slower ParseEvent would add nothing.
	if p.err = json.Unmarshal(leaf.Data, p.event); p.err != nil {
		p.event = nil
	}
	return p
}

func (v *logVerifier) leaves(ctx context.Context, src LogSource) error {
	if err := v.reachHeads(); err != nil {
		return err
	}
	var headErr error
	err := eachPrepared(ctx, src.Leaves(ctx), leafBatch, parseLeaf, func(leaf StoredLeaf, p parsed) {
		if headErr == nil {
			headErr = v.takeLeaf(leaf, p)
		}
	})
	if err = errors.Join(err, headErr); err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	slices.SortStableFunc(v.unsealed, func(a, b unsealedEvent) int { return int(a.event.Seq - b.event.Seq) })
	for _, u := range v.unsealed {
		v.claims.take(u.event, u.leaf)
	}
	return v.restOfHeads()
}

func (v *logVerifier) takeLeaf(leaf StoredLeaf, p parsed) error {
	if leaf.Index == Unsealed {
		v.takeUnsealed(leaf, p)
		return nil
	}
	if leaf.Index < v.walk.size() {
		v.r.find(EventMalformed, leafName(leaf.Index), "There is a second entry with this index.")
		return nil
	}
	if leaf.Index > v.walk.size() {
		v.r.find(EventMissing, indexRange(v.walk.size(), leaf.Index), "Nothing is stored there, though later entries are.")
		v.walk.skipTo(leaf.Index)
		if err := v.reachHeads(); err != nil {
			return err
		}
	}
	if leaf.Data != nil {
		v.takeSealed(leaf, p)
	}
	v.walk.add(leaf, p)
	return v.reachHeads()
}

func (v *logVerifier) takeSealed(leaf StoredLeaf, p parsed) {
	v.r.Counts.Events++
	genuine := leaf.Hash.IsZero() || leaf.Hash == p.hash
	switch {
	case p.event == nil && genuine:
		v.r.find(EventMalformed, leafName(leaf.Index), "It is sealed as it stands, but cannot be read: %v.", p.err)
	case p.event == nil: // the tree walk reports it
	case genuine:
		v.claims.take(p.event, leaf)
	default:
		v.claims.takePlace(p.event, leaf.Index, false)
	}
}

func (v *logVerifier) takeUnsealed(leaf StoredLeaf, p parsed) {
	v.r.Counts.Unsealed++
	if p.event == nil {
		v.r.find(EventMalformed, leafName(Unsealed), "It cannot be read: %v.", p.err)
		return
	}
	v.unsealed = append(v.unsealed, unsealedEvent{p.event, leaf})
}

// reachHeads compares the tree with every head of exactly its present size.
func (v *logVerifier) reachHeads() error {
	size := v.walk.size()
	if o := v.outside; o != nil && o.Size == size && !o.reached && v.walk.known() {
		o.reached, o.agrees = true, v.walk.root() == o.Root
		if o.agrees {
			v.keys.usedForHead(o.Head, o.by)
		}
	}
	for {
		h, err := v.heads.peek()
		if err != nil || h == nil {
			return err
		}
		if h.err == nil && h.Size > size {
			return nil
		}
		v.heads.next()
		v.takeHead(h)
		if h.err == nil && h.Size == size {
			v.walk.reach(h.Head)
		}
	}
}

// takeHead notes a stored head, whose signature is good or not.
func (v *logVerifier) takeHead(h *openedHead) {
	v.r.Counts.Heads++
	if h.err != nil {
		where := "a stored head"
		if h.Size > 0 || !h.At.IsZero() {
			where = "stored " + headName(h.Head)
		}
		reportHead(v.r, where, h.err)
		return
	}
	if v.claims.org == uuid.Nil {
		v.claims.org = h.Org
	}
	if h.Org != v.claims.org {
		v.r.find(HeadForged, headName(h.Head), "It belongs to organization %s, not to %s.", h.Org, v.claims.org)
		return
	}
	if h.At.Before(v.lastHead.At) {
		v.r.find(TimeReversed, headName(h.Head), "The head before it is of %s.", stampUTC(v.lastHead.At))
	}
	v.lastHead = h.Head
	if h.Size >= v.newest.Size {
		v.newest, v.newestBy = h.Head, h.by
	}
	v.keys.usedForHead(h.Head, h.by)
}

// restOfHeads takes the heads over more entries than there are.
func (v *logVerifier) restOfHeads() error {
	for {
		h, err := v.heads.peek()
		if err != nil || h == nil {
			return err
		}
		v.heads.next()
		v.takeHead(h)
	}
}

func (v *logVerifier) evidence(ctx context.Context, src LogSource) error {
	e, ok := src.(EvidenceSource)
	if !ok {
		v.r.unchecked("record versions, signatures, signed views and policy decisions",
			"only the audit trail itself is here", "verify the evidence packs of the records, or the database")
		return nil
	}
	v.hasEvidence = true
	c := v.claims
	// Reading the next batch, hashing this one and comparing it go on at the same time.
	if err := eachPrepared(ctx, e.Versions(ctx), itemBatch, hashVersion, c.version); err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	if err := eachPrepared(ctx, e.Signatures(ctx), itemBatch, v.keys.openSignature, c.signature); err != nil {
		return fmt.Errorf("read signatures: %w", err)
	}
	if err := eachPrepared(ctx, e.Intents(ctx), itemBatch, hashIntent, c.intent); err != nil {
		return fmt.Errorf("read intents: %w", err)
	}
	if err := eachPrepared(ctx, e.Decisions(ctx), itemBatch, hashDecision, c.decision); err != nil {
		return fmt.Errorf("read policy decisions: %w", err)
	}
	return v.files(ctx, src)
}

// files holds the bytes of attached files against the versions that name them.
func (v *logVerifier) files(ctx context.Context, src LogSource) error {
	f, ok := src.(FileSource)
	if !ok {
		if len(v.claims.files) > 0 {
			v.r.unchecked(fmt.Sprintf("%d attached files", len(v.claims.files)), "they are not here", "verify the evidence packs of the records, or the database")
		}
		return nil
	}
	unread := error(nil)
	err := eachPrepared(ctx, f.Files(ctx), fileBatch, hashFile, func(s StoredFile, got fileHash) {
		unread = errors.Join(unread, got.err)
		v.claims.file(s.SHA256, got)
	})
	if err = errors.Join(err, unread); err != nil {
		return fmt.Errorf("read files: %w", err)
	}
	v.r.sorted(v.claims.missingFiles)
	return nil
}

func (v *logVerifier) finish() {
	v.finishTail(v.walk.finish())
	v.finishOutside()
	if v.hasEvidence {
		v.r.sorted(v.claims.missing)
	}
	v.claims.settle()
	v.r.sorted(func() { v.keys.finish(v.r) })
	v.finishHeads()
	if v.claims.org != uuid.Nil {
		v.r.Subject = "Audit log of organization " + v.claims.org.String()
	}
}

// finishTail reports a cut tail that the database itself still shows: by a head over more
// entries than there are, or by hashes of entries that are gone.
func (v *logVerifier) finishTail(end int64) {
	size := v.walk.size()
	switch {
	case v.newest.Size > size:
		v.r.find(LogTruncated, indexRange(end, v.newest.Size), "The stored %s covers %d entries, only %d are here.", headName(v.newest), v.newest.Size, end)
	case end < size:
		v.r.find(LogTruncated, indexRange(end, size), "The tree holds their hashes, but the entries themselves are gone.")
	}
}

// finishOutside compares with the head kept outside, the only witness against somebody who
// can change everything inside.
func (v *logVerifier) finishOutside() {
	o := v.outside
	switch {
	case o == nil:
		v.r.unchecked("whether events after the last head existed, and whether the whole log was replaced by an older or another one",
			"no head that was kept outside was given: somebody who can write to the database can remove the newest entries together with their heads",
			"verify again with a head from the outside sink (--checkpoint HEAD)")
	case o.reached && o.agrees:
		v.r.unchecked(fmt.Sprintf("whether entries after the newest head existed (%s)", stampUTC(later(o.Head, v.newest).At)),
			"no later head was given", "keep a newer head outside and verify again with it")
	case o.reached:
		if !v.r.has(EventAltered, EventMissing, EventsReordered, TreeAltered) {
			v.r.find(HeadForged, "the log up to index "+fmt.Sprint(o.Size-1),
				"The head kept outside, over %d entries of %s, has another root: the log was rewritten and signed again, or that head belongs to another copy of it.", o.Size, stampUTC(o.At))
		}
	case o.Size > v.walk.size():
		v.behindOutside(o)
	default:
		v.r.unchecked("the head kept outside", "the tree cannot be rebuilt at its size, because entries are missing", "restore the missing entries and verify again")
	}
}

// behindOutside tells a cut tail from an older state. When nothing else here is younger than
// the last entry, not even a head, the log is consistent in itself, only old.
func (v *logVerifier) behindOutside(o *outsideHead) {
	if v.r.has(LogTruncated) {
		return
	}
	where := indexRange(v.walk.size(), o.Size)
	if len(v.claims.orphans) > 0 {
		v.r.find(LogTruncated, where, "The head kept outside covers %d entries of %s, only %d are here, and the database still holds what the lost ones speak of: %s.",
			o.Size, stampUTC(o.At), v.walk.size(), v.claims.orphans[0].Where)
		return
	}
	v.r.find(LogRolledBack, where, "The head kept outside covers %d entries of %s. Here are %d, and the newest head is of %s: this is an older state. Either an older copy was restored, or the newest entries were removed with everything that belongs to them.",
		o.Size, stampUTC(o.At), v.walk.size(), stampUTC(v.newest.At))
}

func later(a, b Head) Head {
	if b.Size > a.Size {
		return b
	}
	return a
}

func (v *logVerifier) finishHeads() {
	if v.newest.At.IsZero() {
		if v.walk.size() > 0 {
			v.r.unchecked("whether the entries are the ones that were sealed", "there is no genuine signed head", "ask for the heads of the log")
		}
		return
	}
	v.r.Head = &HeadInfo{v.newest.Size, v.newest.Root, v.newest.At, v.newestBy}
	if n := v.walk.size() - v.newest.Size + v.r.Counts.Unsealed; n > 0 && v.newest.Size <= v.walk.size() {
		v.r.unchecked(fmt.Sprintf("the newest %d entries", n), "no signed head covers them yet", "verify again after the next head, in a few seconds")
	}
}
