// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// evidence sends the evidence pack of a record, for those whom policy lets take it out, and says in the audit trail that it left
// (21 CFR 11.10(b), (e)). The pack is as the record stood before that event: it cannot hold an event that has its own hash in it.
func (a *API) evidence(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if a.Evidence == nil {
		return nil, models.Refuse(codeUnavailable, "This server makes no evidence packs.")
	}
	return a.sendMade(ctx, outgoing{name: record.Number + ".zip", contentType: "application/zip", make: func(file *os.File) error {
		made, err := a.writeEvidence(ctx, in.ID, file)
		if err != nil {
			return err
		}
		_, err = a.give(ctx, callerOf(ctx).command(intended{
			name: models.CommandEvidence, typ: record.Type, record: record.ID, key: models.NewID().String(), body: made,
		}))
		return err
	}})
}

func (a *API) writeEvidence(ctx context.Context, record uuid.UUID, file *os.File) (models.EvidenceExport, error) {
	made, hash := models.EvidenceExport{}, sha256.New()
	if err := a.Evidence(ctx, callerOf(ctx).Session, record, io.MultiWriter(file, hash)); err != nil {
		return made, fmt.Errorf("write the evidence pack: %w", err)
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return made, fmt.Errorf("measure the evidence pack: %w", err)
	}
	made.Size, made.SHA256 = size, hex.EncodeToString(hash.Sum(nil))
	return made, nil
}
