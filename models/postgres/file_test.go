// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
)

// upload keeps bytes for a person, as of an instant.
func (s *story) upload(who string, content []byte, at time.Time) [32]byte {
	s.t.Helper()
	hash := sha256.Sum256(content)
	require.NoError(s.t, s.DB.SaveUpload(s.t.Context(), postgres.Upload{
		Org: s.Org, SHA256: hash, MediaType: models.MediaText, Bytes: content, At: at, By: s.People[who],
	}))
	return hash
}

// attached files a request with one file on it, and takes a second one off it again.
func (s *story) attached(kept, removed []byte) uuid.UUID {
	s.t.Helper()
	record := models.NewID()
	s.records = append(s.records, record)
	require.Nil(s.t, s.run(s.command("rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{"title": "New seal", "site": modeltest.Berlin}})).Refused)
	for name, content := range map[string][]byte{"kept.txt": kept, "removed.txt": removed} {
		hash := s.upload("rita", content, time.Now())
		require.Nil(s.t, s.run(s.command("rita", "record.attach", record, uuid.Nil, models.NewFile{SHA256: hex.EncodeToString(hash[:]), Name: name})).Refused)
	}
	hash := sha256.Sum256(removed)
	require.Nil(s.t, s.run(s.command("rita", "record.detach", record, uuid.Nil, models.FileRemoval{SHA256: hex.EncodeToString(hash[:]), Reason: "Of another line."})).Refused)
	s.seal()
	return record
}

// large is more than is read at once.
var large = bytes.Repeat([]byte("06:12 172 C\n"), 200_000)

func TestFilesAreInThePackAndVerified(t *testing.T) {
	t.Parallel()
	s := newStory(t, 0)
	record := s.attached(large, []byte("removed"))
	s.upload("rita", []byte("never attached"), time.Now())

	log := verify(t, s.DB.DB, s.Org, s.trusting())
	requireFindings(t, log)
	require.EqualValues(t, 2, log.Counts.Files, "what no record names is no evidence")

	zip := s.pack(record)
	r := s.verifyPack(zip, s.trusting())
	requireFindings(t, r)
	require.EqualValues(t, 2, r.Counts.Files, "the file that was taken off is of an earlier version")
	pack, err := ledger.ReadPack(bytes.NewReader(zip), int64(len(zip)))
	require.NoError(t, err)
	page, err := pack.HTML()
	require.NoError(t, err)
	require.Contains(t, string(page), "kept.txt")
}

func TestTamperedFilesAreFound(t *testing.T) {
	t.Parallel()
	s := newStory(t, 0)
	record := s.attached(large, []byte("removed"))
	kept, removed := sha256.Sum256(large), sha256.Sum256([]byte("removed"))
	in := breakIn(t, s.DB.AdminURL, s.Org)

	in.flip("files", "bytes", "sha256 = $2", kept[:])
	in.change("DELETE FROM files WHERE org_id = $1 AND sha256 = $2", removed[:])
	want := []string{"file_altered", "files/" + hex.EncodeToString(kept[:]), "file_missing", "files/" + hex.EncodeToString(removed[:])}
	requireFindings(t, verify(t, s.DB.DB, s.Org, s.trusting()), want...)
	requireFindings(t, s.verifyPack(s.pack(record), s.trusting()), want...)
}

func TestOnlyUnattachedUploadsArePurged(t *testing.T) {
	t.Parallel()
	s := newStory(t, 0)
	s.attached([]byte("kept"), []byte("removed"))
	now := time.Now()
	old, young, shared := []byte("old"), []byte("young"), []byte("shared")
	s.upload("rita", old, now.Add(-25*time.Hour))
	s.upload("rita", young, now.Add(-23*time.Hour))
	s.upload("rita", shared, now.Add(-25*time.Hour))
	s.upload("otto", shared, now)

	n, err := s.DB.PurgeFiles(t.Context(), s.Org, now.Add(-models.UploadKept))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	n, err = s.DB.PurgeFiles(t.Context(), s.Org, now.Add(time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "and never what a record names")
	for content, there := range map[string]bool{"kept": true, "removed": true, "old": false, "young": false, "shared": false} {
		read, err := io.ReadAll(s.DB.OpenFile(t.Context(), s.Org, sha256.Sum256([]byte(content))))
		require.NoError(t, err)
		require.Equal(t, there, string(read) == content, content)
	}
	other, err := io.ReadAll(s.DB.OpenFile(t.Context(), models.NewID(), sha256.Sum256([]byte("kept"))))
	require.NoError(t, err)
	require.Empty(t, other, "another organization reads nothing")
}

func TestTheApplicationNeitherChangesNorRemovesFiles(t *testing.T) {
	t.Parallel()
	s := newStory(t, 0)
	s.attached([]byte("kept"), []byte("removed"))
	for _, url := range []string{s.DB.AppURL, s.DB.OwnerURL} {
		conn := connect(t, url)
		exec(t, conn, fmt.Sprintf("SET app.org = '%s'", s.Org))
		require.Equal(t, 2, count(t, conn, "SELECT count(*) FROM files"))
		for _, sql := range []string{"UPDATE files SET size = 1", "DELETE FROM files", "TRUNCATE files CASCADE"} {
			_, err := conn.Exec(t.Context(), sql)
			require.Error(t, err, sql)
		}
	}
}

func TestUploadsOfOnePersonAreBounded(t *testing.T) {
	t.Parallel()
	s := newStory(t, 0)
	admin := connect(t, s.DB.AdminURL)
	s.upload("rita", []byte("one"), time.Now())
	exec(t, admin, "SET session_replication_role = replica")
	exec(t, admin, fmt.Sprintf("UPDATE files SET size = %d", models.MaxUploadedBytes))
	err := s.DB.SaveUpload(t.Context(), postgres.Upload{Org: s.Org, SHA256: [32]byte{1}, MediaType: models.MediaText, Bytes: []byte("two"), At: time.Now(), By: s.People["rita"]})
	require.ErrorIs(t, err, postgres.ErrTooMuch)
	s.upload("otto", []byte("two"), time.Now())
}
