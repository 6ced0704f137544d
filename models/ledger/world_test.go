// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

var (
	org    = id("org")
	record = id("record")
	other  = id("other record")
	mara   = ledger.Person{ID: id("mara"), Username: "mara.lindt", PrintedName: "Mara Lindt"}
	jonas  = ledger.Person{ID: id("jonas"), Username: "jonas.weber", PrintedName: "Jonas Weber"}
	start  = time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
	now    = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
)

const recordNo = "DEV-2026-0001"

// attachment is a file that both versions of the record name.
var attachment = []byte("sealing temperature, line 4\n06:12 172 C\n06:26 180 C\n")

// packFile is an attached file of that name with these bytes.
func packFile(name, bytes []byte) ledger.PackFile {
	return ledger.PackFile{SHA256: ledger.ContentHash(name), Size: int64(len(bytes)), Open: opener(bytes)}
}

func opener(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func id(name string) uuid.UUID { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)) }

func key(name string, at time.Time) ledger.SigningKey {
	seed := ledger.ContentHash([]byte("key " + name))
	return ledger.NewSigningKey(org, ed25519.NewKeyFromSeed(seed[:]), at)
}

// world is an organization's log and evidence in memory: what the database would hold. It
// implements ledger.EvidenceSource and ledger.NodeStore.
type world struct {
	t          testing.TB
	key        ledger.SigningKey
	keys       []ledger.Key
	leaves     []ledger.StoredLeaf
	nodes      []ledger.Hash
	heads      []string
	versions   []ledger.StoredVersion
	signatures []ledger.StoredSignature
	intents    []ledger.StoredIntent
	decisions  []ledger.StoredDecision
	files      []ledger.StoredFile
	seqs       map[uuid.UUID]int64
	at         time.Time
}

func (w *world) Leaves(context.Context) iter.Seq2[ledger.StoredLeaf, error] { return all(w.leaves) }
func (w *world) Heads(context.Context) iter.Seq2[string, error]             { return all(w.heads) }
func (w *world) Keys(context.Context) ([]ledger.Key, error)                 { return w.keys, nil }
func (w *world) Versions(context.Context) iter.Seq2[ledger.StoredVersion, error] {
	return all(w.versions)
}
func (w *world) Intents(context.Context) iter.Seq2[ledger.StoredIntent, error] { return all(w.intents) }
func (w *world) Signatures(context.Context) iter.Seq2[ledger.StoredSignature, error] {
	return all(w.signatures)
}
func (w *world) Decisions(context.Context) iter.Seq2[ledger.StoredDecision, error] {
	return all(w.decisions)
}

func (w *world) Files(context.Context) iter.Seq2[ledger.StoredFile, error] { return all(w.files) }

func (w *world) ReadNodes(_ context.Context, indexes []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(w.nodes)) {
			return nil, fmt.Errorf("no node %d", index)
		}
		out[i] = w.nodes[index]
	}
	return out, nil
}

func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// event appends an event of a record (or none) to the log, without a head.
func (w *world) event(rec uuid.UUID, e ledger.Event, personal ...ledger.PersonalValue) ledger.Event {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	e.V, e.Org, e.ID = ledger.LeafVersion, org, id(fmt.Sprint("event ", len(w.leaves)))
	e.At, e.Zone, e.Offset = w.at, "Europe/Zurich", "+01:00"
	if rec != uuid.Nil {
		w.seqs[rec]++
		e.Record, e.Seq = rec, w.seqs[rec]
		e.RecordNo = map[uuid.UUID]string{record: recordNo, other: "DEV-2026-0002"}[rec]
	}
	if e.Outcome == "" {
		e.Outcome = ledger.OutcomeDone
	}
	if e.Actor.Kind == "" {
		e.Actor, e.Source = ledger.Actor{Kind: ledger.ActorSystem}, ledger.Source{Kind: ledger.SourceSystem}
	}
	for i := range personal {
		personal[i].Event = e.ID
		if e.Personal == nil {
			e.Personal = ledger.Commitments{}
		}
		e.Personal[personal[i].Name] = ledger.Commit(personal[i].Name, personal[i].Value, personal[i].Salt)
	}
	leaf, err := e.Leaf()
	require.NoError(w.t, err)
	w.append(ledger.StoredLeaf{EventID: e.ID, Data: leaf, Personal: personal})
	return e
}

