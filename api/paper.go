// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// paper is a record's data in words, with what was changed since the original entry (Annex 11 section 8).
type paper struct {
	api      *API
	record   *postgres.RecordView
	typ      models.RecordType
	versions []queries.RecordVersionsRow
	contents []models.Content
	names    map[string]string
}

// maxNames bounds the ids whose names are looked up for one page.
const maxNames = 5000

// read decodes the versions and finds the names of whom their data names.
func (s *paper) read(ctx context.Context) error {
	ids := map[string]bool{}
	for _, v := range s.versions {
		content, err := contentOf(v.RecordVersion.Bytes)
		if err != nil {
			return fmt.Errorf("read version %d: %w", v.RecordVersion.Version, err)
		}
		s.contents = append(s.contents, content)
		gatherTexts(content.Data, ids)
	}
	return s.api.DB.Read(ctx, s.record.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.Names(ctx, namesOf(s.record.Org, ids))
		if err != nil {
			return fmt.Errorf("read names: %w", err)
		}
		s.names = make(map[string]string, len(rows))
		for _, r := range rows {
			s.names[r.ID] = r.Name
		}
		return nil
	})
}

// namesOf asks for the names of what texts may name. Only those that are ids are looked for as such.
func namesOf(org uuid.UUID, texts map[string]bool) queries.NamesParams {
	p := queries.NamesParams{Org: org, Texts: slices.Collect(maps.Keys(texts)), Ids: []uuid.UUID{}}
	for _, text := range p.Texts {
		if id, err := uuid.Parse(text); err == nil {
			p.Ids = append(p.Ids, id)
		}
	}
	return p
}

// gatherTexts collects the short texts of data: among them are the ids of people, sites and records.
func gatherTexts(value any, into map[string]bool) {
	switch v := value.(type) {
	case string:
		if len(v) <= 64 && len(into) < maxNames {
			into[v] = true
		}
	case []any:
		for _, item := range v {
			gatherTexts(item, into)
		}
	case map[string]any:
		for _, item := range v {
			gatherTexts(item, into)
		}
	}
}

// sections are the parts of the last version, in the order of the process.
func (s *paper) sections() []pages.Section {
	names := []string{models.FilingSection}
	for _, step := range s.typ.Steps {
		names = append(names, step.Name)
	}
	for _, content := range s.contents {
		names = append(names, slices.Sorted(maps.Keys(content.Data))...)
	}
	var out []pages.Section
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			continue
		}
		seen[name] = true
		if fields := s.fields(name); len(fields) > 0 {
			out = append(out, pages.Section{Title: s.title(name), Fields: fields})
		}
	}
	return out
}

func (s *paper) title(name string) string {
	if form := s.form(name); form != nil && form.Title != "" {
		return form.Title
	}
	if step, ok := s.typ.Step(name); ok {
		return step.Title
	}
	return models.Words(name)
}

func (s *paper) form(name string) *models.Form { return s.api.Forms[s.typ.FormOf(name)] }

// fields goes through the versions and keeps, for each answer, the values that were replaced. What was in a part when it was
// first entered is original; what comes, changes or goes later is a change.
func (s *paper) fields(name string) []pages.Field {
	before := map[string][]pages.Before{}
	var gone []pages.Field
	var last []models.Item
	entered := false
	for i, content := range s.contents {
		now, ok := s.items(content, name)
		if entered {
			gone = s.compare(before, gone, last, now, i)
		}
		entered = entered || ok
		last = now
	}
	fields := make([]pages.Field, 0, len(last)+len(gone))
	for _, item := range last {
		fields = append(fields, pages.Field{Label: item.Label, Value: item.Value, Before: before[item.Path]})
	}
	return append(fields, gone...)
}

// items are the answers of a part in one version; false if it had not been entered.
func (s *paper) items(content models.Content, name string) ([]models.Item, bool) {
	value, ok := content.Data[name]
	if !ok {
		return nil, false
	}
	section, isPart := value.(map[string]any)
	if !isPart {
		section = map[string]any{name: value}
	}
	form := s.form(name)
	if form == nil {
		form = &models.Form{}
	}
	return form.Labels(section, s.names), true
}

// compare notes what version i changed, and returns the answers that are gone by then.
func (s *paper) compare(before map[string][]pages.Before, gone []pages.Field, old, now []models.Item, i int) []pages.Field {
	for _, o := range old {
		n := slices.IndexFunc(now, func(x models.Item) bool { return x.Path == o.Path })
		switch {
		case n >= 0 && now[n].Value != o.Value:
			before[o.Path] = append(before[o.Path], s.changed(o.Value, i))
		case n < 0 && o.Value != models.NotAnswered:
			gone = append(gone, pages.Field{Label: o.Label, Removed: true, Before: append(before[o.Path], s.changed(o.Value, i))})
			delete(before, o.Path)
		}
	}
	for _, n := range now {
		known := slices.ContainsFunc(old, func(x models.Item) bool { return x.Path == n.Path })
		if !known && n.Value != models.NotAnswered {
			before[n.Path] = append(before[n.Path], s.changed(models.NotAnswered, i))
		}
	}
	return gone
}

// changed is a value that version i replaced.
func (s *paper) changed(value string, i int) pages.Before {
	v := s.versions[i]
	by := v.Author
	if by == "" {
		by = models.System().Name
	}
	return pages.Before{
		Value: value, By: by, At: pages.Instant(v.RecordVersion.CreatedAt, s.record.SiteZone), Why: v.RecordVersion.Reason, Version: int(v.RecordVersion.Version),
	}
}
