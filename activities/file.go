// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// errNoFile is the answer for a file that is not attached.
var errNoFile = models.Refuse(models.CodeNotFound, "This file is not attached to the record.")

// applyAttach attaches a file that the actor has uploaded: a new version, which signatures bind to with the file's hash in it. It
// decides nothing, so the process stays where it is.
func applyAttach(ctx context.Context, t *tx) error {
	body, err := read[models.NewFile](t.cmd)
	if err != nil {
		return err
	}
	hash, err := fileHash(body.SHA256)
	if err != nil {
		return err
	}
	upload, err := t.facts.Upload(ctx, t.actor.ID, hash)
	if err != nil {
		return err
	}
	if upload == nil {
		return models.ErrNoUpload
	}
	if err := models.CheckFileName(body.Name, upload.MediaType); err != nil {
		return err
	}
	if err := t.roomFor(body); err != nil {
		return err
	}
	if body.Reason != "" {
		if err := needText("reason", body.Reason); err != nil {
			return err
		}
	}
	file := models.File{
		FileHash: models.FileHash{Name: body.Name, SHA256: body.SHA256}, Size: upload.Size, MediaType: upload.MediaType, AddedAt: t.now, AddedBy: t.actor.ID,
	}
	t.record.Files = append(slices.Clone(t.record.Files), file)
	t.changes.RecordFiles = []postgres.RecordFile{{Org: t.cmd.Org, Record: t.record.ID, SHA256: hash}}
	t.event.reason = body.Reason
	t.note("file", nil, file.FileHash)
	return nil
}

// roomFor says whether the record can hold one more file of that name and content.
func (t *tx) roomFor(body models.NewFile) error {
	if len(t.record.Files) >= models.MaxRecordFiles {
		return models.Refuse(models.CodeMoved, fmt.Sprintf("A record holds at most %d files.", models.MaxRecordFiles))
	}
	for _, f := range t.record.Files {
		if f.SHA256 == body.SHA256 {
			return models.Refuse(models.CodeMoved, fmt.Sprintf("This very file is attached already, as %q.", f.Name))
		}
		if strings.EqualFold(f.Name, body.Name) {
			return models.Refuse(models.CodeMoved, fmt.Sprintf("Another file of the record is called %q.", f.Name))
		}
	}
	return nil
}

// prepareDetach finds the file, because policy looks at who attached it.
func prepareDetach(t *tx) error {
	body, err := read[models.FileRemoval](t.cmd)
	if err != nil {
		return err
	}
	if i := t.fileNamed(body.SHA256); i >= 0 {
		t.file = &t.record.Files[i]
	}
	return nil
}

func (t *tx) fileNamed(sha256 string) int {
	return slices.IndexFunc(t.record.Files, func(f models.File) bool { return f.SHA256 == sha256 })
}

// applyDetach takes a file off the record. Its bytes stay, because earlier versions name them (21 CFR 11.10(e)).
func applyDetach(_ context.Context, t *tx) error {
	body, err := read[models.FileRemoval](t.cmd)
	if err != nil {
		return err
	}
	i := t.fileNamed(body.SHA256)
	if i < 0 {
		return errNoFile
	}
	if err := needText("reason", body.Reason); err != nil {
		return err
	}
	if step := t.approvedWith(t.record.Files[i]); step != "" {
		return models.Refuse(models.CodeMoved, fmt.Sprintf("%q was given with this file in the record, and stands. Return the record first.", step))
	}
	t.note("file", t.record.Files[i].FileHash, nil)
	t.record.Files = slices.Delete(slices.Clone(t.record.Files), i, i+1)
	t.event.reason = body.Reason
	return nil
}

// approvedWith is the title of an approval that stands and was given when the file was there; "" if there is none. What it was
// given on does not vanish from under it.
func (t *tx) approvedWith(f models.File) string {
	typ := t.Types[t.record.Type]
	for _, s := range t.steps {
		declared, _ := typ.Step(s.Step)
		if s.Kind == models.KindApproval && !declared.Side && s.State == models.StepDone && s.DoneAt != nil && !s.DoneAt.Before(f.AddedAt) {
			return declared.Title
		}
	}
	return ""
}

func fileHash(text string) ([]byte, error) {
	hash, err := hex.DecodeString(text)
	if err != nil || len(hash) != 32 || text != strings.ToLower(text) {
		return nil, models.InvalidField("sha256", "format", "This is a SHA-256 in 64 lower-case hexadecimal digits.")
	}
	return hash, nil
}

// FileStore holds uploads.
type FileStore interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
	// PurgeFiles removes uploads from before an instant that no record names, and says how many.
	PurgeFiles(ctx context.Context, org uuid.UUID, before time.Time) (int64, error)
}

// Purger removes uploads that were left unattached for a day. They are no evidence: no record ever named them.
type Purger struct {
	Store FileStore
	Now   func() time.Time
	Log   *slog.Logger
	Every time.Duration
}

// Run purges until ctx ends.
func (p *Purger) Run(ctx context.Context) {
	tick := time.NewTicker(p.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := p.PurgeAll(ctx); err != nil && ctx.Err() == nil {
				p.Log.Warn("uploads were not purged; they are at the next turn", "error", err)
			}
		}
	}
}

// PurgeAll goes from one organization to the next.
func (p *Purger) PurgeAll(ctx context.Context) error {
	before := p.Now().UTC().Add(-models.UploadKept)
	return eachOrganization(ctx, p.Store, func(ctx context.Context, org uuid.UUID) error {
		_, err := p.Store.PurgeFiles(ctx, org, before)
		return err
	})
}
