// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

// The log of newWorld: 0 key; 1 DEV-1/1 report; 2 other/1; 3 DEV-1/2 refused; 4 other/2;
// 5 DEV-1/3 signature; 6 DEV-1/4 correction; 7 other/3; 8 DEV-1/5 signature; 9 DEV-1/6
// closed; 10 other/4. Heads at 1, 3, 6 and 11.

func TestLogUntouched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := trusting(w.key)
	opts.Checkpoint = w.heads[3]
	r := w.verify(opts)
	requireFindings(t, r)
	require.Len(t, r.NotChecked, 1)
	require.Contains(t, r.NotChecked[0].What, "after the newest head")
	require.Equal(t, ledger.Counts{Events: 11, Heads: 4, Versions: 2, Signatures: 2, Views: 2, Decisions: 2, Files: 1, Personal: 9}, r.Counts)
	require.EqualValues(t, 11, r.Head.Size)
}

func TestLogTampering(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		tamper func(t *testing.T, w *world)
		want   []string // code, place, ...
	}{
		{"one byte of an event", func(t *testing.T, w *world) {
			w.leaves[3].Data = replace(t, w.leaves[3].Data, `"refused"`, `"refuseD"`)
		}, []string{"event_altered", "index 3 (DEV-2026-0001, entry 2)"}},
		{"an event made unreadable", func(_ *testing.T, w *world) {
			w.leaves[3].Data = flip(w.leaves[3].Data, 0)
		}, []string{"event_altered", "index 3"}},
		{"an event and its stored hash", func(t *testing.T, w *world) {
			w.leaves[4].Data = replace(t, w.leaves[4].Data, "task.claim", "task.Claim")
			w.leaves[4].Hash = ledger.LeafHash(w.leaves[4].Data)
		}, []string{"event_altered", "indexes 3 to 5"}},
		{"only a stored hash", func(_ *testing.T, w *world) {
			w.leaves[4].Hash[7] ^= 1
		}, []string{"tree_altered", "index 4 (DEV-2026-0002, entry 2)"}},
		{"the id column of an event", func(_ *testing.T, w *world) {
			w.leaves[4].EventID = id("elsewhere")
		}, []string{"event_altered", "index 4"}},
		{"a pair of events swapped", func(_ *testing.T, w *world) {
			a, b := &w.leaves[6], &w.leaves[9]
			a.Data, b.Data = b.Data, a.Data
			a.EventID, b.EventID = b.EventID, a.EventID
			a.Personal, b.Personal = b.Personal, a.Personal
		}, []string{"events_reordered", "index 6"}},
		{"a pair swapped together with the stored hashes", func(_ *testing.T, w *world) {
			w.leaves[7], w.leaves[8] = w.leaves[8], w.leaves[7]
			w.leaves[7].Index, w.leaves[8].Index = 7, 8
		}, []string{"events_reordered", "index 7"}},
		{"an event deleted", func(_ *testing.T, w *world) {
			w.leaves[4].Data, w.leaves[4].Personal = nil, nil
		}, []string{"event_missing", "index 4"}},
		{"an event deleted with its hash", func(_ *testing.T, w *world) {
			w.leaves = slices.Delete(w.leaves, 4, 5)
		}, []string{"event_missing", "index 4"}},
		{"an event deleted and the others moved up", func(_ *testing.T, w *world) {
			for i := 4; i < 10; i++ {
				next := w.leaves[i+1]
				w.leaves[i].Data, w.leaves[i].EventID, w.leaves[i].Personal = next.Data, next.EventID, next.Personal
			}
			w.leaves[10].Data = nil
		}, []string{"event_missing", "index 4"}},
		{"the last two events deleted, their hashes kept, and another one altered", func(_ *testing.T, w *world) {
			w.leaves[9].Data, w.leaves[9].Personal = nil, nil
			w.leaves[10].Data, w.leaves[10].Personal = nil, nil
			w.leaves[2].Data = flip(w.leaves[2].Data, 100)
		}, []string{"event_altered", "index 2", "log_truncated", "indexes 9 to 10"}},
		{"the last event deleted", func(_ *testing.T, w *world) {
			w.leaves = w.leaves[:10]
		}, []string{"log_truncated", "index 10"}},
		{"the last event deleted, its hash kept", func(_ *testing.T, w *world) {
			w.leaves[10].Data, w.leaves[10].Personal = nil, nil
		}, []string{"log_truncated", "index 10"}},
		{"one byte of a version", func(t *testing.T, w *world) {
			w.versions[0].Data = replace(t, w.versions[0].Data, "12400", "12401")
		}, []string{"version_altered", "DEV-2026-0001, version 1"}},
		{"a version and its stored hash", func(t *testing.T, w *world) {
			w.versions[1].Data = replace(t, w.versions[1].Data, "12160", "12161")
			w.versions[1].ContentHash = ledger.ContentHash(w.versions[1].Data)
		}, []string{"version_altered", "DEV-2026-0001, version 2"}},
		{"only the stored hash of a version", func(_ *testing.T, w *world) {
			w.versions[1].ContentHash[0] ^= 1
		}, []string{"version_altered", "DEV-2026-0001, version 2"}},
		{"a version deleted", func(_ *testing.T, w *world) {
			w.versions = w.versions[:1]
		}, []string{"version_missing", "DEV-2026-0001, version 2"}},
		{"a version invented", func(_ *testing.T, w *world) {
			w.version(3, map[string]any{"lot": "BX2292"})
		}, []string{"event_missing", "DEV-2026-0001, version 3"}},
		{"one byte of a manifest", func(t *testing.T, w *world) {
			w.signatures[1].Manifest = replace(t, w.signatures[1].Manifest, "Jonas Weber", "Jonas Wéber")
		}, []string{"signature_altered", "signature " + id("signature closure").String()}},
		{"one byte of a signature", func(_ *testing.T, w *world) {
			w.signatures[1].Sig = flip(w.signatures[1].Sig, 10)
		}, []string{"signature_altered", "signature " + id("signature closure").String()}},
		{"a signature deleted", func(_ *testing.T, w *world) {
			w.signatures, w.intents = w.signatures[:1], w.intents[:1]
		}, []string{"signature_missing", id("signature closure").String()}},
		{"a signature moved to another record", func(_ *testing.T, w *world) {
			w.signatures[1].Record = other
		}, []string{"signature_moved", "DEV-2026-0002, version 2"}},
		{"a signature moved to another version", func(_ *testing.T, w *world) {
			w.signatures[0].Version = 2
		}, []string{"signature_moved", "DEV-2026-0001, version 2"}},
		{"a signature moved to another signer", func(_ *testing.T, w *world) {
			w.signatures[1].Signer = mara.ID
		}, []string{"signature_moved", "DEV-2026-0001, version 2"}},
		{"a signature copied under a new id", func(_ *testing.T, w *world) {
			c := w.signatures[1]
			c.ID = id("copy")
			w.signatures = append(w.signatures, c)
		}, []string{"signature_moved", id("copy").String()}},
		{"a signature by a key nobody knows", func(_ *testing.T, w *world) {
			w.signatures[1].KeyID = "0123456789abcdef"
		}, []string{"key_unknown", "signature"}},
		{"one byte of a view", func(_ *testing.T, w *world) {
			w.intents[0].View = flip(w.intents[0].View, 40)
		}, []string{"view_altered", id("intent assessment").String()}},
		{"one byte of an intent", func(_ *testing.T, w *world) {
			w.intents[0].Data = flip(w.intents[0].Data, 40)
		}, []string{"intent_altered", id("intent assessment").String()}},
		{"a view deleted", func(_ *testing.T, w *world) {
			w.intents = w.intents[1:]
		}, []string{"view_altered", id("intent assessment").String()}},
		{"one byte of a policy decision", func(t *testing.T, w *world) {
			w.decisions[0].Data = replace(t, w.decisions[0].Data, "who did no step", "who did no Step")
		}, []string{"policy_decision_altered", id("decision assessment").String()}},
		{"a personal value", func(_ *testing.T, w *world) {
			w.leaves[1].Personal = []ledger.PersonalValue{actorName(jonas)}
		}, []string{"personal_altered", `index 1 (DEV-2026-0001, entry 1), value "actor_name"`}},
		{"the root in a stored head", func(_ *testing.T, w *world) {
			lines := strings.Split(w.heads[2], "\n")
			lines[2] = strings.Split(w.heads[1], "\n")[2]
			w.heads[2] = strings.Join(lines, "\n")
		}, []string{"head_forged", "over 6 entries"}},
		{"a stored head that is no head", func(_ *testing.T, w *world) {
			w.heads[2] = "hello"
		}, []string{"head_forged", "a stored head"}},
		{"the public half of a stored key", func(_ *testing.T, w *world) {
			w.keys[0].Public = flip(w.keys[0].Public, 3)
		}, []string{"key_unknown", "key " + key("first", start).ID}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			outside := w.heads[3]
			tt.tamper(t, w)
			opts := trusting(w.key)
			requireFindings(t, w.verify(opts), tt.want...)
			opts.Checkpoint = outside
			requireFindings(t, w.verify(opts), tt.want...)
		})
	}
}

