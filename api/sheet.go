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
	"slices"
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

// errSheetAltered is returned for a stored sheet that is not the one that was shown or signed.
var errSheetAltered = errors.New("the stored signing sheet is not the one that its hash is of")

// storedSheet is a sheet, with its signature once there is one.
type storedSheet struct {
	queries.SigningSheetRow
	signature *queries.RecordSignaturesRow
}

// fetchSheet is GET /v1/records/{id}/sheets/{sheet}: the page that a signer is or was shown, byte for byte as it was stored. It is
// the signer's alone until it is signed; from then on it is for whoever may see the record.
func (a *API) fetchSheet(ctx context.Context, in *BySheet) (*huma.StreamResponse, error) {
	sheet, err := ofRecord(ctx, a, in.ID, func(q *queries.Queries, org uuid.UUID) (storedSheet, error) {
		return readSheet(ctx, q, org, in)
	})
	if errors.Is(err, pgx.ErrNoRows) || err == nil && !sheet.used() && sheet.SignerID != callerOf(ctx).Person.ID {
		return nil, models.Refuse(models.CodeNotFound, "The record has no such signing sheet that you may see.")
	}
	if err != nil {
		return nil, fmt.Errorf("read the signing sheet: %w", err)
	}
	hash, err := sheet.shown()
	if err != nil {
		return nil, err
	}
	if ledger.ContentHash(sheet.View) != hash {
		return nil, errSheetAltered
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "text/html; charset=utf-8")
		hc.SetHeader("Content-Length", strconv.Itoa(len(sheet.View)))
		hc.SetHeader("Content-Security-Policy", sheetPolicy(sheet.View))
		_, _ = hc.BodyWriter().Write(sheet.View) // the client is gone if this fails
	}}, nil
}

func readSheet(ctx context.Context, q *queries.Queries, org uuid.UUID, in *BySheet) (storedSheet, error) {
	row, err := q.SigningSheet(ctx, queries.SigningSheetParams{Org: org, Record: in.ID, ID: in.Sheet})
	if err != nil {
		return storedSheet{}, err
	}
	signatures, err := q.RecordSignatures(ctx, queries.RecordSignaturesParams{Org: org, Record: in.ID})
	sheet := storedSheet{SigningSheetRow: row}
	if i := slices.IndexFunc(signatures, func(r queries.RecordSignaturesRow) bool { return r.Signature.IntentID == in.Sheet }); i >= 0 {
		sheet.signature = &signatures[i]
	}
	return sheet, err
}

func (s storedSheet) used() bool { return s.UsedAt != nil || s.signature != nil }

// shown is the hash of what the signer is shown. Of a sheet that was used it is the one that was signed, and the signature has to
// hold: the intent beside the sheet is no witness, for who alters one can alter the other (21 CFR 11.70).
func (s storedSheet) shown() (ledger.Hash, error) {
	if !s.used() {
		intent, err := ledger.ParseIntent(s.Bytes)
		if err != nil {
			return ledger.Hash{}, fmt.Errorf("read the stored intent: %w", err)
		}
		return intent.ViewHash, nil
	}
	if s.signature == nil {
		return ledger.Hash{}, fmt.Errorf("%w: it counts as used, and nobody signed it", errSheetAltered)
	}
	if state := verification(*s.signature); state != "valid" {
		return ledger.Hash{}, fmt.Errorf("%w: its signature is %s", errSheetAltered, state)
	}
	m, err := ledger.ParseManifest(s.signature.Signature.Manifest)
	if err != nil {
		return ledger.Hash{}, fmt.Errorf("read signature %s: %w", s.signature.Signature.ID, err)
	}
	return m.Intent.ViewHash, nil
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
