// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres/queries"
	"github.com/countersign/countersign/workflows"
)

// skipped is a play whose time is the test's: days pass in milliseconds, and Commit reads the same clock as the process.
type skipped struct {
	*play
	env *testsuite.TestWorkflowEnvironment
}

func newSkipped(t *testing.T, start time.Time) *skipped {
	t.Helper()
	w := modeltest.NewWorld(t, nil)
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	s := &skipped{play: &play{World: w}, env: suite.NewTestWorkflowEnvironment()}
	s.env.SetStartTime(start)
	s.env.SetTestTimeout(time.Minute)
	w.Commit.Now = s.env.Now
	s.env.RegisterActivityWithOptions(w.Commit.Commit, activity.RegisterOptions{Name: workflows.CommitActivity})
	return s
}

// at sends a command to the process when the clock shows an instant.
func (s *skipped) at(t *testing.T, when time.Time, make func() models.Command) {
	t.Helper()
	s.env.RegisterDelayedCallback(func() {
		cmd := make()
		s.env.UpdateWorkflow(workflows.UpdateCommand, cmd.ID.String(), &testsuite.TestUpdateCallback{
			OnAccept: func() {},
			OnReject: func(err error) { require.NoError(t, err) },
			OnComplete: func(got any, err error) {
				require.NoError(t, err)
				require.Nil(t, got.(models.Receipt).Refused)
			},
		}, cmd)
	}, when.Sub(s.env.Now()))
}

// decide claims, signs where asked, and gives the verdict on the open task of a step.
func (s *skipped) decide(t *testing.T, who string, record uuid.UUID, step string) func() models.Command {
	t.Helper()
	return func() models.Command {
		task := s.waitFor(t, record, step)
		ctx := context.Background()
		_, err := s.Commit.Commit(ctx, s.command(who, "task.claim", record, task.ID, struct{}{}))
		require.NoError(t, err)
		verdict := verdictOf(t, task)
		cmd := s.command(who, "task.complete", record, task.ID, verdict)
		if task.Meaning != "" {
			var sheet models.IntentResult
			require.NoError(t, json.Unmarshal(models.MustJSON(s.sign(t, who, task, verdict).Result), &sheet))
			cmd.Signing = &models.Signing{Intent: sheet.Intent, Factors: []string{models.ComponentPassword}}
		}
		return cmd
	}
}

// rung is one audit event of a clock.
type rung struct {
	Step string
	Do   string
	At   string // Berlin, to the minute
}

func (s *skipped) rungs(t *testing.T, record uuid.UUID) []rung {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	var out []rung
	err = s.DB.InOrg(context.Background(), s.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(context.Background(), `SELECT leaf, at FROM audit_events WHERE org_id = $1 AND record_id = $2
			AND action LIKE 'clock.%' ORDER BY seq`, s.Org, record)
		if err != nil {
			return err
		}
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (int, error) {
			var leaf []byte
			var at time.Time
			if err := row.Scan(&leaf, &at); err != nil {
				return 0, err
			}
			e, err := ledger.ParseEvent(leaf)
			if err != nil {
				return 0, err
			}
			var fired struct{ Step, Rung string }
			if err := json.Unmarshal(e.Changes[0].New, &fired); err != nil {
				return 0, err
			}
			out = append(out, rung{fired.Step, fired.Rung, at.In(berlin).Format("Mon 2 Jan 15:04")})
			return 0, nil
		})
		return err
	})
	require.NoError(t, err)
	return out
}

// Six weeks over Easter 2027 and the change to summer time, with an extension in between: every rung fires once, at the
// instant that the site's calendar gives.
func TestLadderOverWeekendHolidayAndSummerTime(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	monday := time.Date(2027, 3, 22, 9, 0, 0, 0, berlin)
	s := newSkipped(t, monday)

	data := story(t, "report")
	for _, id := range []string{"aware_at", "discovered_at", "occurred_to", "occurred_from"} {
		data[id] = monday.UTC().Format(time.RFC3339)
	}
	record := models.NewID()
	filed, err := s.Commit.Commit(t.Context(), s.command("rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: data}))
	require.NoError(t, err)
	require.Nil(t, filed.Refused)
	s.at(t, monday.Add(time.Hour), s.decide(t, "otto", record, models.StepTriage))
	s.at(t, monday.Add(2*time.Hour), s.decide(t, "helga", record, models.StepReportability))
	s.at(t, monday.AddDate(0, 0, 20), func() models.Command {
		due := time.Date(2027, 4, 28, 9, 0, 0, 0, berlin)
		return s.command("otto", "record.extend", record, uuid.Nil, models.Extension{DueAt: due, Reason: "The supplier's report is late."})
	})
	s.at(t, monday.AddDate(0, 0, 20).Add(time.Hour), s.decide(t, "quinn", record, models.StepExtensionApproval))
	s.at(t, monday.AddDate(0, 0, 50), func() models.Command {
		return s.command("otto", "record.cancel", record, uuid.Nil, models.Why{Reason: "The end of the test."})
	})
	s.at(t, monday.AddDate(0, 0, 50).Add(time.Hour), s.decide(t, "quinn", record, models.StepCancellationApproval))

	s.env.ExecuteWorkflow(workflows.Run(workflows.Deviation), models.CaseInput{Org: s.Org, Type: "deviation", Record: record, State: filed.Case})
	require.True(t, s.env.IsWorkflowCompleted())
	require.NoError(t, s.env.GetWorkflowError())
	// Assessment: opened on Monday, five working days without Good Friday, the weekend and Easter Monday. Its warnings and
	// escalations count calendar days; summer time begins between the first warning and the second, and both are at five.
	// The record: thirty days from Monday were 21 April; the extension moved it before any of its warnings.
	require.Equal(t, []rung{
		{"assessment", "warn", "Sun 28 Mar 17:00"},
		{"assessment", "warn", "Tue 30 Mar 17:00"},
		{"assessment", "due", "Wed 31 Mar 17:00"},
		{"assessment", "notify_assignee", "Thu 1 Apr 17:00"},
		{"assessment", "notify_manager", "Sun 4 Apr 17:00"},
		{"assessment", "notify_role", "Wed 7 Apr 17:00"},
		{"", "warn", "Wed 21 Apr 09:00"},
		{"", "warn", "Sun 25 Apr 09:00"},
		{"", "warn", "Tue 27 Apr 09:00"},
		{"", "due", "Wed 28 Apr 09:00"},
		{"", "notify_assignee", "Thu 29 Apr 09:00"},
		{"", "notify_manager", "Sun 2 May 09:00"},
		{"", "notify_role", "Wed 5 May 09:00"},
	}, s.rungs(t, record))
}
