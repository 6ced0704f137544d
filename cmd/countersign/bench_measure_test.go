// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models/modeltest"
)

type operation func(ctx context.Context, b *testing.B, client int)

// measured is one row of the table.
type measured struct {
	name          string
	clients       int
	n             int
	rate          float64 // a second
	p50, p95, p99 time.Duration
	process       time.Duration // CPU of this process, load generator included, an operation
	engine        time.Duration // CPU of Temporal, an operation
	postgres      time.Duration // CPU of Postgres, Temporal's share included, an operation
	statements    float64       // of ours, an operation
	events        int64         // in the history of one, the last that was begun; 0 where none is
	history       int64         // bytes of it
	wal           float64       // bytes of the whole Postgres, an operation
	rss           uint64        // of this process, bytes
}

// series is an operation under measurement by a number of clients. It is measured in slices that take turns with those of the
// series it is compared with, so that whatever else the machine does in the meantime falls on both alike.
type series struct {
	*benchFloor
	name    string
	clients int
	// ready prepares a slice, uncounted, and returns what runs it and says how long each operation took.
	ready func(ctx context.Context, b *testing.B, length time.Duration) func() []time.Duration

	took            []time.Duration
	elapsed         time.Duration
	used            spent
	events, history int64
}

// benchTurns is how many slices each series of a comparison gets.
const benchTurns = 4

// compare measures the series side by side, each for the whole length.
func compare(ctx context.Context, b *testing.B, length time.Duration, all ...*series) []measured {
	b.Helper()
	for turn := range benchTurns {
		for i := range all {
			if turn%2 == 1 { // what comes first has no advantage
				i = len(all) - 1 - i
			}
			all[i].slice(ctx, b, length/benchTurns)
		}
	}
	rows := make([]measured, 0, len(all))
	for _, s := range all {
		rows = append(rows, s.row())
	}
	return rows
}

// repeating is an operation done over and over by every client.
func (f *benchFloor) repeating(name string, clients int, op operation) *series {
	s := &series{benchFloor: f, name: name, clients: clients}
	s.ready = func(ctx context.Context, b *testing.B, length time.Duration) func() []time.Duration {
		b.Helper()
		if len(s.took) == 0 {
			for i := range clients { // the first of each is not counted
				op(ctx, b, i)
			}
		}
		return func() []time.Duration {
			end := time.Now().Add(length)
			return collect(clients, func(client int, took func(time.Duration)) {
				for time.Now().Before(end) && !b.Failed() {
					at := time.Now()
					op(ctx, b, client)
					took(time.Since(at))
				}
			})
		}
	}
	return s
}

// decisions are only the decision, on records prepared before.
func (f *benchFloor) decisions(clients int) *series {
	s := &series{benchFloor: f, name: "b  one decision", clients: clients}
	s.ready = func(_ context.Context, b *testing.B, length time.Duration) func() []time.Duration {
		b.Helper()
		per := int(length/time.Second)*40/clients + 5
		ready := make([][]made, clients)
		collect(clients, func(client int, _ func(time.Duration)) {
			for range per {
				ready[client] = append(ready[client], f.prepare(b, client))
			}
		})
		return func() []time.Duration {
			return collect(clients, func(client int, took func(time.Duration)) {
				for _, m := range ready[client] {
					at := time.Now()
					f.decide(b, m)
					took(time.Since(at))
				}
			})
		}
	}
	return s
}

// collect runs the clients side by side and gathers how long each operation took.
func collect(clients int, run func(client int, took func(time.Duration))) []time.Duration {
	all := make([][]time.Duration, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() { run(c, func(d time.Duration) { all[c] = append(all[c], d) }) })
	}
	wg.Wait()
	return slices.Concat(all...)
}

