// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/packs"
)

// evidenceWorld is a world with one reported deviation, whose log is sealed with heads kept in a folder.
type evidenceWorld struct {
	*modeltest.World
	t      *testing.T
	dir    string
	number string
	key    string // as handed over by another way
}

func newEvidenceWorld(t *testing.T) *evidenceWorld {
	t.Helper()
	w := &evidenceWorld{World: modeltest.NewWorld(t, nil), t: t, dir: t.TempDir()}
	w.number = w.report()
	key, err := w.Keys.Current(w.Org)
	require.NoError(t, err)
	w.key = key.String()
	return w
}

func (w *evidenceWorld) report() string {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "models", "packs", "testdata", "deviation.report.json"))
	require.NoError(w.t, err)
	data, err := models.DecodeData(raw)
	require.NoError(w.t, err)
	data["late_reason"] = "It was noticed when the shift's papers were read."
	body := models.MustJSON(models.NewRecord{Site: modeltest.Berlin, Data: data})
	hash := ledger.ContentHash(body)
	receipt, err := w.Commit.Commit(context.Background(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: "record.create", Type: "deviation", Record: models.NewID(), Actor: w.People["rita"],
		Source: models.Source{Kind: ledger.SourceAPI}, Body: body, Fingerprint: hash[:],
	})
	require.NoError(w.t, err)
	require.Nil(w.t, receipt.Refused)
	sealer := activities.Sealer{Store: w.DB, Keys: w.Keys, Sink: activities.FolderSink(w.file("heads")), Now: w.Commit.Now}
	require.NoError(w.t, sealer.Seal(context.Background(), w.Org))
	return receipt.Number
}

func (w *evidenceWorld) file(name string) string { return filepath.Join(w.dir, name) }

// countersign runs the program as its user does and returns its exit code and what it printed.
func (w *evidenceWorld) countersign(environ []string, args ...string) (int, string) {
	w.t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), args, environ, &out)
	if err == nil {
		return 0, out.String()
	}
	return exitCode(err), out.String() + err.Error()
}

func (w *evidenceWorld) environ() []string {
	return []string{"DATABASE_URL=" + w.DB.AppURL, "COUNTERSIGN_DATA=" + w.dir}
}

func TestVerifyDatabase(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	code, text := w.countersign(w.environ(), "verify", "--database", "--trust", w.key)
	require.Equal(t, 0, code, text)
	require.Contains(t, text, "Audit log of organization "+w.Org.String())
	require.Contains(t, text, "NOT CHECKABLE")
	require.Contains(t, text, "whether events after the last head existed")

	w.report() // a second head
	keys := w.file("keys.txt")
	require.NoError(t, os.WriteFile(keys, []byte("# Acme Pharma, read out on the telephone\n"+w.key+"\n"), 0o600))
	code, text = w.countersign(w.environ(), "verify", "--organization", w.Slug, "--database", "--heads", w.file("heads"), "--trust", keys)
	require.Equal(t, 0, code, text)
	require.NotContains(t, text, "whether events after the last head existed")

	heads, err := filepath.Glob(filepath.Join(w.file("heads"), w.Org.String(), "*.note"))
	require.NoError(t, err)
	require.Len(t, heads, 2)
	code, text = w.countersign(w.environ(), "verify", "--database", "--organization", w.Slug, "--checkpoint", heads[0])
	require.Equal(t, 0, code, text)
	require.Contains(t, text, "who holds the signing keys")

	conn, err := pgx.Connect(context.Background(), w.DB.AdminURL)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(context.Background(), `SET session_replication_role = replica;
		UPDATE record_versions SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1) WHERE version = 1;`)
	require.NoError(t, err)
	code, text = w.countersign(w.environ(), "verify", "--database")
	require.Equal(t, 1, code, text)
	require.Contains(t, text, w.number+", version 1")
	require.Contains(t, text, "(version_altered)")
}

