// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/danielgtaylor/huma/v2"

	"github.com/countersign/countersign/models"
)

// evidence writes the pack to a file first: half a pack with a success in front of it would look like a whole one.
func (a *API) evidence(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if a.Evidence == nil {
		return nil, models.Refuse(codeUnavailable, "This server makes no evidence packs.")
	}
	file, err := os.CreateTemp("", "evidence-*.zip")
	if err != nil {
		return nil, fmt.Errorf("make room for the evidence pack: %w", err)
	}
	remove := func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }
	if err := a.writeEvidence(ctx, in, file); err != nil {
		return nil, errors.Join(err, remove())
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", "application/zip")
		hc.SetHeader("Content-Disposition", `attachment; filename="`+record.Number+`.zip"`)
		_, err := io.Copy(hc.BodyWriter(), file)
		if err = errors.Join(err, remove()); err != nil {
			logger(ctx).WarnContext(ctx, "an evidence pack was not sent whole", "record", record.ID, "error", err)
		}
	}}, nil
}

func (a *API) writeEvidence(ctx context.Context, in *ByID, file *os.File) error {
	if err := a.Evidence(ctx, callerOf(ctx).Session, in.ID, file); err != nil {
		return fmt.Errorf("write the evidence pack: %w", err)
	}
	_, err := file.Seek(0, io.SeekStart)
	return err
}