func (s *series) slice(ctx context.Context, b *testing.B, length time.Duration) {
	b.Helper()
	run := s.ready(ctx, b, length)
	time.Sleep(benchSettle) // what came before is over
	before := s.usage(ctx, b)
	start := time.Now()
	took := run()
	elapsed := time.Since(start)
	s.elapsed += elapsed
	time.Sleep(benchSettle)
	s.used.add(s.usage(ctx, b), before)
	require.False(b, b.Failed(), s.name)
	require.NotEmpty(b, took, s.name)
	s.took = append(s.took, took...)
	s.events, s.history = s.historyOfLast(ctx, b)
	fmt.Fprintf(os.Stderr, "bench: %-40s %2d clients: %7.1f/s\n", s.name, s.clients, float64(len(took))/elapsed.Seconds())
}

// benchSettle is what the sealer and the acknowledgements take after the last answer: they belong to it.
const benchSettle = 1200 * time.Millisecond

func (s *series) row() measured {
	slices.Sort(s.took)
	at := func(q float64) time.Duration { return s.took[min(len(s.took)-1, int(q*float64(len(s.took))))] }
	n := float64(len(s.took))
	each := func(d time.Duration) time.Duration { return time.Duration(float64(d) / n) }
	return measured{
		name: s.name, clients: s.clients, n: len(s.took), rate: n / s.elapsed.Seconds(), p50: at(0.50), p95: at(0.95), p99: at(0.99),
		process: each(s.used.process), engine: each(s.used.engine), postgres: each(s.used.postgres),
		statements: float64(s.used.statements) / n, wal: float64(s.used.wal) / n, events: s.events, history: s.history, rss: rss(os.Getpid()),
	}
}

// historyOfLast is what the engine keeps of the workflow that was begun last: events and bytes. Zero where an operation began none.
func (f *benchFloor) historyOfLast(ctx context.Context, b *testing.B) (events, size int64) {
	b.Helper()
	id, _ := f.last.Swap("").(string)
	if id == "" {
		return 0, 0
	}
	d, err := f.temporal.DescribeWorkflowExecution(ctx, id, "")
	require.NoError(b, err)
	return d.WorkflowExecutionInfo.HistoryLength, d.WorkflowExecutionInfo.HistorySizeBytes
}

type spent struct {
	process, engine, postgres time.Duration
	statements, wal           int64
}

// add adds what was used between two readings.
func (u *spent) add(after, before spent) {
	u.process += after.process - before.process
	u.engine += after.engine - before.engine
	u.postgres += after.postgres - before.postgres
	u.statements += after.statements - before.statements
	u.wal += after.wal - before.wal
}

