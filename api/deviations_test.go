// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

// report is a whole report of a deviation, made an hour after the site became aware.
func report(title string) map[string]any {
	at := func(before time.Duration) string { return time.Now().Add(-before).UTC().Format(time.RFC3339) }
	return map[string]any{
		"title": title, "expected": "Sealing at 190 °C ± 3 °C over the whole run.",
		"observed": "The recorder shows 182 °C for 14 minutes.", "category": "packaging", "internal_external": "internal",
		"occurred_from": at(3 * time.Hour), "occurred_to": at(150 * time.Minute), "discovered_at": at(2 * time.Hour), "aware_at": at(time.Hour),
		"department": "Packaging", "line": "Blister line 3", "requirement_document": "BR-AML-05", "requirement_version": "7",
		"batches": []any{map[string]any{
			"product": "Amlodipine 5 mg", "lot": "AM5-2603", "quantity": map[string]any{"value": 48000.5, "unit": "blisters"}, "status": "quarantined", "distributed": false,
		}},
		"immediate_actions": []any{map[string]any{"what": "Line stopped.", "who": "Jonas Weber", "when": at(time.Hour)}},
		"discovered_by":     "Jonas Weber", "people_involved": []any{},
	}
}

func triage() map[string]any {
	return map[string]any{
		"containment":  []any{map[string]any{"what": "Lot on hold, cage Q2 sealed.", "who": "Miriam Okafor", "when": time.Now().UTC().Format(time.RFC3339)}},
		"batches_held": true, "batches_held_details": "AM5-2603 whole, cage Q2, red label.", "distributed": false,
		"impact_product": "A weak seal lets moisture in.", "impact_patient": "None acute.", "impact_data": "None.", "high_risk": false,
	}
}

func (w *world) fileDeviation(t *testing.T, who, site, title string) api.Record {
	t.Helper()
	return into[api.Record](t, w.do(t, call{who: who, method: "POST", path: "/v1/deviations", body: map[string]any{"site": site, "data": report(title)}}), http.StatusCreated)
}

func TestADeviationIsFiledReadAndWorkedOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Blister line 3 too cold")
	require.Equal(t, "deviation", d.Type)
	require.True(t, strings.HasPrefix(d.Number, "DEV-"))
	require.Equal(t, "Blister line 3 too cold", d.Title)
	require.Equal(t, "triage", d.State)
	require.Equal(t, "Berlin", d.Site.Name)
	require.Equal(t, "Rita Reporter", d.Reporter.Name)

	for _, path := range []string{"/v1/deviations/", "/v1/records/"} {
		r := w.do(t, call{who: "ivy", method: "GET", path: path + d.ID.String()})
		require.Equal(t, d, into[api.Record](t, r, http.StatusOK))
		require.Equal(t, `"1"`, r.Header.Get("ETag"))
	}
	problem(t, w.do(t, call{who: "ivy", method: "GET", path: "/v1/requests/" + d.ID.String()}), http.StatusNotFound, models.CodeNotFound)

	path := "/v1/tasks/" + d.Tasks[0].ID.String()
	read := into[api.Task](t, w.do(t, call{who: "otto", method: "GET", path: path}), http.StatusOK)
	require.Equal(t, "deviation.triage", read.Form.ID)
	require.Equal(t, "candidate", read.Why[0].Rule)
	require.NotEmpty(t, read.Rule)
	require.Equal(t, "assessment", read.Outcomes[0].Next[0].Name)
	require.Nil(t, read.Signature)

	draft := call{who: "otto", method: "PUT", path: path + "/draft", body: map[string]any{"data": map[string]any{"impact_data": "Not yet known", "n": 1.50}}}
	problem(t, w.do(t, draft), http.StatusForbidden, models.CodeForbidden)
	into[api.Receipt](t, w.do(t, call{who: "otto", method: "POST", path: path + "/claim"}), http.StatusOK)
	into[api.Draft](t, w.do(t, draft), http.StatusOK)
	kept := w.do(t, call{who: "otto", method: "GET", path: path + "/draft"})
	require.Equal(t, "Not yet known", into[api.Draft](t, kept, http.StatusOK).Data["impact_data"])
	problem(t, w.do(t, call{who: "hana", method: "GET", path: path + "/draft"}), http.StatusNotFound, models.CodeNotFound)

	wrong := triage()
	delete(wrong, "impact_product")
	complete := call{who: "otto", method: "POST", path: path + "/complete", ifMatch: `"1"`, body: map[string]any{"outcome": "done", "data": wrong}}
	p := problem(t, w.do(t, complete), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "data.impact_product", p.Errors[0].Path)
	require.Equal(t, "/data/impact_product", p.Errors[0].Pointer)
	require.Contains(t, p.Detail, "Nothing was changed")

	complete.body = map[string]any{"outcome": "done", "data": triage(), "signature": map[string]any{"intent": models.NewID(), "password": modeltest.Password}}
	p = problem(t, w.do(t, complete), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "signature", p.Errors[0].Path)

	complete.body = map[string]any{"outcome": "done", "data": triage()}
	done := into[api.Receipt](t, w.do(t, complete), http.StatusOK)
	require.Equal(t, 2, done.Version)

	versions := into[items[api.Version]](t, w.do(t, call{who: "otto", method: "GET", path: "/v1/records/" + d.ID.String() + "/versions"}), http.StatusOK)
	require.Len(t, versions.Items, 2)
	require.Equal(t, "Otto Ostermann", versions.Items[1].By.Name)
	require.Equal(t, done.ContentHash, versions.Items[1].ContentHash)
	var fields []string
	for _, c := range versions.Items[1].Changes {
		require.Nil(t, c.Old)
		fields = append(fields, c.Field)
	}
	require.Contains(t, strings.Join(fields, " "), "data.triage")

	process := into[api.ProcessView](t, w.do(t, call{who: "otto", method: "GET", path: "/v1/records/" + d.ID.String() + "/process"}), http.StatusOK)
	standing := map[string]string{}
	for _, s := range process.Steps {
		standing[s.Name] = s.Standing
	}
	require.Equal(t, "done", standing["report"])
	require.Equal(t, "done", standing["triage"])
	require.Equal(t, "not_reached", standing["final_approval"])
	require.NotEmpty(t, process.Clock)
	require.NotNil(t, process.Clock[0].NextAt)

	workflow := into[api.WorkflowView](t, w.do(t, call{who: "otto", method: "GET", path: "/v1/workflows/" + d.ID.String()}), http.StatusOK)
	require.Equal(t, models.WorkflowID(w.Org, "deviation", d.ID), workflow.ID)
	require.Equal(t, "not_found", workflow.Engine.Status)
}

