// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func logZip(t testing.TB, w *world) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, ledger.WriteLog(t.Context(), &b, w, org, w.at))
	return b.Bytes()
}

func verifyLogZip(t *testing.T, b []byte, opts ledger.Options) ledger.Report {
	t.Helper()
	r, err := ledger.VerifyLogFile(t.Context(), bytes.NewReader(b), int64(len(b)), opts)
	require.NoError(t, err)
	return r
}

func TestLogPack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := logZip(t, w)
	require.Equal(t, b, logZip(t, w))
	opts := trusting(w.key)
	opts.Checkpoint = w.heads[3]
	r := verifyLogZip(t, b, opts)
	requireFindings(t, r)
	require.EqualValues(t, 11, r.Counts.Events)
	require.EqualValues(t, 4, r.Counts.Heads)
	require.Contains(t, r.NotChecked[0].What, "record versions, signatures")
}

func TestLogPackTampering(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := logZip(t, w)
	edit := func(name string, f func(b []byte) []byte) []byte {
		return rezip(t, good, func(n string, data []byte) []byte {
			if n == name {
				return f(data)
			}
			return data
		})
	}
	lines := func(f func(l [][]byte) [][]byte) []byte {
		return edit("events.jsonl", func(b []byte) []byte {
			return append(bytes.Join(f(bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))), []byte("\n")), '\n')
		})
	}
	swap := func(i, j int) func(l [][]byte) [][]byte {
		return func(l [][]byte) [][]byte { l[i], l[j] = l[j], l[i]; return l }
	}
	tests := []struct {
		name string
		zip  []byte
		want []string
	}{
		{"one byte of an event", edit("events.jsonl", func(b []byte) []byte {
			return replace(t, b, `"refused"`, `"refuseD"`)
		}), []string{"event_altered", "index 3 (DEV-2026-0001, entry 2)"}},
		{"an event removed", lines(func(l [][]byte) [][]byte { return append(l[:3:3], l[4:]...) }), []string{"event_missing", "index 3"}},
		{"three events removed", lines(func(l [][]byte) [][]byte { return append(l[:3:3], l[6:]...) }),
			[]string{"event_missing", "index 3", "event_missing", "index 4", "event_missing", "index 5"}},
		{"the last event removed", lines(func(l [][]byte) [][]byte { return l[:10] }), []string{"log_truncated", "index 10"}},
		{"a pair swapped", lines(swap(6, 9)), []string{"events_reordered", "index 6"}},
		{"neighbours swapped", lines(swap(4, 5)), []string{"events_reordered", "index 4"}},
		{"the last two swapped", lines(swap(9, 10)), []string{"events_reordered", "index 9"}},
		{"a stored hash", edit("leaf_hashes.bin", func(b []byte) []byte { return flip(b, 3*32+5) }), []string{"tree_altered", "index 3"}},
		{"a head", edit("checkpoints.jsonl", func(b []byte) []byte { return replace(t, b, "\\n6\\n", "\\n7\\n") }), []string{"head_forged", "over 7 entries"}},
		{"no head", edit("checkpoints.jsonl", func([]byte) []byte { return nil }), []string{"pack_malformed", "the file"}},
		{"no log", edit("log.json", func([]byte) []byte { return nil }), []string{"pack_malformed", "the file"}},
		{"another format", edit("log.json", func(b []byte) []byte { return replace(t, b, "log/1", "log/2") }), []string{"pack_malformed", "the file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			requireFindings(t, verifyLogZip(t, tt.zip, trusting(w.key)), tt.want...)
		})
	}
}

func TestOpenLogRefusesForeignFiles(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add(t, z, "../log.json", "{}")
	require.NoError(t, z.Close())
	_, err := ledger.OpenLog(bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.ErrorIs(t, err, ledger.ErrPackMalformed)
}

func TestLogPackKeepsTheGapOfALostEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.leaves[4].Data, w.leaves[4].Personal = nil, nil
	requireFindings(t, verifyLogZip(t, logZip(t, w), trusting(w.key)), "event_missing", "index 4")
}
