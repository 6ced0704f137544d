// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// claims is what the events state about records, versions, signatures, views, decisions and
// keys, against which everything that is stored beside them is held. It takes all events
// first, and keeps a few words for each record, version and signature.
type claims struct {
	r    *Report
	keys *keyring
	org  uuid.UUID
	now  time.Time
	only uuid.UUID // a pack: the one record that must be complete

	records    map[uuid.UUID]*recordLine
	versions   map[versionID]*versionClaim
	signatures map[uuid.UUID]*signatureClaim
	intents    map[uuid.UUID]*intentClaim
	decisions  map[uuid.UUID]*decisionClaim
	files      map[Hash]*fileClaim

	suspects []Finding // follow from a missing or altered event, if there is one
	orphans  []Finding // stored things that no event speaks of
}

type versionID struct {
	record  uuid.UUID
	version int
}

type versionClaim struct {
	hash     Hash
	no       string
	required bool
	seen     bool
}

type signatureClaim struct {
	leaf     int64
	manifest Hash
	record   uuid.UUID
	version  int
	actor    uuid.UUID
	where    place
	required bool
	seen     bool
}

type intentClaim struct {
	hash, view Hash
	where      string
	seen       bool
}

type decisionClaim struct {
	hash     Hash
	where    fmt.Stringer
	required bool
	seen     bool
}

// recordLine follows the entries of one record.
type recordLine struct {
	no   string
	seq  int64 // the highest seen
	at   time.Time
	gaps map[int64]bool
}

// maxGap bounds how many missing entries of one record are named one by one.
const maxGap = 100

func newClaims(r *Report, keys *keyring, opts Options) *claims {
	return &claims{
		r: r, keys: keys, now: opts.Now,
		records:    make(map[uuid.UUID]*recordLine),
		versions:   make(map[versionID]*versionClaim),
		signatures: make(map[uuid.UUID]*signatureClaim),
		intents:    make(map[uuid.UUID]*intentClaim),
		decisions:  make(map[uuid.UUID]*decisionClaim),
		files:      make(map[Hash]*fileClaim),
	}
}

func recordName(id uuid.UUID, no string) string {
	if no != "" {
		return no
	}
	return "record " + id.String()
}

func versionName(id versionID, no string) string {
	return fmt.Sprintf("%s, version %d", recordName(id.record, no), id.version)
}

// required reports whether what an event speaks of must be here.
func (c *claims) required(e *Event) bool {
	return c.only == uuid.Nil || e.Record == c.only
}

// take notes what a genuine event states.
func (c *claims) take(e *Event, leaf StoredLeaf) {
	where := placeOf(e, leaf.Index)
	switch {
	case c.org == uuid.Nil:
		c.org = e.Org
	case e.Org != c.org:
		c.r.find(EventMalformed, where.String(), "It belongs to organization %s, not to %s.", e.Org, c.org)
		return
	}
	if leaf.EventID != uuid.Nil && leaf.EventID != e.ID {
		c.r.find(EventAltered, where.String(), "It is stored under the id %s, its own id is %s.", leaf.EventID, e.ID)
	}
	if !c.now.IsZero() && e.At.After(c.now) {
		c.r.find(TimeReversed, where.String(), "It is dated %s, which is in the future.", stampUTC(e.At))
	}
	if leaf.Index != Unsealed {
		c.keys.takeEvent(e, leaf.Index)
	}
	c.takePlace(e, leaf.Index, true)
	c.takeVersion(e, where)
	c.takeSignature(e, leaf.Index, where)
	c.takeDecision(e.Decision, e.DecisionHash, where, c.required(e))
	c.takePersonal(e, leaf.Personal, where)
}

// takePlace follows the sequence of the record. The instants of an altered event are not
// genuine and are left out.
func (c *claims) takePlace(e *Event, index int64, genuine bool) {
	if e.Record == uuid.Nil {
		return
	}
	line := c.records[e.Record]
	if line == nil {
		line = &recordLine{no: e.RecordNo, gaps: make(map[int64]bool)}
		c.records[e.Record] = line
	}
	where := placeOf(e, index)
	if e.Seq <= line.seq {
		if line.gaps[e.Seq] {
			delete(line.gaps, e.Seq)
			c.suspect(SequenceGap, where, "It stands behind entry %d of the same record.", line.seq)
		} else {
			c.suspect(SequenceGap, where, "The record has another entry with the number %d.", e.Seq)
		}
		return
	}
	for seq := line.seq + 1; seq < e.Seq && len(line.gaps) < maxGap; seq++ {
		line.gaps[seq] = true
	}
	line.seq = e.Seq
	if !genuine {
		return
	}
	if e.At.Before(line.at) {
		c.suspect(TimeReversed, where, "It is dated %s, the entry before it %s.", stampUTC(e.At), stampUTC(line.at))
	}
	line.at = e.At
}

