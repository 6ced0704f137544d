// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// The part of a pack that is for reading: names, tasks, and the record's data in words.

// readPeople names everybody whom the record's rows name, and the sites.
func (p *packer) readPeople(ctx context.Context) error {
	acted := []uuid.UUID{p.owner}
	for _, e := range p.events {
		acted = append(acted, e.Actor.ID, e.Actor.OnBehalfOf)
	}
	var err error
	p.pack.People, err = collect(ctx, p.LogSource, pgx.RowToStructByPos[ledger.Person], `SELECT u.id, u.username, u.name FROM users u
		WHERE u.org_id = $1 AND (u.id = ANY ($3)
			OR u.id IN (SELECT unnest(r.involved || r.reporter_id) FROM records r WHERE r.org_id = $1 AND r.id = $2)
			OR u.id IN (SELECT unnest(ARRAY[t.assignee_id, t.owner_id, t.completed_by]) FROM tasks t WHERE t.org_id = $1 AND t.record_id = $2))
		ORDER BY u.username`, p.org, p.record, acted)
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	p.names = make(map[string]string, len(p.pack.People))
	for _, person := range p.pack.People {
		p.names[person.ID.String()] = person.PrintedName
	}
	p.pack.Record.Owner = p.names[p.owner.String()]
	places, err := collect(ctx, p.LogSource, pgx.RowToStructByPos[struct{ ID, Name string }], `SELECT id, name FROM sites WHERE org_id = $1
		UNION ALL SELECT id::text, name FROM groups WHERE org_id = $1
		UNION ALL SELECT r.id::text, r.number FROM links l JOIN records r ON r.org_id = l.org_id AND r.id IN (l.from_id, l.to_id) AND r.id <> $2
			WHERE l.org_id = $1 AND $2 IN (l.from_id, l.to_id)`, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read names: %w", err)
	}
	for _, place := range places {
		p.names[place.ID] = place.Name
	}
	return nil
}

func (p *packer) readTasks(ctx context.Context) error {
	tasks, err := collect(ctx, p.LogSource, p.scanTask, `SELECT id, step, round, title, state, assignee_id, opened_at, due_at, completed_at FROM tasks
		WHERE org_id = $1 AND record_id = $2 ORDER BY opened_at, step, slot`, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read tasks: %w", err)
	}
	decisions, err := collect(ctx, p.LogSource, p.scanHumanDecision, `SELECT task_id, person_id, at, outcome, comment, signature_id FROM decisions
		WHERE org_id = $1 AND record_id = $2 ORDER BY at, id`, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read decisions: %w", err)
	}
	for i := range tasks {
		tasks[i].Decisions = []ledger.PackDecision{}
		for _, d := range decisions {
			if d.task == tasks[i].ID {
				tasks[i].Decisions = append(tasks[i].Decisions, d.PackDecision)
			}
		}
	}
	p.pack.Tasks = tasks
	return nil
}

func (p *packer) scanTask(row pgx.CollectableRow) (ledger.PackTask, error) {
	var t ledger.PackTask
	var assignee *uuid.UUID
	var closed *time.Time
	err := row.Scan(&t.ID, &t.Step, &t.Round, &t.Title, &t.State, &assignee, &t.OpenedAt, &t.DueAt, &closed)
	if assignee != nil {
		t.Assignee = p.names[assignee.String()]
	}
	if closed != nil {
		t.ClosedAt = *closed
	}
	return t, err
}

type humanDecision struct {
	ledger.PackDecision
	task uuid.UUID
}

func (p *packer) scanHumanDecision(row pgx.CollectableRow) (humanDecision, error) {
	var d humanDecision
	var person uuid.UUID
	var signature *uuid.UUID
	err := row.Scan(&d.task, &person, &d.At, &d.Outcome, &d.Comment, &signature)
	if signature != nil {
		d.Signature = *signature
	}
	d.By, d.Role = p.names[person.String()], p.roleIn(d.task, person, d.At)
	return d, err
}

// roleIn is the role in which somebody decided: his signature says it, else the event of the decision does.
func (p *packer) roleIn(task, person uuid.UUID, at time.Time) string {
	for _, g := range p.pack.Signatures {
		var m ledger.Manifest
		if json.Unmarshal(g.Manifest, &m) == nil && m.Intent.Task == task && m.Signer.ID == person {
			return m.Signer.Role
		}
	}
	for _, e := range p.events {
		if e.Task == task && e.Actor.ID == person && e.At.Equal(at) {
			return e.Actor.Role
		}
	}
	return ""
}

// describe writes the content that stands in words, section by section. It reads the last version's bytes: they are what the
// proofs are about.
func (p *packer) describe(ctx context.Context) error {
	if len(p.pack.Versions) == 0 {
		return nil
	}
	var content models.Content
	dec := json.NewDecoder(bytes.NewReader(p.pack.Versions[len(p.pack.Versions)-1].Data))
	dec.UseNumber()
	if dec.Decode(&content) != nil {
		return nil //nolint:nilerr // a version that was tampered with has no words; verification names it
	}
	order, err := p.sections(ctx, content.Data)
	if err != nil {
		return err
	}
	for _, name := range order {
		if err := p.describeSection(name, content.Data[name]); err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) describeSection(name string, value any) error {
	section, ok := value.(map[string]any)
	if !ok {
		section = map[string]any{name: value}
	}
	form, title := p.forms[p.kind+"."+name], ""
	if form == nil {
		form, title = &models.Form{}, name
	} else {
		definition, err := ledger.Canonical(form)
		if err != nil {
			return fmt.Errorf("write form %s: %w", form.ID, err)
		}
		p.pack.Forms = append(p.pack.Forms, ledger.PackForm{ID: form.ID, Version: form.Version, Data: definition})
		title = form.Title
	}
	for _, item := range form.Labels(section, p.names) {
		p.pack.Record.Items = append(p.pack.Record.Items, ledger.PackItem{Section: title + ": " + item.Section, Label: item.Label, Value: item.Value})
	}
	return nil
}

// sections orders the parts of the data as they came about: what was filed, then the steps as they opened.
func (p *packer) sections(ctx context.Context, content map[string]any) ([]string, error) {
	steps, err := collect(ctx, p.LogSource, pgx.RowTo[string], "SELECT step FROM steps WHERE org_id = $1 AND record_id = $2 ORDER BY opened_at, step, round", p.org, p.record)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	var order []string
	for _, name := range slices.Concat([]string{models.FilingSection}, steps, slices.Sorted(maps.Keys(content))) {
		if _, ok := content[name]; ok && !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return order, nil
}
