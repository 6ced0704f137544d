// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// printPage is GET /print/records/{id}: with ?print=, the copy that was made; without, or where that was opened already, the
// question whether to make one.
func (a *API) printPage(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := a.worker(r)
	if err != nil {
		return err
	}
	id, err := pageID(r)
	if err != nil {
		return err
	}
	record, err := a.readRecord(ctx, id)
	if err != nil {
		return err
	}
	event, err := uuid.Parse(r.URL.Query().Get("print"))
	asked := err == nil
	if asked {
		made, err := a.openPrint(ctx, id, event)
		if err != nil {
			return err
		}
		if made != nil {
			page, err := a.printed(ctx, record, made)
			if err != nil {
				return err
			}
			draw(w, r, http.StatusOK, page)
			return nil
		}
	}
	ask := &pages.AskPrint{
		Number: record.Number, Title: record.Title, Action: r.URL.Path, Key: models.NewID().String(), Version: record.Version, Current: record.Version, Opened: asked,
	}
	if v, err := strconv.Atoi(r.URL.Query().Get("version")); err == nil && v >= 1 && v <= record.Version {
		ask.Version = v
	}
	draw(w, r, http.StatusOK, ask)
	return nil
}

// printByForm is POST /print/records/{id}: it records the copy, and leads to it.
func (a *API) printByForm(w http.ResponseWriter, r *http.Request) error {
	ctx, _, err := a.worker(r)
	if err != nil {
		return err
	}
	id, err := pageID(r)
	if err != nil {
		return err
	}
	record, err := a.readRecord(ctx, id)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	key := r.PostForm.Get("key")
	if err != nil || version < 1 || key == "" || len(key) > 200 {
		return models.InvalidField("version", "format", "Say which version to print.")
	}
	receipt, err := a.makePrint(ctx, record, version, key)
	if err != nil {
		return err
	}
	http.Redirect(w, r, printAddress(id, receipt), http.StatusSeeOther)
	return nil
}

// printed gathers a copy as of the instant at which it was made.
func (a *API) printed(ctx context.Context, record *postgres.RecordView, made *copyMade) (*pages.Print, error) {
	var org queries.Organization
	var versions []queries.RecordVersionsRow
	err := a.DB.Read(ctx, record.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if org, err = q.Organization(ctx, record.Org); err != nil {
			return fmt.Errorf("read the organization: %w", err)
		}
		versions, err = q.RecordVersions(ctx, queries.RecordVersionsParams{Org: record.Org, Record: record.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	if made.Version > len(versions) {
		return nil, fmt.Errorf("print version %d: the record has %d", made.Version, len(versions))
	}
	data := &paper{api: a, record: record, typ: a.Types[record.Type], versions: versions[:made.Version]}
	if err := data.read(ctx); err != nil {
		return nil, err
	}
	last := data.contents[made.Version-1]
	zone := record.SiteZone
	page := &pages.Print{
		Organization: org.Name, Type: data.typ.Title, Number: record.Number, Title: last.Title, Class: last.Class, State: made.State,
		Site: record.SiteName, Owner: record.OwnerName, Reporter: record.ReporterName, AwareAt: pages.Instant(record.AwareAt, zone),
		DueAt: pages.Instant(record.DueAt, zone), Version: made.Version, Current: len(versions), Hash: hexOf(versions[made.Version-1].RecordVersion.ContentHash),
		By: callerOf(ctx).Person.Name, At: pages.Instant(made.At, zone), Event: made.Event.String(),
	}
	if record.ClosedAt != nil {
		page.ClosedAt = pages.Instant(*record.ClosedAt, zone)
	}
	page.Sections = data.sections()
	for _, f := range last.Files {
		page.Files = append(page.Files, pages.File(f))
	}
	for _, s := range page.Sections {
		for _, f := range s.Fields {
			page.Changes += len(f.Before)
		}
	}
	page.Signatures, err = a.printedSignatures(ctx, record, made)
	return page, err
}

// printedSignatures are those that were there when the copy was made, on what the copy shows.
func (a *API) printedSignatures(ctx context.Context, record *postgres.RecordView, made *copyMade) ([]pages.Signature, error) {
	signed, err := a.signatures(ctx, &ByID{ID: record.ID})
	if err != nil {
		return nil, err
	}
	var out []pages.Signature
	for _, s := range signed.Body.Items {
		if s.Version > made.Version || s.SignedAt.After(made.At) {
			continue
		}
		step, _ := a.Types[record.Type].Step(s.Step)
		view := pages.Signature{
			Name: s.Signer.Name, Username: s.Signer.Username, Role: s.Signer.Role, Meaning: s.Meaning, Step: s.Step, StepTitle: step.Title, Outcome: s.Outcome,
			At: pages.Instant(s.SignedAt, s.Zone), Version: s.Version, Hash: s.ContentHash, ID: s.ID.String(), Factors: strings.Join(s.Factors, " and "),
			Valid: s.Verification == "valid", Verification: verifications[s.Verification], LaterChange: s.LaterChange,
		}
		if s.Signer.OnBehalfOf != nil {
			view.For = s.Signer.OnBehalfOf.Name
		}
		out = append(out, view)
	}
	return out, nil
}

// verifications are the states of a signature in words.
var verifications = map[string]string{
	"valid":       "Valid: checked when this copy was made",
	"invalid":     "NOT VALID: the stored bytes are not those that were signed",
	"key_unknown": "NOT CHECKABLE: the key that signed is not known",
	"key_revoked": "NOT VALID: the key was revoked before it signed",
}
