// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// minApprovers is how many people an approval needs to choose from, once segregation of duties has taken its own out: of one, the
// first absence is a deadlock.
const minApprovers = 2

// checkPool counts who could do the step that is about to open. Where they are too few for an approval, what a person files is
// refused: nothing is lost yet. What is under way goes on, and those who can grant the role hear of it.
func (t *tx) checkPool(ctx context.Context, step models.StepRow) error {
	if step.Plan.Assign != "" {
		return nil // it is given to the record's owner or reporter
	}
	quorum := max(1, step.Plan.Quorum)
	needed := quorum
	if step.Kind == models.KindApproval {
		needed = max(quorum, minApprovers)
	}
	found, err := t.facts.Pool(ctx, t.candidateKeys(step.Plan), barredPeople(step.Plan.Barred), needed)
	if err != nil {
		return err
	}
	if found >= needed {
		return nil
	}
	short := t.shortPool(step, needed, found)
	if step.Kind == models.KindApproval && (t.handler.creates || t.cmd.Actor != uuid.Nil && found < quorum) {
		return models.Refuse(models.CodeMoved, "Too few people may approve this. Nothing was changed; an administrator can grant the role to more.",
			models.Reason{Rule: "pool", Text: short})
	}
	t.note("pool."+step.Step, nil, map[string]any{"round": step.Round, "eligible": found, "needed": needed})
	if found < quorum {
		t.notifyShort(step, needed, found)
	}
	return nil
}

// shortPool says which roles, where, have too few people, and that segregation counts.
func (t *tx) shortPool(step models.StepRow, needed, found int) string {
	site := t.record.Site
	if t.facts.Site != nil {
		site = t.facts.Site.Name
	}
	var roles []string
	for _, c := range step.Plan.Candidates {
		where := "at " + site
		if c.Site == models.AllSites {
			where = "at all sites"
		}
		roles = append(roles, string(c.Role)+" "+where)
	}
	return fmt.Sprintf("%s needs at least %d people to choose from as %s, without those whom segregation of duties keeps from it (%d of the record); there are %d.",
		t.titleOf(step), needed, strings.Join(roles, " or "), len(barredPeople(step.Plan.Barred)), found)
}

func (t *tx) titleOf(step models.StepRow) string {
	if declared, ok := t.Types[t.record.Type].Step(step.Step); ok {
		return declared.Title
	}
	return step.Step
}

// notifyShort tells those who can mend it: the quality heads and managers of the site, and the administrators.
func (t *tx) notifyShort(step models.StepRow, needed, found int) {
	t.notify(nil, models.NoticeNobodyEligible, models.About{What: t.titleOf(step), Needed: needed, Found: found},
		models.RoleKey(models.RoleQualityHead, t.record.Site), models.RoleKey(models.RoleQualityHead, models.AllSites),
		models.RoleKey(models.RoleManager, t.record.Site), models.RoleKey(models.RoleManager, models.AllSites),
		models.RoleKey(models.RoleAdmin, models.AllSites))
}
