// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/countersign/countersign/models"
)

// Meanings is the closed list of what a signature may mean (21 CFR 11.50(a)(3)).
var Meanings = []string{
	"authorship", "technical_review", "qa_assessment_approval", "plan_approval", "implementation_approval",
	"effectiveness_approval", "extension_approval", "cancellation_approval", "reclassification_approval", "final_approval",
	"reopen_approval", "disposition_decision", "correction_approval", "release", "obsolete_approval", "read_and_understood", "audit_trail_reviewed", "reportability_decision",
	"acknowledged",
}

// matrixType is what the matrix says of one type of record.
type matrixType struct {
	Create   []models.Role                        `json:"create"`
	Record   matrixRecord                         `json:"record"`
	Defaults map[string]any                       `json:"defaults"`
	Steps    map[string]map[string]map[string]any `json:"steps"` // step, class, what it says
}

type matrixRecord struct {
	Due    map[string]models.DueRule `json:"due"` // by flag; "*" for the rest
	Warn   []string                  `json:"warn"`
	Ladder []models.Rung             `json:"ladder"`
}

// matrixLine is one step for one class, with its defaults.
type matrixLine struct {
	Kind       models.StepKind        `json:"kind"`
	Side       bool                   `json:"side"`
	Title      string                 `json:"title"`
	Candidates []models.CandidateRule `json:"candidates"`
	Assign     string                 `json:"assign"`
	Quorum     int                    `json:"quorum"`
	Form       string                 `json:"form"`
	Due        models.DueRule         `json:"due"`
	Statutory  bool                   `json:"statutory"`
	Warn       []string               `json:"warn"`
	Ladder     []models.Rung          `json:"ladder"`
	Meaning    string                 `json:"meaning"`
	Outcomes   []models.OutcomeRule   `json:"outcomes"`
	Priority   int                    `json:"priority"`
	Repeated   *struct {
		Extensions int            `json:"extensions"`
		Change     map[string]any `json:"change"`
	} `json:"repeated"`
}

// checkMatrix refuses a matrix that could not be planned by, before it is used: a step that opens at night is no time to find a
// misspelt role.
func checkMatrix(base map[string]any) error {
	var quality struct {
		Steps []string `json:"steps"`
	}
	if err := decodeStrictly(base["quality"], &quality); err != nil {
		return fmt.Errorf("check quality steps: %w", err)
	}
	matrix := base["matrix"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(matrix)) {
		var t matrixType
		if err := decodeStrictly(matrix[name], &t); err != nil {
			return fmt.Errorf("check matrix of %s: %w", name, err)
		}
		if err := t.check(quality.Steps); err != nil {
			return fmt.Errorf("check matrix of %s: %w", name, err)
		}
	}
	return checkSegregation(base)
}

func (t matrixType) check(qualitySteps []string) error {
	if _, ok := t.Record.Due["*"]; !ok {
		return errors.New(`record: due has no "*"`)
	}
	for flag, due := range t.Record.Due {
		if err := checkDue(due); err != nil {
			return fmt.Errorf("record due %s: %w", flag, err)
		}
	}
	if err := checkClock(t.Record.Warn, t.Record.Ladder); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if err := checkRoles(t.Create); err != nil {
		return fmt.Errorf("create: %w", err)
	}
	for step, lines := range t.Steps {
		if _, ok := lines["*"]; !ok {
			return fmt.Errorf(`step %s: no line "*"`, step)
		}
		for class := range lines {
			if err := t.checkStep(step, class, slices.Contains(qualitySteps, step)); err != nil {
				return fmt.Errorf("step %s, class %s: %w", step, class, err)
			}
		}
	}
	return nil
}

func (t matrixType) checkStep(step, class string, quality bool) error {
	merged := maps.Clone(t.Defaults)
	if merged == nil {
		merged = map[string]any{}
	}
	maps.Copy(merged, t.Steps[step]["*"])
	maps.Copy(merged, t.Steps[step][class])
	var line matrixLine
	if err := decodeStrictly(merged, &line); err != nil {
		return err
	}
	if err := t.checkLine(line, quality); err != nil || line.Repeated == nil {
		return err
	}
	maps.Copy(merged, line.Repeated.Change)
	delete(merged, "repeated")
	var repeated matrixLine
	if err := decodeStrictly(merged, &repeated); err != nil {
		return fmt.Errorf("repeated: %w", err)
	}
	return t.checkLine(repeated, quality)
}

