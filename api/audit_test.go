// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

func (w *world) seal(t *testing.T) {
	t.Helper()
	s := &activities.Sealer{
		Store: w.DB, Keys: w.Keys, Sink: func(uuid.UUID, string) error { return nil }, Now: time.Now, Log: slog.New(slog.DiscardHandler), Every: time.Second,
	}
	require.NoError(t, s.Seal(t.Context(), w.Org))
}

func hashOf(t *testing.T, text string) ledger.Hash {
	t.Helper()
	h, err := ledger.ParseHash(text)
	require.NoError(t, err)
	return h
}

func hashesOf(t *testing.T, texts []string) []ledger.Hash {
	t.Helper()
	var out []ledger.Hash
	for _, text := range texts {
		out = append(out, hashOf(t, text))
	}
	return out
}

func TestTheTrailIsSearchedAndProven(t *testing.T) {
	t.Parallel()
	w := setup(t)
	get := func(path string) reply { return w.do(t, call{who: "quinn", method: "GET", path: path}) }
	problem(t, get("/v1/audit/checkpoint"), http.StatusNotFound, models.CodeNotFound)
	record := w.fileRequest(t)
	w.seal(t)
	before := into[api.Checkpoint](t, get("/v1/audit/checkpoint"), http.StatusOK)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	problem(t, w.do(t, call{who: "rita", method: "POST", path: task + "/claim"}), http.StatusForbidden, models.CodeForbidden)
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/claim"}), http.StatusOK)
	w.seal(t)
	head := into[api.Checkpoint](t, get("/v1/audit/checkpoint"), http.StatusOK)
	require.Greater(t, head.Size, before.Size)
	opened, err := ledger.ReadHead(head.Note)
	require.NoError(t, err)
	require.Equal(t, head.Root, opened.Root.String())

	refused := into[items[api.AuditEvent]](t, get("/v1/audit/events?outcome=refused&record="+record.ID.String()), http.StatusOK)
	require.Len(t, refused.Items, 1)
	require.Equal(t, "Rita Reporter", refused.Items[0].Actor.Name)
	require.NotEmpty(t, refused.Items[0].Reasons)
	require.Equal(t, "Europe/Berlin", refused.Items[0].Zone)
	for query, n := range map[string]int{
		"action=task.claim": 2, "action=task.claim&actor=" + w.People["quinn"].String(): 1, "action=record.create": 1, "from=2100-01-01T00:00:00Z": 0,
		"to=2000-01-01T00:00:00Z": 0, "record=" + models.NewID().String(): 0,
	} {
		require.Len(t, all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?"+query), n, query)
	}
	everything := all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?sort=at")
	require.EqualValues(t, head.Size, len(everything), "logins, grants and keys are in the trail, too")
	require.Len(t, all[api.AuditEvent](t, w, "max", "/v1/audit/events?sort=at"), 3, "who reads one site reads the trail of its records")
	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/audit/events"}), http.StatusForbidden, models.CodeForbidden)

	event := refused.Items[0]
	proof := into[api.Proof](t, get("/v1/audit/proof?event="+event.ID.String()), http.StatusOK)
	require.Equal(t, event.LeafSHA256, proof.LeafHash)
	require.NoError(t, ledger.CheckInclusion(hashesOf(t, proof.Path), proof.Size, hashOf(t, proof.Head.Root), *proof.Index, hashOf(t, proof.LeafHash)))
	query := url.Values{"from": {"1"}}
	query.Set("from", itoa(before.Size))
	grew := into[api.Proof](t, get("/v1/audit/proof?"+query.Encode()), http.StatusOK)
	require.NoError(t, ledger.CheckConsistency(hashesOf(t, grew.Path), grew.Size, hashOf(t, grew.Head.Root), grew.From, hashOf(t, before.Root)))
	for _, bad := range []string{"", "?event=" + event.ID.String() + "&from=1", "?from=5&to=4", "?from=1&to=100000", "?to=3", "?from=-1", "?from=x"} {
		problem(t, get("/v1/audit/proof"+bad), http.StatusUnprocessableEntity, models.CodeInvalid)
	}
	problem(t, get("/v1/audit/proof?event="+models.NewID().String()), http.StatusNotFound, models.CodeNotFound)

	decisions := all[api.PolicyDecision](t, w, "quinn", "/v1/decisions?allow=false&record="+record.ID.String())
	require.Len(t, decisions, 1)
	require.Equal(t, *event.Decision, decisions[0].ID)
	require.NotEmpty(t, decisions[0].Reasons)
	raw, err := hex.DecodeString(decisions[0].Hash)
	require.NoError(t, err)
	require.Len(t, raw, 32)
	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/decisions"}), http.StatusForbidden, models.CodeForbidden)
}

func itoa(n int64) string { return string(models.MustJSON(n)) }

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
}