func (w *world) append(leaf ledger.StoredLeaf) {
	w.t.Helper()
	leaf.Index, leaf.Hash = int64(len(w.leaves)), ledger.LeafHash(leaf.Data)
	_, _, nodes, err := ledger.Append(w.t.Context(), w, leaf.Index, [][]byte{leaf.Data})
	require.NoError(w.t, err)
	for _, n := range nodes {
		require.EqualValues(w.t, len(w.nodes), n.Index)
		w.nodes = append(w.nodes, n.Hash)
	}
	w.leaves = append(w.leaves, leaf)
}

// seal signs a head over everything so far.
func (w *world) seal(keys ...ledger.SigningKey) string {
	w.t.Helper()
	if len(keys) == 0 {
		keys = []ledger.SigningKey{w.key}
	}
	w.at = w.at.Add(time.Second)
	size := int64(len(w.leaves))
	root, err := ledger.Root(w.t.Context(), w, size)
	require.NoError(w.t, err)
	head, err := ledger.SignHead(ledger.Head{Org: org, Size: size, Root: root, At: w.at}, keys...)
	require.NoError(w.t, err)
	w.heads = append(w.heads, head)
	return head
}

func (w *world) version(n int, data map[string]any) ledger.StoredVersion {
	w.t.Helper()
	files := []any{map[string]any{"name": "sealing.csv", "sha256": ledger.ContentHash(attachment)}}
	b, err := ledger.Canonical(map[string]any{"record": record, "number": recordNo, "version": n, "data": data, "files": files})
	require.NoError(w.t, err)
	v := ledger.StoredVersion{Record: record, RecordNo: recordNo, Version: n, Data: b, ContentHash: ledger.ContentHash(b)}
	w.versions = append(w.versions, v)
	return v
}

// sign makes an intent with its view, a policy decision, a signature and its event.
func (w *world) sign(name string, who ledger.Person, v ledger.StoredVersion, meaning string, k ledger.SigningKey) {
	w.t.Helper()
	view := fmt.Appendf(nil, "<!doctype html><title>%s</title><p>%s, version %d. You sign: %s.", recordNo, recordNo, v.Version, meaning)
	decision, err := ledger.Canonical(map[string]any{"id": id("decision " + name), "allow": true, "rule": "signature.allow", "reasons": []string{"a QA approver who did no step"}})
	require.NoError(w.t, err)
	intent := ledger.Intent{
		V: ledger.IntentVersion, ID: id("intent " + name), Org: org, Record: record, RecordNo: recordNo,
		Version: v.Version, ContentHash: v.ContentHash, ViewHash: ledger.ContentHash(view), Meaning: meaning,
		Signer: who.ID, Nonce: ledger.ContentHash([]byte("nonce " + name)), Task: id("task " + name),
		Step: meaning, Round: 1, Outcome: "approved", CreatedAt: w.at, ExpiresAt: w.at.Add(10 * time.Minute),
	}
	canonical, err := intent.Canonical()
	require.NoError(w.t, err)
	m := ledger.Manifest{
		V: ledger.ManifestVersion, ID: id("signature " + name), Intent: intent,
		Signer:   ledger.Signer{ID: who.ID, Username: who.Username, PrintedName: who.PrintedName, Role: "qa_approver"},
		SignedAt: w.at.Add(time.Minute), Zone: "Europe/Zurich", Offset: "+01:00", Factors: []string{"password", "totp"},
		Session: id("session " + name), Decision: id("decision " + name), DecisionHash: ledger.ContentHash(decision), Revision: 7,
	}
	signed, err := ledger.Sign(m, k)
	require.NoError(w.t, err)
	w.decisions = append(w.decisions, ledger.StoredDecision{ID: m.Decision, Data: decision})
	w.intents = append(w.intents, ledger.StoredIntent{ID: intent.ID, Data: canonical, View: view})
	w.signatures = append(w.signatures, ledger.StoredSignature{ID: m.ID, Record: record, Version: v.Version, Signer: who.ID, Signed: signed})
	e := person(who, "qa_approver", "task.complete")
	e.From, e.To, e.Task = "final_approval", "approved", intent.Task
	e.Version, e.ContentHash = v.Version, v.ContentHash
	e.Decision, e.DecisionHash, e.Revision, e.Rule = m.Decision, m.DecisionHash, 7, "signature.allow"
	e.Signature = &ledger.SignatureRef{ID: m.ID, Manifest: signed.Hash()}
	w.event(record, e, actorName(who))
}