func (c *claims) suspect(code Code, where place, format string, args ...any) {
	if len(c.suspects) < maxFindings {
		c.suspects = append(c.suspects, Finding{code, where.String(), fmt.Sprintf(format, args...)})
	}
}

func (c *claims) orphan(code Code, where, format string, args ...any) {
	if len(c.orphans) < maxFindings {
		c.orphans = append(c.orphans, Finding{code, where, fmt.Sprintf(format, args...)})
	}
}

func (c *claims) takeVersion(e *Event, where place) {
	if e.Version == 0 || e.ContentHash.IsZero() {
		return
	}
	id := versionID{e.Record, e.Version}
	claim := c.versions[id]
	if claim == nil {
		c.versions[id] = &versionClaim{hash: e.ContentHash, no: e.RecordNo, required: c.required(e)}
		return
	}
	if claim.hash != e.ContentHash {
		c.r.find(VersionAltered, versionName(id, claim.no), "The %s names other content for it than the entries before.", where)
	}
}

func (c *claims) takeSignature(e *Event, index int64, where place) {
	if e.Signature == nil {
		return
	}
	if index == Unsealed {
		index = math.MaxInt64 // later than every revocation that is sealed
	}
	c.signatures[e.Signature.ID] = &signatureClaim{
		leaf: index, manifest: e.Signature.Manifest, record: e.Record, version: e.Version,
		actor: e.Actor.ID, where: where, required: c.required(e),
	}
}

func (c *claims) takeDecision(id uuid.UUID, hash Hash, where fmt.Stringer, required bool) {
	if id == uuid.Nil {
		return
	}
	claim := c.decisions[id]
	switch {
	case claim == nil:
		c.decisions[id] = &decisionClaim{hash: hash, where: where, required: required}
	case claim.hash.IsZero():
		claim.hash = hash
	case !hash.IsZero() && claim.hash != hash:
		c.r.find(PolicyDecisionAltered, "policy decision "+id.String(), "The %s and the %s give different hashes for it.", claim.where, where)
	}
}

func (c *claims) takePersonal(e *Event, values []PersonalValue, where place) {
	for _, v := range values {
		want, ok := e.Personal[v.Name]
		if !ok || Commit(v.Name, v.Value, v.Salt) != want {
			c.r.find(PersonalAltered, fmt.Sprintf("%s, value %q", where, v.Name), "The stored value is not the one that the entry commits to.")
		}
	}
	c.r.Counts.Personal += int64(len(values))
	if missing := len(e.Personal) - len(values); missing > 0 {
		c.r.Counts.Erased += int64(missing)
	}
}

// What is held against the events is hashed before, on all cores.

func hashVersion(v StoredVersion) Hash   { return ContentHash(v.Data) }
func hashDecision(d StoredDecision) Hash { return ContentHash(d.Data) }

// intentHashes are those of an intent and of its view.
type intentHashes struct{ data, view Hash }

func hashIntent(s StoredIntent) intentHashes {
	return intentHashes{ContentHash(s.Data), ContentHash(s.View)}
}

// version holds one stored version, and the hash of its content, against the events.
func (c *claims) version(v StoredVersion, got Hash) {
	c.r.Counts.Versions++
	id := versionID{v.Record, v.Version}
	claim := c.versions[id]
	where := versionName(id, v.RecordNo)
	if claim != nil {
		where, claim.seen = versionName(id, claim.no), true
	}
	c.takeFiles(v, where)
	switch {
	case claim != nil && got != claim.hash:
		c.r.find(VersionAltered, where, "Its content has the hash %s; the audit trail says %s.", got, claim.hash)
	case !v.ContentHash.IsZero() && got != v.ContentHash:
		c.r.find(VersionAltered, where, "Its content has the hash %s; %s is stored with it.", got, v.ContentHash)
	case claim == nil:
		c.orphan(EventMissing, where, "No audit trail entry speaks of this version.")
	}
}