// An administrator reads what was done to accounts, roles, keys and settings, and why policy let it be, and nothing of the records.
func TestAdministratorsReadTheTrailOfAdministration(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("rita")+"/grants", map[string]any{"role": "expert", "site": modeltest.Berlin, "reason": "trained"}), http.StatusCreated)
	refusedBy(t, w.ask(t, "max", "POST", w.userPath("rita")+"/unlock", why), "authority")
	problem(t, w.ask(t, "rita", "POST", "/v1/records/"+models.NewID().String()+"/comments", map[string]any{"text": "secret"}), http.StatusNotFound, models.CodeNotFound)
	file := w.ask(t, "quinn", "GET", "/v1/records/export", nil)
	require.Equal(t, http.StatusOK, file.StatusCode)

	events := all[api.AuditEvent](t, w, "alan", "/v1/audit/events?sort=at")
	kinds := map[string]int{}
	for _, e := range events {
		kind, _, _ := strings.Cut(e.Action, ".")
		kinds[kind]++
		require.Nil(t, e.Record)
	}
	whole, about := all[api.AuditEvent](t, w, "quinn", "/v1/audit/events?sort=at"), 0
	for _, e := range whole {
		if e.Record == nil && e.Action != "export.create" {
			about++
		}
	}
	require.Len(t, events, about, "all of it: %v", kinds)
	require.Positive(t, kinds["admin"])
	require.Positive(t, kinds["session"])
	require.Positive(t, kinds["organization"])
	require.Zero(t, kinds["export"], "an export tells of records")
	require.Len(t, all[api.AuditEvent](t, w, "alan", "/v1/audit/events?outcome=refused&action=admin.unlock"), 1)
	require.Empty(t, all[api.AuditEvent](t, w, "alan", "/v1/audit/events?record="+record.ID.String()))

	decisions := all[api.PolicyDecision](t, w, "alan", "/v1/decisions?sort=at")
	require.NotEmpty(t, decisions)
	for _, d := range decisions {
		require.True(t, strings.HasPrefix(d.Action, "admin."), d.Action)
		require.Equal(t, w.Policy.Revision(), d.Revision)
	}
	into[api.DecisionView](t, w.ask(t, "alan", "GET", "/v1/decisions/"+decisions[0].ID.String(), nil), http.StatusOK)
	of := all[api.PolicyDecision](t, w, "quinn", "/v1/decisions?record="+record.ID.String())
	problem(t, w.ask(t, "alan", "GET", "/v1/decisions/"+of[0].ID.String(), nil), http.StatusNotFound, models.CodeNotFound)

	w.seal(t)
	proof := into[api.Proof](t, w.ask(t, "alan", "GET", "/v1/audit/proof?event="+events[0].ID.String(), nil), http.StatusOK)
	require.NoError(t, ledger.CheckInclusion(hashesOf(t, proof.Path), proof.Size, hashOf(t, proof.Head.Root), *proof.Index, hashOf(t, proof.LeafHash)))
	for _, e := range whole {
		if e.Record != nil {
			problem(t, w.ask(t, "alan", "GET", "/v1/audit/proof?event="+e.ID.String(), nil), http.StatusNotFound, models.CodeNotFound)
		}
	}

	// Who manages one site reads the trail of its records, and who administers as well reads both.
	w.grant(t, "max", "admin", models.AllSites)
	both := all[api.AuditEvent](t, w, "max", "/v1/audit/events?sort=at")
	require.Greater(t, len(both), about-1)
}
