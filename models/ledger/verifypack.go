// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// VerifyPackFile reads a pack and verifies it. A file that is not a pack is a finding, too.
func VerifyPackFile(r io.ReaderAt, size int64, opts Options) Report {
	p, err := ReadPack(r, size)
	if err != nil {
		report := newReport("Evidence pack")
		report.find(PackMalformed, "the file", "%v.", err)
		return report.done()
	}
	return VerifyPack(p, opts)
}

// VerifyPack verifies an evidence pack by itself: every event against the signed head, and
// versions, signatures, views, policy decisions and personal values against the events.
func VerifyPack(p Pack, opts Options) Report {
	r := newReport("Evidence pack of " + recordName(p.Info.Record, p.Info.Number))
	keys := newKeyring(r, p.Keys, opts.TrustedKeys)
	keys.forgetLeaves()
	v := &packVerifier{r: r, pack: &p, keys: keys, claims: newClaims(r, keys, opts), opts: opts}
	v.claims.org, v.claims.only = p.Info.Org, p.Info.Record
	v.files()
	v.head()
	v.events()
	v.evidence()
	v.attached()
	v.summary()
	v.outside()
	v.claims.settle()
	v.sealed()
	r.sorted(func() { keys.finish(r) })
	return r.done()
}

type packVerifier struct {
	r      *Report
	pack   *Pack
	keys   *keyring
	claims *claims
	opts   Options
	signed *Head // of the checkpoint; nil: it did not hold
	tree   partialTree
}

// files compares the zip with its own list.
func (v *packVerifier) files() {
	for _, f := range v.pack.listed {
		switch {
		case f.inMap && f.name == fileName(f.want):
			// An attached file: its name says what it has to be, and attached looks at it.
		case !f.inZip:
			v.r.find(FileAltered, f.name, "The pack lists it, but it is not here.")
		case !f.inMap:
			v.r.find(FileAltered, f.name, "It is here, but the pack does not list it.")
		case f.want != f.got:
			v.r.find(FileAltered, f.name, "It is not the file that the pack lists: the hash is %s, listed is %s.", f.got, f.want)
		}
	}
}

// attached holds the attached files against the versions that name them.
func (v *packVerifier) attached() {
	eachInParallel(v.pack.Files, hashPacked, func(f PackFile, got fileHash) { v.claims.file(f.SHA256, got) })
	v.r.sorted(v.claims.missingFiles)
	for _, f := range v.pack.listed {
		if !f.inZip && f.name == fileName(f.want) && v.claims.files[f.want] == nil {
			v.r.find(FileMissing, f.name, "The pack lists this attached file, but it is not here.")
		}
	}
}

func (v *packVerifier) head() {
	h, by, err := newHeadOpener(v.keys.list()).open(v.pack.Checkpoint)
	switch {
	case err != nil:
		reportHead(v.r, "checkpoint.txt", err)
		return
	case h.Org != v.pack.Info.Org:
		v.r.find(HeadForged, "checkpoint.txt", "It belongs to organization %s, not to %s.", h.Org, v.pack.Info.Org)
		return
	case v.pack.Info.Head.Size != h.Size, v.pack.Info.Head.Root != h.Root, !v.pack.Info.Head.At.Equal(h.At):
		v.r.find(FileAltered, "pack.json", "It names another head than checkpoint.txt.")
	}
	v.r.Counts.Heads++
	v.r.Head = &HeadInfo{h.Size, h.Root, h.At, by}
	v.signed = &h
	v.keys.usedForHead(h, by)
}

// provedLeaf is an event of the pack after its proof was tried.
type provedLeaf struct {
	parsed
	included bool
}

func (v *packVerifier) events() {
	if v.signed == nil {
		v.r.unchecked("whether the audit trail is the one that was sealed", "the signed head does not hold", "ask for a new pack")
	}
	v.tree = newPartialTree(v.pack.Nodes)
	leaves := v.pack.Events
	proved := make([]provedLeaf, len(leaves))
	inParallel(len(leaves), func(i int) { proved[i].parsed = parseLeaf(leaves[i]) })
	whole := v.signed == nil || v.together(proved)
	inParallel(len(leaves), func(i int) {
		proved[i].included = whole || leaves[i].Data != nil && v.tree.includes(*v.signed, leaves[i].Index, proved[i].hash)
	})
	var wrong []int
	for i, leaf := range leaves {
		if i > 0 && leaf.Index <= leaves[i-1].Index {
			v.r.find(EventMalformed, leafName(leaf.Index), "The indexes of the pack do not ascend.")
		}
		if v.takeLeaf(leaf, proved[i]) {
			wrong = append(wrong, i)
		}
	}
	v.wrong(wrong, proved)
	if v.claims.records[v.pack.Info.Record] == nil && !v.r.has(explained...) {
		v.r.find(PackMalformed, "events.jsonl", "There is no audit trail entry of the record.")
	}
}