// opened is a signature after its cryptographic check, which needs none of the claims.
type opened struct {
	manifest Manifest
	intent   Hash // of the intent as it stands in the manifest
	key      *Key
	err      error
}

func (k *keyring) openSignature(s StoredSignature) opened {
	key := k.known[s.KeyID]
	if key == nil {
		return opened{}
	}
	m, err := s.Verify(key.Public)
	if err != nil {
		return opened{key: key, err: err}
	}
	var raw struct {
		Intent json.RawMessage `json:"intent"`
	}
	err = json.Unmarshal(s.Manifest, &raw)
	return opened{m, ContentHash(raw.Intent), key, err}
}

// signature holds one stored signature against its key, its columns and the events.
func (c *claims) signature(s StoredSignature, o opened) {
	c.r.Counts.Signatures++
	where := fmt.Sprintf("signature %s on %s", s.ID, c.columnsName(s))
	if claim := c.signatures[s.ID]; claim != nil {
		claim.seen = true
	}
	switch {
	case o.key == nil:
		c.r.find(KeyUnknown, where, "It names key %s, which is not among the keys.", s.KeyID)
		return
	case o.err != nil:
		c.r.find(SignatureAltered, where, "Key %s did not sign what is stored: %v.", s.KeyID, o.err)
		return
	}
	m := &o.manifest
	c.keys.usedForSignature(s.KeyID, where)
	c.takeDecision(m.Decision, m.DecisionHash, name(where), c.only == uuid.Nil || m.Intent.Record == c.only)
	if moved := c.movedFrom(s, m); moved != "" {
		c.r.find(SignatureMoved, where, "The signature itself is genuine, but %s.", moved)
		return
	}
	claim := c.signatures[m.ID]
	if claim == nil {
		c.orphan(EventMissing, where, "No audit trail entry speaks of this signature.")
	} else if claim.manifest != s.Hash() {
		c.r.find(SignatureAltered, where, "The %s sealed another signature under this id.", claim.where)
		return
	}
	c.intents[m.Intent.ID] = &intentClaim{hash: o.intent, view: m.Intent.ViewHash, where: where}
	c.signedContent(m, where)
	c.signedByValidKey(m, o.key, claim, where)
}

func (c *claims) columnsName(s StoredSignature) string {
	id := versionID{s.Record, s.Version}
	no := ""
	if line := c.records[s.Record]; line != nil {
		no = line.no
	}
	return versionName(id, no)
}

// movedFrom says what a genuine signature was made for, when it does not stand there.
func (c *claims) movedFrom(s StoredSignature, m *Manifest) string {
	i := &m.Intent
	claim := c.signatures[m.ID]
	switch {
	case c.org != uuid.Nil && i.Org != c.org:
		return "it was made in organization " + i.Org.String()
	case s.Record != i.Record:
		return "it was made on " + recordName(i.Record, i.RecordNo)
	case s.Version != i.Version:
		return fmt.Sprintf("it was made on version %d", i.Version)
	case s.Signer != m.Signer.ID:
		return fmt.Sprintf("it was made by %s (%s)", m.Signer.PrintedName, m.Signer.Username)
	case s.ID != m.ID:
		return "it is a copy of signature " + m.ID.String()
	case claim == nil:
		return ""
	case claim.record != i.Record, claim.version != 0 && claim.version != i.Version:
		return "the " + claim.where.String() + " is about another record or version"
	case claim.actor != m.Signer.ID:
		return "the " + claim.where.String() + " is of another person"
	}
	return ""
}

func (c *claims) signedContent(m *Manifest, where string) {
	id := versionID{m.Intent.Record, m.Intent.Version}
	claim := c.versions[id]
	if claim != nil && claim.hash != m.Intent.ContentHash {
		c.r.find(VersionAltered, versionName(id, claim.no), "The %s was made on content with the hash %s.", where, m.Intent.ContentHash)
	}
}

