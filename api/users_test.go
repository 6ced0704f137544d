// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

var why = map[string]any{"reason": "asked by the line"}

// ask sends a request of somebody's.
func (w *world) ask(t *testing.T, who, method, path string, body any) reply {
	t.Helper()
	return w.do(t, call{who: who, method: method, path: path, body: body})
}

// refusedBy reads a refusal and requires one rule among its reasons.
func refusedBy(t *testing.T, r reply, rule string) {
	t.Helper()
	p := problem(t, r, http.StatusForbidden, models.CodeForbidden)
	rules := []string{}
	for _, reason := range p.Reasons {
		rules = append(rules, reason.Rule)
	}
	require.Contains(t, rules, rule, "%s", r.raw)
}

// audited is the newest event of an action that was done, and requires that there is one.
func (w *world) audited(t *testing.T, action string) api.AuditEvent {
	t.Helper()
	events := into[items[api.AuditEvent]](t, w.ask(t, "quinn", "GET", "/v1/audit/events?outcome=done&action="+action, nil), http.StatusOK)
	require.NotEmpty(t, events.Items, action)
	return events.Items[0]
}

func (w *world) userPath(who string) string { return "/v1/users/" + w.People[who].String() }

// enter logs somebody in with a password of his own and keeps the token under his name.
func (w *world) enter(t *testing.T, who, password string) {
	t.Helper()
	r := w.login(t, map[string]string{"username": who, "password": password, "kind": "bearer"})
	w.tokens[who] = into[api.SessionStarted](t, r, http.StatusCreated).Token
}

func TestAPersonIsTakenOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	nora := map[string]any{"kind": "person", "username": "nora", "name": "Nora New", "email": "nora@example.com", "reason": "hired"}
	refusedBy(t, w.ask(t, "quinn", "POST", "/v1/users", nora), "authority")
	create := call{who: "ada", method: "POST", path: "/v1/users", body: nora, key: "nora-1"}
	created := into[api.Issued](t, w.do(t, create), http.StatusCreated)
	require.NotEmpty(t, created.OneTime)
	w.People["nora"] = created.ID
	again := into[api.Issued](t, w.do(t, create), http.StatusCreated)
	require.Equal(t, created.ID, again.ID)
	require.Empty(t, again.OneTime, "a secret is shown once")
	taken := problem(t, w.ask(t, "alan", "POST", "/v1/users", nora), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "username", taken.Errors[0].Path)
	require.NotContains(t, string(w.ask(t, "quinn", "GET", "/v1/audit/events?action=admin.user_create", nil).raw), created.OneTime)

	w.enter(t, "nora", created.OneTime)
	refusedBy(t, w.ask(t, "nora", "GET", "/v1/records", nil), models.RuleMustChange)
	into[api.Receipt](t, w.ask(t, "nora", "POST", "/v1/me/password", map[string]any{"current_password": created.OneTime, "new_password": "a better one 77 xyz"}), http.StatusOK)

	refusedBy(t, w.ask(t, "quinn", "POST", w.userPath("nora")+"/grants", map[string]any{"role": "qa_approver", "site": "*", "reason": "x"}), "authority")
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("nora")+"/grants", map[string]any{"role": "qa_approver", "site": modeltest.Berlin, "reason": "trained"}), http.StatusCreated)
	refusedBy(t, w.ask(t, "ada", "POST", w.userPath("nora")+"/grants", map[string]any{"role": "admin", "site": "*", "reason": "x"}), "S6")
	nowhere := problem(t, w.ask(t, "ada", "POST", w.userPath("nora")+"/grants", map[string]any{"role": "expert", "site": "nowhere", "reason": "x"}),
		http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "site", nowhere.Errors[0].Path)

	view := into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("nora"), nil), http.StatusOK)
	require.Equal(t, "active", view.State)
	require.Equal(t, "Ada Admin", view.CreatedBy.Name)
	require.NotNil(t, view.SignedInAt)
	require.Len(t, view.Grants, 1)
	require.Equal(t, "Ada Admin", view.Grants[0].GrantedBy.Name)
	require.False(t, view.Signing.Ready)
	blocked := []string{}
	for _, r := range view.Signing.BlockedBy {
		blocked = append(blocked, r.Rule)
	}
	require.ElementsMatch(t, []string{"statement", "identity"}, blocked)

	into[api.Receipt](t, w.ask(t, "max", "POST", w.userPath("nora")+"/verify_identity", map[string]any{"method": "passport seen"}), http.StatusOK)
	view = into[api.UserView](t, w.ask(t, "nora", "GET", w.userPath("nora"), nil), http.StatusOK)
	require.Equal(t, "Max Mahler", view.Identity.By.Name)
	require.Equal(t, "passport seen", view.Identity.Method)
	refusedBy(t, w.ask(t, "rita", "GET", w.userPath("nora"), nil), "authority")

	revoke := "/grants/" + view.Grants[0].ID.String() + "/revoke"
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("nora")+revoke, map[string]any{"reason": "moved"}), http.StatusOK)
	problem(t, w.ask(t, "ada", "POST", w.userPath("nora")+revoke, why), http.StatusNotFound, models.CodeNotFound)
	view = into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("nora"), nil), http.StatusOK)
	require.NotNil(t, view.Grants[0].RevokedAt, "the register keeps what was held")
	require.Equal(t, "moved", w.audited(t, "admin.revoke").Reason)

	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("nora")+"/deactivate", why), http.StatusOK)
	problem(t, w.ask(t, "nora", "GET", "/v1/me", nil), http.StatusUnauthorized, models.CodeUnauthenticated)
}

