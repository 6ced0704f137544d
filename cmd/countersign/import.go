// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/api"
)

const (
	importsAtOnce = 8
	maxTold       = 20 // bad lines that are told one by one
	apiKeyVar     = "COUNTERSIGN_API_KEY"
)

// importRecords brings public recall reports in as deviations of an organization of their own, over the REST API. The id of each
// follows from its recall number, so that importing again makes nothing new.
func importRecords(ctx context.Context, args []string, cfg config, out io.Writer) error {
	i := &importer{out: out, seen: map[string]int{}}
	file, server, err := i.readArgs(args, cfg)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := openLines(file)
	if err != nil {
		return err
	}
	defer lines.close()
	if err := i.connect(ctx, cfg, server); err != nil {
		return err
	}
	i.started, i.progress = time.Now(), newProgress(out)
	err = i.run(ctx, lines)
	return i.summary(err)
}

// importer counts what becomes of each line.
type importer struct {
	out      io.Writer
	limit    int
	client   *restClient
	progress *progress
	started  time.Time

	mu      sync.Mutex
	seen    map[string]int // line of each recall number
	created int
	known   int // imported before
	bad     int
	taken   int // lines handed on
}

func (i *importer) readArgs(args []string, cfg config) (file, server string, err error) {
	flags := flag.NewFlagSet("countersign import deviations FILE.jsonl[.gz]", flag.ContinueOnError)
	flags.SetOutput(i.out)
	flags.StringVar(&server, "server", "http://"+cfg.Listen, "`address` of the server")
	flags.IntVar(&i.limit, "limit", 0, "import at most this `number` of records; 0 for all")
	rest, err := parseAnywhere(flags, args)
	if err != nil {
		return "", "", err
	}
	if len(rest) != 2 || rest[0] != "deviations" {
		return "", "", errors.New("import: say countersign import deviations FILE.jsonl[.gz]")
	}
	if i.limit < 0 {
		return "", "", errors.New("import: --limit is a number of records")
	}
	return rest[1], server, nil
}

// connect finds the service account's key and shows which organization it is of. Where neither is there yet, both are made in the
// database that DATABASE_URL names.
func (i *importer) connect(ctx context.Context, cfg config, server string) error {
	key := os.Getenv(apiKeyVar)
	if key == "" {
		state, err := readDemoState(cfg.Data, openFDA.slug)
		if err != nil {
			return err
		}
		key = state.APIKey
	}
	i.client = newRESTClient(server, key)
	var me api.Me
	err := i.client.get(ctx, "/v1/me", &me)
	if hasStatus(err, http.StatusUnauthorized) && os.Getenv(apiKeyVar) == "" {
		if key, err = foundForImport(ctx, cfg, server); err != nil {
			return err
		}
		i.client = i.client.as(key)
		err = i.client.get(ctx, "/v1/me", &me)
	}
	if err != nil {
		return fmt.Errorf("reach the organization to import into: %w", explained(err))
	}
	label := me.Organization.Label
	if label == "" {
		label = "not labelled"
	}
	_, err = fmt.Fprintf(i.out, "Into %s (%s), labelled %q, as %s\n", me.Organization.Slug, me.Organization.Name, label, me.Name)
	return err
}

// foundForImport makes the organization with its people, who have the demo's password: on this machine only.
func foundForImport(ctx context.Context, cfg config, server string) (string, error) {
	address, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read the address of the server: %w", err)
	}
	if cfg.DatabaseURL == "" || needLoopback(address.Host) != nil {
		return "", fmt.Errorf("there is no API key to import with: set %s, or, beside a demo server on this machine, DATABASE_URL", apiKeyVar)
	}
	s, err := open(ctx, cfg, io.Discard)
	if err != nil {
		return "", err
	}
	defer s.close()
	state, err := found(ctx, s, openFDA)
	if err != nil {
		return "", err
	}
	return state.APIKey, nil
}

// errStopped ends an import that cannot go on: every line would fail alike.
var errStopped = errors.New("the import was stopped")

// run imports line by line, several at once.
func (i *importer) run(ctx context.Context, lines *lineFile) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(importsAtOnce)
	var failed error
	for ctx.Err() == nil && (i.limit == 0 || i.taken < i.limit) {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			failed = fmt.Errorf("read line %d: %w", lines.number+1, err)
			break
		}
		number := lines.number
		r, err := i.check(number, line, err)
		if err != nil {
			i.skip(number, err)
			continue
		}
		i.taken++
		share := lines.share()
		if i.limit > 0 {
			share = max(share, float64(i.taken)/float64(i.limit))
		}
		g.Go(func() error { return i.file(ctx, number, r, share) })
	}
	return errors.Join(g.Wait(), failed)
}

// check reads a line, which may have been too long, and refuses a recall number that an earlier line has.
func (i *importer) check(number int, line []byte, err error) (*recall, error) {
	if err != nil {
		return nil, err
	}
	r, err := parseRecall(line)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if before, ok := i.seen[r.Number]; ok {
		return nil, fmt.Errorf("%s stands in line %d already", r.Number, before)
	}
	i.seen[r.Number] = number
	return r, nil
}

// file sends one deviation. What the server refuses about one record is that line's; anything else stops the import.
func (i *importer) file(ctx context.Context, number int, r *recall, share float64) error {
	body := map[string]any{"site": r.site(), "migrated": true, "data": r.report()}
	var filed api.Record
	err := i.client.post(ctx, "/v1/deviations", "openfda-"+r.Number, 0, body, &filed)
	if hasStatus(err, http.StatusUnprocessableEntity) || hasStatus(err, http.StatusRequestEntityTooLarge) {
		i.skip(number, fmt.Errorf("%s: %w", r.Number, explained(err)))
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w at line %d: %w", errStopped, number, explained(err))
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if filed.CreatedAt.Before(i.started) {
		i.known++
	} else {
		i.created++
	}
	i.progress.show(i.created+i.known, share)
	return nil
}

func (i *importer) skip(number int, why error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.bad++
	if i.bad <= maxTold {
		i.progress.line("line %d is skipped: %v", number, why)
	}
}

// summary says what became of the lines. It is an error only where the import was stopped, or nothing at all could be read.
func (i *importer) summary(err error) error {
	i.progress.clear()
	if i.bad > maxTold {
		fmt.Fprintf(i.out, "... and %d more lines are skipped\n", i.bad-maxTold)
	}
	fmt.Fprintf(i.out, "%d imported, %d were there already, %d lines skipped, in %s.\n", i.created, i.known, i.bad, since(i.started))
	if err == nil && i.created+i.known == 0 {
		err = errors.New("nothing could be imported")
	}
	return err
}
