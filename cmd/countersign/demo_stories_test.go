// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/packs"
)

func allStories(t *testing.T) []story {
	t.Helper()
	stories, err := readStories()
	require.NoError(t, err)
	return stories
}

// decided are the steps of the main line that a story decides in its first round, and the class that the record has then.
func decided(t *testing.T, s story) []string {
	t.Helper()
	class, _ := s.Data[models.StepAssessment]["class"].(string)
	last, round := s.last()
	var steps []string
	for _, step := range models.Deviation.Steps {
		minor := class == models.ClassMinor
		_, dispose := s.Data[models.StepReport]["batches"]
		skipped := step.Side || minor && slices.Contains([]string{models.StepInvestigation, models.StepTechnicalApproval, models.StepAuditTrailReview}, step.Name) ||
			!minor && step.Name == models.StepCause || !dispose && step.Name == models.StepDisposition
		if step.Name == last && (round == 1 || reclassified(s)) {
			break
		}
		if !skipped {
			steps = append(steps, step.Name)
		}
		if step.Name == last {
			break // and the round after is left open
		}
	}
	return steps
}

// reclassified says whether the last step begins anew before it was decided once.
func reclassified(s story) bool {
	return slices.ContainsFunc(s.Acts, func(a storyAct) bool { return a.Do == "reclassify" })
}

// TestStoriesFitFormsAndRules takes each story through the forms and the rules of its noun as the server will.
func TestStoriesFitFormsAndRules(t *testing.T) {
	t.Parallel()
	forms, err := packs.Forms()
	require.NoError(t, err)
	now := time.Now().UTC()
	for _, s := range allStories(t) {
		aware, err := s.awareAt(now)
		require.NoError(t, err, s.Key)
		org, data := uuid.New(), map[string]any{}
		for step := range s.Data {
			section, err := s.section(step, org, aware)
			require.NoError(t, err, s.Key)
			form := forms[models.Deviation.FormOf(step)]
			require.NotNil(t, form, "%s: %s has no form", s.Key, step)
			mode := models.ModeComplete
			if s.Until == models.StepReport {
				mode = models.ModeDraft
			}
			require.Empty(t, form.Validate(section, mode), "%s: %s", s.Key, step)
			data[step] = section
		}
		if s.Until == models.StepReport {
			continue
		}
		class, _ := s.Data[models.StepAssessment]["class"].(string)
		late := now.Sub(aware) > 7*24*time.Hour
		problems := models.Deviation.Check(models.RecordDraft{Class: class, AwareAt: aware, Now: now, Late: late, Data: data})
		require.Empty(t, problems, s.Key)
		if late {
			require.NotEmpty(t, data[models.StepReport].(map[string]any)["late_reason"], s.Key)
		}
	}
}

// TestStoriesAreWholeAndDifferent holds that each step that a story decides is written, that no event is told twice, and that the
// demo shows every state.
func TestStoriesAreWholeAndDifferent(t *testing.T) {
	t.Parallel()
	stories := allStories(t)
	require.Len(t, stories, 40)
	titles, events, until, acts := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}
	for _, s := range stories {
		report := s.Data[models.StepReport]
		title, observed := report["title"].(string), report["observed"].(string)
		require.False(t, titles[title], title)
		require.False(t, events[observed], title)
		titles[title], events[observed] = true, true
		last, round := s.last()
		until[last]++
		if round > 1 {
			until["again"]++
		}
		for _, a := range s.Acts {
			acts[a.Do+a.Verdict]++
			_, known := holderOf(a.By)
			require.True(t, a.By == "" || known, "%s: %s", s.Key, a.By)
		}
		if s.Until == models.StateCancelled {
			continue
		}
		for _, step := range decided(t, s) {
			if forms := models.Deviation.FormOf(step); !strings.HasSuffix(forms, "_approval") {
				require.Contains(t, s.Data, step, "%s: %s is not written", s.Key, step)
			}
		}
	}
	for _, state := range []string{
		models.StepReport, models.StepTriage, models.StepAssessment, models.StepAssessmentApproval, models.StepCause, models.StepInvestigation,
		models.StepTechnicalApproval, models.StepDisposition, models.StepCAPADecision, models.StepAuditTrailReview, models.StepFinalApproval,
		models.StateClosed, models.StateCancelled, "again",
	} {
		require.Positive(t, until[state], state)
	}
	for _, act := range []string{"return", "correct", "extend", "extendapproved", "cancelapproved", "reclassifyapproved", "reopenapproved", "hold", "comment"} {
		require.Positive(t, acts[act], act)
	}
}

func holderOf(username string) (employee, bool) {
	i := slices.IndexFunc(nordlys.people, func(p employee) bool { return p.username == username })
	if i < 0 {
		return employee{}, false
	}
	return nordlys.people[i], true
}

// TestTeamsHoldTheirRoles looks each person of a team up in the people of the demo, and holds that four eyes are four.
func TestTeamsHoldTheirRoles(t *testing.T) {
	t.Parallel()
	quality := []models.Role{models.RoleQA, models.RoleQualityHead}
	for site, both := range teams {
		for _, members := range both {
			for step, names := range members {
				for _, name := range strings.Fields(names) {
					p, ok := holderOf(name)
					require.True(t, ok && p.site == site, "%s at %s", name, site)
					if slices.Contains([]string{models.StepDisposition, models.StepFinalApproval, models.StepAuditTrailReview, models.StepAssessmentApproval}, step) {
						require.Contains(t, quality, p.role, name)
					}
				}
			}
			require.NotEqual(t, members[models.StepAuditTrailReview], members[models.StepReportability])
			require.NotContains(t, members[models.StepFinalApproval], members[models.StepAuditTrailReview])
		}
	}
	for _, s := range allStories(t) {
		p, ok := holderOf(s.Reporter)
		require.True(t, ok && p.site == s.Site && p.role == models.RoleReporter, s.Key)
	}
}

func TestDemoCalendarsAreValid(t *testing.T) {
	t.Parallel()
	for _, h := range []house{nordlys, openFDA} {
		for _, s := range h.sites {
			c := models.Calendar{Name: s.name, Zone: s.zone, Week: s.week, Holidays: s.holidays, Extra: []models.ExtraDay{}}
			require.NoError(t, c.Validate(), s.name)
		}
	}
}

func TestParseAgo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"26d4h": 628 * time.Hour, "14m": 14 * time.Minute, "2d": 48 * time.Hour, "1h20m": 80 * time.Minute, "0": 0} {
		got, err := parseAgo(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "d", "xd", "4 weeks", "1d2x"} {
		_, err := parseAgo(text)
		require.Error(t, err, text)
	}
}

func TestToldLeavesSentencesAlone(t *testing.T) {
	t.Parallel()
	aware := time.Date(2026, 11, 3, 14, 0, 0, 0, time.FixedZone("", 3600))
	for text, want := range map[string]string{
		"aware": "2026-11-03T14:00:00+01:00", "aware-1d2h": "2026-11-02T12:00:00+01:00", "aware+20m": "2026-11-03T14:20:00+01:00",
		"aware of it by phone": "aware of it by phone", "awareness": "awareness", "": "",
	} {
		got, err := told(text, uuid.Nil, aware)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := told("aware+soon", uuid.Nil, aware)
	require.Error(t, err)
}
