// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres/queries"
)

func jsonOf(v any) io.Reader { return bytes.NewReader(models.MustJSON(v)) }

// all reads a list to its end, in pages of two.
func all[T any](t *testing.T, w *world, who, path string) []T {
	t.Helper()
	var out []T
	next := ""
	for range 100 {
		page := into[items[T]](t, w.do(t, call{who: who, method: "GET", path: path + "&limit=2" + next}), http.StatusOK)
		require.LessOrEqual(t, len(page.Items), 2)
		out = append(out, page.Items...)
		if page.Next == "" {
			return out
		}
		require.Len(t, page.Items, 2)
		next = "&cursor=" + url.QueryEscape(page.Next)
	}
	t.Fatal("the list has no end")
	return nil
}

func TestRecordListsAreWholeInEveryOrder(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 7 {
		site, who := modeltest.Berlin, "rita"
		if i%3 == 2 {
			site, who = modeltest.Brooklyn, "olga"
		}
		w.fileDeviation(t, who, site, fmt.Sprintf("Number %d of seven", i))
	}
	w.fileRequest(t)
	for _, sort := range []string{"due", "-due", "created", "-created"} {
		list := all[api.RecordItem](t, w, "quinn", "/v1/records?sort="+sort)
		require.Len(t, list, 8)
		require.True(t, slices.IsSortedFunc(list, func(a, b api.RecordItem) int {
			x, y := a.DueAt, b.DueAt
			if sort == "created" || sort == "-created" {
				x, y = a.CreatedAt, b.CreatedAt
			}
			if sort[0] == '-' {
				x, y = y, x
			}
			return x.Compare(y)
		}), sort)
	}
	for query, n := range map[string]int{
		"type=deviation": 7, "type=request": 1, "state=triage": 7, "state=closed": 0, "open=true": 8, "open=false": 0, "site=" + modeltest.Brooklyn: 2,
		"owner=" + w.People["olga"].String(): 2, "due_before=2000-01-01T00:00:00Z": 0, "due_before=2100-01-01T00:00:00Z": 8, "q=number+3": 1, "q=SEVEN": 7, "q=sev+NUM": 7, "q=even": 0, "class=major": 0,
		"q=" + fmt.Sprintf("dev-%d-0002", time.Now().UTC().Year()): 1, "q=DEV-1999-0001": 0, "q=%25": 0, "q=%27": 0, "state=%27%3B+DROP+TABLE+records": 0,
	} {
		require.Len(t, all[api.RecordItem](t, w, "quinn", "/v1/records?"+query), n, query)
	}
	require.Len(t, all[api.RecordItem](t, w, "hana", "/v1/deviations?sort=due"), 5, "of her own site")
	require.Len(t, all[api.RecordItem](t, w, "rita", "/v1/records?sort=due"), 6, "her own")
	require.Empty(t, all[api.RecordItem](t, w, "ada", "/v1/records?sort=due"))
	require.Empty(t, all[api.RecordItem](t, w, "olga", fmt.Sprintf("/v1/records?q=DEV-%d-0001", time.Now().UTC().Year())), "a number opens no door")

	first := into[items[api.RecordItem]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records?limit=2"}), http.StatusOK)
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records?sort=created&cursor=" + first.Next}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?cursor=" + first.Next}), http.StatusUnprocessableEntity, models.CodeInvalid)
}

// TestTheGroupBoxIsTheSetOfSingleDecisions holds each person's list against what policy says of each task.
func TestTheGroupBoxIsTheSetOfSingleDecisions(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 3 {
		w.fileDeviation(t, "rita", modeltest.Berlin, fmt.Sprintf("Berlin %d", i))
		w.fileDeviation(t, "olga", modeltest.Brooklyn, fmt.Sprintf("Brooklyn %d", i))
		w.fileRequest(t)
	}
	claimed := w.fileRequest(t)
	into[api.Receipt](t, w.do(t, call{who: "qadir", method: "POST", path: "/v1/tasks/" + claimed.Tasks[0].ID.String() + "/claim"}), http.StatusOK)
	tasks := w.openTasks(t)
	require.Len(t, tasks, 10)
	for who := range w.People {
		var may []uuid.UUID
		for _, task := range tasks {
			if w.mayClaim(t, who, task) {
				may = append(may, task.TaskID)
			}
		}
		for _, sort := range []string{"due", "-due", "opened", "-opened"} {
			var listed []uuid.UUID
			for _, item := range all[api.TaskItem](t, w, who, "/v1/tasks?box=group&sort="+sort) {
				listed = append(listed, item.ID)
			}
			require.ElementsMatch(t, may, listed, "%s by %s", who, sort)
		}
		counts := into[struct {
			Counts map[string]int `json:"counts"`
		}](t, w.do(t, call{who: who, method: "GET", path: "/v1/tasks/counts"}), http.StatusOK)
		require.Equal(t, len(may), counts.Counts["group"], who)
	}
}

// openTask is what policy has to know of an open task.
type openTask struct {
	TaskID uuid.UUID
	Task   models.Task
	Record models.Record
}

func (w *world) openTasks(t *testing.T) []openTask {
	t.Helper()
	var out []openTask
	err := w.DB.Read(t.Context(), w.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		rows, err := tx.Query(t.Context(), "SELECT to_jsonb(t), to_jsonb(r) FROM tasks t JOIN records r ON r.org_id = t.org_id AND r.id = t.record_id WHERE t.state = 'open'")
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (openTask, error) {
			var o openTask
			err := row.Scan(&o.Task, &o.Record)
			o.TaskID = o.Task.ID
			return o, err
		})
		return err
	})
	require.NoError(t, err)
	return out
}

