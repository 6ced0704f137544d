// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

// newGroup makes a group as ada, with a role everywhere, and returns its path.
func (w *world) newGroup(t *testing.T, name string, role models.Role) string {
	t.Helper()
	made := into[struct {
		ID uuid.UUID `json:"id"`
	}](t, w.ask(t, "ada", "POST", "/v1/groups", map[string]any{"name": name, "reason": "shift"}), http.StatusCreated)
	path := "/v1/groups/" + made.ID.String()
	if role != "" {
		into[api.Receipt](t, w.ask(t, "ada", "POST", path+"/grants", grantOf(role)), http.StatusCreated)
	}
	return path
}

func grantOf(role models.Role) map[string]any {
	return map[string]any{"role": role, "site": models.AllSites, "reason": "shift"}
}

func (w *world) joining(who string) map[string]any {
	return map[string]any{"user": w.People[who], "reason": "shift"}
}

func (w *world) holds(t *testing.T, who string, role models.Role) bool {
	t.Helper()
	me := into[api.Me](t, w.ask(t, who, "GET", "/v1/me", nil), http.StatusOK)
	return slices.ContainsFunc(me.Grants, func(g models.Grant) bool { return g.Role == role })
}

func TestAGroupGivesAndTakesItsRoles(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.newGroup(t, "Experts", models.RoleExpert)
	require.False(t, w.holds(t, "rita", models.RoleExpert))
	into[api.Receipt](t, w.ask(t, "ada", "POST", path+"/members", w.joining("rita")), http.StatusCreated)
	require.True(t, w.holds(t, "rita", models.RoleExpert))
	problem(t, w.ask(t, "ada", "POST", path+"/members", w.joining("rita")), http.StatusConflict, models.CodeMoved)
	into[api.Receipt](t, w.ask(t, "ada", "POST", path+"/grants", grantOf(models.RoleInvestigator)), http.StatusCreated)
	require.True(t, w.holds(t, "rita", models.RoleInvestigator))

	into[api.Receipt](t, w.ask(t, "alan", "POST", path+"/rename", map[string]any{"name": "Line experts", "reason": "clearer"}), http.StatusOK)
	group := into[api.GroupView](t, w.ask(t, "ivy", "GET", path, nil), http.StatusOK)
	require.Equal(t, "Line experts", group.Name)
	require.Len(t, group.Members, 1)
	require.Equal(t, "rita", group.Members[0].Username)
	require.Len(t, group.Grants, 2)
	held := into[api.UserView](t, w.ask(t, "ada", "GET", w.userPath("rita"), nil), http.StatusOK)
	require.Equal(t, []api.GroupRef{{ID: group.ID, Name: "Line experts"}}, held.Groups)
	require.Equal(t, "Line experts", held.Grants[1].Group.Name)
	require.Equal(t, []string{"rita"}, usernames(t, w, "role=expert"))

	into[api.Receipt](t, w.ask(t, "ada", "POST", path+"/grants/"+group.Grants[0].ID.String()+"/revoke", why), http.StatusOK)
	require.False(t, w.holds(t, "rita", models.RoleExpert))
	require.True(t, w.holds(t, "rita", models.RoleInvestigator))
	into[api.Receipt](t, w.ask(t, "ada", "POST", path+"/members/"+w.People["rita"].String()+"/remove", why), http.StatusOK)
	require.False(t, w.holds(t, "rita", models.RoleInvestigator))
	problem(t, w.ask(t, "ada", "POST", path+"/members/"+w.People["rita"].String()+"/remove", why), http.StatusNotFound, models.CodeNotFound)

	taken := problem(t, w.ask(t, "ada", "POST", "/v1/groups", map[string]any{"name": "Line experts", "reason": "x"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "taken", taken.Errors[0].Code)
	problem(t, w.ask(t, "ada", "POST", "/v1/groups", map[string]any{"name": " ", "reason": "x"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	event := w.audited(t, "admin.group_join")
	require.Len(t, event.Changes, 1)
	require.Equal(t, "shift", event.Reason)
	require.Len(t, into[items[api.GroupItem]](t, w.ask(t, "max", "GET", "/v1/groups", nil), http.StatusOK).Items, 1)
	refusedBy(t, w.ask(t, "rita", "GET", "/v1/groups", nil), "authority")
	refusedBy(t, w.ask(t, "quinn", "POST", path+"/members", w.joining("quinn")), "authority")
}

func usernames(t *testing.T, w *world, query string) []string {
	t.Helper()
	names := []string{}
	for _, u := range into[items[api.UserItem]](t, w.ask(t, "ivy", "GET", "/v1/users?"+query, nil), http.StatusOK).Items {
		names = append(names, u.Username)
	}
	return names
}

// Whatever nobody could be granted, nobody gets through a group (S6, and two persons).
func TestNobodyGetsThroughAGroupWhatHeCouldNotBeGranted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	quality := w.newGroup(t, "Quality", models.RoleQA)
	admins := w.newGroup(t, "Administrators", models.RoleAdmin)
	watchers := w.newGroup(t, "Watchers", models.RoleManager)

	// An administrator does not join a group himself, whatever it holds, nor give a role to one that he is in.
	refusedBy(t, w.ask(t, "ada", "POST", quality+"/members", w.joining("ada")), "two_persons")
	refusedBy(t, w.ask(t, "ada", "POST", watchers+"/members", w.joining("ada")), "two_persons")
	into[api.Receipt](t, w.ask(t, "alan", "POST", watchers+"/members", w.joining("ada")), http.StatusCreated)
	refusedBy(t, w.ask(t, "ada", "POST", watchers+"/grants", grantOf(models.RoleInspector)), "two_persons")
	into[api.Receipt](t, w.ask(t, "alan", "POST", watchers+"/grants", grantOf(models.RoleInspector)), http.StatusCreated)

	// Another does not get him GMP work either, nor does who does GMP work become an administrator.
	refusedBy(t, w.ask(t, "alan", "POST", quality+"/members", w.joining("ada")), "S6")
	refusedBy(t, w.ask(t, "alan", "POST", watchers+"/grants", grantOf(models.RoleQA)), "S6")
	refusedBy(t, w.ask(t, "alan", "POST", admins+"/members", w.joining("quinn")), "S6")
	into[api.Receipt](t, w.ask(t, "alan", "POST", quality+"/members", w.joining("max")), http.StatusCreated)
	refusedBy(t, w.ask(t, "alan", "POST", quality+"/grants", grantOf(models.RoleAdmin)), "S6")
	refusedBy(t, w.ask(t, "alan", "POST", w.userPath("max")+"/grants", grantOf(models.RoleAdmin)), "S6")

	// A service account takes nothing that is for persons.
	refusedBy(t, w.ask(t, "alan", "POST", watchers+"/members", w.joining("mes")), "service")

	// A group that a GMP person is in cannot become one of administrators.
	mixed := w.newGroup(t, "Mixed", "")
	into[api.Receipt](t, w.ask(t, "ada", "POST", mixed+"/members", w.joining("rita")), http.StatusCreated)
	into[api.Receipt](t, w.ask(t, "ada", "POST", mixed+"/members", w.joining("ivy")), http.StatusCreated)
	refusedBy(t, w.ask(t, "ada", "POST", mixed+"/grants", grantOf(models.RoleAdmin)), "S6")
	require.False(t, w.holds(t, "ivy", models.RoleAdmin), "one of them holds back all")
	require.NotEmpty(t, into[items[api.AuditEvent]](t, w.ask(t, "quinn", "GET", "/v1/audit/events?outcome=refused&action=admin.group_grant", nil), http.StatusOK).Items)
}
