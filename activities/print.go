// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"fmt"

	"github.com/countersign/countersign/models"
)

// applyPrint records that a copy on paper is made, of which version, by whom (Annex 11 section 8). It changes nothing of
// the record: there is an audit event and no version.
func applyPrint(_ context.Context, t *tx) error {
	body, err := read[models.Print](t.cmd)
	if err != nil {
		return err
	}
	if body.Version < 1 || body.Version > t.record.Version {
		return models.InvalidField("version", "unknown", fmt.Sprintf("The record has versions 1 to %d.", t.record.Version))
	}
	t.note("print", nil, models.Printed{Version: body.Version, State: t.record.State})
	return nil
}