// olderState brings the world back to its third head, as a restored backup would.
func olderState(w *world) {
	w.leaves, w.heads = w.leaves[:6], w.heads[:3]
	w.versions, w.signatures, w.intents, w.decisions = w.versions[:1], w.signatures[:1], w.intents[:1], w.decisions[:1]
}

func TestLogRolledBackIsSeenOnlyFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := trusting(w.key)
	outside := w.heads[3]
	olderState(w)
	r := w.verify(opts)
	requireFindings(t, r)
	require.Len(t, r.NotChecked, 1)
	require.Contains(t, r.NotChecked[0].What, "whether events after the last head existed")
	var text bytes.Buffer
	require.NoError(t, r.Text(&text))
	require.Contains(t, text.String(), "NOT CHECKABLE")
	require.NotContains(t, text.String(), "VERIFIED")

	opts.Checkpoint = outside
	requireFindings(t, w.verify(opts), "log_rolled_back", "indexes 6 to 10")
}

func TestTailCutWithItsHeadsIsTruncatedWhileItsTracesAreThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := trusting(w.key)
	opts.Checkpoint = w.heads[3]
	w.leaves, w.heads = w.leaves[:6], w.heads[:3]
	require.Contains(t, codes(w.verify(opts)), ledger.LogTruncated)
	require.NotContains(t, codes(w.verify(opts)), ledger.LogRolledBack)
}

