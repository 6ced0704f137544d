// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"bytes"
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
	"github.com/countersign/countersign/policies"
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

// inTwo is a request that is approved twice: the first approval stands while the second is open.
var inTwo = models.RecordType{
	Name: "request", Title: "Request", Prefix: "REQ", First: "approval", Last: "release",
	Steps: []models.Step{
		{Name: "approval", Title: "Approval", Kind: models.KindApproval, State: "approval", Next: []string{"release"}},
		{Name: "release", Title: "Release", Kind: models.KindApproval, State: "release"},
		{Name: models.StepExtensionApproval, Title: "Approve the extension", Kind: models.KindApproval, Side: true},
	},
	States: models.StateTable{"": {"approval"}, "approval": {"release"}, "release": {models.StateClosed}},
	Derive: models.DeriveTitle,
}

func newWorldInTwo(t *testing.T) *modeltest.World {
	t.Helper()
	line := func(step, meaning, more string) string {
		return `"` + step + `": {"*": {"kind": "approval", "title": "` + step + `", "candidates": [{"role": "qa_approver", "site": "record"}],
			"due": {"from": "opened", "after": "3wd"}, "meaning": "` + meaning + `", "outcomes": [{"name": "approved"}]` + more + `}}, `
	}
	matrix := bytes.Replace(modeltest.RequestMatrix, []byte(`"steps": {`),
		[]byte(`"steps": {`+line("release", "release", "")+line(models.StepExtensionApproval, "extension_approval", `, "side": true`)), 1)
	return modeltest.NewWorld(t, []policies.Option{policies.WithType("request", matrix, nil)}, inTwo)
}

// approve takes a step's task and signs it.
func approve(t *testing.T, w *modeltest.World, who string, record uuid.UUID, step string) {
	t.Helper()
	task := models.DeriveID("task", record.String(), step, "1", "1")
	require.Nil(t, run(t, w, who, "task.claim", record, task, nil).Refused)
	require.Nil(t, run(t, w, who, "task.complete", record, task, yes, sheet(t, w, who, record, task, yes)).Refused)
}

// What an approval was given on does not vanish from under it, as long as it stands.
func TestAFileStaysUnderAStandingApproval(t *testing.T) {
	t.Parallel()
	w := newWorldInTwo(t)
	record, _ := file(t, w, "rita")
	attach := func(name string) string {
		_, hash := upload(t, w, "rita", name, time.Now())
		require.Nil(t, run(t, w, "rita", "record.attach", record, uuid.Nil, models.NewFile{SHA256: hash, Name: name}).Refused)
		return hash
	}
	detach := func(hash string) *models.Error {
		return run(t, w, "rita", "record.detach", record, uuid.Nil, models.FileRemoval{SHA256: hash, Reason: "It is of another line."}).Refused
	}
	wrong, seen := attach("wrong.txt"), attach("seen.txt")
	require.Nil(t, detach(wrong), "nobody has approved yet")
	approve(t, w, "quinn", record, "approval")
	require.Nil(t, run(t, w, "", models.CommandOpenStep, record, uuid.Nil, models.OpenStep{Step: "release"}, bySystem).Refused)
	later := attach("later.txt")

	refused := detach(seen)
	require.NotNil(t, refused)
	require.Equal(t, models.CodeMoved, refused.Code)
	require.Contains(t, refused.Message, `"Approval" was given with this file`)
	require.Nil(t, detach(later), "the approval did not see it")
	var files string
	require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), "SELECT files->0->>'name' FROM records WHERE id = $1 AND jsonb_array_length(files) = 1", record).Scan(&files))
	require.Equal(t, "seen.txt", files)
}
