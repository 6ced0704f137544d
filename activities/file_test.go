// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
)

func upload(t *testing.T, w *modeltest.World, who, content string, at time.Time) (hash [32]byte, text string) {
	t.Helper()
	hash = sha256.Sum256([]byte(content))
	require.NoError(t, w.DB.SaveUpload(t.Context(), postgres.Upload{
		Org: w.Org, SHA256: hash, MediaType: models.MediaText, Bytes: []byte(content), At: at, By: w.People[who],
	}))
	return hash, hex.EncodeToString(hash[:])
}

// A signature binds to the files: its page lists them, and one that is attached meanwhile makes another version.
func TestTheSigningViewListsTheFiles(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record := models.NewID()
	require.Nil(t, run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}}).Refused)
	_, hash := upload(t, w, "rita", "chart", time.Now())
	attached := run(t, w, "rita", "record.attach", record, uuid.Nil, models.NewFile{SHA256: hash, Name: "chart.txt"})
	require.Nil(t, attached.Refused)
	require.Equal(t, 2, attached.Version)

	task := models.DeriveID("task", record.String(), "approval", "1", "1")
	require.Nil(t, run(t, w, "quinn", "task.claim", record, task, struct{}{}).Refused)
	var result models.IntentResult
	require.NoError(t, json.Unmarshal(models.MustJSON(run(t, w, "quinn", "task.sign", record, task, yes).Result), &result))
	require.Contains(t, result.HTML, "chart.txt")
	require.Contains(t, result.HTML, hash)
	require.Equal(t, 2, result.Version)

	_, later := upload(t, w, "rita", "another", time.Now())
	require.Nil(t, run(t, w, "rita", "record.attach", record, uuid.Nil, models.NewFile{SHA256: later, Name: "another.txt"}).Refused)
	refused := run(t, w, "quinn", "task.complete", record, task, yes, func(c *models.Command) {
		c.Signing = &models.Signing{Intent: result.Intent, Factors: []string{models.ComponentPassword}}
	})
	require.NotNil(t, refused.Refused, "what was signed is not what stands now")
}

func TestThePurgerLeavesWhatARecordNames(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record := models.NewID()
	require.Nil(t, run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}}).Refused)
	kept, hash := upload(t, w, "rita", "chart", time.Now())
	left, _ := upload(t, w, "rita", "left", time.Now())
	require.Nil(t, run(t, w, "rita", "record.attach", record, uuid.Nil, models.NewFile{SHA256: hash, Name: "chart.txt"}).Refused)
	purger := &activities.Purger{
		Store: w.DB, Now: func() time.Time { return time.Now().Add(models.UploadKept + time.Minute) }, Log: slog.New(slog.DiscardHandler), Every: time.Hour,
	}
	require.NoError(t, purger.PurgeAll(t.Context()))
	for file, want := range map[[32]byte]string{kept: "chart", left: ""} {
		content, err := io.ReadAll(w.DB.OpenFile(t.Context(), w.Org, file))
		require.NoError(t, err)
		require.Equal(t, want, string(content))
	}
}
