// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"

	"github.com/countersign/countersign/models"
)

// applyExport records that rows left the system as a file: which, how many, and the file's hash, by which a copy is known again
// (21 CFR 11.10(b), (d)). It changes nothing.
func applyExport(_ context.Context, t *tx) error {
	body, err := read[models.Export](t.cmd)
	if err != nil {
		return err
	}
	t.note("export", nil, body)
	return nil
}

// applyEvidence records that a record's evidence pack left the system, and its hash. It changes nothing of the record.
func applyEvidence(_ context.Context, t *tx) error {
	body, err := read[models.EvidenceExport](t.cmd)
	if err != nil {
		return err
	}
	t.note("evidence", nil, body)
	return nil
}