func (t matrixType) checkLine(line matrixLine, quality bool) error {
	switch {
	case line.Kind != models.KindTask && line.Kind != models.KindApproval:
		return fmt.Errorf("kind %q is neither task nor approval", line.Kind)
	case line.Title == "":
		return errors.New("no title")
	case line.Quorum < 1:
		return errors.New("a quorum below 1")
	case line.Priority < 1 || line.Priority > 4:
		return errors.New("priority is not 1 to 4")
	case line.Kind == models.KindApproval && line.Meaning == "":
		return errors.New("an approval without a signature")
	case line.Meaning != "" && !slices.Contains(Meanings, line.Meaning):
		return fmt.Errorf("meaning %q is not in the closed list", line.Meaning)
	case !slices.Contains([]string{"", "owner", "reporter"}, line.Assign):
		return fmt.Errorf("assign %q is neither owner nor reporter", line.Assign)
	}
	return errors.Join(checkCandidates(line, quality), checkDue(line.Due), checkClock(line.Warn, line.Ladder), t.checkOutcomes(line.Outcomes))
}

func checkCandidates(line matrixLine, quality bool) error {
	if len(line.Candidates) == 0 {
		return errors.New("no candidates")
	}
	var roles []models.Role
	for _, c := range line.Candidates {
		if c.Site != "record" && c.Site != models.AllSites {
			return fmt.Errorf("candidates at %q: neither record nor *", c.Site)
		}
		roles = append(roles, c.Role)
	}
	for _, rung := range line.Ladder {
		if slices.Contains([]string{"add_candidate", "reassign", "hand_to_role"}, rung.Do) {
			roles = append(roles, rung.Role)
		}
	}
	for _, role := range roles {
		if quality && role != models.RoleQA && role != models.RoleQualityHead {
			return fmt.Errorf("S8: a step of the quality unit goes to %q", role)
		}
	}
	return checkRoles(roles)
}

func checkRoles(roles []models.Role) error {
	for _, role := range roles {
		if !slices.Contains(models.Roles, role) {
			return fmt.Errorf("role %q is unknown", role)
		}
	}
	return nil
}

func checkDue(due models.DueRule) error {
	if !slices.Contains([]string{"opened", "record_due", "aware"}, due.From) {
		return fmt.Errorf("due runs from %q", due.From)
	}
	return checkDurations(due.After)
}

func checkClock(warn []string, ladder []models.Rung) error {
	if err := checkDurations(warn...); err != nil {
		return err
	}
	for _, rung := range ladder {
		switch rung.Do {
		case "notify_assignee", "notify_manager":
		case "notify_role", "add_candidate", "reassign", "hand_to_role":
			if err := checkRoles([]models.Role{rung.Role}); err != nil {
				return fmt.Errorf("ladder: %w", err)
			}
		default:
			return fmt.Errorf("ladder: %q is no rung", rung.Do)
		}
		if err := checkDurations(rung.After); err != nil {
			return err
		}
	}
	return nil
}

func checkDurations(durations ...string) error {
	for _, d := range durations {
		if _, err := models.ParseDuration(d); err != nil {
			return err
		}
	}
	return nil
}

func (t matrixType) checkOutcomes(outcomes []models.OutcomeRule) error {
	if len(outcomes) == 0 {
		return errors.New("no outcomes")
	}
	for _, o := range outcomes {
		if !slices.Contains([]string{models.OutcomeDone, models.OutcomeApproved, models.OutcomeRejected, models.OutcomeReturned}, o.Name) {
			return fmt.Errorf("outcome %q is unknown", o.Name)
		}
		for _, step := range o.ReturnTo {
			if _, ok := t.Steps[step]; !ok {
				return fmt.Errorf("outcome %s returns to %q, which is no step", o.Name, step)
			}
		}
	}
	return nil
}

// decodeStrictly refuses fields that nothing reads: most are misspelt.
func decodeStrictly(from, into any) error {
	source, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("encode policy data: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("decode policy data: %w", err)
	}
	return nil
}
