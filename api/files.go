// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

type attachInput struct {
	ByID
	Keyed
	Versioned
	Body struct {
		SHA256 string `json:"sha256" pattern:"^[0-9a-f]{64}$" patternDescription:"64 lower-case hexadecimal digits" doc:"Of a file that I uploaded within the last day."`
		Name   string `json:"name" minLength:"1" maxLength:"255" example:"sealing-chart.pdf" doc:"Unique within the record, with the ending of its kind."`
		Reason string `json:"reason,omitempty" maxLength:"10000"`
	}
}

// attach makes a version with one more file. It does not move the process.
func (a *API) attach(ctx context.Context, in *attachInput) (*recorded, error) {
	return a.changeFiles(ctx, "record.attach", in.ID, in.Keyed, in.Versioned, "", models.NewFile(in.Body))
}

// ByFile names a file of a record.
type ByFile struct {
	ByID
	SHA256 string `path:"sha256" pattern:"^[0-9a-f]{64}$" patternDescription:"64 lower-case hexadecimal digits"`
}

type detachInput struct {
	ByFile
	Keyed
	Versioned
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"10000"`
	}
}

// detach makes a version without a file. Earlier versions keep it.
func (a *API) detach(ctx context.Context, in *detachInput) (*recorded, error) {
	return a.changeFiles(ctx, "record.detach", in.ID, in.Keyed, in.Versioned, in.SHA256, models.FileRemoval{SHA256: in.SHA256, Reason: in.Body.Reason})
}

// changeFiles gives a command about a file. of is the file that its address names, if it names one: a key belongs to an address.
func (a *API) changeFiles(ctx context.Context, name string, record uuid.UUID, key Keyed, seen Versioned, of string, body any) (*recorded, error) {
	version, err := seen.version()
	if err != nil {
		return nil, err
	}
	typ, err := a.findRecord(ctx, record)
	if err != nil {
		return nil, err
	}
	return a.give(ctx, callerOf(ctx).command(intended{
		name: name, route: name + of, typ: typ, record: record, key: key.Key, ifMatch: version, body: body,
	}))
}

// RecordFile is a file that a record holds or held.
type RecordFile struct {
	Name      string       `json:"name"`
	SHA256    string       `json:"sha256"`
	Size      int64        `json:"size" doc:"Bytes."`
	MediaType string       `json:"media_type" example:"application/pdf"`
	Version   int          `json:"version" doc:"The first version of the record that names it."`
	AddedAt   time.Time    `json:"added_at"`
	AddedBy   Named        `json:"added_by"`
	Reason    string       `json:"reason,omitempty"`
	Removed   *FileRemoved `json:"removed,omitempty" doc:"Absent while it is attached."`
}

// FileRemoved says who took a file off its record. The versions before keep it.
type FileRemoved struct {
	Version int       `json:"version" doc:"The first version of the record without it."`
	At      time.Time `json:"at"`
	By      Named     `json:"by"`
	Reason  string    `json:"reason"`
}

type filesOutput struct {
	Body struct {
		Items []RecordFile `json:"items"`
	}
}

func (a *API) files(ctx context.Context, in *ByID) (*filesOutput, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &filesOutput{}
	out.Body.Items, err = a.filesOf(ctx, record)
	return out, err
}

// filesOf lists the files of a record as its versions tell them, the removed ones too, in the order in which they were attached.
func (a *API) filesOf(ctx context.Context, record *postgres.RecordView) ([]RecordFile, error) {
	stored, err := a.DB.RecordFiles(ctx, record.Org, record.ID)
	if err != nil || len(stored) == 0 {
		return []RecordFile{}, err
	}
	rows, err := ofRecord(ctx, a, record.ID, func(q *queries.Queries, org uuid.UUID) ([]queries.RecordVersionsRow, error) {
		return q.RecordVersions(ctx, queries.RecordVersionsParams{Org: org, Record: record.ID})
	})
	if err != nil {
		return nil, err
	}
	files, err := toldByVersions(rows)
	if err != nil {
		return nil, err
	}
	for i := range files {
		describeFile(&files[i], stored, record.Files)
	}
	return files, nil
}

func toldByVersions(rows []queries.RecordVersionsRow) ([]RecordFile, error) {
	files := []RecordFile{}
	for _, r := range rows {
		v := r.RecordVersion
		content, err := contentOf(v.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read version %d: %w", v.Version, err)
		}
		by := Named{ID: v.CreatedBy, Name: r.Author}
		for i, f := range files {
			if f.Removed == nil && !slices.Contains(content.Files, models.FileHash{Name: f.Name, SHA256: f.SHA256}) {
				files[i].Removed = &FileRemoved{Version: int(v.Version), At: v.CreatedAt, By: by, Reason: v.Reason}
			}
		}
		for _, f := range content.Files {
			if !slices.ContainsFunc(files, func(known RecordFile) bool { return known.Removed == nil && known.SHA256 == f.SHA256 }) {
				files = append(files, RecordFile{Name: f.Name, SHA256: f.SHA256, Version: int(v.Version), AddedAt: v.CreatedAt, AddedBy: by, Reason: v.Reason})
			}
		}
	}
	return files, nil
}

// describeFile adds what versions do not tell: size and kind.
func describeFile(f *RecordFile, stored []postgres.StoredFile, attached []models.File) {
	for _, s := range stored {
		if hex.EncodeToString(s.SHA256[:]) == f.SHA256 {
			f.Size, f.MediaType = s.Size, s.MediaType
		}
	}
	for _, s := range attached {
		if s.SHA256 == f.SHA256 && f.Removed == nil {
			f.MediaType = s.MediaType
		}
	}
}

// fetchFile is GET /v1/records/{id}/files/{sha256}: the bytes of a file that the record holds or held, for who may see the record.
func (a *API) fetchFile(ctx context.Context, in *ByFile) (*huma.StreamResponse, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	files, err := a.filesOf(ctx, record)
	if err != nil {
		return nil, err
	}
	for _, f := range slices.Backward(files) {
		if f.SHA256 == in.SHA256 {
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				if err := a.sendFile(ctx, hc, f); err != nil {
					logger(ctx).WarnContext(ctx, "a file was not sent whole", "record", record.ID, "sha256", f.SHA256, "error", err)
				}
			}}, nil
		}
	}
	return nil, models.Refuse(models.CodeNotFound, "No version of the record has such a file.")
}

// sendFile sends a file as something to keep, never to show: it comes from people, and a browser must run nothing of it.
func (a *API) sendFile(ctx context.Context, hc huma.Context, f RecordFile) error {
	hash, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return fmt.Errorf("read the hash of a file: %w", err)
	}
	hc.SetHeader("Content-Type", f.MediaType)
	hc.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	hc.SetHeader("Content-Length", strconv.FormatInt(f.Size, 10))
	hc.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	hc.SetHeader("ETag", `"`+f.SHA256+`"`)
	longWrite(hc.BodyWriter())
	return copyVerified(hc.BodyWriter(), a.DB.OpenFile(ctx, callerOf(ctx).Org, [sha256.Size]byte(hash)), [sha256.Size]byte(hash))
}

// errFileAltered is returned for stored bytes that are not those that the hash is of.
var errFileAltered = errors.New("the stored bytes of a file are not those that its hash is of")

// copyVerified copies all but the last piece as it comes, and that one only when the hash of the whole is right: nobody receives
// an altered file whole.
func copyVerified(w io.Writer, r io.Reader, want [sha256.Size]byte) error {
	hash := sha256.New()
	held := make([]byte, 0, copyPiece)
	piece := make([]byte, copyPiece)
	for {
		n, err := io.ReadFull(r, piece)
		if n > 0 {
			if _, err := w.Write(held); err != nil {
				return fmt.Errorf("send a file: %w", err)
			}
			held = append(held[:0], piece[:n]...)
			hash.Write(held)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if [sha256.Size]byte(hash.Sum(nil)) != want {
		return errFileAltered
	}
	_, err := w.Write(held)
	return err
}

// copyPiece is how much of a file is held back, bytes.
const copyPiece = 64 << 10