// signedByValidKey compares instants and places in the log: a stolen key can lie about the
// instant, but cannot move an entry before the one that revoked it.
func (c *claims) signedByValidKey(m *Manifest, key *Key, claim *signatureClaim, where string) {
	after := key.revokedBy(m.SignedAt)
	if claim != nil && key.RevokedLeaf != nil && claim.leaf > *key.RevokedLeaf {
		after = true
	}
	if after {
		c.r.find(KeyRevoked, where, "It was made at %s with key %s, which was revoked at %s.", stampUTC(m.SignedAt), key.ID, stampUTC(key.RevokedAt))
	}
}

// intent holds one stored intent and its view against the signature made on it.
func (c *claims) intent(s StoredIntent, got intentHashes) {
	claim := c.intents[s.ID]
	if claim == nil {
		return // never signed, or its signature is reported
	}
	claim.seen = true
	c.r.Counts.Views++
	if got.data != claim.hash {
		c.r.find(IntentAltered, "intent "+s.ID.String(), "It is not the one that the %s was made on.", claim.where)
	}
	if got.view != claim.view {
		c.r.find(ViewAltered, "view of intent "+s.ID.String(), "The page has the hash %s; the %s was made on %s.", got.view, claim.where, claim.view)
	}
}

// decision holds one stored policy decision against the events.
func (c *claims) decision(d StoredDecision, got Hash) {
	claim := c.decisions[d.ID]
	if claim == nil {
		return // a decision that led to no event
	}
	claim.seen = true
	c.r.Counts.Decisions++
	if !claim.hash.IsZero() && got != claim.hash {
		c.r.find(PolicyDecisionAltered, "policy decision "+d.ID.String(), "It has the hash %s; the %s says %s.", got, claim.where, claim.hash)
	}
}

// missing reports what the events speak of and nobody brought.
func (c *claims) missing() {
	for id, claim := range c.versions {
		if claim.required && !claim.seen {
			c.r.find(VersionMissing, versionName(id, claim.no), "The audit trail speaks of it, but it is not here.")
		}
	}
	for id, claim := range c.signatures {
		if claim.required && !claim.seen {
			c.r.find(SignatureMissing, "signature "+id.String(), "The %s speaks of it, but it is not here.", claim.where)
		}
	}
	for id, claim := range c.intents {
		if !claim.seen {
			c.r.find(ViewAltered, "view of intent "+id.String(), "The page on which the %s was made is not here.", claim.where)
		}
	}
	unbound := 0
	for id, claim := range c.decisions {
		switch {
		case claim.hash.IsZero():
			unbound++
		case claim.required && !claim.seen:
			c.r.find(PolicyDecisionAltered, "policy decision "+id.String(), "The %s speaks of it, but it is not here.", claim.where)
		}
	}
	if unbound > 0 {
		c.r.unchecked(fmt.Sprintf("the content of %d policy decisions", unbound),
			"the entries name them without a hash", "compare them with the decision log of the policy engine")
	}
}

// explained are the findings from which gaps and reversed times follow.
var explained = []Code{EventAltered, EventMissing, EventMalformed, EventsReordered, LogTruncated}

// settle reports the suspicions that nothing else explains, and things without an entry. When something else does, the
// gaps are told with it, because they say which entries are missing.
func (c *claims) settle() {
	gaps := c.gaps()
	if !c.r.has(explained...) {
		c.addAll(c.suspects)
		c.addAll(c.orphans)
		for _, g := range gaps {
			if c.only == uuid.Nil {
				c.r.find(SequenceGap, g, "No entry with this number was ever sealed, though the tree is whole.")
			} else {
				c.r.find(EventMissing, g, "The pack has no entry with this number.")
			}
		}
		return
	}
	if len(gaps) == 0 {
		return
	}
	for i := range c.r.Findings {
		if f := &c.r.Findings[i]; f.Code == EventMissing {
			f.Message += " Numbers that are missing: " + strings.Join(gaps[:min(len(gaps), maxGap)], "; ") + "."
			return
		}
	}
}

func (c *claims) gaps() []string {
	var gaps []string
	for id, line := range c.records {
		for seq := range line.gaps {
			gaps = append(gaps, fmt.Sprintf("%s, entry %d", recordName(id, line.no), seq))
		}
	}
	slices.Sort(gaps)
	return gaps
}

func (c *claims) addAll(findings []Finding) {
	for _, f := range findings {
		c.r.find(f.Code, f.Where, "%s", f.Message)
	}
}