func person(p ledger.Person, role, action string) ledger.Event {
	return ledger.Event{
		Actor:  ledger.Actor{ID: p.ID, Kind: ledger.ActorPerson, Role: role},
		Source: ledger.Source{Kind: ledger.SourceUI, Device: "Blister hall terminal 3"}, Action: action,
	}
}

func actorName(p ledger.Person) ledger.PersonalValue {
	var salt ledger.Salt
	hash := ledger.ContentHash([]byte("salt " + p.Username))
	copy(salt[:], hash[:])
	return ledger.PersonalValue{Name: ledger.PersonalActorName, Value: p.PrintedName, Salt: salt}
}

func quoted(s string) json.RawMessage {
	b, _ := json.Marshal(s)
	return b
}

// newWorld plays one deviation among others: reported, refused to its own author, signed,
// corrected, signed again and closed.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, key: key("first", start), seqs: map[uuid.UUID]int64{}, at: start}
	w.files = []ledger.StoredFile{{SHA256: ledger.ContentHash(attachment), Open: opener(attachment)}}
	w.keys = []ledger.Key{w.key.Key}
	w.event(uuid.Nil, ledger.Event{Action: ledger.ActionKeyCreate, Changes: []ledger.Change{w.key.CreateChange()}})
	w.seal()
	v1 := w.version(1, map[string]any{"title": "Blister line 4 sealed 8 °C low for 14 minutes", "lot": "BX2291", "quantity": 12400})
	report := person(mara, "production", "deviation.report")
	report.To, report.Version, report.ContentHash = "reported", 1, v1.ContentHash
	report.Changes = []ledger.Change{{Field: "lot", New: quoted("BX2291")}, {Field: "quantity", New: json.RawMessage("12400")}}
	w.event(record, report, actorName(mara))
	w.event(other, person(jonas, "production", "deviation.report"), actorName(jonas))
	w.seal()
	refused := person(mara, "production", "task.complete")
	refused.Outcome, refused.Rule = ledger.OutcomeRefused, "S1"
	refused.Reasons = []string{"the author of a record does not approve it"}
	w.event(record, refused, actorName(mara))
	w.event(other, person(jonas, "production", "task.claim"), actorName(jonas))
	w.sign("assessment", jonas, v1, "qa_assessment_approval", w.key)
	w.seal()
	v2 := w.version(2, map[string]any{"title": "Blister line 4 sealed 8 °C low for 14 minutes", "lot": "BX2291", "quantity": 12160})
	correct := person(mara, "production", "deviation.correct")
	correct.Version, correct.ContentHash, correct.Reason = 2, v2.ContentHash, "240 blisters of the count were empty"
	correct.Changes = []ledger.Change{{Field: "quantity", Old: json.RawMessage("12400"), New: json.RawMessage("12160")}}
	w.event(record, correct, actorName(mara))
	w.event(other, person(jonas, "production", "task.complete"), actorName(jonas))
	w.sign("closure", jonas, v2, "final_approval", w.key)
	closed := ledger.Event{Action: "record.close", From: "approved", To: "closed", Version: 2, ContentHash: v2.ContentHash}
	w.event(record, closed)
	w.event(other, person(jonas, "production", "comment.add"), actorName(jonas))
	w.seal()
	return w
}