// usage reads what was used so far: getrusage, /proc of the servers, and Postgres's own counters.
func (f *benchFloor) usage(ctx context.Context, b *testing.B) spent {
	b.Helper()
	var u spent
	var ru syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &ru))
	u.process = time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
	u.engine, u.postgres = cpuOfServers()
	conn, err := pgx.Connect(ctx, f.DB.AdminURL)
	require.NoError(b, err)
	defer conn.Close(ctx)
	require.NoError(b, conn.QueryRow(ctx, `SELECT pg_current_wal_lsn() - '0/0'::pg_lsn`).Scan(&u.wal))
	_, err = conn.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`)
	require.NoError(b, err)
	err = conn.QueryRow(ctx, `SELECT COALESCE(sum(s.calls), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
		JOIN pg_database d ON d.oid = s.dbid WHERE r.rolname = 'countersign_app' AND d.datname = current_database()`).Scan(&u.statements)
	require.NoError(b, err)
	return u
}

// cpuOfServers adds up the CPU time of the development stack's own processes: Temporal, which its supervisor started, and
// Postgres with its children. Servers that are run in another way are not seen, and count as zero.
func cpuOfServers() (engine, postgres time.Duration) {
	postmaster := os.Getenv("DEVSTACK_POSTGRES_PID")
	_, supervisor := processTimes(postmaster)
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid := filepath.Base(filepath.Dir(path))
		spent, parent := processTimes(pid)
		switch {
		case pid == postmaster, parent == postmaster && parent != "":
			postgres += spent
		case parent == supervisor && parent != "" && isTemporal(pid):
			engine += spent
		}
	}
	return engine, postgres
}

func isTemporal(pid string) bool {
	command, err := os.ReadFile("/proc/" + pid + "/cmdline")
	return err == nil && bytes.Contains(command, []byte("temporal-server"))
}

// processTimes reads what a process and its ended children spent, and its parent; zero and "" for one that is not there.
func processTimes(pid string) (spent time.Duration, parent string) {
	const ticks = 100 // of a second: USER_HZ on Linux
	raw, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, ""
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	for _, i := range []int{11, 12, 13, 14} { // utime, stime, cutime, cstime
		if n, err := strconv.ParseInt(fields[i], 10, 64); err == nil {
			spent += time.Duration(n) * time.Second / ticks
		}
	}
	return spent, fields[1]
}

// rss is the resident memory of a process in bytes, 0 where the system does not tell.
func rss(pid int) uint64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	pages, err := strconv.ParseUint(strings.Fields(string(raw))[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}

// sealerOf seals the world's log as a server does.
func sealerOf(w *modeltest.World) *activities.Sealer {
	return &activities.Sealer{Store: w.DB, Keys: w.Keys, Now: time.Now, Log: slog.New(slog.DiscardHandler), Every: time.Second}
}

// benchTable gathers rows and what follows from them.
type benchTable struct {
	rows  []measured
	notes []string
}

func (t *benchTable) add(rows ...measured) { t.rows = append(t.rows, rows...) }

func (t *benchTable) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *benchTable) find(prefix string, clients int) (measured, bool) {
	for _, m := range t.rows {
		if strings.HasPrefix(m.name, prefix) && m.clients == clients {
			return m, true
		}
	}
	return measured{}, false
}

// ratios compares decisions and approvals with the bare engine, client count by client count.
func (t *benchTable) ratios() {
	for _, clients := range []int{1, 8, 32} {
		a, okA := t.find("a  ", clients)
		d, okD := t.find("b  ", clients)
		c, okC := t.find("c  ", clients)
		if okA && okD && okC {
			t.note("%2d clients: b/a p50 %.2f, rate c/a %.2f", clients, float64(d.p50)/float64(a.p50), c.rate/a.rate)
		}
	}
}

// growth compares what was measured with few and with many in the database.
func (t *benchTable) growth(few, many measured) {
	t.note("%s against %s: p50 %.2f, p95 %.2f, rate %.2f", many.name, few.name,
		float64(many.p50)/float64(few.p50), float64(many.p95)/float64(few.p95), many.rate/few.rate)
}

// hashing is what every real login and signature pays beside: one hash at the strength of a real server.
func (t *benchTable) hashing(b *testing.B) {
	b.Helper()
	h, err := auth.NewHasher(auth.DefaultParams, runtime.GOMAXPROCS(0))
	require.NoError(b, err)
	const n = 20
	at := time.Now()
	for range n {
		_, err := h.Hash(context.Background(), modeltest.Password)
		require.NoError(b, err)
	}
	t.note("password hash at a real server's strength: %s each, not in the rows above", (time.Since(at) / n).Round(100*time.Microsecond))
}

func (t *benchTable) write(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "operation\tclients\tn\t/s\tp50\tp95\tp99\tCPU ours\tTemporal\tPostgres\tSQL\tWAL KB\tevents\thistory KB\tRSS MB\t")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }
	for _, m := range t.rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%s\t%s\t%s\t%s\t%s\t%s\t%.1f\t%.1f\t%d\t%.1f\t%d\t\n", m.name, m.clients, m.n, m.rate, ms(m.p50), ms(m.p95), ms(m.p99),
			ms(m.process), ms(m.engine), ms(m.postgres), m.statements, m.wal/1024, m.events, float64(m.history)/1024, m.rss>>20)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "times in milliseconds; CPU (ours with the load generator), SQL statements (BEGIN, COMMIT and session look-ups counted) and WAL (Temporal's included) for each operation")
	for _, n := range t.notes {
		fmt.Fprintln(out, n)
	}
	return nil
}