func TestLogRewrittenAndSignedAgainIsSeenFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	opts := trusting(w.key)
	opts.Checkpoint = w.heads[3]
	again := &world{t: t, key: w.key, keys: w.keys, seqs: map[uuid.UUID]int64{}, at: start}
	for i, leaf := range w.leaves {
		leaf.Data = bytes.Replace(leaf.Data, []byte(`"refused"`), []byte(`"done"`), 1)
		again.append(leaf)
		if slices.Contains([]int{0, 2, 5, 10}, i) {
			again.at = again.at.Add(time.Minute)
			again.seal()
		}
	}
	again.versions, again.signatures, again.intents, again.decisions, again.files = w.versions, w.signatures, w.intents, w.decisions, w.files
	requireFindings(t, again.verify(trusting(w.key)))
	requireFindings(t, again.verify(opts), "head_forged", "up to index 10")
}

func TestLogWithoutTrustedKeySaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.verify(ledger.Options{Checkpoint: w.heads[3]})
	requireFindings(t, r)
	require.Contains(t, r.NotChecked[len(r.NotChecked)-1].What, "who holds the signing keys")
}

func TestLogOfAnotherKeyIsNotTrusted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.verify(trusting(key("somebody else", start)))
	require.Equal(t, []ledger.Code{ledger.KeyUnknown, ledger.KeyUnknown}, codes(r))
}

func TestKeyRotationIsFollowedFromTheOldKeyAndFromTheNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, next := w.key, key("second", w.at)
	w.keys = append(w.keys, next.Key)
	w.event(uuid.Nil, ledger.Event{Action: ledger.ActionKeyRotate, Changes: []ledger.Change{next.CreateChange()}})
	w.seal(old, next)
	w.key = next
	w.sign("after rotation", jonas, w.versions[1], "reopen_approval", next)
	w.seal()
	requireFindings(t, w.verify(trusting(old)))
	requireFindings(t, w.verify(trusting(next)))

	w.heads[4] = w.heads[3] // without the head of both keys nobody vouches for the new one
	w.heads = append(w.heads[:4], w.heads[5:]...)
	require.Contains(t, codes(w.verify(trusting(old))), ledger.KeyUnknown)
}

