// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const scanned = `{"action":"key.create","actor":{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","kind":"person","role":"a \"b\\"},` +
	`"at":"2026-03-04T08:00:00.5Z","changes":[{"field":"a,}]\"","new":{"x":[1,{"y":"}"}]},"old":null}],` +
	`"command":"6ba7b811-9dad-11d1-80b4-00c04fd430c8","content_hash":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",` +
	`"decision":"6ba7b812-9dad-11d1-80b4-00c04fd430c8","decision_hash":"aa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",` +
	`"id":"6ba7b813-9dad-11d1-80b4-00c04fd430c8","offset":"+01:00","org":"6ba7b814-9dad-11d1-80b4-00c04fd430c8","outcome":"done",` +
	`"personal":{"actor_name":"ca7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},"reason":"\\","record":"6ba7b815-9dad-11d1-80b4-00c04fd430c8",` +
	`"record_no":"DEV\"-1","seq":17,"signature":{"id":"6ba7b816-9dad-11d1-80b4-00c04fd430c8","manifest":"da7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},` +
	`"source":{"kind":"ui"},"v":1,"version":3,"zone":"Europe/Zurich"}`

// compared is what verification uses of an event.
func compared(e Event) Event {
	c := Event{
		Action: e.Action, At: e.At, Changes: e.Changes, ContentHash: e.ContentHash, Decision: e.Decision, DecisionHash: e.DecisionHash,
		ID: e.ID, Org: e.Org, Outcome: e.Outcome, Personal: e.Personal, Record: e.Record, RecordNo: e.RecordNo, Seq: e.Seq,
		Signature: e.Signature, Version: e.Version,
	}
	c.Actor.ID = e.Actor.ID
	return c
}

func TestScanLeafAgreesWithJSON(t *testing.T) {
	t.Parallel()
	slow, err := ParseEvent([]byte(scanned))
	require.NoError(t, err)
	var fast Event
	require.True(t, scanLeaf([]byte(scanned), &fast))
	require.Equal(t, compared(slow), fast)
}

func FuzzScanLeaf(f *testing.F) {
	f.Add([]byte(scanned))
	f.Add([]byte(`{"action":"a","actor":{"kind":"system"},"at":"2026-03-04T08:00:00Z","id":"6ba7b813-9dad-11d1-80b4-00c04fd430c8","offset":"+01:00","org":"6ba7b814-9dad-11d1-80b4-00c04fd430c8","outcome":"done","seq":0,"source":{"kind":"timer"},"v":1,"zone":"Etc/UTC"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var fast Event
		ok := scanLeaf(b, &fast)
		slow, err := ParseEvent(b)
		if err != nil {
			return // only such leaves are ever sealed
		}
		require.True(t, ok)
		slow, fast = compared(slow), compared(fast)
		if fast.Changes == nil {
			slow.Changes = nil // only read for keys
		}
		require.Equal(t, slow, fast)
	})
}