func TestWhatIsWrongWithAReportIsLocated(t *testing.T) { //nolint:tparallel // its parts share one world
	t.Parallel()
	w := setup(t)
	future := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for name, test := range map[string]struct {
		change map[string]any
		path   string
		code   string
	}{
		"missing title":        {map[string]any{"title": nil}, "data.title", "required"},
		"title is no text":     {map[string]any{"title": 7}, "data.title", "type"},
		"unknown field":        {map[string]any{"colour": "red"}, "data.colour", ""},
		"no such choice":       {map[string]any{"category": "weather"}, "data.category", ""},
		"column of a row":      {map[string]any{"batches": []any{map[string]any{"product": "A", "lot": 5, "status": "released", "distributed": false, "quantity": map[string]any{"value": 1, "unit": "kg"}}}}, "data.batches[0].lot", "type"},
		"negative quantity":    {map[string]any{"batches": []any{map[string]any{"product": "A", "lot": "5", "status": "released", "distributed": false, "quantity": map[string]any{"value": -1, "unit": "kg"}}}}, "data.batches[0].quantity.value", ""},
		"enormous number":      {map[string]any{"batches": []any{map[string]any{"product": "A", "lot": "5", "status": "released", "distributed": false, "quantity": map[string]any{"value": 1e300, "unit": "kg"}}}}, "data.batches[0].quantity.value", ""},
		"awareness to come":    {map[string]any{"aware_at": future}, "data.aware_at", "future"},
		"ends before it began": {map[string]any{"occurred_to": "2020-01-01T00:00:00Z"}, "data.occurred_to", "order"},
	} {
		t.Run(name, func(t *testing.T) {
			data := report("A title")
			maps.Copy(data, test.change)
			r := w.do(t, call{who: "rita", method: "POST", path: "/v1/deviations", body: map[string]any{"site": modeltest.Berlin, "data": data}})
			if name == "enormous number" && r.StatusCode == http.StatusCreated {
				return // a number that JSON can write is a number
			}
			p := problem(t, r, http.StatusUnprocessableEntity, models.CodeInvalid)
			require.Equal(t, test.path, p.Errors[0].Path, "%s", r.raw)
			require.Equal(t, "/"+strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(test.path), p.Errors[0].Pointer)
			if test.code != "" {
				require.Equal(t, test.code, p.Errors[0].Code)
			}
		})
	}
}

func TestTheSameRequestHappensOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	file := call{who: "rita", method: "POST", path: "/v1/deviations", key: "report-17", body: map[string]any{"site": modeltest.Berlin, "data": report("Only once")}}
	first := into[api.Record](t, w.do(t, file), http.StatusCreated)
	for range 10 {
		require.Equal(t, first.ID, into[api.Record](t, w.do(t, file), http.StatusCreated).ID)
	}
	list := into[items[api.RecordItem]](t, w.do(t, call{who: "rita", method: "GET", path: "/v1/deviations"}), http.StatusOK)
	require.Len(t, list.Items, 1)

	other := file
	other.body = map[string]any{"site": modeltest.Berlin, "data": report("Not twice")}
	problem(t, w.do(t, other), http.StatusUnprocessableEntity, models.CodeKeyReused)

	// Another person's same key is another request: refused here by that person's roles, and bound to them.
	other.who = "mes"
	require.NotEqual(t, first.ID, into[api.Record](t, w.do(t, other), http.StatusCreated).ID)
	other.who = "otto"
	r := w.do(t, other)
	require.NotEqual(t, http.StatusInternalServerError, r.StatusCode)
	if r.StatusCode == http.StatusCreated {
		require.NotEqual(t, first.ID, into[api.Record](t, r, http.StatusCreated).ID)
	}
}