// pack takes the evidence of the record out of the world.
func (w *world) pack() ledger.Pack {
	w.t.Helper()
	p := ledger.Pack{
		Info: ledger.PackInfo{Org: org, OrgName: "Alpenrose Pharma AG", Record: record, Number: recordNo, GeneratedAt: w.at.Add(time.Hour), ClosedAt: w.at},
		Record: ledger.PackRecord{
			ID: record, Number: recordNo, Type: "deviation", Title: "Blister line 4 sealed 8 °C low for 14 minutes", State: "closed",
			Class: "major", Site: "Visp", Owner: "Mara Lindt", CreatedAt: start, ClosedAt: w.at, Version: 2, ContentHash: w.versions[1].ContentHash,
			Items: []ledger.PackItem{{Section: "What happened", Label: "Lot", Value: "BX2291"}, {Section: "What happened", Label: "Quantity", Value: "12 160 blisters"}},
		},
		Versions:   slices.Clone(w.versions),
		Forms:      []ledger.PackForm{{ID: "deviation", Version: 3, Data: []byte(`{"id":"deviation","version":3}`)}},
		Files:      []ledger.PackFile{packFile(attachment, attachment)},
		Intents:    slices.Clone(w.intents),
		Signatures: slices.Clone(w.signatures),
		Decisions:  slices.Clone(w.decisions),
		Checkpoint: w.heads[len(w.heads)-1],
		Keys:       slices.Clone(w.keys),
		Tasks: []ledger.PackTask{{
			ID: id("task closure"), Step: "final_approval", Round: 1, Title: "Approve the closure", State: "done", Assignee: "Jonas Weber", OpenedAt: start, ClosedAt: w.at,
			Decisions: []ledger.PackDecision{{By: "Jonas Weber", Role: "qa_approver", At: w.at, Outcome: "approved", Comment: "The lot stays on hold until <rework>", Signature: id("signature closure")}},
		}},
		People: []ledger.Person{jonas, mara},
		Seal:   &w.key,
	}
	var indexes []int64
	for _, leaf := range w.leaves {
		var e ledger.Event
		require.NoError(w.t, json.Unmarshal(leaf.Data, &e))
		if e.Record == record || e.Record == uuid.Nil {
			leaf.Hash = ledger.Hash{}
			p.Events = append(p.Events, leaf)
			indexes = append(indexes, leaf.Index)
		}
	}
	var earlier []int64
	for _, text := range w.heads {
		h, err := ledger.ReadHead(text)
		require.NoError(w.t, err)
		earlier = append(earlier, h.Size)
	}
	size := earlier[len(earlier)-1]
	var err error
	p.Nodes, err = ledger.PackNodes(w.t.Context(), w, size, indexes, earlier[:len(earlier)-1]...)
	require.NoError(w.t, err)
	return p
}

func (w *world) verify(opts ledger.Options) ledger.Report {
	w.t.Helper()
	r, err := ledger.VerifyLog(w.t.Context(), w, opts)
	require.NoError(w.t, err)
	return r
}

func trusting(k ledger.SigningKey) ledger.Options {
	return ledger.Options{TrustedKeys: []ledger.Key{{ID: k.ID, Org: k.Org, Public: k.Public}}, Now: now}
}

func zipped(t testing.TB, p ledger.Pack) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, ledger.WritePack(&b, p))
	return b.Bytes()
}

// flip returns a copy of b with one bit of the byte at i changed.
func flip(b []byte, i int) []byte {
	c := bytes.Clone(b)
	c[i] ^= 1
	return c
}

// replace returns a copy of b in which old, which must be there, is replaced once.
func replace(t testing.TB, b []byte, old, new string) []byte {
	t.Helper()
	require.Contains(t, string(b), old)
	return bytes.Replace(b, []byte(old), []byte(new), 1)
}

func codes(r ledger.Report) []ledger.Code {
	var out []ledger.Code
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	return out
}

// requireFindings asserts the exact findings, as alternating code and part of the place.
func requireFindings(t *testing.T, r ledger.Report, want ...string) {
	t.Helper()
	require.Len(t, r.Findings, len(want)/2, "%+v", r.Findings)
	for i, f := range r.Findings {
		require.Equal(t, ledger.Code(want[2*i]), f.Code, "%+v", r.Findings)
		require.Contains(t, f.Where, want[2*i+1])
	}
	require.Equal(t, len(want) == 0, r.OK)
}