func TestUsersAreFound(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for query, want := range map[string][]string{
		"q=quin":           {"quinn"},
		"role=admin":       {"ada", "alan"},
		"role=qa_approver": {"qadir", "quentin", "quinn"},
		"role=area_owner&site=" + modeltest.Brooklyn:  {"olga"},
		"role=qa_approver&site=" + modeltest.Brooklyn: {"quinn"},
		"kind=service":                     {"mes"},
		"state=deactivated":                {},
		"q=QUENTIN&state=active&limit=1":   {"quentin"},
		"q=%27%20OR%201%3D1&role=reporter": {},
	} {
		names := []string{}
		for _, u := range into[items[api.UserItem]](t, w.ask(t, "ivy", "GET", "/v1/users?"+query, nil), http.StatusOK).Items {
			names = append(names, u.Username)
		}
		require.Equal(t, want, names, query)
	}
	var paged []string
	path := "/v1/users?limit=4"
	for next := path; next != ""; {
		page := into[items[api.UserItem]](t, w.ask(t, "ada", "GET", next, nil), http.StatusOK)
		for _, u := range page.Items {
			paged = append(paged, u.Name)
		}
		next = ""
		if page.Next != "" {
			next = path + "&cursor=" + page.Next
		}
	}
	require.Len(t, paged, len(w.People))
	require.IsIncreasing(t, paged)
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/users", nil), "authority")
}

func TestALockedPersonIsUnlocked(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for range 5 {
		problem(t, w.login(t, map[string]string{"password": "not this one"}), http.StatusUnauthorized, models.CodeUnauthenticated)
	}
	problem(t, w.login(t, nil), http.StatusUnauthorized, models.CodeUnauthenticated)
	require.Len(t, into[items[api.UserItem]](t, w.ask(t, "ada", "GET", "/v1/users?state=locked", nil), http.StatusOK).Items, 1)
	refusedBy(t, w.ask(t, "max", "POST", w.userPath("rita")+"/unlock", why), "authority")
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("rita")+"/unlock", why), http.StatusOK)
	require.Equal(t, http.StatusCreated, w.login(t, nil).StatusCode)
	require.Equal(t, why["reason"], w.audited(t, "admin.unlock").Reason)
}

