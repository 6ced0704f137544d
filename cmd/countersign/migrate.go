// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/countersign/countersign/models/postgres"
)

// migrate brings the database up to date as its owner. The application itself never can.
func migrate(ctx context.Context, _ []string, cfg config, out io.Writer) error {
	if cfg.DatabaseOwnerURL == "" {
		return errors.New("DATABASE_OWNER_URL is not set: name the database as its owner")
	}
	if err := postgres.Migrate(ctx, cfg.DatabaseOwnerURL); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "The database is up to date.")
	return err
}
