// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/policies"
)

// looked is a request that somebody looks at before it is approved.
var looked = models.RecordType{
	Name: "request", Title: "Request", Prefix: "REQ", First: "look",
	Steps: []models.Step{
		{Name: "look", Title: "Look at it", Kind: models.KindTask, State: "look", Next: []string{"approval"}},
		{Name: "approval", Title: "Approval", Kind: models.KindApproval, State: "approval"},
	},
	States: models.StateTable{"": {"look"}, "look": {"approval"}, "approval": {"closed"}},
	Derive: models.DeriveTitle,
}

func newLookedWorld(t *testing.T) *modeltest.World {
	t.Helper()
	matrix := bytes.Replace(modeltest.RequestMatrix, []byte(`"steps": {`), []byte(`"steps": {"look": {"*": {
		"kind": "task", "title": "Look at it", "candidates": [{"role": "area_owner", "site": "record"}],
		"due": {"from": "opened", "after": "3wd"}, "outcomes": [{"name": "done"}]
	}}, `), 1)
	return modeltest.NewWorld(t, []policies.Option{policies.WithType("request", matrix, nil)}, looked)
}

// bySystem makes a command the process's own.
func bySystem(c *models.Command) { c.ID, c.Actor = uuid.Nil, uuid.Nil }

func grantRole(t *testing.T, w *modeltest.World, who string, role models.Role, site string) {
	t.Helper()
	give := models.PersonRef{User: w.People[who], Role: role, Site: site, Reason: "Covers the other site."}
	require.Nil(t, run(t, w, "ada", "admin.grant", uuid.Nil, uuid.Nil, give).Refused)
}

func revokeAll(t *testing.T, w *modeltest.World, who string) {
	t.Helper()
	rows, err := w.DB.Admin(t).Query(t.Context(), "SELECT id FROM grants WHERE user_id = $1 AND revoked_at IS NULL", w.People[who])
	require.NoError(t, err)
	var ids []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	for _, id := range ids {
		require.Nil(t, run(t, w, "ada", "admin.revoke", uuid.Nil, uuid.Nil, models.PersonRef{User: w.People[who], Grant: id, Reason: "Left the site."}).Refused)
	}
}

func TestAnApprovalNeedsTwoToChooseFrom(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	grantRole(t, w, "rita", models.RoleReporter, modeltest.Brooklyn)
	create := func() (uuid.UUID, models.Receipt) {
		record := models.NewID()
		return record, run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Brooklyn, Data: map[string]any{}})
	}
	record, made := create()
	require.NotNil(t, made.Refused, "only Quinn approves in Brooklyn")
	require.Equal(t, models.CodeMoved, made.Refused.Code)
	require.Equal(t, "pool", made.Refused.Reasons[0].Rule)
	require.Contains(t, made.Refused.Reasons[0].Text, "qa_approver at Brooklyn")
	require.Contains(t, made.Refused.Reasons[0].Text, "there are 1")
	var rows, refusals int
	require.NoError(t, w.DB.Admin(t).QueryRow(t.Context(), `SELECT (SELECT count(*) FROM records WHERE id = $1),
		(SELECT count(*) FROM audit_events WHERE action = 'record.create' AND outcome = 'refused')`, record).Scan(&rows, &refusals))
	require.Zero(t, rows)
	require.Equal(t, 1, refusals, "the attempt is in the trail")

	grantRole(t, w, "quentin", models.RoleQA, modeltest.Brooklyn)
	_, made = create()
	require.Nil(t, made.Refused, "two are enough")

	lock := func(who string, how string) {
		_, err := w.DB.Admin(t).Exec(t.Context(), "UPDATE users SET "+how+" WHERE id = $1", w.People[who])
		require.NoError(t, err)
	}
	lock("quentin", "locked_at = now()")
	_, made = create()
	require.NotNil(t, made.Refused, "who is locked out does not count")
	lock("quentin", "locked_at = NULL")
	lock("quinn", "active = false")
	_, made = create()
	require.NotNil(t, made.Refused, "nor who has left")
}

func TestSegregationCountsForThePool(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	revokeAll(t, w, "qadir")
	grantRole(t, w, "quentin", models.RoleReporter, modeltest.Berlin)
	record := models.NewID()
	body := models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}}
	made := run(t, w, "quentin", "record.create", record, uuid.Nil, body)
	require.NotNil(t, made.Refused, "Quentin does not approve his own, which leaves Quinn")
	require.Equal(t, "pool", made.Refused.Reasons[0].Rule)
	require.Nil(t, run(t, w, "rita", "record.create", models.NewID(), uuid.Nil, body).Refused)
}

