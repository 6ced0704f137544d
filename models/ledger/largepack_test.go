// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A pack of many events is read and checked in parts, on all cores. What is forged is found in whichever part it stands.
func TestForgeryIsFoundInEveryPartOfALargePack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for len(w.leaves) < 1600 {
		w.event(record, person(mara, "production", "task.comment"), actorName(mara))
		if len(w.leaves)%500 == 0 {
			w.sign(fmt.Sprint(len(w.leaves)), jonas, w.versions[1], "final_approval", w.key)
			w.seal()
		}
	}
	w.seal()
	p := w.pack()
	p.Seal = nil // the intruder lists what he changed, but cannot sign the list
	whole := zipped(t, p)
	r := verifyZip(whole, trusting(w.key))
	require.True(t, r.OK, "%v", r.Findings)
	require.Greater(t, r.Counts.Personal, int64(1500))

	for _, i := range []int{20, 1100} {
		forged := w.pack()
		forged.Seal = nil
		for i < len(forged.Events) && len(forged.Events[i].Personal) == 0 {
			i--
		}
		values := append(forged.Events[i].Personal[:0:0], forged.Events[i].Personal...)
		values[0].Value = "Somebody Else"
		forged.Events[i].Personal = values
		at := fmt.Sprintf("index %d ", forged.Events[i].Index)
		requireFindings(t, verifyZip(zipped(t, forged), trusting(w.key)), "personal_altered", at)

		forged = w.pack()
		forged.Seal = nil
		forged.Events[i].Data = bytes.Replace(forged.Events[i].Data, []byte(`"outcome":"done"`), []byte(`"outcome":"refused"`), 1)
		r := verifyZip(zipped(t, forged), trusting(w.key))
		require.Equal(t, "event_altered", string(r.Findings[0].Code), "%v", r.Findings)
		require.Contains(t, r.Findings[0].Where, at)
	}

	for _, i := range []int{0, len(p.Signatures) - 1} {
		forged := w.pack()
		forged.Seal = nil
		forged.Signatures[i].Sig = bytes.Clone(forged.Signatures[i].Sig)
		forged.Signatures[i].Sig[7] ^= 1
		requireFindings(t, verifyZip(zipped(t, forged), trusting(w.key)), "signature_altered", forged.Signatures[i].ID.String())
	}
}

// Decoding in parts is as strict as decoding at once, and says the same.
func TestPersonalValuesAreReadStrictlyInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := zipped(t, w.pack())
	for _, to := range []string{`"surprise": 1, "event"`, `"event" 1`, `}, "event"`} {
		changed := rezip(t, b, func(name string, data []byte) []byte {
			if name == "personal.json" {
				return []byte(strings.Replace(string(data), `"event"`, to, 1))
			}
			return data
		})
		r := verifyZip(changed, trusting(w.key))
		require.False(t, r.OK)
		require.Equal(t, "file_altered", string(r.Findings[0].Code), "%s: %v", to, r.Findings)
		require.Equal(t, "personal.json", r.Findings[0].Where)
	}
}
