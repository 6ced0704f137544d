// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// intruder is the owner of the database of the threat model: a superuser past all triggers and row security.
type intruder struct {
	t    testing.TB
	conn *pgx.Conn
	org  uuid.UUID
}

// breakIn connects to one database as a superuser who has switched the triggers off.
func breakIn(t testing.TB, adminURL string, org uuid.UUID) *intruder {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), adminURL)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	in := &intruder{t, conn, org}
	in.exec("SET session_replication_role = replica")
	return in
}

func (in *intruder) exec(sql string, args ...any) {
	in.t.Helper()
	_, err := in.conn.Exec(context.Background(), sql, args...)
	require.NoError(in.t, err, sql)
}

// change runs a statement that must change exactly one row. $1 is the organization.
func (in *intruder) change(sql string, args ...any) {
	in.t.Helper()
	tag, err := in.conn.Exec(context.Background(), sql, append([]any{in.org}, args...)...)
	require.NoError(in.t, err, sql)
	require.EqualValues(in.t, 1, tag.RowsAffected(), sql)
}

// flip changes one byte in the middle of a bytea column of one row.
func (in *intruder) flip(table, column, where string, args ...any) {
	in.t.Helper()
	in.change(fmt.Sprintf(`UPDATE %s SET %s = set_byte(%[2]s, length(%[2]s) / 2, get_byte(%[2]s, length(%[2]s) / 2) # 1) WHERE org_id = $1 AND %[3]s`,
		table, column, where), args...)
}

func (in *intruder) get(into any, sql string, args ...any) {
	in.t.Helper()
	require.NoError(in.t, in.conn.QueryRow(context.Background(), sql, append([]any{in.org}, args...)...).Scan(into), sql)
}

// indexOf is the place in the tree of an entry of a record.
func (in *intruder) indexOf(record uuid.UUID, seq int) int64 {
	in.t.Helper()
	var index int64
	in.get(&index, `SELECT l.index FROM leaves l JOIN audit_events e ON e.org_id = l.org_id AND e.id = l.event_id
		WHERE e.org_id = $1 AND e.record_id = $2 AND e.seq = $3`, record, seq)
	return index
}

// last is the place of the last entry of the log.
func (in *intruder) last() int64 {
	in.t.Helper()
	var index int64
	in.get(&index, "SELECT max(index) FROM leaves WHERE org_id = $1")
	return index
}

// removeEvent removes an event, and with deeper its place, its personal values and its hash in the tree.
func (in *intruder) removeEvent(index int64, deeper bool) {
	in.t.Helper()
	in.exec("DELETE FROM personal_values WHERE org_id = $1 AND event_id = (SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2)", in.org, index)
	in.change("DELETE FROM audit_events WHERE org_id = $1 AND id = (SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2)", index)
	if deeper {
		in.change("DELETE FROM leaves WHERE org_id = $1 AND index = $2", index)
		in.change("DELETE FROM tree_nodes WHERE org_id = $1 AND index = $2", ledger.LeafNodeIndex(index))
	}
}

