// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

//go:embed index.html.tmpl
var indexTemplate string

var indexPage = template.Must(template.New("index").Parse(indexTemplate))

// HTML renders the pack for reading and printing: no script, nothing loaded from anywhere,
// all times in the zone in force when they were recorded (21 CFR 11.50(b), Annex 11 8.1 and
// 8.2). What cannot be read is left out: verification names it.
func (p *Pack) HTML() ([]byte, error) {
	names := make(map[uuid.UUID]string, len(p.People))
	for _, person := range p.People {
		names[person.ID] = person.PrintedName + " (" + person.Username + ")"
	}
	v := indexView{Pack: p, Sections: sections(p.Record.Items)}
	v.Signatures = p.signatureRows()
	v.Versions = p.versionRows(v.Signatures)
	for _, leaf := range p.Events {
		var e Event
		if json.Unmarshal(leaf.Data, &e) == nil {
			v.Events = append(v.Events, eventRow{Event: e, Index: leaf.Index, Who: who(&e, leaf.Personal, names)})
		}
	}
	var b bytes.Buffer
	if err := indexPage.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("render pack: %w", err)
	}
	return b.Bytes(), nil
}

type indexView struct {
	*Pack
	Sections   []section
	Signatures []signatureRow
	Versions   []versionRow
	Events     []eventRow
}

// Stamp writes an instant that has no zone of its own.
func (indexView) Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stampUTC(t)
}

// Words turns an identifier such as final_approval into words.
func (indexView) Words(s string) string {
	return strings.NewReplacer("_", " ", ".", ": ").Replace(s)
}

type section struct {
	Name  string
	Items []PackItem
}

func sections(items []PackItem) []section {
	var out []section
	for _, item := range items {
		if len(out) == 0 || out[len(out)-1].Name != item.Section {
			out = append(out, section{Name: item.Section})
		}
		last := &out[len(out)-1]
		last.Items = append(last.Items, item)
	}
	return out
}

// signatureRow is the manifestation of one signature: printed name, username, role, date and
// time with zone, and meaning (21 CFR 11.50(a), draft Annex 11 13.6).
type signatureRow struct {
	Manifest
	When    string
	Current bool // made on the version that stands
	View    string
}

func (p *Pack) signatureRows() []signatureRow {
	var rows []signatureRow
	for _, s := range p.Signatures {
		m, err := ParseManifest(s.Manifest)
		if err != nil {
			continue
		}
		rows = append(rows, signatureRow{m, localStamp(m.SignedAt, m.Zone, m.Offset), m.Intent.Version == p.Record.Version, viewFile(m.Intent.ID)})
	}
	slices.SortStableFunc(rows, func(a, b signatureRow) int { return a.SignedAt.Compare(b.SignedAt) })
	return rows
}

// versionRow says of one version whether it is signed (draft Annex 11 13.8).
type versionRow struct {
	Version int
	Hash    Hash
	File    string
	Signers []string
	Files   []models.FileHash
	Voided  bool // an earlier version is signed, this one is not
}

func (p *Pack) versionRows(signatures []signatureRow) []versionRow {
	var rows []versionRow
	signedBefore := false
	for _, v := range p.Versions {
		row := versionRow{Version: v.Version, Hash: ContentHash(v.Data), File: versionFile(v.Version), Files: versionFiles(v.Data)}
		for _, s := range signatures {
			if s.Intent.Version == v.Version {
				row.Signers = append(row.Signers, s.Signer.PrintedName)
			}
		}
		row.Voided = signedBefore && len(row.Signers) == 0
		signedBefore = signedBefore || len(row.Signers) > 0
		rows = append(rows, row)
	}
	return rows
}

type eventRow struct {
	Event
	Index int64
	Who   string
}

// When is the local date and time of the event with offset and zone.
func (r eventRow) When() string { return localStamp(r.At, r.Zone, r.Offset) }

// Refused reports an attempt that was refused.
func (r eventRow) Refused() bool { return r.Outcome == OutcomeRefused }

// Plain writes a JSON value for reading: text without quotes, nothing for null.
func (r eventRow) Plain(raw json.RawMessage) string {
	var s string
	switch {
	case len(raw) == 0, string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &s) == nil:
		return s
	}
	return string(raw)
}

// who names the actor: by the value the event commits to, else by the directory.
func who(e *Event, personal []PersonalValue, names map[uuid.UUID]string) string {
	for _, v := range personal {
		if v.Name == PersonalActorName {
			return v.Value
		}
	}
	if n := names[e.Actor.ID]; n != "" {
		return n
	}
	if e.Actor.Kind == ActorSystem {
		return "System"
	}
	return e.Actor.ID.String()
}
