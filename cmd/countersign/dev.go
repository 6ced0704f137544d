// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/models"
)

// dev brings the database up to date, founds the demo organizations, serves, loads the demo's deviations once, and says where
// everything is. It answers on a loopback address only: everybody knows the demo's passwords.
func dev(ctx context.Context, _ []string, cfg config, out io.Writer) error {
	if err := needLoopback(cfg.Listen); err != nil {
		return err
	}
	if err := migrate(ctx, nil, cfg, out); err != nil {
		return err
	}
	log, err := openLog(cfg.Data)
	if err != nil {
		return err
	}
	defer log.Close()
	s, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer s.close()
	state, err := found(ctx, s, nordlys)
	if err != nil {
		return err
	}
	if _, err := found(ctx, s, openFDA); err != nil {
		return err
	}
	s.demo = demoLogins()
	return serveDemo(ctx, s, state, out)
}

// serveDemo runs the server, and loads and explains the demo once it answers. Demo data that cannot be loaded is told, and does
// not end the server: the next start goes on with it.
func serveDemo(ctx context.Context, s *server, state *demoState, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- s.run(ctx, ready) }()
	select {
	case err := <-ended:
		return err
	case base := <-ready:
		printWhere(out, base, s.cfg)
		if err := loadStories(ctx, base, state, out); err != nil && ctx.Err() == nil {
			fmt.Fprintf(out, "The demo is not complete, and goes on at the next start: %v\n", err)
		}
		if ctx.Err() == nil {
			printWho(out, state)
		}
		return <-ended
	}
}

// errNotLoopback refuses to show the demo to anybody else.
var errNotLoopback = errors.New("demo accounts are refused on an address that others can reach: COUNTERSIGN_LISTEN has to name 127.0.0.1, ::1 or localhost; use countersign serve for a server of your own")

func needLoopback(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("read COUNTERSIGN_LISTEN: %w", err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errNotLoopback
}

// openLog is where the server of the demo logs, so that the screen stays readable.
func openLog(data string) (*os.File, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	f, err := os.OpenFile(logPath(data), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	return f, nil
}

func logPath(data string) string { return filepath.Join(data, "countersign.log") }

func printWhere(out io.Writer, base string, cfg config) {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\nCountersign\t%s\nAPI\t%s/docs\n", base, base)
	if ui := os.Getenv("TEMPORAL_UI_URL"); ui != "" {
		fmt.Fprintf(w, "Temporal\t%s\n", ui)
	}
	fmt.Fprintf(w, "Log\t%s\n", logPath(cfg.Data))
	w.Flush()
}

// printWho lists the demo's people by role, with what each may not do.
func printWho(out io.Writer, state *demoState) {
	fmt.Fprintf(out, "\nOrganization %s (%s). Everybody's password: %s\n\n", nordlys.slug, nordlys.name, demoPassword)
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "ROLE\tBALLERUP\tDURHAM\tMAY NOT")
	for _, m := range mayNot {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", m.role, holders(m.role, ballerup), holders(m.role, durham), m.text)
	}
	w.Flush()
	if state.OneTimeSecret != "" {
		fmt.Fprintf(out, "\n%s also logs in with one-time codes; secret for an authenticator app: %s\n", demoOneTime, state.OneTimeSecret)
	}
	fmt.Fprintf(out, "API key of %s (%s): %s\n", nordlys.service.username, nordlys.service.name, state.APIKey)
	fmt.Fprintf(out, "\nDemo, not for GMP use. Stop it with Ctrl-C. Try: bin/countersign demo --out pack.zip\n")
}

func holders(role models.Role, site string) string {
	var names []string
	for _, p := range append(nordlys.people, nordlys.service) {
		if p.role == role && (p.site == site || p.site == models.AllSites) {
			names = append(names, p.username)
		}
	}
	return strings.Join(names, " ")
}

// since is a duration as people say it.
func since(start time.Time) string { return time.Since(start).Round(100 * time.Millisecond).String() }