// together reports whether all events together lead to the head. When they do not, each is
// tried by itself.
func (v *packVerifier) together(proved []provedLeaf) bool {
	indexes := make([]int64, len(proved))
	hashes := make([]Hash, len(proved))
	for i, leaf := range v.pack.Events {
		ascending := i == 0 || indexes[i-1] < leaf.Index
		if leaf.Data == nil || leaf.Index < 0 || leaf.Index >= v.signed.Size || !ascending {
			return false
		}
		indexes[i], hashes[i] = leaf.Index, proved[i].hash
	}
	root, ok := v.tree.rootOver(v.signed.Size, indexes, hashes)
	return ok && root == v.signed.Root
}

// takeLeaf takes one event and reports whether its bytes do not lead to the head.
func (v *packVerifier) takeLeaf(leaf StoredLeaf, p provedLeaf) (wrong bool) {
	v.r.Counts.Events++
	switch {
	case leaf.Data == nil:
		v.r.find(EventMissing, leafName(leaf.Index), "The pack names it, but it is not here.")
	case !p.included:
		if p.event != nil {
			v.claims.takePlace(p.event, leaf.Index, false)
		}
		return true
	case p.event == nil:
		v.r.find(EventMalformed, leafName(leaf.Index), "It is sealed as it stands, but cannot be read: %v.", p.err)
	default:
		v.claims.take(p.event, leaf)
	}
	return false
}

// maxMoved bounds the search for events that changed places, which tries all pairs.
const maxMoved = 300

// wrong tells events that stand at each other's places from altered ones.
func (v *packVerifier) wrong(wrong []int, proved []provedLeaf) {
	moved := make(map[int]bool)
	if len(wrong) <= maxMoved {
		for n, i := range wrong {
			for _, j := range wrong[n+1:] {
				if v.tree.includes(*v.signed, v.pack.Events[j].Index, proved[i].hash) &&
					v.tree.includes(*v.signed, v.pack.Events[i].Index, proved[j].hash) {
					moved[i], moved[j] = true, true
					v.r.find(EventsReordered, v.place(i, proved)+" and "+v.place(j, proved), "They have changed places: in the signed tree, each stands where the other is.")
				}
			}
		}
	}
	for _, i := range wrong {
		if moved[i] {
			continue
		}
		v.r.find(EventAltered, v.place(i, proved), "It does not lead to the signed head: its bytes (hash %s), its place or its proof were changed.", proved[i].hash)
	}
}

func (v *packVerifier) place(i int, proved []provedLeaf) string {
	return placeOf(proved[i].event, v.pack.Events[i].Index).String()
}

func (v *packVerifier) evidence() {
	p, c := v.pack, v.claims
	eachInParallel(p.Versions, hashVersion, c.version)
	eachInParallel(p.Signatures, v.keys.openSignature, c.signature)
	eachInParallel(p.Intents, hashIntent, c.intent)
	eachInParallel(p.Decisions, hashDecision, c.decision)
	v.r.sorted(c.missing)
}

// summary compares record.json with the last version the events speak of.
func (v *packVerifier) summary() {
	rec := v.pack.Record
	if rec.ID != v.pack.Info.Record || rec.Number != v.pack.Info.Number {
		v.r.find(FileAltered, "record.json", "It describes %s, the pack is of %s.", recordName(rec.ID, rec.Number), recordName(v.pack.Info.Record, v.pack.Info.Number))
		return
	}
	last := versionID{rec.ID, 0}
	for id := range v.claims.versions {
		if id.record == rec.ID && id.version > last.version {
			last = id
		}
	}
	if claim := v.claims.versions[last]; claim != nil && (rec.Version != last.version || rec.ContentHash != claim.hash) {
		if !v.r.has(explained...) {
			v.r.find(FileAltered, "record.json", "It describes version %d with the hash %s; the audit trail ends with version %d and %s.", rec.Version, rec.ContentHash, last.version, claim.hash)
		}
	}
}