// restore copies a database as a backup would be restored: under the name of a database of its own. Nobody may be connected to
// the original.
func restore(t testing.TB, adminURL string) (appURL, copyURL string) {
	t.Helper()
	u, err := url.Parse(adminURL)
	require.NoError(t, err)
	name := strings.TrimPrefix(u.Path, "/")
	copied := fmt.Sprintf("test_%s", strings.ReplaceAll(uuid.NewString(), "-", ""))
	u.Path = "/postgres"
	run := func(sql string) {
		conn, err := pgx.Connect(context.Background(), u.String())
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(context.Background(), sql)
		require.NoError(t, err, sql)
	}
	run(fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", copied, name))
	t.Cleanup(func() { run(fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", copied)) })
	return copied, strings.Replace(adminURL, "/"+name, "/"+copied, 1)
}

// database is one copy of a story's database, as the application and as the intruder sees it.
func (s *story) database(t testing.TB) (*postgres.DB, *intruder) {
	t.Helper()
	name, adminURL := restore(t, s.DB.AdminURL)
	u, err := url.Parse(s.DB.AppURL)
	require.NoError(t, err)
	u.Path = "/" + name
	db, err := postgres.Open(context.Background(), u.String(), 4)
	require.NoError(t, err)
	t.Cleanup(db.Close)
	return db, breakIn(t, adminURL, s.Org)
}

func requireFindings(t testing.TB, r ledger.Report, want ...string) {
	t.Helper()
	got := make([]string, 0, 2*len(r.Findings))
	for _, f := range r.Findings {
		got = append(got, string(f.Code), f.Where)
	}
	require.Len(t, got, len(want), "%v", r.Findings)
	for i := range want {
		require.Contains(t, got[i], want[i], "%v", r.Findings)
	}
	require.Equal(t, len(want) == 0, r.OK)
}

// at names the place of an entry the way a report does.
func at(index int64) string { return fmt.Sprintf("index %d", index) }

// TestTamperingIsNamed changes the database as its owner could, one thing at a time, and expects one finding with its own code
// and the place, with a head kept outside and without one (21 CFR 11.10(a)).
func TestTamperingIsNamed(t *testing.T) { //nolint:tparallel // its parts change one database, one after the other
	t.Parallel()
	s := newStory(t, 3)
	opts := s.trusting()
	s.DB.Close() // copies are made of a database that nobody uses
	mine, other := s.records[0], s.records[1]
	tests := []struct {
		name   string
		tamper func(in *intruder) []string // code, place, ...
	}{
		{"nothing", func(*intruder) []string { return nil }},

		{"one byte of a record version", func(in *intruder) []string {
			in.flip("record_versions", "bytes", "record_id = $2", mine)
			return []string{"version_altered", number(in, mine) + ", version 1"}
		}},
		{"one byte of a record version, and the hash that is stored with it", func(in *intruder) []string {
			in.flip("record_versions", "bytes", "record_id = $2", mine)
			in.change("UPDATE record_versions SET content_hash = sha256(bytes) WHERE org_id = $1 AND record_id = $2", mine)
			return []string{"version_altered", number(in, mine) + ", version 1"}
		}},
		{"the hash of a record version", func(in *intruder) []string {
			in.flip("record_versions", "content_hash", "record_id = $2", mine)
			return []string{"version_altered", number(in, mine) + ", version 1"}
		}},
		{"who made a record version", func(in *intruder) []string {
			in.change("UPDATE record_versions SET created_by = $3 WHERE org_id = $1 AND record_id = $2", mine, s.People["otto"])
			return []string{"version_altered", number(in, mine) + ", version 1"}
		}},
		{"a removed record version", func(in *intruder) []string {
			in.change("DELETE FROM record_versions WHERE org_id = $1 AND record_id = $2", mine)
			return []string{"version_missing", number(in, mine) + ", version 1"}
		}},

		{"one byte of a signature's manifest", func(in *intruder) []string {
			in.flip("signatures", "manifest", "record_id = $2", mine)
			return []string{"signature_altered", "signature " + signature(in, mine).String()}
		}},
		{"one byte of a signature", func(in *intruder) []string {
			in.flip("signatures", "signature", "record_id = $2", mine)
			return []string{"signature_altered", "signature " + signature(in, mine).String()}
		}},
		{"the meaning that is listed of a signature", func(in *intruder) []string {
			in.change("UPDATE signatures SET meaning = 'review' WHERE org_id = $1 AND record_id = $2", mine)
			return []string{"signature_altered", "signature " + signature(in, mine).String()}
		}},
		{"a removed signature", func(in *intruder) []string {
			id := signature(in, mine)
			in.change("DELETE FROM signatures WHERE org_id = $1 AND record_id = $2", mine)
			return []string{"signature_missing", id.String()}
		}},
		{"a signature moved to another record", func(in *intruder) []string {
			in.change("UPDATE signatures SET record_id = $3 WHERE org_id = $1 AND record_id = $2", mine, other)
			return []string{"signature_moved", number(in, other) + ", version 1"}
		}},
		{"a signature moved to another version", func(in *intruder) []string {
			in.change("UPDATE signatures SET version = 2 WHERE org_id = $1 AND record_id = $2", mine)
			return []string{"signature_moved", number(in, mine) + ", version 2"}
		}},
		{"a signature moved to another signer", func(in *intruder) []string {
			in.change("UPDATE signatures SET signer_id = $3 WHERE org_id = $1 AND record_id = $2", mine, s.People["qadir"])
			return []string{"signature_moved", "signature " + signature(in, mine).String()}
		}},
		{"a signature copied to another record", func(in *intruder) []string {
			id := uuid.New()
			in.change(`INSERT INTO signatures SELECT org_id, $3, $4, version, task_id, step, round, signer_id, meaning, $3, content_hash, manifest, manifest_hash,
				signature, key_id, signed_at FROM signatures WHERE org_id = $1 AND record_id = $2`, mine, id, other)
			return []string{"signature_moved", "signature " + id.String() + " on " + number(in, other)}
		}},

		{"one byte of the view that was signed", func(in *intruder) []string {
			in.flip("intents", "view", "record_id = $2 AND used_at IS NOT NULL", mine)
			return []string{"view_altered", "view of intent"}
		}},
		{"one byte of the intent that was signed", func(in *intruder) []string {
			in.flip("intents", "bytes", "record_id = $2 AND used_at IS NOT NULL", mine)
			return []string{"intent_altered", "intent"}
		}},
		{"one byte of a policy decision", func(in *intruder) []string {
			id := decision(in, mine)
			in.flip("policy_decisions", "bytes", "id = $2", id)
			return []string{"policy_decision_altered", "policy decision " + id.String()}
		}},
		{"the verdict that is listed of a policy decision", func(in *intruder) []string {
			id := decision(in, mine)
			in.change("UPDATE policy_decisions SET allow = NOT allow WHERE org_id = $1 AND id = $2", id)
			return []string{"policy_decision_altered", "policy decision " + id.String()}
		}},

		{"one byte of an audit event", func(in *intruder) []string {
			in.flip("audit_events", "leaf", "record_id = $2 AND seq = 3", mine)
			return []string{"event_altered", at(in.indexOf(mine, 3))}
		}},
		{"the refusal that is listed of an audit event", func(in *intruder) []string {
			in.change("UPDATE audit_events SET outcome = 'done' WHERE org_id = $1 AND record_id = $2 AND outcome = 'refused'", mine)
			return []string{"event_altered", at(in.indexOf(mine, 2))}
		}},
		{"an audit event and all its hashes", func(in *intruder) []string {
			index := in.indexOf(mine, 3)
			in.change(`UPDATE audit_events SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'qa_approver', 'qa_Approver'), 'UTF8')
				WHERE org_id = $1 AND record_id = $2 AND seq = 3`, mine)
			in.change(`UPDATE leaves SET hash = (SELECT sha256('\x00'::bytea || leaf) FROM audit_events WHERE org_id = $1 AND record_id = $2 AND seq = 3)
				WHERE org_id = $1 AND index = $3`, mine, index)
			in.change("UPDATE tree_nodes SET hash = (SELECT hash FROM leaves WHERE org_id = $1 AND index = $2) WHERE org_id = $1 AND index = $3", index, ledger.LeafNodeIndex(index))
			return []string{"event_altered", "audit entries at indexes"}
		}},
		{"a personal value", func(in *intruder) []string {
			in.change(`UPDATE personal_values SET value = 'Nobody' WHERE org_id = $1 AND name = 'actor_name'
				AND event_id = (SELECT id FROM audit_events WHERE org_id = $1 AND record_id = $2 AND seq = 2)`, mine)
			return []string{"personal_altered", at(in.indexOf(mine, 2))}
		}},
		{"an erased personal value", func(in *intruder) []string {
			in.change(`DELETE FROM personal_values WHERE org_id = $1 AND name = 'actor_name'
				AND event_id = (SELECT id FROM audit_events WHERE org_id = $1 AND record_id = $2 AND seq = 2)`, mine)
			return nil
		}},
		{"the stored hash of a leaf", func(in *intruder) []string {
			in.flip("leaves", "hash", "index = $2", in.indexOf(mine, 2))
			return []string{"tree_altered", at(in.indexOf(mine, 2))}
		}},
		{"the root that is listed of a head", func(in *intruder) []string {
			in.change("UPDATE checkpoints SET root = sha256(root) WHERE org_id = $1 AND size = (SELECT max(size) FROM checkpoints WHERE org_id = $1)")
			return []string{"head_forged", "stored head"}
		}},
		{"one byte of a head", func(in *intruder) []string {
			in.change(`UPDATE checkpoints SET note = replace(note, E'\n' || size || E'\n', E'\n' || (size - 1) || E'\n') WHERE org_id = $1
				AND size = (SELECT max(size) FROM checkpoints WHERE org_id = $1)`)
			return []string{"head_forged", "head over"}
		}},

		{"a reordered pair", func(in *intruder) []string {
			a, b := in.indexOf(mine, 3), in.indexOf(other, 3)
			in.swap(a, b, "event_id = CASE index WHEN $2 THEN $5::uuid ELSE $4::uuid END")
			return []string{"events_reordered", at(a)}
		}},
		{"a reordered pair, with the hashes beside them", func(in *intruder) []string {
			a, b := in.indexOf(mine, 3), in.indexOf(other, 3)
			in.swap(a, b, "event_id = CASE index WHEN $2 THEN $5::uuid ELSE $4::uuid END, hash = (SELECT o.hash FROM leaves o WHERE o.org_id = $1 AND o.index = $2 + $3 - leaves.index)")
			return []string{"events_reordered", at(a)}
		}},
		{"a deleted middle event", func(in *intruder) []string {
			index := in.indexOf(mine, 2)
			in.removeEvent(index, false)
			return []string{"event_missing", at(index)}
		}},
		{"a deleted middle event with its place and hash", func(in *intruder) []string {
			index := in.indexOf(mine, 2)
			in.removeEvent(index, true)
			return []string{"event_missing", at(index)}
		}},
		{"a deleted last event", func(in *intruder) []string {
			last := in.last()
			in.removeEvent(last, false)
			return []string{"log_truncated", at(last)}
		}},
		{"a deleted last event with its place and hash", func(in *intruder) []string {
			last := in.last()
			in.removeEvent(last, true)
			return []string{"log_truncated", at(last)}
		}},
		{"an event taken off the tree and off the sealer's list", func(in *intruder) []string {
			last := in.last()
			in.change("DELETE FROM leaves WHERE org_id = $1 AND index = $2", last)
			return []string{"log_truncated", at(last)}
		}},
	}
	db, in := s.database(t)
	in.exec("ALTER TABLE leaves DROP CONSTRAINT leaves_org_id_event_id_key")
	in.save()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer in.putBack()
			want := tt.tamper(in)
			requireFindings(t, verify(t, db, s.Org, opts), want...)
			outside := opts
			outside.Checkpoint = s.head
			requireFindings(t, verify(t, db, s.Org, outside), want...)
		})
	}
}

// evidence is every table that a report is made of.
var evidence = []string{
	"audit_events", "leaves", "tree_nodes", "checkpoints", "personal_values", "record_versions", "signatures", "intents", "policy_decisions", "signing_keys",
}

// save keeps a copy of the evidence, to put it back after each case.
func (in *intruder) save() {
	in.t.Helper()
	in.exec("CREATE SCHEMA saved")
	for _, table := range evidence {
		in.exec(fmt.Sprintf("CREATE TABLE saved.%s AS TABLE public.%[1]s", table))
	}
}

func (in *intruder) putBack() {
	in.t.Helper()
	for _, table := range evidence {
		in.exec("DELETE FROM public." + table)
		in.exec(fmt.Sprintf("INSERT INTO public.%s TABLE saved.%[1]s", table))
	}
}

// swap exchanges what set says between two leaves.
func (in *intruder) swap(a, b int64, set string) {
	in.t.Helper()
	var atA, atB uuid.UUID
	in.get(&atA, "SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2", a)
	in.get(&atB, "SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2", b)
	in.exec("UPDATE leaves SET "+set+" WHERE org_id = $1 AND index IN ($2, $3)", in.org, a, b, atA, atB)
}

func number(in *intruder, record uuid.UUID) string {
	in.t.Helper()
	var no string
	in.get(&no, "SELECT number FROM records WHERE org_id = $1 AND id = $2", record)
	return no
}

func signature(in *intruder, record uuid.UUID) uuid.UUID {
	in.t.Helper()
	var id uuid.UUID
	in.get(&id, "SELECT id FROM signatures WHERE org_id = $1 AND record_id = $2", record)
	return id
}

// decision is the policy decision on the refused claim of a record's task.
func decision(in *intruder, record uuid.UUID) uuid.UUID {
	in.t.Helper()
	var id uuid.UUID
	in.get(&id, "SELECT id FROM policy_decisions WHERE org_id = $1 AND record_id = $2 AND NOT allow", record)
	return id
}

// TestTailCutWithItsHead removes the newest events with their head, and then one trace of them after the other. The last step
// makes it an older state of the database, which is told from outside only.
func TestTailCutWithItsHead(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	opts := s.trusting()
	s.approve("Recalibrate the scale")
	s.seal()
	s.DB.Close()
	db, in := s.database(t)
	var size int64
	in.get(&size, "SELECT size FROM checkpoints WHERE org_id = $1 ORDER BY size DESC OFFSET 1 LIMIT 1")
	for index := in.last(); index >= size; index-- {
		in.removeEvent(index, false)
	}
	in.exec("DELETE FROM leaves WHERE org_id = $1 AND index >= $2", s.Org, size)
	in.exec("DELETE FROM tree_nodes WHERE org_id = $1 AND index >= $2", s.Org, ledger.LeafNodeIndex(size))
	in.change("DELETE FROM checkpoints WHERE org_id = $1 AND size > $2", size)
	gone := s.records[1]

	opts.Checkpoint = s.head
	r := verify(t, db, s.Org, opts)
	requireFindings(t, r, "log_truncated", fmt.Sprintf("indexes %d to", size))
	require.Contains(t, r.Findings[0].Message, number(in, gone), "the version and the signature of the lost events are still there")

	for _, table := range []string{"signatures", "record_versions"} {
		in.change("DELETE FROM "+table+" WHERE org_id = $1 AND record_id = $2", gone)
	}
	for _, head := range []string{s.head, ""} {
		opts.Checkpoint = head
		r = verify(t, db, s.Org, opts)
		requireFindings(t, r, "log_truncated", "")
		require.Contains(t, r.Findings[0].Message, number(in, gone)+" counts 4 entries, the last one here is 0")
	}

	in.change("DELETE FROM records WHERE org_id = $1 AND id = $2", gone)
	opts.Checkpoint = s.head
	requireFindings(t, verify(t, db, s.Org, opts), "log_rolled_back", fmt.Sprintf("indexes %d to", size))
	opts.Checkpoint = ""
	r = verify(t, db, s.Org, opts)
	requireFindings(t, r)
	require.Contains(t, r.NotChecked[0].What, "whether events after the last head existed")
}

// TestRestoredOlderDatabase puts a whole backup back: everything in it is genuine, and only a newer head tells.
func TestRestoredOlderDatabase(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	opts := s.trusting()
	before := s.head
	s.DB.Close()
	old, _ := s.database(t)
	var err error
	s.DB.DB, err = postgres.Open(context.Background(), s.DB.AppURL, 4)
	require.NoError(t, err)
	t.Cleanup(s.DB.Close)
	s.approve("Recalibrate the scale")
	s.seal()

	for _, head := range []string{"", before} {
		opts.Checkpoint = head
		r := verify(t, old, s.Org, opts)
		requireFindings(t, r)
		require.NotEmpty(t, r.NotChecked)
	}
	opts.Checkpoint = s.head
	requireFindings(t, verify(t, old, s.Org, opts), "log_rolled_back", "audit entries at indexes")
	requireFindings(t, verify(t, s.DB.DB, s.Org, opts))
}
