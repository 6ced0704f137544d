// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models/postgres"
)

// unlock lets a locked person log in again, from the database alone. Administrators do it in the app; where all of them are locked,
// only the owner of the server can.
func unlock(ctx context.Context, args []string, cfg config, out io.Writer) error {
	f := flag.NewFlagSet("countersign unlock", flag.ContinueOnError)
	f.SetOutput(out)
	slug := f.String("organization", "", "`slug` of the person's organization")
	username := f.String("username", "", "`name` that the person logs in with")
	reason := f.String("reason", "", "why, for the audit trail: a `text`")
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case *slug == "" || *username == "" || strings.TrimSpace(*reason) == "" || f.NArg() > 0:
		return errors.New("unlock: name the --organization and the --username, and give a --reason")
	case cfg.DatabaseURL == "":
		return errors.New("unlock: DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, cfg.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer db.Close()
	orgs, err := organizations(ctx, db, *slug)
	if err != nil {
		return err
	}
	who, err := db.Credential(ctx, orgs[0], uuid.Nil, *username, uuid.Nil, time.Now())
	switch {
	case err != nil:
		return err
	case who.Person == nil:
		return fmt.Errorf("there is no %q in %s", *username, *slug)
	case !who.Person.Locked:
		return fmt.Errorf("the account of %q is not locked", *username)
	}
	// No policy is asked and nothing is signed: that leaves the store, the clock and the log.
	commit := &activities.Commit{Store: db, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	if err := commit.Unlock(ctx, orgs[0], who.Person.ID, *reason); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s may log in again. It stands in the audit trail, with your reason.\n", *username)
	return err
}