func TestRevokedKey(t *testing.T) {
	t.Parallel()
	revoke := func(w *world) ledger.SigningKey {
		next := key("second", w.at)
		w.keys = append(w.keys, next.Key)
		w.event(uuid.Nil, ledger.Event{Action: ledger.ActionKeyRotate, Changes: []ledger.Change{next.CreateChange()}})
		w.seal(w.key, next)
		w.event(uuid.Nil, ledger.Event{Action: ledger.ActionKeyRevoke, Reason: "disk stolen", Changes: []ledger.Change{w.key.RevokeChange()}})
		w.seal(next)
		return next
	}
	t.Run("what it signed before stands", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		old := w.key
		revoke(w)
		requireFindings(t, w.verify(trusting(old)))
	})
	t.Run("a later signature does not", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		next := revoke(w)
		w.sign("stolen", jonas, w.versions[1], "reopen_approval", w.key)
		w.seal(next)
		requireFindings(t, w.verify(trusting(next)), "key_revoked", id("signature stolen").String())
	})
	t.Run("nor one that is dated back", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		next := revoke(w)
		at := w.at
		w.at = start.Add(time.Hour)
		w.sign("dated back", jonas, w.versions[1], "reopen_approval", w.key)
		w.at = at
		w.seal(next)
		requireFindings(t, w.verify(trusting(next)), "key_revoked", id("signature dated back").String())
	})
	t.Run("nor a later head", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		next := revoke(w)
		w.event(other, person(jonas, "production", "comment.add"), actorName(jonas))
		w.seal(w.key)
		requireFindings(t, w.verify(trusting(next)), "key_revoked", "head over 14 entries")
	})
	t.Run("also when only the verifier knows", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		opts := trusting(w.key)
		opts.TrustedKeys[0].RevokedAt = start.Add(8 * time.Minute)
		require.Equal(t, []ledger.Code{ledger.KeyRevoked, ledger.KeyRevoked}, codes(w.verify(opts)))
	})
}

func TestTimeAndSequence(t *testing.T) {
	t.Parallel()
	t.Run("time runs backwards", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.at = w.at.Add(-20 * time.Minute)
		w.event(record, ledger.Event{Action: "record.hold"})
		w.at = w.at.Add(time.Hour)
		w.seal()
		requireFindings(t, w.verify(trusting(w.key)), "time_reversed", "entry 7")
	})
	t.Run("in the future", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		opts := trusting(w.key)
		opts.Now = start.Add(5 * time.Minute)
		require.Contains(t, codes(w.verify(opts)), ledger.TimeReversed)
	})
	t.Run("a number was left out before sealing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.seqs[record]++
		w.event(record, ledger.Event{Action: "record.hold"})
		w.seal()
		requireFindings(t, w.verify(trusting(w.key)), "sequence_gap", "DEV-2026-0001, entry 7")
	})
	t.Run("a number was given twice", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.seqs[record]--
		w.event(record, ledger.Event{Action: "record.hold"})
		w.seal()
		requireFindings(t, w.verify(trusting(w.key)), "sequence_gap", "DEV-2026-0001, entry 6")
	})
}

func TestErasedPersonalValueIsNotAltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.leaves[1].Personal = nil
	r := w.verify(trusting(w.key))
	requireFindings(t, r)
	require.EqualValues(t, 1, r.Counts.Erased)
}

func TestUnsealedEventsAreNamedAsUnchecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.event(record, ledger.Event{Action: "record.hold"})
	w.event(record, ledger.Event{Action: "record.resume"})
	for i := range w.leaves[11:] {
		w.leaves[11+i].Index, w.leaves[11+i].Hash = ledger.Unsealed, ledger.Hash{}
	}
	slices.Reverse(w.leaves[11:]) // rows come in any order
	r := w.verify(trusting(w.key))
	requireFindings(t, r)
	require.EqualValues(t, 2, r.Counts.Unsealed)
	require.Contains(t, r.NotChecked[1].What, "the newest 2 entries")
}

func TestEmptyLog(t *testing.T) {
	t.Parallel()
	w := &world{t: t}
	requireFindings(t, w.verify(ledger.Options{}))
}

func TestLogOfAnotherOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var e ledger.Event
	require.NoError(t, json.Unmarshal(w.leaves[9].Data, &e))
	e.Org, e.ID = id("another"), id("foreign")
	e.Seq++
	leaf, err := e.Leaf()
	require.NoError(t, err)
	w.append(ledger.StoredLeaf{Data: leaf})
	w.seal()
	requireFindings(t, w.verify(trusting(w.key)), "event_malformed", "index 11")
}
