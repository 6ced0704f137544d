// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
)

// verification is what the verify command was asked for.
type verification struct {
	database     bool
	organization string
	trust        []ledger.Key
	checkpoint   string // file of one head kept outside
	heads        string // folder of heads kept outside
	pack         string
}

// verify checks an evidence pack by itself, without any settings, or the whole log of a database.
func verify(ctx context.Context, args []string, cfg config, out io.Writer) error {
	collectSeldom()
	v, err := readVerification(args, out)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if v.database {
		return v.verifyDatabase(ctx, cfg, out)
	}
	return v.verifyPack(out)
}

func readVerification(args []string, out io.Writer) (verification, error) {
	var v verification
	f := flag.NewFlagSet("countersign verify PACK.zip | --database", flag.ContinueOnError)
	f.SetOutput(out)
	f.BoolVar(&v.database, "database", false, "verify the database of DATABASE_URL instead of a pack")
	f.StringVar(&v.organization, "organization", "", "with --database: the `slug` of the only organization to verify")
	f.Func("trust", "public `key` of the organization, or a file of keys, received by another way; may be given more than once", func(s string) error {
		keys, err := readTrusted(s)
		v.trust = append(v.trust, keys...)
		return err
	})
	f.StringVar(&v.checkpoint, "checkpoint", "", "`file` of a head that was kept outside")
	f.StringVar(&v.heads, "heads", "", "with --database: `folder` of heads that were kept outside; the newest is taken")
	rest, err := parseAnywhere(f, args)
	if err != nil {
		return v, err
	}
	switch {
	case v.database && len(rest) > 0:
		return v, fmt.Errorf("verify: either --database or a pack, not both: %s", rest[0])
	case !v.database && len(rest) != 1:
		return v, errors.New("verify: name one pack, or --database")
	case !v.database && (v.organization != "" || v.heads != ""):
		return v, errors.New("verify: --organization and --heads go with --database")
	case v.checkpoint != "" && v.heads != "":
		return v, errors.New("verify: either --checkpoint or --heads, not both")
	case v.database && v.checkpoint != "" && v.organization == "":
		return v, errors.New("verify: a --checkpoint is of one organization: name it with --organization, or give all heads with --heads")
	case !v.database:
		v.pack = rest[0]
	}
	return v, nil
}

// parseAnywhere reads flags before and after the other arguments, which it returns.
func parseAnywhere(f *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
}

// readTrusted reads one key, or a file with one a line; '#' begins a remark.
func readTrusted(s string) ([]ledger.Key, error) {
	if key, err := ledger.ParseKey(s); err == nil {
		return []ledger.Key{key}, nil
	}
	raw, err := os.ReadFile(s)
	if err != nil {
		return nil, fmt.Errorf("it is neither a key (countersign/<organization>+<hash>+<base64>) nor a file of keys: %w", err)
	}
	var keys []ledger.Key
	for line := range strings.Lines(string(raw)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := ledger.ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (v verification) verifyPack(out io.Writer) error {
	opts, err := v.options("")
	if err != nil {
		return err
	}
	f, err := os.Open(v.pack)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("verify: %s is not a file", v.pack)
	}
	return say(out, ledger.VerifyPackFile(f, info.Size(), opts))
}

func (v verification) verifyDatabase(ctx context.Context, cfg config, out io.Writer) error {
	if cfg.DatabaseURL == "" {
		return errors.New("verify: DATABASE_URL is not set")
	}
	db, err := postgres.Open(ctx, cfg.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer db.Close()
	orgs, err := organizations(ctx, db, v.organization)
	if err != nil {
		return err
	}
	var verdict error
	for _, org := range orgs {
		opts, err := v.options(org.String())
		if err != nil {
			return err
		}
		report, err := db.VerifyLog(ctx, org, opts)
		if err != nil {
			return err
		}
		if err := say(out, report); err != nil {
			if !errors.Is(err, errFailed) {
				return err
			}
			verdict = err
		}
	}
	return verdict
}

// organizations finds one by its slug, or all. None at all is no success: nothing would have been verified.
func organizations(ctx context.Context, db *postgres.DB, slug string) ([]uuid.UUID, error) {
	if slug != "" {
		org, err := db.Organization(ctx, slug)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, fmt.Errorf("there is no organization %q", slug)
		}
		return []uuid.UUID{org}, err
	}
	orgs, err := db.Organizations(ctx)
	if err == nil && len(orgs) == 0 {
		err = errors.New("there is no organization in this database")
	}
	return orgs, err
}

// options are for one organization, or for a pack.
func (v verification) options(org string) (ledger.Options, error) {
	opts := ledger.Options{Now: time.Now()}
	for _, key := range v.trust {
		if org == "" || key.Org.String() == org {
			opts.TrustedKeys = append(opts.TrustedKeys, key)
		}
	}
	file := v.checkpoint
	if v.heads != "" {
		var err error
		if file, err = newestHead(v.heads, org); err != nil || file == "" {
			return opts, err
		}
	}
	if file == "" {
		return opts, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return opts, fmt.Errorf("read the head kept outside: %w", err)
	}
	if _, err := ledger.ReadHead(string(raw)); err != nil {
		return opts, fmt.Errorf("read the head kept outside: %s: %w", file, err)
	}
	opts.Checkpoint = string(raw)
	return opts, nil
}

// newestHead is the newest of an organization's heads in a folder as the server keeps it, "" if there is none: a database may
// hold an organization that was never sealed.
func newestHead(dir, org string) (string, error) {
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("read the heads kept outside: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, org, "*.note"))
	if err != nil || len(files) == 0 {
		return "", err
	}
	return slices.Max(files), nil // names are sizes, of one length
}

// say prints a report. What was found decides the exit code.
func say(out io.Writer, report ledger.Report) error {
	if err := report.Text(out); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if !report.OK {
		return errFailed
	}
	return nil
}