// Whoever resets a password could log in with it: the person is confirmed by somebody else (11.200(a)(3)).
func TestAResetTakesTwo(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.token(t, "quinn")
	refusedBy(t, w.ask(t, "ada", "POST", w.userPath("ada")+"/reset_password", why), "two_persons")
	reset := call{who: "ada", method: "POST", path: w.userPath("quinn") + "/reset_password", body: why, key: "reset-1"}
	given := into[api.Issued](t, w.do(t, reset), http.StatusOK)
	require.NotEmpty(t, given.OneTime)
	require.Empty(t, into[api.Issued](t, w.do(t, reset), http.StatusOK).OneTime)
	problem(t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusUnauthorized, models.CodeUnauthenticated)

	w.enter(t, "quinn", given.OneTime)
	next := "another good one 12 zzz"
	into[api.Receipt](t, w.ask(t, "quinn", "POST", "/v1/me/password", map[string]any{"current_password": given.OneTime, "new_password": next}), http.StatusOK)
	me := into[api.Me](t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusOK)
	require.False(t, me.Signing.Ready)
	require.Equal(t, "identity", me.Signing.BlockedBy[0].Rule)

	seen := map[string]any{"method": "passport seen"}
	refusedBy(t, w.ask(t, "ada", "POST", w.userPath("quinn")+"/verify_identity", seen), "two_persons")
	refusedBy(t, w.ask(t, "quinn", "POST", w.userPath("quinn")+"/verify_identity", seen), "authority")
	into[api.Receipt](t, w.ask(t, "alan", "POST", w.userPath("quinn")+"/verify_identity", seen), http.StatusOK)
	require.True(t, into[api.Me](t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusOK).Signing.Ready)
	require.Nil(t, into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("quinn"), nil), http.StatusOK).Reset)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	type list = items[api.SessionView]
	w.enter(t, "rita", modeltest.Password)
	old := w.tokens["rita"]
	w.enter(t, "rita", modeltest.Password)
	mine := into[list](t, w.ask(t, "rita", "GET", "/v1/me/sessions", nil), http.StatusOK)
	require.Len(t, mine.Items, 2)
	require.True(t, mine.Items[0].Current)
	require.False(t, mine.Items[1].Current)

	// What is somebody else's is not there.
	problem(t, w.ask(t, "otto", "POST", "/v1/me/sessions/"+mine.Items[1].ID.String()+"/end", nil), http.StatusNotFound, models.CodeNotFound)
	problem(t, w.ask(t, "ada", "POST", w.userPath("otto")+"/sessions/"+mine.Items[1].ID.String()+"/end", why), http.StatusNotFound, models.CodeNotFound)
	refusedBy(t, w.ask(t, "otto", "GET", w.userPath("rita")+"/sessions", nil), "authority")
	refusedBy(t, w.ask(t, "otto", "POST", w.userPath("rita")+"/sessions/"+mine.Items[1].ID.String()+"/end", why), "authority")

	with := func(token string) reply {
		return w.do(t, call{method: "GET", path: "/v1/me", header: map[string]string{"Authorization": "Bearer " + token}})
	}
	require.Equal(t, http.StatusOK, with(old).StatusCode)
	into[api.Receipt](t, w.ask(t, "rita", "POST", "/v1/me/sessions/"+mine.Items[1].ID.String()+"/end", nil), http.StatusOK)
	problem(t, with(old), http.StatusUnauthorized, models.CodeUnauthenticated)
	problem(t, w.ask(t, "rita", "POST", "/v1/me/sessions/"+mine.Items[1].ID.String()+"/end", nil), http.StatusConflict, models.CodeMoved)

	seen := into[list](t, w.ask(t, "ada", "GET", w.userPath("rita")+"/sessions", nil), http.StatusOK)
	require.Len(t, seen.Items, 1)
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("rita")+"/sessions/"+seen.Items[0].ID.String()+"/end", why), http.StatusOK)
	problem(t, w.ask(t, "rita", "GET", "/v1/me", nil), http.StatusUnauthorized, models.CodeUnauthenticated)

	// Who changes his password ends his other sessions, and keeps the one he does it in.
	w.newcomer(t)
	w.enter(t, "nora", modeltest.Password)
	other := w.tokens["nora"]
	w.enter(t, "nora", modeltest.Password)
	into[api.Receipt](t, w.ask(t, "nora", "POST", "/v1/me/password", map[string]any{"current_password": modeltest.Password, "new_password": "a better one 77 xyz"}), http.StatusOK)
	problem(t, with(other), http.StatusUnauthorized, models.CodeUnauthenticated)
	into[api.Me](t, w.ask(t, "nora", "GET", "/v1/me", nil), http.StatusOK)
}

