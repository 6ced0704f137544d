// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Command licences lists the licence of every module that is linked into Countersign's programs in docs/licences.md, and
// fails on copyleft, on a licence that it does not know, and on a list that is out of date. It needs no network: it reads
// the module cache.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// programs are what is shipped: the file, the folder of its module, and its package there.
var programs = []struct{ file, module, pkg string }{
	{"bin/countersign", ".", "./cmd/countersign"},
	{"bin/devstack", "deploy/devstack", "."},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("licences", flag.ContinueOnError)
	root := flags.String("root", "../..", "folder of the checkout")
	write := flags.Bool("write", false, "write docs/licences.md instead of comparing it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lists []list
	var bad []error
	for _, p := range programs {
		modules, err := linked(ctx, filepath.Join(*root, p.module), p.pkg)
		if err != nil {
			return err
		}
		l, err := judge(p.file, modules)
		bad = append(bad, err)
		lists = append(lists, l)
		fmt.Fprintf(out, "licences: %s links %d modules\n", p.file, len(modules))
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	return keep(filepath.Join(*root, "docs", "licences.md"), document(lists), *write)
}

// keep writes the list, or compares it with the one that is there.
func keep(path string, want []byte, write bool) error {
	if write {
		return os.WriteFile(path, want, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the list, which make generate writes: %w", err)
	}
	if !bytes.Equal(have, want) {
		return errors.New("docs/licences.md is out of date: run make generate, and look at what changed")
	}
	return nil
}
