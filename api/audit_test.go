// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	"github.com/countersign/countersign/policies"
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
}

// Who administers and manages one site reads what each of the two reads, and nothing else: the events of administration, and those
// of the records of his site.
func TestAnAdministratorWithAnotherRoleReadsBothTrails(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fileRequest(t)
	w.grant(t, "rita", "reporter", modeltest.Brooklyn)
	w.grant(t, "quentin", "qa_approver", modeltest.Brooklyn)
	elsewhere := into[api.Record](t, w.ask(t, "rita", "POST", "/v1/requests", map[string]any{"site": modeltest.Brooklyn, "data": map[string]any{}}), http.StatusCreated)
	require.Equal(t, http.StatusOK, w.ask(t, "quinn", "GET", "/v1/records/export", nil).StatusCode)
	read := func(who string) (with, without []uuid.UUID) {
		for _, e := range all[api.AuditEvent](t, w, who, "/v1/audit/events?sort=at") {
			if e.Record == nil {
				without = append(without, e.ID)
			} else {
				with = append(with, e.ID)
			}
		}
		return with, without
	}
	managed, none := read("max")
	require.Empty(t, none, "what is of no record is for who reads all")
	none, administered := read("alan")
	require.Empty(t, none)
	w.grant(t, "max", "admin", models.AllSites)

	with, without := read("max")
	require.Equal(t, managed, with)
	_, now := read("alan")
	require.Equal(t, now, without)
	require.Len(t, without, len(administered)+1, "the grant")
	whole, outside := read("quinn")
	require.Greater(t, len(whole), len(with), "another site")
	require.Greater(t, len(outside), len(without), "exports tell of records")
	require.Empty(t, all[api.AuditEvent](t, w, "max", "/v1/audit/events?sort=at&record="+elsewhere.ID.String()))
	require.Equal(t, http.StatusOK, w.ask(t, "max", "GET", "/v1/audit/events", nil).StatusCode)
}

// silent gives no answer to one question.
type silent struct {
	api.Policy
	action string
}

func (s silent) Decide(ctx context.Context, ask models.Ask) (models.Verdict, error) {
	if ask.Action == s.action {
		return models.Verdict{Rule: policies.RuleUnavailable}, errors.New("no answer")
	}
	return s.Policy.Decide(ctx, ask)
}

// slow fails when who asks has gone.
type slow struct {
	api.Policy
	asked chan struct{}
	fail  func(ctx context.Context) error
}

func (s slow) Decide(ctx context.Context, _ models.Ask) (models.Verdict, error) {
	s.asked <- struct{}{}
	<-ctx.Done()
	return models.Verdict{}, s.fail(ctx)
}

// A request that fails counts as a failure although its sender did not wait for it, unless that is why it failed.
func TestAnOutageIsCountedWhoeverLeft(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.token(t, "quinn")
	for status, fail := range map[string]func(context.Context) error{
		"499": func(ctx context.Context) error { return fmt.Errorf("ask: %w", ctx.Err()) },
		"503": func(context.Context) error { return fmt.Errorf("ask: %w", context.DeadlineExceeded) },
	} {
		asked := make(chan struct{})
		w.API.Policy = slow{w.API.Policy, asked, fail}
		leaving, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(leaving, "GET", w.Server.URL+"/v1/audit/events", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+token)
		go func() {
			<-asked
			leave()
		}()
		res, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			_ = res.Body.Close()
		}
		require.ErrorIs(t, err, context.Canceled)
		require.Eventually(t, func() bool {
			metrics := string(w.do(t, call{method: "GET", path: "/metrics"}).raw)
			return strings.Contains(metrics, `countersign_http_requests_total{method="GET",route="/v1/audit/events",status="`+status+`"} 1`)
		}, 10*time.Second, 10*time.Millisecond, status)
	}
}

// Where policy gives no answer the trail is not a shorter one: there is none.
func TestATrailIsNotNarrowedBySilence(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fileRequest(t)
	w.grant(t, "max", "admin", models.AllSites)
	answers := w.API.Policy
	for _, action := range []string{"audit.read", "administration.read"} {
		w.API.Policy = silent{answers, action}
		for _, who := range []string{"max", "alan", "quinn"} {
			problem(t, w.ask(t, who, "GET", "/v1/audit/events", nil), http.StatusInternalServerError, models.CodeInternal)
		}
		require.Contains(t, w.log.String(), "no answer")
	}
	w.API.Policy = answers
	require.Equal(t, http.StatusOK, w.ask(t, "alan", "GET", "/v1/audit/events", nil).StatusCode)
}

// A logged decision holds the digest of what decided it, and the text under that digest is served whatever the policies say by now.
func TestADecisionLeadsToThePoliciesThatMadeIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	source := w.Policy.Source()
	made := all[api.PolicyDecision](t, w, "quinn", "/v1/decisions?record="+record.ID.String())[0]
	view := into[api.DecisionView](t, w.ask(t, "quinn", "GET", "/v1/decisions/"+made.ID.String(), nil), http.StatusOK)
	require.Equal(t, source.Digest, view.Policies)
	path := "/v1/policies/" + view.Policies
	problem(t, w.ask(t, "quinn", "GET", path, nil), http.StatusNotFound, models.CodeNotFound)

	first := time.Now().UTC().Truncate(time.Microsecond)
	require.NoError(t, w.DB.KeepPolicies(t.Context(), source, first))
	require.NoError(t, w.DB.KeepPolicies(t.Context(), source, first.Add(time.Hour)), "every server keeps them at its start")
	text := into[api.PolicyText](t, w.ask(t, "quinn", "GET", path, nil), http.StatusOK)
	require.True(t, first.Equal(text.FirstSeen))
	require.Equal(t, made.Revision, text.Revision)
	served, lines := map[string]string{}, sha256.New()
	for _, f := range text.Files {
		served[f.Name] = f.Text
		fmt.Fprintf(lines, "%x  %s\n", sha256.Sum256([]byte(f.Text)), f.Name)
	}
	require.Equal(t, source.Files, served)
	require.Contains(t, served["types/request/matrix.json"], "reporter")
	require.Equal(t, view.Policies, hex.EncodeToString(lines.Sum(nil)))
	refusedBy(t, w.ask(t, "rita", "GET", path, nil), "authority")
	problem(t, w.ask(t, "quinn", "GET", "/v1/policies/7", nil), http.StatusUnprocessableEntity, models.CodeInvalid)

	forged := maps.Clone(source.Files)
	forged["rego/authz.rego"] += "\n"
	source.Files = forged
	source.Digest = strings.Repeat("ab", 32)
	require.ErrorContains(t, w.DB.KeepPolicies(t.Context(), source, first), "policy_revisions", "no content under the digest of another")
	admin := w.DB.Admin(t)
	for _, sql := range []string{"UPDATE policy_revisions SET first_seen = now()", "DELETE FROM policy_revisions", "TRUNCATE policy_revisions"} {
		_, err := admin.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "never changed or removed", sql)
	}
}