// sealed checks the signature on the list of files, which protects what is for reading.
func (v *packVerifier) sealed() {
	summaries := "the summaries for reading: index.html, record.json, tasks.json, people.json and the forms"
	if v.pack.info == nil {
		return // not read from a zip
	}
	if v.pack.seal == "" {
		v.r.unchecked(summaries, "the list of files in this pack is not signed", "read the versions, signatures and audit trail entries themselves: they were checked")
		return
	}
	by, err := openSeal(v.pack.seal, v.pack.info, v.keys.list())
	switch {
	case errors.Is(err, ErrHeadUnsigned):
		v.r.find(KeyUnknown, "pack.sig", "The list of files is not signed by any key that is known here.")
	case err != nil:
		v.r.find(FileAltered, "pack.json", "The list of files is not the one that was signed: %v.", err)
	default:
		for _, id := range by {
			v.keys.usedForSignature(id, "the list of files (pack.sig)")
			if key := v.keys.known[id]; key.revokedBy(v.pack.Info.GeneratedAt) {
				v.r.find(KeyRevoked, "pack.sig", "It was signed by key %s, which was revoked at %s.", id, stampUTC(key.RevokedAt))
			}
		}
	}
}

// outside compares the head of the pack with one that was kept outside.
func (v *packVerifier) outside() {
	const later = "whether the record has later entries, and whether a key was revoked later"
	if v.signed == nil {
		return
	}
	if v.opts.Checkpoint == "" {
		v.r.unchecked(later+"; whether the log of this pack is the one that others see",
			"no head that was kept outside was given", "verify again with a head from the outside sink (--checkpoint HEAD), and ask for a new pack")
		return
	}
	o, by, err := newHeadOpener(v.keys.list()).open(v.opts.Checkpoint)
	if err != nil {
		reportHead(v.r, "the head kept outside", err)
		return
	}
	if v.sameLog(o) {
		v.keys.usedForHead(o, by)
	}
	v.r.unchecked(later, fmt.Sprintf("the pack shows the log as it was at %s", stampUTC(v.signed.At)), "ask for a new pack")
}

// sameLog reports whether the outside head is known to be of the same log.
func (v *packVerifier) sameLog(o Head) bool {
	h := *v.signed
	switch {
	case o.Org != h.Org:
		v.r.find(HeadForged, "the head kept outside", "It belongs to organization %s, not to %s.", o.Org, h.Org)
		return false
	case o.Size > h.Size && o.At.Before(h.At):
		v.r.find(LogRolledBack, "checkpoint.txt", "It covers %d entries of %s, but %d entries existed at %s already: the log was set back in between.", h.Size, stampUTC(h.At), o.Size, stampUTC(o.At))
		return false
	}
	older, newer := o, h
	if o.Size > h.Size {
		older, newer = h, o
	}
	proof, err := v.consistency(older, newer)
	if err != nil {
		v.r.unchecked("whether the head kept outside is of the same log",
			fmt.Sprintf("it covers %d entries, the head of the pack %d, and the pack holds no proof between the two", o.Size, h.Size),
			fmt.Sprintf("ask the system for the consistency proof from %d to %d, or verify the whole log", older.Size, newer.Size))
		return false
	}
	if CheckConsistency(proof, newer.Size, newer.Root, older.Size, older.Root) != nil {
		v.r.find(HeadForged, "checkpoint.txt", "It is not of the same log as the head kept outside, over %d entries of %s: one of the two logs was rewritten and signed again.", o.Size, stampUTC(o.At))
		return false
	}
	return true
}

func (v *packVerifier) consistency(older, newer Head) ([]Hash, error) {
	if older.Size == newer.Size {
		return nil, nil
	}
	return ProveConsistency(context.Background(), v.tree, newer.Size, older.Size)
}

func fileName(h Hash) string { return "files/" + h.String() }

// personalOf hands each event its personal values.
func personalOf(values []PersonalValue) map[uuid.UUID][]PersonalValue {
	m := make(map[uuid.UUID][]PersonalValue)
	for _, v := range values {
		m[v.Event] = append(m[v.Event], v)
	}
	for _, list := range m {
		slices.SortStableFunc(list, func(a, b PersonalValue) int { return strings.Compare(a.Name, b.Name) })
	}
	return m
}