func TestEvidenceIsVerifiedOffline(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	pack := w.file("pack.zip")
	code, text := w.countersign(w.environ(), "evidence", w.number, "--organization", w.Slug, "--out", pack)
	require.Equal(t, 0, code, text)
	require.Contains(t, text, pack)

	offline := []string{} // no setting at all
	code, text = w.countersign(offline, "verify", pack, "--trust", w.key)
	require.Equal(t, 0, code, text)
	require.Contains(t, text, "Evidence pack of "+w.number)
	require.Contains(t, text, "Nothing wrong was found")

	head, err := filepath.Glob(filepath.Join(w.file("heads"), w.Org.String(), "*.note"))
	require.NoError(t, err)
	code, text = w.countersign(offline, "verify", "--checkpoint", head[0], pack)
	require.Equal(t, 0, code, text)

	stranger, err := ledger.OpenKeyStore(t.TempDir())
	require.NoError(t, err)
	key, err := stranger.Generate(w.Org, w.Commit.Now())
	require.NoError(t, err)
	code, text = w.countersign(offline, "verify", pack, "--trust", key.String())
	require.Equal(t, 1, code, text)
	require.Contains(t, text, "(key_unknown)")

	raw, err := os.ReadFile(pack)
	require.NoError(t, err)
	raw[len(raw)/2] ^= 1
	require.NoError(t, os.WriteFile(w.file("forged.zip"), raw, 0o600))
	code, text = w.countersign(offline, "verify", w.file("forged.zip"), "--trust", w.key)
	require.Equal(t, 1, code, text)
	require.Contains(t, text, "FAILED")
	require.NoError(t, os.WriteFile(w.file("note.txt"), []byte("hello"), 0o600))
	code, text = w.countersign(offline, "verify", w.file("note.txt"))
	require.Equal(t, 1, code, text)
	require.Contains(t, text, "(pack_malformed)")
}

// TestEvidencePackIsSealedWithThisMachinesKeys makes the list of files, and with it the summaries for reading, part of what is
// verified.
func TestEvidencePackIsSealedWithThisMachinesKeys(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	db := w.DB.DB
	forms, err := packs.Forms()
	require.NoError(t, err)
	record, err := db.RecordNumbered(context.Background(), w.Org, w.number)
	require.NoError(t, err)
	key, err := w.Keys.Current(w.Org)
	require.NoError(t, err)
	pack, err := db.Pack(context.Background(), w.Org, record, forms, func(context.Context, uuid.UUID) error { return nil })
	require.NoError(t, err)
	pack.Seal = &key
	require.NoError(t, writePack(w.file("pack.zip"), *pack))
	_, text := w.countersign(nil, "verify", w.file("pack.zip"), "--trust", w.key)
	require.NotContains(t, text, "summaries for reading")
	raw, err := json.Marshal(pack.Record.Items)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "Not on this form")
}

func TestVerifyMistakesAreNoVerdict(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"nothing":                   {},
		"two packs":                 {"a.zip", "b.zip"},
		"a pack and a database":     {"a.zip", "--database"},
		"heads of a pack":           {"a.zip", "--heads", "."},
		"no such file":              {filepath.Join(t.TempDir(), "none.zip")},
		"a folder":                  {t.TempDir()},
		"no such flag":              {"a.zip", "--force"},
		"a key that is none":        {"a.zip", "--trust", "countersign/1+2+3"},
		"a head that is not there":  {"a.zip", "--checkpoint", filepath.Join(t.TempDir(), "none.note")},
		"a database without a name": {"--database"},
		"one head of many logs":     {"--database", "--checkpoint", "head.note"},
	} {
		var out bytes.Buffer
		err := run(context.Background(), append([]string{"verify"}, args...), nil, &out)
		require.Error(t, err, name)
		require.Equal(t, 2, exitCode(err), "%s: %v", name, err)
	}
	for name, args := range map[string][]string{
		"nothing":         {},
		"no organization": {"DEV-2026-0001", "--out", "pack.zip"},
		"no file":         {"DEV-2026-0001", "--organization", "acme"},
		"no database":     {"DEV-2026-0001", "--organization", "acme", "--out", "pack.zip"},
	} {
		err := run(context.Background(), append([]string{"evidence"}, args...), nil, new(bytes.Buffer))
		require.Error(t, err, name)
		require.Equal(t, 2, exitCode(err), name)
	}
}

func TestEvidenceOfNothingLeavesNoFile(t *testing.T) {
	t.Parallel()
	w := newEvidenceWorld(t)
	file := w.file("pack.zip")
	for _, args := range [][]string{
		{"evidence", "DEV-1999-0001", "--organization", w.Slug, "--out", file},
		{"evidence", w.number, "--organization", "nobody", "--out", file},
	} {
		code, text := w.countersign(w.environ(), args...)
		require.Equal(t, 2, code, text)
		require.Contains(t, text, "there is no ")
		require.NoFileExists(t, file)
	}
}