func TestRecordCommands(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := w.fileDeviation(t, "rita", modeltest.Berlin, "First of two"), w.fileDeviation(t, "rita", modeltest.Berlin, "Second of two")
	path := "/v1/records/" + a.ID.String()

	into[api.Receipt](t, w.do(t, call{who: "rita", method: "POST", path: path + "/comments", body: map[string]string{"text": "Seen on the late shift."}}), http.StatusCreated)
	comments := into[items[api.Comment]](t, w.do(t, call{who: "quinn", method: "GET", path: path + "/comments"}), http.StatusOK)
	require.Equal(t, "Rita Reporter", comments.Items[0].Author.Name)
	problem(t, w.do(t, call{who: "ivy", method: "POST", path: path + "/comments", body: map[string]string{"text": "x"}}), http.StatusForbidden, models.CodeForbidden)

	into[api.Receipt](t, w.do(t, call{who: "rita", method: "POST", path: path + "/links", body: map[string]any{"to": b.ID, "kind": "causes"}}), http.StatusCreated)
	links := into[items[api.Link]](t, w.do(t, call{who: "quinn", method: "GET", path: path + "/links"}), http.StatusOK)
	require.Equal(t, "to", links.Items[0].Direction)
	require.Equal(t, b.Number, links.Items[0].Record.Number)
	back := into[items[api.Link]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/records/" + b.ID.String() + "/links"}), http.StatusOK)
	require.Equal(t, "from", back.Items[0].Direction)
	p := problem(t, w.do(t, call{who: "rita", method: "POST", path: path + "/links", body: map[string]any{"to": uuid.New(), "kind": "causes"}}), http.StatusUnprocessableEntity, models.CodeInvalid)
	require.Equal(t, "to", p.Errors[0].Path)

	correct := map[string]any{"changes": []any{map[string]any{"field": "report.line", "to": "Blister line 4", "reason": "Wrong line written down."}}}
	corrected := into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/correct", body: correct, ifMatch: `"1"`}), http.StatusOK)
	require.Equal(t, 2, corrected.Version)
	problem(t, w.do(t, call{who: "quinn", method: "POST", path: path + "/correct", body: correct, ifMatch: `"1"`}), http.StatusPreconditionFailed, models.CodeStale)
	versions := into[items[api.Version]](t, w.do(t, call{who: "quinn", method: "GET", path: path + "/versions"}), http.StatusOK)
	require.Equal(t, []api.FieldChange{{Field: "data.report.line", Old: "Blister line 3", New: "Blister line 4"}}, versions.Items[1].Changes)

	extend := map[string]any{"due_at": time.Now().AddDate(0, 6, 0).UTC().Format(time.RFC3339), "reason": "The laboratory needs longer."}
	into[api.Receipt](t, w.do(t, call{who: "otto", method: "POST", path: path + "/extend", body: extend, ifMatch: `"2"`}), http.StatusOK)
	side := into[items[api.TaskItem]](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks?box=group&step=extension_approval"}), http.StatusOK)
	require.Len(t, side.Items, 1)
	require.Equal(t, "Otto Ostermann", side.Items[0].Requester.Name)
	asked := into[api.Task](t, w.do(t, call{who: "quinn", method: "GET", path: "/v1/tasks/" + side.Items[0].ID.String()}), http.StatusOK)
	require.Equal(t, "The laboratory needs longer.", asked.Request.(map[string]any)["reason"])
	require.Equal(t, "extension_approval", asked.Signature.Meaning)

	for verb, who := range map[string]string{"hold": "quinn", "resume": "quinn", "cancel": "rita", "reclassify": "quinn"} {
		body := map[string]any{"reason": "because"}
		if verb == "reclassify" {
			body["class"] = "major"
		}
		r := w.do(t, call{who: who, method: "POST", path: path + "/" + verb, body: body, ifMatch: `"2"`})
		require.Less(t, r.StatusCode, 500, "%s: %s", verb, r.raw)
	}
	problem(t, w.do(t, call{who: "quinn", method: "POST", path: path + "/reopen", body: map[string]any{"reason": "because"}, ifMatch: `"2"`}), http.StatusForbidden, models.CodeForbidden)
}

func TestReadersSeeWhatTheirKeysOpen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.fileDeviation(t, "rita", modeltest.Berlin, "Seen by some")
	for who, sees := range map[string]bool{
		"rita": true, "otto": true, "hana": true, "quinn": true, "ivy": true, "max": true, "olga": false, "ada": false, "mes": false,
	} {
		r := w.do(t, call{who: who, method: "GET", path: "/v1/records/" + d.ID.String()})
		list := into[items[api.RecordItem]](t, w.do(t, call{who: who, method: "GET", path: "/v1/records"}), http.StatusOK)
		require.Equal(t, sees, r.StatusCode == http.StatusOK, who)
		require.Equal(t, sees, len(list.Items) == 1, who)
	}
}