func TestATokenIsEnrolledTestedAndTakenBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	type started struct {
		Secret string `json:"secret"`
		URL    string `json:"url"`
	}
	begin := func(key, password string) reply {
		return w.do(t, call{who: "quinn", method: "POST", path: "/v1/me/totp", key: key, body: map[string]any{"password": password}})
	}
	problem(t, begin("t0", "not this one"), http.StatusUnauthorized, models.CodeSigningRefused)
	first := into[started](t, begin("t1", modeltest.Password), http.StatusCreated)
	require.Contains(t, first.URL, "otpauth://totp/")
	require.Empty(t, into[started](t, begin("t1", modeltest.Password), http.StatusCreated).Secret, "a secret is shown once")
	second := into[started](t, begin("t2", modeltest.Password), http.StatusCreated)
	require.NotEqual(t, first.Secret, second.Secret)

	confirm := func(key, code string) reply {
		return w.do(t, call{who: "quinn", method: "POST", path: "/v1/me/totp/confirm", key: key, body: map[string]any{"code": code}})
	}
	code := func(secret string) string {
		code, err := totp.GenerateCode(secret, time.Now())
		require.NoError(t, err)
		return code
	}
	wrong := problem(t, confirm("c1", code(first.Secret)), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "code", wrong.Errors[0].Path)
	right := code(second.Secret)
	into[api.Receipt](t, confirm("c2", right), http.StatusOK)
	into[api.Receipt](t, confirm("c2", right), http.StatusOK)
	problem(t, confirm("c3", right), http.StatusConflict, models.CodeMoved)
	problem(t, begin("t3", modeltest.Password), http.StatusConflict, models.CodeMoved)
	missing := problem(t, w.login(t, map[string]string{"username": "quinn"}), http.StatusUnauthorized, models.CodeUnauthenticated)
	require.Equal(t, models.RuleTOTPMissing, missing.Reasons[0].Rule)
	require.True(t, into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("quinn"), nil), http.StatusOK).TOTP)

	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("quinn")+"/reset_totp", map[string]any{"reason": "telephone lost"}), http.StatusOK)
	problem(t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusUnauthorized, models.CodeUnauthenticated)
	w.enter(t, "quinn", modeltest.Password)
	me := into[api.Me](t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusOK)
	require.Len(t, me.Signing.BlockedBy, 2, "enrol again, and be confirmed by a second person")
	third := into[started](t, begin("t4", modeltest.Password), http.StatusCreated)
	into[api.Receipt](t, confirm("c4", code(third.Secret)), http.StatusOK)
	refusedBy(t, w.ask(t, "ada", "POST", w.userPath("quinn")+"/verify_identity", map[string]any{"method": "seen"}), "two_persons")
	into[api.Receipt](t, w.ask(t, "max", "POST", w.userPath("quinn")+"/verify_identity", map[string]any{"method": "seen"}), http.StatusOK)
	require.True(t, into[api.Me](t, w.ask(t, "quinn", "GET", "/v1/me", nil), http.StatusOK).Signing.Ready)
	require.NotContains(t, string(w.ask(t, "ivy", "GET", "/v1/audit/events?limit=200", nil).raw), second.Secret)
}

func TestAPasswordIsHashedAgainAtLogin(t *testing.T) {
	t.Parallel()
	w := setup(t)
	stored := func() models.Secrets {
		c, err := w.DB.Credential(t.Context(), w.Org, w.People["rita"], "", uuid.Nil, time.Now())
		require.NoError(t, err)
		return *c.Secrets
	}
	before := stored()
	require.Equal(t, http.StatusCreated, w.login(t, nil).StatusCode)
	require.Equal(t, before, stored(), "the parameters are today's")
	hasher, err := auth.NewHasher(auth.Params{Memory: 128, Time: 2, Threads: 1}, 2)
	require.NoError(t, err)
	w.API.Auth.Hasher = hasher
	require.Equal(t, http.StatusCreated, w.login(t, nil).StatusCode)
	after := stored()
	require.NotEqual(t, before.PasswordHash, after.PasswordHash)
	require.Equal(t, before.PasswordSet, after.PasswordSet, "it is the same password")
	require.Equal(t, http.StatusCreated, w.login(t, nil).StatusCode)
	require.Equal(t, after, stored())
	require.Empty(t, into[items[api.AuditEvent]](t, w.ask(t, "quinn", "GET", "/v1/audit/events?action=credential.rehash", nil), http.StatusOK).Items)
}

