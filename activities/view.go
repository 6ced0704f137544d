// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"github.com/countersign/countersign/models"
)

//go:embed view.html
var viewHTML string

var viewTemplate = template.Must(template.New("view").Parse(viewHTML))

// signingView is what the signing sheet shows. It is rendered once, stored, and never rendered again.
type signingView struct {
	Title, Number, RecordTitle, Class, Site, Hash string
	Version                                       int
	Step, Outcome, Meaning, Role                  viewCode
	ReturnTo                                      *viewCode
	Comment                                       string
	Name, Username, OnBehalfOf                    string
	At                                            string
	Parts                                         []viewPart
	Files                                         []models.File
}

// viewCode is a code with what it is called: the signer reads the one, the signature holds the other.
type viewCode struct{ Title, Code string }

type viewPart struct {
	Title string
	New   bool // given with this decision
	Items []models.Item
}

// view renders the exact bytes that the signer sees: script-free HTML of the version and the decision at hand.
func (t *tx) view(task models.Task, step models.StepRow, body models.Completion) ([]byte, error) {
	typ := t.Types[t.record.Type]
	role := t.signingRole(step)
	v := signingView{
		Title: typ.Title, Number: t.record.Number, RecordTitle: t.record.Title, Class: models.Words(t.record.Class), Site: t.facts.Site.Name,
		Hash: fmt.Sprintf("%x", []byte(t.record.ContentHash)), Version: t.record.Version, Step: viewCode{task.Title, task.Step},
		Outcome: viewCode{models.OutcomeTitle(body.Outcome), body.Outcome}, Comment: body.Comment,
		Meaning: viewCode{models.MeaningTitle(task.Meaning), task.Meaning}, Name: t.actor.Name, Username: t.actor.Username,
		Role: viewCode{models.Role(role).Title(), role},
	}
	if s, ok := typ.Step(body.ReturnTo); ok {
		v.ReturnTo = &viewCode{s.Title, s.Name}
	}
	if t.behalf != nil {
		v.OnBehalfOf = t.behalf.Name
	}
	zone, _ := t.zone()
	v.At = t.now.In(location(zone)).Format("2 Jan 2006 15:04:05 MST (UTC-07:00)")
	v.Parts, v.Files = t.viewParts(typ, task.Step, body), t.record.Files
	var out bytes.Buffer
	if err := viewTemplate.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("render the signing view: %w", err)
	}
	return out.Bytes(), nil
}

func (t *tx) viewParts(typ models.RecordType, deciding string, body models.Completion) []viewPart {
	var parts []viewPart
	for _, s := range typ.Steps {
		section, ok := t.record.Data[s.Name].(map[string]any)
		form := t.Forms[typ.FormOf(s.Name)]
		if !ok || form == nil {
			continue
		}
		parts = append(parts, viewPart{Title: s.Title, New: s.Name == deciding && body.Data != nil, Items: form.Labels(section, nil)})
	}
	if typ.Filing == "" {
		if section, ok := t.record.Data[models.FilingSection].(map[string]any); ok {
			if form := t.Forms[typ.FormOf(models.FilingSection)]; form != nil {
				parts = append([]viewPart{{Title: typ.Title, Items: form.Labels(section, nil)}}, parts...)
			}
		}
	}
	return parts
}
