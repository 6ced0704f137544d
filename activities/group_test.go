// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// Two administrators who give one person a role at the same instant, one himself and one through a group, do not get around S6
// together: the person is locked either way, so one of them comes second and sees what the first one did.
func TestTwoAdministratorsAtOnceDoNotGetAroundS6(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	group := models.NewID()
	require.Nil(t, run(t, w, "ada", "admin.group_create", uuid.Nil, uuid.Nil, models.GroupChange{Group: group, Name: "Administrators", Reason: "x"}).Refused)
	require.Nil(t, run(t, w, "ada", "admin.group_grant", uuid.Nil, uuid.Nil, models.GroupChange{Group: group, Role: models.RoleAdmin, Site: models.AllSites, Reason: "x"}).Refused)
	for range 5 {
		var refused [2]*models.Error
		var wg sync.WaitGroup
		wg.Go(func() {
			refused[0] = run(t, w, "ada", "admin.group_join", uuid.Nil, uuid.Nil, models.GroupChange{Group: group, User: w.People["ivy"], Reason: "x"}).Refused
		})
		wg.Go(func() {
			refused[1] = run(t, w, "alan", "admin.grant", uuid.Nil, uuid.Nil, models.PersonRef{User: w.People["ivy"], Role: models.RoleQA, Site: models.AllSites, Reason: "x"}).Refused
		})
		wg.Wait()
		require.True(t, (refused[0] == nil) != (refused[1] == nil), "exactly one: %v, %v", refused[0], refused[1])
		if refused[0] == nil {
			require.Equal(t, "S6", refused[1].Reasons[0].Rule)
			require.Nil(t, run(t, w, "ada", "admin.group_leave", uuid.Nil, uuid.Nil, models.GroupChange{Group: group, User: w.People["ivy"], Reason: "x"}).Refused)
			continue
		}
		require.Equal(t, "S6", refused[0].Reasons[0].Rule)
		var grant uuid.UUID
		require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), "SELECT id FROM grants WHERE user_id = $1 AND role = $2 AND revoked_at IS NULL",
			w.People["ivy"], models.RoleQA).Scan(&grant))
		require.Nil(t, run(t, w, "alan", "admin.revoke", uuid.Nil, uuid.Nil, models.PersonRef{User: w.People["ivy"], Grant: grant, Reason: "x"}).Refused)
	}
}

// A session is ended by whom it belongs to, or by an administrator who names him: an id alone is not enough.
func TestNobodyEndsTheSessionOfAnother(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	id := models.NewID()
	start := models.SessionStart{
		ID: id, User: w.People["rita"], TokenHash: []byte("hash"), Kind: models.SessionBearer, IdleSeconds: 900, ExpiresAt: time.Now().Add(time.Hour),
	}
	require.Nil(t, run(t, w, "rita", models.CommandSessionStart, uuid.Nil, uuid.Nil, start).Refused)
	end := func(who, name string, body models.SessionEnd) *models.Error {
		return run(t, w, who, name, uuid.Nil, uuid.Nil, body).Refused
	}
	require.Equal(t, models.CodeNotFound, end("otto", models.CommandSessionEnd, models.SessionEnd{ID: id.String()}).Code)
	require.Equal(t, models.CodeNotFound, end("otto", "admin.session_revoke", models.SessionEnd{ID: id.String(), User: w.People["otto"]}).Code)
	require.Equal(t, models.CodeForbidden, end("otto", "admin.session_revoke", models.SessionEnd{ID: id.String(), User: w.People["rita"]}).Code)
	require.Nil(t, end("rita", models.CommandSessionEnd, models.SessionEnd{ID: id.String()}))
	require.Equal(t, models.CodeMoved, end("ada", "admin.session_revoke", models.SessionEnd{ID: id.String(), User: w.People["rita"]}).Code)
}