func TestARoleHeldThroughAGroupCounts(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	grantRole(t, w, "rita", models.RoleReporter, modeltest.Brooklyn)
	group := models.NewID()
	for _, sql := range []string{
		"INSERT INTO groups (org_id, id, name, created_at) VALUES ($1, $2, 'Brooklyn QA', now())",
		"INSERT INTO group_members (org_id, group_id, user_id) SELECT $1, $2, id FROM users WHERE username IN ('qadir', 'quinn')",
		"INSERT INTO grants (org_id, id, group_id, role, site, granted_at, granted_by) VALUES ($1, gen_random_uuid(), $2, 'qa_approver', '" + modeltest.Brooklyn + "', now(), $2)",
	} {
		_, err := w.DB.Admin(t).Exec(t.Context(), sql, w.Org, group)
		require.NoError(t, err, sql)
	}
	made := run(t, w, "rita", "record.create", models.NewID(), uuid.Nil, models.NewRecord{Site: modeltest.Brooklyn, Data: map[string]any{}})
	require.Nil(t, made.Refused, "Quinn, once, and Qadir")
}

// What is under way is not stopped, but it is never silent either.
func TestAStepThatNobodyMayDoOpensAndIsTold(t *testing.T) {
	t.Parallel()
	w := newLookedWorld(t)
	record := models.NewID()
	require.Nil(t, run(t, w, "rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{}}).Refused)
	for _, who := range []string{"quinn", "quentin", "qadir"} {
		revokeAll(t, w, who)
	}
	opened := run(t, w, "", models.CommandOpenStep, record, uuid.Nil, models.OpenStep{Step: "approval"}, bySystem)
	require.Nil(t, opened.Refused)
	require.Equal(t, "approval", opened.State)

	conn := w.DB.Admin(t)
	var keys []string
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT array_agg(user_key ORDER BY user_key) FROM notifications WHERE record_id = $1 AND kind = 'nobody_eligible'", record).Scan(&keys))
	require.Contains(t, keys, models.RoleKey(models.RoleQualityHead, modeltest.Berlin))
	require.Contains(t, keys, models.RoleKey(models.RoleManager, modeltest.Berlin))
	require.Contains(t, keys, models.RoleKey(models.RoleAdmin, models.AllSites))
	var leaf []byte
	require.NoError(t, conn.QueryRow(t.Context(), "SELECT leaf FROM audit_events WHERE record_id = $1 ORDER BY seq DESC LIMIT 1", record).Scan(&leaf))
	event, err := ledger.ParseEvent(leaf)
	require.NoError(t, err)
	noted := false
	for _, c := range event.Changes {
		if c.Field == "pool.approval" {
			require.JSONEq(t, `{"eligible": 0, "needed": 2, "round": 1}`, string(c.New))
			noted = true
		}
	}
	require.True(t, noted, "%s", leaf)

	none, last, err := w.DB.UnmannedTasks(t.Context(), w.Org, models.TaskPlace{}, 100)
	require.NoError(t, err)
	require.Zero(t, last, "that was the last page")
	require.Len(t, none, 1, "the approval; the look has its people")
	require.Equal(t, record, none[0].Record)
	require.Equal(t, "approval", none[0].Step)

	_, last, err = w.DB.UnmannedTasks(t.Context(), w.Org, models.TaskPlace{}, 1)
	require.NoError(t, err)
	require.NotZero(t, last, "there may be more")
	rest, _, err := w.DB.UnmannedTasks(t.Context(), w.Org, last, 100)
	require.NoError(t, err)
	first, _, err := w.DB.UnmannedTasks(t.Context(), w.Org, models.TaskPlace{}, 1)
	require.NoError(t, err)
	require.Equal(t, none, append(first, rest...), "page by page it is the same")

	grantRole(t, w, "quinn", models.RoleQA, modeltest.Berlin)
	none, _, err = w.DB.UnmannedTasks(t.Context(), w.Org, models.TaskPlace{}, 100)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestATaskOfSomebodyWhoLeftWaitsForNobody(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	record, tasks := file(t, w, "rita")
	require.Nil(t, run(t, w, "qadir", "task.claim", record, tasks[0], nil).Refused)
	_, err := w.DB.Admin(t).Exec(t.Context(), "UPDATE users SET active = false WHERE id = $1", w.People["qadir"])
	require.NoError(t, err)
	none, _, err := w.DB.UnmannedTasks(t.Context(), w.Org, models.TaskPlace{}, 100)
	require.NoError(t, err)
	require.Len(t, none, 1, "others hold the role, but the task is his")
	require.Equal(t, tasks[0], none[0].Task)
}

func asDeviation(c *models.Command) { c.Type = models.Deviation.Name }
