// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Version is one immutable snapshot of a record's content, with what changed since the one before.
type Version struct {
	Version     int           `json:"version"`
	ContentHash string        `json:"content_hash" doc:"SHA-256 of the canonical bytes (RFC 8785): what signatures bind to."`
	At          time.Time     `json:"at"`
	By          Named         `json:"by"`
	Reason      string        `json:"reason,omitempty"`
	Title       string        `json:"title"`
	Class       string        `json:"class"`
	Changes     []FieldChange `json:"changes"`
}

type versionsOutput struct {
	Body struct {
		Items []Version `json:"items"`
	}
}

func (a *API) versions(ctx context.Context, in *ByID) (*versionsOutput, error) {
	rows, err := ofRecord(ctx, a, in.ID, func(q *queries.Queries, org uuid.UUID) ([]queries.RecordVersionsRow, error) {
		return q.RecordVersions(ctx, queries.RecordVersionsParams{Org: org, Record: in.ID})
	})
	if err != nil {
		return nil, err
	}
	out := &versionsOutput{}
	out.Body.Items = make([]Version, len(rows))
	var before models.Content
	for i, r := range rows {
		v := r.RecordVersion
		content, err := contentOf(v.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read version %d: %w", v.Version, err)
		}
		out.Body.Items[i] = Version{
			Version: int(v.Version), ContentHash: hexOf(v.ContentHash), At: v.CreatedAt, By: Named{ID: v.CreatedBy, Name: r.Author}, Reason: v.Reason,
			Title: content.Title, Class: content.Class, Changes: changesOf(before, content),
		}
		if v.CreatedBy == uuid.Nil {
			out.Body.Items[i].By.Name = models.System().Name
		}
		before = content
	}
	return out, nil
}

func contentOf(raw []byte) (models.Content, error) {
	var content models.Content
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err := dec.Decode(&content)
	return content, err
}

// changesOf lists what differs between two contents: title, class, data and files.
func changesOf(before, after models.Content) []FieldChange {
	changes := []FieldChange{}
	for _, d := range models.Diff(flat(before), flat(after)) {
		changes = append(changes, FieldChange{Field: d.Path, Old: d.Old, New: d.New})
	}
	return changes
}

// flat is a content as one object, in which what is empty is absent.
func flat(c models.Content) map[string]any {
	out := map[string]any{}
	if c.Title != "" {
		out["title"] = c.Title
	}
	if c.Class != "" {
		out["class"] = c.Class
	}
	if c.Data != nil {
		out["data"] = c.Data
	}
	if len(c.Files) > 0 {
		files := map[string]any{}
		for _, f := range c.Files {
			files[f.Name] = f.SHA256
		}
		out["files"] = files
	}
	return out
}
