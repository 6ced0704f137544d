// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres/queries"
)

// BySheet names a signing sheet of a record.
type BySheet struct {
	ByID
	Sheet uuid.UUID `path:"sheet" format:"uuid" doc:"The intent of a signature."`
}

// errSheetAltered is returned for a stored sheet that is not the one that its intent is of.
var errSheetAltered = errors.New("the stored signing sheet is not the one that its hash is of")

// fetchSheet is GET /v1/records/{id}/sheets/{sheet}: the page that a signer is or was shown, byte for byte as it was stored. It is
// the signer's alone until it is signed; from then on it is for whoever may see the record.
func (a *API) fetchSheet(ctx context.Context, in *BySheet) (*huma.StreamResponse, error) {
	row, err := ofRecord(ctx, a, in.ID, func(q *queries.Queries, org uuid.UUID) (queries.SigningSheetRow, error) {
		return q.SigningSheet(ctx, queries.SigningSheetParams{Org: org, Record: in.ID, ID: in.Sheet})
	})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && row.UsedAt == nil && row.SignerID != callerOf(ctx).Person.ID {
		return nil, models.Refuse(models.CodeNotFound, "The record has no such signing sheet that you may see.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the signing sheet: %w", err)
	}
	intent, err := ledger.ParseIntent(row.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the stored intent: %w", err)
	}
	if ledger.ContentHash(row.View) != intent.ViewHash {
		return nil, errSheetAltered
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "text/html; charset=utf-8")
		hc.SetHeader("Content-Length", strconv.Itoa(len(row.View)))
		hc.SetHeader("Content-Security-Policy", sheetPolicy(row.View))
		hc.SetHeader("ETag", `"`+intent.ViewHash.String()+`"`)
		_, _ = hc.BodyWriter().Write(row.View) // the client is gone if this fails
	}}, nil
}

// sheetPolicy lets a sheet have the one style that it was rendered with, and nothing else: no script, no request, no form, no origin.
// The app alone shows it in a frame.
func sheetPolicy(view []byte) string {
	style := "'none'"
	_, rest, _ := bytes.Cut(view, []byte("<style>"))
	if text, _, ok := bytes.Cut(rest, []byte("</style>")); ok {
		hash := sha256.Sum256(text)
		style = "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
	}
	return "sandbox; default-src 'none'; style-src " + style + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
}
