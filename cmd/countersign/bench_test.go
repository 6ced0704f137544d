// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkCountersign measures, in one run on one machine, what one signed approval costs beside what the bare engine costs,
// and whether it costs more when there is more. It is a program more than a benchmark: run it with `make bench`, which gives
// it a private Postgres and Temporal with durability on, and read its table.
func BenchmarkCountersign(b *testing.B) {
	if b.N > 1 {
		return // one run is the measurement; -benchtime 1x asks for no more
	}
	ctx := context.Background()
	out := &benchTable{}
	length := benchLength()
	sizes := benchSizes()

	// A database is never empty for long, and what its planner knows of it comes with the first rows.
	few := newBenchFloor(b)
	require.NoError(b, few.Seed(ctx, "request", "approval", sizes[0]))

	fmt.Fprintln(os.Stderr, "bench: bare engine, decisions and whole approvals at", benchClients(), "clients")
	for _, clients := range benchClients() {
		out.add(compare(ctx, b, length, few.repeating("a  bare: start, update, complete", clients, few.bare), few.decisions(clients),
			few.repeating("c  whole approval", clients, few.approval))...)
	}
	out.ratios()
	out.hashing(b)

	many := newBenchFloor(b)
	for _, size := range sizes[1:] {
		fmt.Fprintf(os.Stderr, "bench: the same with %d open tasks beside %d\n", size, sizes[0])
		require.NoError(b, many.Seed(ctx, "request", "approval", size))
		both := func(name string, clients int, length time.Duration, op func(*benchFloor) operation) {
			rows := compare(ctx, b, length,
				few.repeating(fmt.Sprintf("%s, %d open", name, sizes[0]), clients, op(few)), many.repeating(fmt.Sprintf("%s, %d open", name, size), clients, op(many)))
			out.add(rows...)
			out.growth(rows[0], rows[1])
		}
		both("c  whole approval", 32, length, func(f *benchFloor) operation { return f.approval })
		for _, list := range benchLists {
			both(list.name, 1, length/4, func(f *benchFloor) operation { return f.get(list.path) })
		}
	}
	require.NoError(b, out.write(os.Stdout))
	b.ReportMetric(0, "ns/op")
}

// benchLength is how long each measurement runs; BENCH_SECONDS shortens it for a look.
func benchLength() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("BENCH_SECONDS") + "s"); err == nil && d > 0 {
		return d
	}
	return 20 * time.Second
}

// benchClients are the numbers of clients; BENCH_CLIENTS names one, for a look.
func benchClients() []int {
	var one int
	if _, err := fmt.Sscan(os.Getenv("BENCH_CLIENTS"), &one); err == nil && one > 0 {
		return []int{one}
	}
	return []int{1, 8, 32}
}

// benchSizes are the numbers of open tasks in the database; BENCH_LARGEST leaves out what is larger.
func benchSizes() []int {
	var largest int
	if _, err := fmt.Sscan(os.Getenv("BENCH_LARGEST"), &largest); err != nil {
		largest = 1_000_000
	}
	var sizes []int
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		if n <= largest {
			sizes = append(sizes, n)
		}
	}
	return sizes
}

var benchLists = []struct{ name, path string }{
	{"inbox by due date", "/v1/tasks?box=group&sort=due"},
	{"inbox newest first", "/v1/tasks?box=group&sort=-opened"},
	{"records by due date", "/v1/records?sort=due"},
	{"records newest first", "/v1/records?sort=-created"},
}
