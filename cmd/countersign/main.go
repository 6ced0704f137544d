// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Command countersign runs regulated work: see README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// version is stamped by make build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "countersign:", err)
		os.Exit(exitCode(err))
	}
}

// errFailed is for a command that did its work and has bad news, which it has printed: exit code 1. Other errors exit with 2.
var errFailed = errors.New("not verified")

func exitCode(err error) int {
	if errors.Is(err, errFailed) {
		return 1
	}
	return 2
}

// command is one thing that the program does.
type command struct {
	name, args, what string
	run              func(ctx context.Context, args []string, cfg config, out io.Writer) error
}

var commands = []command{
	{"serve", "", "run the API and the worker", serve},
	{"worker", "", "run a worker alone", workerOnly},
	{"dev", "", "migrate, load the demo organization, and serve: for trying it out", dev},
	{"demo", "[--out pack.zip]", "play one major deviation against the demo server, to its verified pack", demo},
	{"import", "deviations FILE", "import public recall reports as deviations, over the API", importRecords},
	{"migrate", "", "bring the database up to date, as its owner", migrate},
	{"unlock", "--username NAME", "let a locked person log in again, as the owner of the server", unlock},
	{"verify", "PACK.zip | --database", "check a pack offline, or the whole log of a database", verify},
	{"evidence", "RECORD-NUMBER", "write the evidence pack of a record", evidence},
	{"version", "", "print the version", printVersion},
	{"config", "", "print the settings that are in force, without secrets", printConfig},
}

func run(ctx context.Context, args, environ []string, out io.Writer) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		return usage(out)
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return fmt.Errorf("there is no command %q; countersign help lists them", args[0])
	}
	cfg, err := readConfig(environ)
	if err != nil {
		return err
	}
	return commands[i].run(ctx, args[1:], cfg, out)
}

func usage(out io.Writer) error {
	var b strings.Builder
	b.WriteString("Countersign runs regulated work: deviations, CAPA, documents and their e-signatures.\n\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "  countersign %-28s %s\n", strings.TrimSpace(c.name+" "+c.args), c.what)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func printVersion(_ context.Context, _ []string, _ config, out io.Writer) error {
	_, err := fmt.Fprintln(out, version)
	return err
}
