// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func fullEvent() ledger.Event {
	e := person(mara, "production", "deviation.correct")
	e.V, e.Org, e.ID, e.Seq, e.Record, e.RecordNo = 1, org, id("event"), 4, record, recordNo
	e.Task, e.Command, e.Actor.OnBehalfOf = id("task"), id("command"), jonas.ID
	e.At, e.Zone, e.Offset = time.Date(2026, 3, 29, 3, 0, 0, 123456000, time.FixedZone("", 7200)), "Europe/Zurich", "+02:00"
	e.Outcome, e.From, e.To, e.Reason = ledger.OutcomeDone, "reported", "triage", "Größe <falsch>"
	e.Changes = []ledger.Change{{Field: "quantity", Old: json.RawMessage(`12400`), New: json.RawMessage(`{"b": 1.0, "a": null}`)}, {Field: "lot"}}
	e.Rule, e.Reasons, e.Decision, e.DecisionHash, e.Revision = "authz.correct", []string{"owner"}, id("decision"), ledger.ContentHash(nil), 7
	e.Version, e.ContentHash = 2, ledger.ContentHash([]byte("v2"))
	e.Signature = &ledger.SignatureRef{ID: id("signature"), Manifest: ledger.ContentHash([]byte("m"))}
	e.Personal = ledger.Commitments{"actor_name": ledger.Commit("actor_name", "Mara Lindt", ledger.Salt{1})}
	return e
}

func TestEventRoundTrip(t *testing.T) {
	t.Parallel()
	leaf, err := fullEvent().Leaf()
	require.NoError(t, err)
	require.Contains(t, string(leaf), `"at":"2026-03-29T01:00:00.123456Z"`)
	require.Contains(t, string(leaf), `"new":{"a":null,"b":1},"old":12400`)
	require.Contains(t, string(leaf), `"new":null,"old":null`)
	require.True(t, strings.HasPrefix(string(leaf), `{"action":`))
	e, err := ledger.ParseEvent(leaf)
	require.NoError(t, err)
	again, err := e.Leaf()
	require.NoError(t, err)
	require.Equal(t, string(leaf), string(again))
}

func TestParseEventIsStrict(t *testing.T) {
	t.Parallel()
	leaf, err := fullEvent().Leaf()
	require.NoError(t, err)
	s := string(leaf)
	for name, bad := range map[string]string{
		"unknown field":      strings.Replace(s, `{"action"`, `{"aaction":1,"action"`, 1),
		"another case":       strings.Replace(s, `"action"`, `"Action"`, 1),
		"white space":        s + "\n",
		"trailing data":      s + "{}",
		"another order":      strings.Replace(s, `{"action":"deviation.correct",`, `{`, 1)[:len(s)-len(`"action":"deviation.correct",`)-1] + `,"action":"deviation.correct"}`,
		"an escape":          strings.Replace(s, "deviation.correct", `deviation\u002ecorrect`, 1),
		"a number as a text": strings.Replace(s, `"seq":4`, `"seq":"4"`, 1),
		"another format":     strings.Replace(s, `"v":1`, `"v":2`, 1),
		"a local time":       strings.Replace(s, "01:00:00.123456Z", "03:00:00.123456+02:00", 1),
		"nothing":            "",
	} {
		require.NotEqual(t, s, bad, name)
		_, err := ledger.ParseEvent([]byte(bad))
		require.Error(t, err, name)
	}
}

func TestLeafRefusesIncompleteEvents(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(e *ledger.Event){
		"no organization":        func(e *ledger.Event) { e.Org = uuid.Nil },
		"no instant":             func(e *ledger.Event) { e.At = time.Time{} },
		"no zone":                func(e *ledger.Event) { e.Zone = "" },
		"an offset by name":      func(e *ledger.Event) { e.Offset = "CET" },
		"record without number":  func(e *ledger.Event) { e.Seq = 0 },
		"number without record":  func(e *ledger.Event) { e.Record = uuid.Nil },
		"person without id":      func(e *ledger.Event) { e.Actor.ID = uuid.Nil },
		"unknown kind of actor":  func(e *ledger.Event) { e.Actor.Kind = "robot" },
		"unknown kind of source": func(e *ledger.Event) { e.Source.Kind = "fax" },
		"unknown outcome":        func(e *ledger.Event) { e.Outcome = "maybe" },
		"no action":              func(e *ledger.Event) { e.Action = "" },
		"hash without version":   func(e *ledger.Event) { e.Version = 0 },
		"NUL in the reason":      func(e *ledger.Event) { e.Reason = "a\x00b" },
	} {
		e := fullEvent()
		spoil(&e)
		_, err := e.Leaf()
		require.Error(t, err, name)
	}
}

func TestCommit(t *testing.T) {
	t.Parallel()
	salt := ledger.Salt{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	want := ledger.ContentHash([]byte(string(salt[:]) + "\x00actor_name\x00Mara Lindt"))
	require.Equal(t, want, ledger.Commit("actor_name", "Mara Lindt", salt))
	require.NotEqual(t, want, ledger.Commit("actor_name", "Mara Lindt", ledger.Salt{}))
	text, err := json.Marshal(salt)
	require.NoError(t, err)
	require.Equal(t, `"000102030405060708090a0b0c0d0e0f"`, string(text))
	var back ledger.Salt
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, salt, back)
	require.Error(t, json.Unmarshal([]byte(`"00"`), &back))
}
