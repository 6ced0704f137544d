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
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/packs"
	"github.com/countersign/countersign/models/postgres"
)

// evidence writes the evidence pack of one record to a file, from the database alone.
func evidence(ctx context.Context, args []string, cfg config, out io.Writer) error {
	f := flag.NewFlagSet("countersign evidence RECORD-NUMBER", flag.ContinueOnError)
	f.SetOutput(out)
	slug := f.String("organization", "", "`slug` of the record's organization")
	file := f.String("out", "", "`file` to write, such as pack.zip")
	rest, err := parseAnywhere(f, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case len(rest) != 1 || *slug == "" || *file == "":
		return errors.New("evidence: name a record, its --organization and the file to write with --out")
	case cfg.DatabaseURL == "":
		return errors.New("evidence: DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, cfg.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer db.Close()
	pack, err := gather(ctx, db, cfg, *slug, rest[0])
	if err != nil {
		return err
	}
	if err := writePack(*file, *pack); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The evidence of %s is in %s. Check it with: countersign verify %s\n", rest[0], *file, *file)
	return err
}

func gather(ctx context.Context, db *postgres.DB, cfg config, slug, number string) (*ledger.Pack, error) {
	orgs, err := organizations(ctx, db, slug)
	if err != nil {
		return nil, err
	}
	record, err := db.RecordNumbered(ctx, orgs[0], number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("there is no record %s in %s", number, slug)
	}
	if err != nil {
		return nil, err
	}
	forms, err := packs.Forms()
	if err != nil {
		return nil, err
	}
	seal, key, err := sealing(db, cfg, orgs[0])
	if err != nil {
		return nil, err
	}
	pack, err := db.Pack(ctx, orgs[0], record, forms, seal)
	if err == nil {
		pack.Seal = key
	}
	return pack, err
}

// sealing seals with the keys of this machine and returns the current one. Where they are not, the server elsewhere seals,
// about once a second, and it is waited for.
func sealing(db *postgres.DB, cfg config, org uuid.UUID) (func(context.Context, uuid.UUID) error, *ledger.SigningKey, error) {
	wait := func(context.Context, uuid.UUID) error { return nil }
	dir := filepath.Join(cfg.Data, "keys", "signing")
	if _, err := os.Stat(dir); err != nil {
		return wait, nil, nil //nolint:nilerr // no keys here
	}
	store, err := ledger.OpenKeyStore(dir)
	if err != nil {
		return nil, nil, err
	}
	key, err := store.Current(org)
	if errors.Is(err, ledger.ErrNoKey) {
		return wait, nil, nil
	}
	sealer := &activities.Sealer{
		Store: db, Keys: store, Sink: activities.FolderSink(filepath.Join(cfg.Data, "heads")), Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	return sealer.Seal, &key, err
}

// writePack leaves either the whole pack or no file.
func writePack(file string, pack ledger.Pack) error {
	temp, err := os.CreateTemp(filepath.Dir(file), ".evidence-*")
	if err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	defer os.Remove(temp.Name()) // gone already when all went well
	if err := errors.Join(ledger.WritePack(temp, pack), temp.Close()); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return fmt.Errorf("write the pack: %w", err)
	}
	return nil
}
