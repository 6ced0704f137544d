// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

//go:embed stories/*.json stories/demo/*.json
var storyFiles embed.FS

// story is one deviation of the demo: what happened, what people wrote about it, and how far its process is played. Its instants
// are told from awareness on ("aware-14m"), and awareness from the instant of loading, so that nothing is backdated.
type story struct {
	Key      string                    `json:"-"` // the file's name
	Site     string                    `json:"site"`
	Reporter string                    `json:"reporter"`
	Aware    string                    `json:"aware"` // how long before the loading, "26d4h"
	Until    string                    `json:"until"` // the step that is left open ("cause", "cause/2" in its second round), or a last state
	Team     int                       `json:"team,omitempty"`
	Held     bool                      `json:"held,omitempty"` // somebody has taken the task that is left open
	Cast     map[string]string         `json:"cast,omitempty"` // who does a step, where it is not the team's usual person
	Acts     []storyAct                `json:"acts,omitempty"`
	Data     map[string]map[string]any `json:"data"` // by step
}

// storyAct is what happens beside the usual course, before the step At is decided for the first time.
type storyAct struct {
	At      string               `json:"at"` // a step, or "closed"
	Do      string               `json:"do"` // return, comment, correct, extend, cancel, reclassify, reopen or hold
	By      string               `json:"by"`
	To      string               `json:"to,omitempty"`   // the step of a return, the class of a reclassification
	Days    int                  `json:"days,omitempty"` // of an extension
	Text    string               `json:"text"`
	Changes []models.FieldChange `json:"changes,omitempty"`
	Verdict string               `json:"verdict,omitempty"` // on the request; "" leaves it waiting
}

// readStories reads the stories that the demo organization is loaded with, in the order of their names.
func readStories() ([]story, error) {
	names, err := fs.Glob(storyFiles, "stories/*.json")
	if err != nil {
		return nil, fmt.Errorf("read the stories: %w", err)
	}
	stories := make([]story, len(names))
	for i, name := range names {
		if stories[i], err = readStory(name); err != nil {
			return nil, err
		}
	}
	return stories, nil
}

func readStory(name string) (story, error) {
	s := story{Key: strings.TrimSuffix(path.Base(name), ".json")}
	raw, err := storyFiles.ReadFile(name)
	if err != nil {
		return s, fmt.Errorf("read a story: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("read the story %s: %w", s.Key, err)
	}
	return s, nil
}

// awareAt is when the site became aware, seen from now, to the minute.
func (s story) awareAt(now time.Time) (time.Time, error) {
	ago, err := parseAgo(s.Aware)
	if err != nil {
		return time.Time{}, fmt.Errorf("story %s: %w", s.Key, err)
	}
	return now.Add(-ago).Truncate(time.Minute).In(zoneOf(s.Site)), nil
}

func zoneOf(site string) *time.Location {
	for _, s := range nordlys.sites {
		if s.id == site {
			if zone, err := time.LoadLocation(s.zone); err == nil {
				return zone
			}
		}
	}
	return time.UTC
}

// parseAgo reads a duration that may have days: "26d4h", "14m".
func parseAgo(text string) (time.Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		days, rest = "0", text
	}
	n, err := strconv.Atoi(days)
	if err != nil {
		return 0, fmt.Errorf("read the duration %q: %w", text, err)
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" && found {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil {
		return 0, fmt.Errorf("read the duration %q: %w", text, err)
	}
	return d + more, nil
}

// section is what was written at a step, with instants counted from awareness and people named by their accounts.
func (s story) section(step string, org uuid.UUID, aware time.Time) (map[string]any, error) {
	data, ok := s.Data[step]
	if !ok {
		return nil, nil
	}
	told, err := told(map[string]any(data), org, aware)
	if err != nil {
		return nil, fmt.Errorf("story %s, %s: %w", s.Key, step, err)
	}
	section := told.(map[string]any)
	if step == models.StepReport {
		section["aware_at"] = aware.Format(time.RFC3339)
	}
	return section, nil
}

// told puts instants for "aware", "aware-14m" and "aware+1d2h", and a person's id for "@jonas".
func told(value any, org uuid.UUID, aware time.Time) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			var err error
			if out[key], err = told(item, org, aware); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			var err error
			if out[i], err = told(item, org, aware); err != nil {
				return nil, err
			}
		}
		return out, nil
	case string:
		return toldText(v, org, aware)
	}
	return value, nil
}

func toldText(text string, org uuid.UUID, aware time.Time) (any, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return userID(org, name).String(), nil
	}
	offset, ok := strings.CutPrefix(text, "aware")
	if !ok || offset != "" && offset[0] != '+' && offset[0] != '-' {
		return text, nil
	}
	if offset == "" {
		return aware.Format(time.RFC3339), nil
	}
	d, err := parseAgo(offset[1:])
	if err != nil {
		return nil, err
	}
	if offset[0] == '-' {
		d = -d
	}
	return aware.Add(d).Format(time.RFC3339), nil
}

// last is the step, and its round, at which the story stops.
func (s story) last() (step string, round int) {
	step, text, found := strings.Cut(s.Until, "/")
	if !found {
		return step, 1
	}
	round, err := strconv.Atoi(text)
	if err != nil {
		return step, 1
	}
	return step, round
}

// who does a step. Where a quorum decides, given is how many verdicts it has already.
func (s story) who(step string, given int) string {
	names := s.Cast[step]
	if names == "" {
		names = teams[s.Site][min(max(s.Team, 1), 2)-1][step]
	}
	list := strings.Fields(names)
	if len(list) == 0 {
		return ""
	}
	return list[min(given, len(list)-1)]
}

// teams are who usually does what: two shifts a site.
var teams = map[string][2]map[string]string{
	ballerup: {
		team("mette", "ines", "kirsten", "camilla", "henrik", "thea camilla", "ulla", "erik"),
		team("rasmus", "tobias", "poul", "thea", "camilla", "henrik thea", "erik", "ulla"),
	},
	durham: {
		team("marcus", "priya", "carol", "grace", "walter", "joanna grace", "louise", "samuel"),
		team("dana", "ben", "victor", "joanna", "grace", "walter joanna", "samuel", "louise"),
	},
}

func team(owner, investigator, head, assessor, disposer, closers, quality, reviewer string) map[string]string {
	return map[string]string{
		models.StepTriage: owner, models.StepAssessment: owner, models.StepCause: owner, models.StepCAPADecision: owner,
		models.StepInvestigation: investigator, models.StepTechnicalApproval: head,
		models.StepAssessmentApproval: assessor, models.StepExtensionApproval: assessor, models.StepCancellationApproval: assessor,
		models.StepReclassificationApproval: assessor, models.StepCorrectionApproval: assessor,
		models.StepDisposition: disposer, models.StepFinalApproval: closers,
		models.StepReportability: quality, models.StepReopenApproval: quality, models.StepAuditTrailReview: reviewer,
	}
}
