// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/policies"
)

var requestForm = &models.Form{ID: "request.report", Version: 1, Title: "Request", Pages: []models.FormPage{{
	ID: "page", Title: "Request", Sections: []models.FormSection{{ID: "what", Title: "What is asked for", Fields: []models.Field{
		{ID: "title", Label: "Title", Type: models.FieldText, Required: true},
		{ID: "site", Label: "For the site", Type: models.FieldSite},
	}}},
}}}

// story is a world with requests that were played and sealed.
type story struct {
	*modeltest.World
	t       testing.TB
	records []uuid.UUID // approved and closed
	head    string      // kept outside
}

func newStory(t testing.TB, requests int) *story {
	t.Helper()
	s := &story{t: t, World: modeltest.NewWorld(t, []policies.Option{modeltest.RequestPolicy()}, modeltest.Request)}
	s.Commit.Forms[requestForm.ID] = requestForm
	for range requests {
		s.approve("Replace the heating element of line 4")
	}
	s.seal()
	return s
}

func (s *story) command(who, name string, record, task uuid.UUID, body any) models.Command {
	raw := models.MustJSON(body)
	hash := ledger.ContentHash(raw)
	cmd := models.Command{
		ID: models.NewID(), Org: s.Org, Name: name, Type: "request", Record: record, Task: task, Actor: s.People[who],
		Source: models.Source{Kind: ledger.SourceAPI}, Body: raw, Fingerprint: hash[:],
	}
	if who == "" {
		cmd.ID, cmd.Actor = uuid.Nil, uuid.Nil
	}
	return cmd
}

func (s *story) run(cmd models.Command) models.Receipt {
	s.t.Helper()
	receipt, err := s.Commit.Commit(context.Background(), cmd)
	require.NoError(s.t, err)
	return receipt
}

