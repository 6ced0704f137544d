// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// create makes new data in the cluster's folder. It works beside it and renames at the end, so that a run that
// was killed half way leaves nothing that looks like data.
func (c *cluster) create(ctx context.Context) error {
	fresh := c.dir + ".new"
	// One collation for all: by code point, the fastest to compare. C.UTF-8 knows upper and lower case beyond
	// ASCII; a system without it falls back to C.
	var out string
	var err error
	for _, ctype := range []string{"C.UTF-8", "C"} {
		if err = c.emptyFolder(fresh); err != nil {
			return err
		}
		out, err = c.initdb(ctx, fresh, ctype)
		if err == nil || !strings.Contains(out, "invalid locale") {
			break
		}
	}
	if err != nil {
		os.RemoveAll(fresh)
		return fmt.Errorf("create the database with initdb: %w:%s", err, lastLines(out, 8))
	}
	if err := os.Rename(fresh, c.dir); err != nil {
		return fmt.Errorf("put the new database in place: %w", err)
	}
	return nil
}

func (c *cluster) emptyFolder(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("clear a half-made database: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make the database folder: %w", err)
	}
	return c.acct.own(dir)
}

// initdb returns what the program printed.
func (c *cluster) initdb(ctx context.Context, dir, ctype string) (string, error) {
	secret := dir + ".password"
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write the password for initdb: %w", err)
	}
	defer os.Remove(secret)
	if err := c.acct.own(secret); err != nil {
		return "", err
	}
	cmd := c.acct.command(childOf(syscall.SIGKILL), c.path("initdb"))
	data, lentData, err := c.acct.lend(cmd, dir)
	if err != nil {
		return "", err
	}
	defer lentData()
	pwfile, lentSecret, err := c.acct.lend(cmd, secret)
	if err != nil {
		return "", err
	}
	defer lentSecret()
	cmd.Args = append(cmd.Args, "--pgdata="+data, "--pwfile="+pwfile, "--username="+superuser,
		"--encoding=UTF8", "--locale=C", "--lc-ctype="+ctype, "--data-checksums",
		"--auth-host=scram-sha-256", "--auth-local=scram-sha-256")
	if c.passing { // the server itself still syncs every commit
		cmd.Args = append(cmd.Args, "--no-sync")
	}
	return output(ctx, cmd)
}

// canPreload asks PostgreSQL itself whether pg_stat_statements is there.
func (c *cluster) canPreload(ctx context.Context) (bool, error) {
	cmd := c.acct.command(childOf(syscall.SIGKILL), c.path("postgres"))
	data, lent, err := c.acct.lend(cmd, c.dir)
	if err != nil {
		return false, err
	}
	defer lent()
	// Printing this computed value makes PostgreSQL load the library and then exit.
	cmd.Args = append(cmd.Args, "-D", data, "-c", "shared_preload_libraries=pg_stat_statements", "-C", "shared_memory_size")
	_, err = output(ctx, cmd)
	return err == nil, ctx.Err()
}