func TestAServiceAccountFilesAndDoesNotSign(t *testing.T) {
	t.Parallel()
	w := setup(t)
	robot := into[api.Issued](t, w.ask(t, "ada", "POST", "/v1/users", map[string]any{"kind": "service", "username": "lims", "name": "LIMS", "reason": "connected"}), http.StatusCreated)
	require.Empty(t, robot.OneTime, "it has no password")
	w.People["lims"] = robot.ID
	refusedBy(t, w.ask(t, "ada", "POST", w.userPath("lims")+"/grants", map[string]any{"role": "qa_approver", "site": "*", "reason": "x"}), "service")
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("lims")+"/grants", map[string]any{"role": "integration", "site": modeltest.Berlin, "reason": "line"}), http.StatusCreated)
	into[api.Receipt](t, w.ask(t, "ada", "POST", w.userPath("lims")+"/grants", map[string]any{"role": "integration", "site": modeltest.Brooklyn, "reason": "line"}), http.StatusCreated)

	expires := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	body := map[string]any{"account": robot.ID, "name": "line 3", "expires_at": expires}
	refusedBy(t, w.ask(t, "quinn", "POST", "/v1/api-keys", body), "authority")
	person := problem(t, w.ask(t, "ada", "POST", "/v1/api-keys", map[string]any{"account": w.People["quinn"], "name": "mine", "expires_at": expires}),
		http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "account", person.Errors[0].Path)
	create := call{who: "ada", method: "POST", path: "/v1/api-keys", body: body, key: "key-1"}
	made := into[api.Issued](t, w.do(t, create), http.StatusCreated)
	require.NotEmpty(t, made.Key)
	again := into[api.Issued](t, w.do(t, create), http.StatusCreated)
	require.Empty(t, again.Key, "a key is shown once")
	require.Equal(t, made.ID, again.ID)

	w.tokens["lims"] = made.Key
	into[api.Record](t, w.ask(t, "lims", "POST", "/v1/deviations", map[string]any{"site": modeltest.Berlin, "draft": true, "data": map[string]any{"title": "Blister line 8 degrees low for 14 minutes"}}), http.StatusCreated)
	record := w.fileRequest(t)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	for _, verb := range []string{"/claim", "/signing"} {
		refusedBy(t, w.ask(t, "lims", "POST", task+verb, bodyOf(route{"POST", "/v1/tasks/{id}" + verb})), "service")
	}
	problem(t, w.ask(t, "lims", "POST", "/v1/me/totp", map[string]any{"password": "x"}), http.StatusUnauthorized, models.CodeSigningRefused)

	keys := into[items[api.APIKey]](t, w.ask(t, "ivy", "GET", "/v1/api-keys", nil), http.StatusOK)
	require.Len(t, keys.Items, 1)
	require.Equal(t, "active", keys.Items[0].State)
	require.Equal(t, "LIMS", keys.Items[0].Account.Name)
	refusedBy(t, w.ask(t, "quinn", "GET", "/v1/api-keys", nil), "authority")
	refusedBy(t, w.ask(t, "quinn", "POST", "/v1/api-keys/"+made.ID.String()+"/revoke", why), "authority")
	into[api.Receipt](t, w.ask(t, "alan", "POST", "/v1/api-keys/"+made.ID.String()+"/revoke", why), http.StatusOK)
	problem(t, w.ask(t, "lims", "GET", "/v1/me", nil), http.StatusUnauthorized, models.CodeUnauthenticated)
	require.Equal(t, "revoked", into[items[api.APIKey]](t, w.ask(t, "ivy", "GET", "/v1/api-keys", nil), http.StatusOK).Items[0].State)
}

// What keeps a person from signing is read by himself and by others: it speaks to neither.
func TestWhatKeepsOneFromSigningSpeaksOfThePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	made := into[api.Issued](t, w.ask(t, "ada", "POST", "/v1/users", map[string]any{"kind": "person", "username": "nils", "name": "Nils Neu", "reason": "hired"}), http.StatusCreated)
	w.People["nils"] = made.ID
	into[api.Receipt](t, w.put(t, "ada", "/v1/settings", `"1"`, with(settingsSample, map[string]any{"totp_required": true})), http.StatusOK)
	into[api.Issued](t, w.ask(t, "ada", "POST", w.userPath("nils")+"/reset_password", why), http.StatusOK)
	view := into[api.UserView](t, w.ask(t, "max", "GET", w.userPath("nils"), nil), http.StatusOK)
	rules := []string{}
	for _, r := range view.Signing.BlockedBy {
		rules = append(rules, r.Rule)
		require.NotRegexp(t, `(?i)\byou(r|rs)?\b`, r.Text)
	}
	require.ElementsMatch(t, []string{"statement", "identity", "credential", models.RuleMustChange, models.RuleTOTPMissing}, rules)
}
