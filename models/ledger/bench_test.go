// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

// The promise is 50,000 events a second, signatures, views and heads included.
const (
	benchEvents = 20_000
	packEvents  = 100_000
)

// grow adds events to the world up to a number: one signature in twenty events, one head
// for each hundred. With spread, each event is of another record.
func grow(b *testing.B, w *world, spread bool, events int) {
	b.Helper()
	for len(w.leaves) < events {
		n := len(w.leaves)
		rec := record
		if spread {
			rec = id(fmt.Sprint("record ", n/8))
		}
		switch {
		case n%20 == 0:
			w.sign(fmt.Sprint(n), jonas, w.versions[1], "final_approval", w.key)
		default:
			e := person(mara, "production", "task.comment")
			e.Reason = "The heating element was replaced; the line was released by maintenance at 07:40"
			e.Version, e.ContentHash = 2, w.versions[1].ContentHash
			if rec != record {
				e.Version, e.ContentHash = 0, ledger.Hash{}
			}
			w.event(rec, e, actorName(mara))
		}
		if len(w.leaves)%100 == 0 {
			w.seal()
		}
	}
	w.seal()
}

func BenchmarkVerifyLog(b *testing.B) {
	w := newWorld(b)
	grow(b, w, true, benchEvents)
	opts := trusting(w.key)
	opts.Now = w.at
	b.ReportAllocs()
	for b.Loop() {
		r := w.verify(opts)
		require.True(b, r.OK, "%v", r.Findings)
	}
	b.ReportMetric(float64(len(w.leaves))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkVerifyLogFile(b *testing.B) {
	w := newWorld(b)
	grow(b, w, true, benchEvents)
	data := logZip(b, w)
	opts := trusting(w.key)
	opts.Now = w.at
	b.ReportAllocs()
	for b.Loop() {
		r, err := ledger.VerifyLogFile(b.Context(), bytes.NewReader(data), int64(len(data)), opts)
		require.NoError(b, err)
		require.True(b, r.OK, "%v", r.Findings)
	}
	b.ReportMetric(float64(len(w.leaves))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkVerifyPack(b *testing.B) {
	w := newWorld(b)
	grow(b, w, false, packEvents)
	p := w.pack()
	data := zipped(b, p)
	opts := trusting(w.key)
	opts.Now = w.at
	b.ReportAllocs()
	for b.Loop() {
		r := verifyZip(data, opts)
		require.True(b, r.OK, "%v", r.Findings)
	}
	b.ReportMetric(float64(len(p.Events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkAppend(b *testing.B) {
	w := newWorld(b)
	leaves := make([][]byte, 1000)
	for i := range leaves {
		leaves[i] = w.leaves[5].Data
	}
	size := int64(len(w.leaves))
	for b.Loop() {
		_, _, nodes, err := ledger.Append(b.Context(), w, size, leaves)
		require.NoError(b, err)
		require.NotEmpty(b, nodes)
	}
	b.ReportMetric(float64(len(leaves))*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}

func BenchmarkLeaf(b *testing.B) {
	e := fullEvent()
	for b.Loop() {
		_, err := e.Leaf()
		require.NoError(b, err)
	}
}

func BenchmarkSign(b *testing.B) {
	_, m := intentAndManifest()
	k := key("first", start)
	m.Session = uuid.Nil
	for b.Loop() {
		_, err := ledger.Sign(m, k)
		require.NoError(b, err)
	}
}