// approve plays a request from filing to closed, with one refused attempt: the reporter is no approver.
func (s *story) approve(title string) {
	s.t.Helper()
	record := models.NewID()
	s.records = append(s.records, record)
	filed := s.run(s.command("rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{"title": title, "site": modeltest.Berlin}}))
	require.Nil(s.t, filed.Refused)
	task := models.DeriveID("task", record.String(), "approval", "1", "1")
	require.NotNil(s.t, s.run(s.command("rita", "task.claim", record, task, struct{}{})).Refused)
	require.Nil(s.t, s.run(s.command("quinn", "task.claim", record, task, struct{}{})).Refused)
	verdict := models.Completion{Outcome: models.OutcomeApproved, Comment: "The element was ordered."}
	var sheet models.IntentResult
	require.NoError(s.t, json.Unmarshal(models.MustJSON(s.run(s.command("quinn", "task.sign", record, task, verdict)).Result), &sheet))
	complete := s.command("quinn", "task.complete", record, task, verdict)
	complete.Signing = &models.Signing{Intent: sheet.Intent, Factors: []string{models.ComponentPassword}}
	require.Nil(s.t, s.run(complete).Refused)
	require.Equal(s.t, models.StateClosed, s.run(s.command("", models.CommandClose, record, uuid.Nil, struct{}{})).State)
}

// seal seals everything and keeps the newest head outside.
func (s *story) seal() {
	s.t.Helper()
	require.NoError(s.t, s.sealAll(context.Background(), s.Org))
}

func (s *story) sealAll(ctx context.Context, org uuid.UUID) error {
	key, err := s.Keys.Current(org)
	if err != nil {
		return err
	}
	for {
		head, sealed, err := s.DB.Seal(ctx, org, key, time.Now().UTC())
		if err != nil || sealed == 0 {
			return err
		}
		s.head = head
	}
}

// trusting are options of somebody who got the organization's key by another way.
func (s *story) trusting() ledger.Options {
	s.t.Helper()
	keys, err := s.Keys.List(s.Org)
	require.NoError(s.t, err)
	return ledger.Options{TrustedKeys: keys, Now: time.Now().Add(time.Minute)}
}

func (s *story) pack(record uuid.UUID) []byte {
	s.t.Helper()
	var zip bytes.Buffer
	require.NoError(s.t, s.DB.EvidencePack(context.Background(), s.Org, record, s.Commit.Forms, &zip, s.sealAll))
	return zip.Bytes()
}

func (s *story) verifyPack(zip []byte, opts ledger.Options) ledger.Report {
	return ledger.VerifyPackFile(bytes.NewReader(zip), int64(len(zip)), opts)
}

func verify(t testing.TB, db *postgres.DB, org uuid.UUID, opts ledger.Options) ledger.Report {
	t.Helper()
	report, err := db.VerifyLog(context.Background(), org, opts)
	require.NoError(t, err)
	return report
}

func TestWholeLogOfTheDatabaseVerifies(t *testing.T) {
	t.Parallel()
	s := newStory(t, 2)
	opts := s.trusting()
	r := verify(t, s.DB.DB, s.Org, opts)
	require.True(t, r.OK, "%v", r.Findings)
	require.Contains(t, r.NotChecked[0].What, "whether events after the last head existed")

	opts.Checkpoint = s.head
	r = verify(t, s.DB.DB, s.Org, opts)
	require.True(t, r.OK, "%v", r.Findings)
	require.EqualValues(t, 2, r.Counts.Versions)
	require.EqualValues(t, 2, r.Counts.Signatures)
	require.EqualValues(t, 2, r.Counts.Views)
	require.Zero(t, r.Counts.Unsealed)
	require.Greater(t, r.Counts.Events, int64(50), "founding and hiring are in the log too")
	require.Positive(t, r.Counts.Decisions)
	require.Positive(t, r.Counts.Personal)
	require.Len(t, r.NotChecked, 1)

	require.Equal(t, "approval", s.run(s.command("rita", "record.create", models.NewID(), uuid.Nil,
		models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{"title": "Not sealed yet"}})).State)
	r = verify(t, s.DB.DB, s.Org, opts)
	require.True(t, r.OK, "%v", r.Findings)
	require.EqualValues(t, 1, r.Counts.Unsealed)
}

func TestEvidencePackVerifiesOffline(t *testing.T) {
	t.Parallel()
	s := newStory(t, 2)
	outside := s.head
	s.approve("Recalibrate the scale")
	zip := s.pack(s.records[2]) // seals first
	require.NotEqual(t, outside, s.head)
	opts := s.trusting()
	for _, head := range []string{"", outside, s.head} {
		opts.Checkpoint = head
		r := s.verifyPack(zip, opts)
		require.True(t, r.OK, "%v", r.Findings)
		require.EqualValues(t, 5, r.Counts.Events, "created, refused, claimed, approved and closed in one, and the key")
		require.EqualValues(t, 1, r.Counts.Versions)
		require.EqualValues(t, 1, r.Counts.Signatures)
		require.EqualValues(t, 1, r.Counts.Views)
	}

	pack, err := ledger.ReadPack(bytes.NewReader(zip), int64(len(zip)))
	require.NoError(t, err)
	require.Equal(t, "Acme Pharma", pack.Info.OrgName)
	require.Equal(t, "Berlin", pack.Record.Site)
	require.Equal(t, "Rita Reporter", pack.Record.Owner)
	require.Equal(t, []ledger.PackItem{
		{Section: "Request: What is asked for", Label: "Title", Value: "Recalibrate the scale"},
		{Section: "Request: What is asked for", Label: "For the site", Value: "Berlin"},
	}, pack.Record.Items)
	require.Len(t, pack.Forms, 1)
	require.Len(t, pack.Tasks, 1)
	require.Equal(t, "Quinn Quist", pack.Tasks[0].Assignee)
	require.Len(t, pack.Tasks[0].Decisions, 1)
	d := pack.Tasks[0].Decisions[0]
	require.Equal(t, ledger.PackDecision{
		By: "Quinn Quist", Role: "qa_approver", At: d.At, Outcome: "approved", Comment: "The element was ordered.", Signature: pack.Signatures[0].ID,
	}, d)
	page, err := pack.HTML()
	require.NoError(t, err)
	for _, words := range []string{"Quinn Quist", "quinn, qa approver", "final approval", "refused", "Rita Reporter"} {
		require.Contains(t, string(page), words)
	}
}

func TestEvidencePackOfAnotherOrganizationsRecordIsNotFound(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	err := s.DB.EvidencePack(context.Background(), models.NewID(), s.records[0], nil, new(bytes.Buffer), func(context.Context, uuid.UUID) error { return nil })
	require.ErrorContains(t, err, "no rows")
}
