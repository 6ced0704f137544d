// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

func TestEvidenceIsSentWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	path := "/v1/records/" + record.ID.String() + "/evidence"
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: path}), http.StatusServiceUnavailable, "unavailable")
	w.API.Evidence = func(_ context.Context, s *models.Session, id uuid.UUID, out io.Writer) error {
		_, err := io.WriteString(out, s.Person.Username+" "+id.String())
		return err
	}
	r := w.do(t, call{who: "quinn", method: "GET", path: path})
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "application/zip", r.Header.Get("Content-Type"))
	require.Equal(t, "quinn "+record.ID.String(), string(r.raw))
	w.API.Evidence = func(_ context.Context, _ *models.Session, _ uuid.UUID, out io.Writer) error {
		_, _ = io.WriteString(out, "half")
		return io.ErrUnexpectedEOF
	}
	r = w.do(t, call{who: "quinn", method: "GET", path: path})
	problem(t, r, http.StatusInternalServerError, models.CodeInternal)
	require.NotContains(t, string(r.raw), "half")
	problem(t, w.do(t, call{who: "olga", method: "GET", path: path}), http.StatusNotFound, models.CodeNotFound)
	require.Len(t, all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?action=record.export"), 1, "what did not leave is in no trail")
}

// packs lets the API make real evidence packs.
func (w *world) packs(t *testing.T) {
	t.Helper()
	sealer := &activities.Sealer{Store: w.DB, Keys: w.Keys, Sink: func(uuid.UUID, string) error { return nil }, Now: time.Now, Log: w.API.Log, Every: time.Second}
	w.API.Evidence = func(ctx context.Context, s *models.Session, record uuid.UUID, out io.Writer) error {
		return w.DB.EvidencePack(ctx, s.Org, record, w.API.Forms, out, sealer.Seal)
	}
}

// What leaves as evidence is decided by policy and stands in the trail with its hash, by which a copy is known again.
func TestAnEvidencePackLeavesATrace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.packs(t)
	record := w.fileRequest(t)
	w.decide(t, "quinn", record)
	path := "/v1/records/" + record.ID.String()
	keys, err := w.Keys.List(w.Org)
	require.NoError(t, err)
	for i, who := range []string{"quentin", "ivy"} { // the second pack holds the event of the first
		pack := w.ask(t, who, "GET", path+"/evidence", nil)
		require.Equal(t, http.StatusOK, pack.StatusCode, "%s", pack.raw)
		report := ledger.VerifyPackFile(bytes.NewReader(pack.raw), int64(len(pack.raw)), ledger.Options{TrustedKeys: keys})
		require.True(t, report.OK, report.Findings)
		require.Empty(t, report.Findings)

		events := all[api.AuditEvent](t, w, "quinn", path+"/history?sort=at")
		require.Len(t, events, 3+i+1)
		event, sum := events[len(events)-1], sha256.Sum256(pack.raw)
		require.Equal(t, "record.export", event.Action)
		require.Equal(t, w.People[who], *event.Actor.ID)
		require.NotNil(t, event.Decision)
		var made models.EvidenceExport
		require.NoError(t, json.Unmarshal(models.MustJSON(event.Changes[0].New), &made))
		require.Equal(t, models.EvidenceExport{Size: int64(len(pack.raw)), SHA256: hex.EncodeToString(sum[:])}, made)
	}
	filed := into[api.Record](t, w.ask(t, "mes", "POST", "/v1/deviations", map[string]any{"site": record.Site.ID, "data": report("From the line")}), http.StatusCreated)
	require.Equal(t, http.StatusOK, w.ask(t, "mes", "GET", "/v1/records/"+filed.ID.String()+"/evidence", nil).StatusCode, "an API key, of what it filed")
	problem(t, w.ask(t, "mes", "GET", path+"/evidence", nil), http.StatusNotFound, models.CodeNotFound)
}

// One person does not take the room of all, and who waits is told when to come again.
func TestOnePersonMakesTwoFilesAtATime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	path := "/v1/records/" + record.ID.String() + "/evidence"
	making, finish := make(chan struct{}), make(chan struct{})
	w.API.Evidence = func(_ context.Context, s *models.Session, _ uuid.UUID, out io.Writer) error {
		if s.Person.Username == "quinn" {
			making <- struct{}{}
			<-finish
		}
		_, err := io.WriteString(out, "a pack")
		return err
	}
	w.token(t, "quinn")
	sent := make(chan reply, 2)
	for range 2 {
		go func() { sent <- w.ask(t, "quinn", "GET", path, nil) }()
		<-making
	}
	for _, more := range []string{path, "/v1/records/export", "/v1/tasks/export", "/v1/board/export"} {
		r := w.ask(t, "quinn", "GET", more, nil)
		problem(t, r, http.StatusTooManyRequests, models.CodeTooMany)
		require.Equal(t, "5", r.Header.Get("Retry-After"))
	}
	require.Equal(t, http.StatusOK, w.ask(t, "quentin", "GET", path, nil).StatusCode)
	close(finish)
	for range 2 {
		require.Equal(t, http.StatusOK, (<-sent).StatusCode)
	}
	require.Equal(t, http.StatusOK, w.ask(t, "quinn", "GET", "/v1/records/export", nil).StatusCode)
}

// A pack or a list may take longer to make than other answers do.
func TestFilesThatAreMadeHaveTheirTime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	var until time.Duration
	w.API.Evidence = func(ctx context.Context, _ *models.Session, _ uuid.UUID, _ io.Writer) error {
		deadline, _ := ctx.Deadline()
		until = time.Until(deadline)
		return nil
	}
	require.Equal(t, http.StatusOK, w.ask(t, "quinn", "GET", "/v1/records/"+record.ID.String()+"/evidence", nil).StatusCode)
	require.Greater(t, until, 2*time.Minute)
}