func (w *world) mayClaim(t *testing.T, who string, o openTask) bool {
	t.Helper()
	c, err := w.DB.Credential(context.Background(), w.Org, w.People[who], "", uuid.Nil, time.Now())
	require.NoError(t, err)
	verdict, err := w.Policy.Decide(t.Context(), models.Ask{
		Action: "task.claim", At: time.Now(), Actor: *c.Person, Record: o.Record.Facts(), Task: o.Task.Facts(), Step: o.Task.Step, Round: o.Task.Round,
		Done: []models.Performed{}, Signing: o.Task.Meaning != "",
	})
	require.NoError(t, err)
	return verdict.Allow
}

func TestTheBoxes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := w.fileRequest(t)
	other := w.fileRequest(t)
	task := "/v1/tasks/" + record.Tasks[0].ID.String()
	boxes := func(who string) map[string]int {
		out := map[string]int{}
		for _, box := range []string{"mine", "group", "waiting", "done", "all"} {
			out[box] = len(all[api.TaskItem](t, w, who, "/v1/tasks?box="+box))
		}
		return out
	}
	require.Equal(t, map[string]int{"mine": 0, "group": 2, "waiting": 0, "done": 0, "all": 2}, boxes("quinn"))
	require.Equal(t, map[string]int{"mine": 0, "group": 0, "waiting": 2, "done": 0, "all": 2}, boxes("rita"))
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/claim"}), http.StatusOK)
	require.Equal(t, map[string]int{"mine": 1, "group": 1, "waiting": 0, "done": 0, "all": 2}, boxes("quinn"))
	require.Equal(t, map[string]int{"mine": 0, "group": 1, "waiting": 0, "done": 0, "all": 2}, boxes("quentin"))

	handed := into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: task + "/delegate", body: map[string]any{"to": w.People["qadir"], "reason": "On leave"}}), http.StatusOK)
	require.NotNil(t, handed.Event)
	item := all[api.TaskItem](t, w, "qadir", "/v1/tasks?box=mine")[0]
	require.Equal(t, "Quinn Quist", item.Owner.Name)
	require.Equal(t, "delegated", into[api.Task](t, w.do(t, call{who: "qadir", method: "GET", path: task}), http.StatusOK).Why[0].Rule)
	into[api.Receipt](t, w.do(t, call{who: "qadir", method: "POST", path: task + "/release"}), http.StatusOK)
	require.Equal(t, 1, boxes("quinn")["mine"])
	into[api.Receipt](t, w.do(t, call{who: "max", method: "POST", path: task + "/reassign", body: map[string]any{"to": w.People["quentin"], "reason": "Workload"}}), http.StatusOK)
	require.Equal(t, 1, boxes("quentin")["mine"])

	into[api.Receipt](t, w.do(t, call{who: "quentin", method: "POST", path: task + "/comments", body: map[string]string{"text": "Looking at it."}}), http.StatusCreated)
	require.Equal(t, "Looking at it.", into[api.Task](t, w.do(t, call{who: "quentin", method: "GET", path: task}), http.StatusOK).Comments[0].Text)

	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/tasks?box=mine&sort=completed"}), http.StatusUnprocessableEntity, models.CodeInvalid)
	problem(t, w.do(t, call{who: "olga", method: "GET", path: "/v1/tasks/" + other.Tasks[0].ID.String()}), http.StatusNotFound, models.CodeNotFound)
	require.Equal(t, "segregation", into[api.Task](t, w.do(t, call{who: "rita", method: "GET", path: task}), http.StatusOK).Why[0].Rule)
}

func TestServiceLevelsAndDirectory(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fileRequest(t)
	w.fileDeviation(t, "olga", modeltest.Brooklyn, "Over there")
	type levels struct {
		Total api.Levels       `json:"total"`
		Steps []api.StepLevels `json:"steps"`
	}
	read := func(who string) levels {
		return into[levels](t, w.do(t, call{who: who, method: "GET", path: "/v1/sla"}), http.StatusOK)
	}
	require.Len(t, read("quinn").Steps, 2)
	require.Len(t, read("max").Steps, 1, "of his own site")
	require.Equal(t, "Berlin", read("max").Steps[0].Site.Name)
	total := read("quinn").Total
	require.EqualValues(t, 2, total.OnTime+total.AtRisk+total.Breached)
	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/sla"}), http.StatusForbidden, models.CodeForbidden)

	people := into[items[api.PersonItem]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/people?q=Qui"}), http.StatusOK)
	require.Len(t, people.Items, 1)
	require.Len(t, into[items[api.Place]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/sites"}), http.StatusOK).Items, 2)
	types := into[items[api.TypeView]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/types"}), http.StatusOK).Items
	require.Len(t, types, 2)
	require.Equal(t, []string{"minor", "major", "critical"}, types[0].Classes)
	require.Equal(t, []string{}, types[1].Classes, "requests know none")
	require.Equal(t, "deviation.report", into[models.Form](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/forms/deviation.report"}), http.StatusOK).ID)
	problem(t, w.do(t, call{who: "rita", method: "GET", path: "/v1/forms/none"}), http.StatusNotFound, models.CodeNotFound)
}
