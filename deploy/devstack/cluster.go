// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	clusterName = "postgres" // folder of PostgreSQL's data below the data folder
	superuser   = "postgres"
)

// cluster is the private PostgreSQL: programs, data and the account that runs them.
type cluster struct {
	programs
	acct     account
	dir      string
	logPath  string
	port     int
	fast     bool   // settings that trade durability for speed
	passing  bool   // the data need not outlive this run
	password string // of the superuser
	preload  bool   // pg_stat_statements is there to be loaded
}

// dataMajor is the release that made the data in dir, 0 when there is none yet.
func dataMajor(dir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the release of PostgreSQL's data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0, fmt.Errorf("read the release of PostgreSQL's data: %w", err)
	}
	return major, nil
}

// settings are given on the command line, so that a newer devstack's hold for older data too.
func (c *cluster) settings() []string {
	s := []string{
		"listen_addresses=" + loopback, "port=" + strconv.Itoa(c.port),
		"unix_socket_directories=", // TCP only: the path of a socket in a deep checkout would be too long
		"max_connections=200", "shared_buffers=256MB",
		"timezone=UTC", "log_timezone=UTC",
	}
	if c.preload {
		s = append(s, "shared_preload_libraries=pg_stat_statements",
			"pg_stat_statements.track=top", "pg_stat_statements.max=10000")
	}
	if c.fast {
		s = append(s, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	return s
}

// launch starts PostgreSQL and returns when it answers a query.
func (c *cluster) launch(ctx context.Context) (*process, error) {
	endLeftovers(c.dir)
	log, begin, err := openLog(c.logPath)
	if err != nil {
		return nil, err
	}
	defer log.Close()

	// Fast shutdown when devstack dies: open transactions are rolled back, and the data needs no recovery.
	cmd := c.acct.command(childOf(syscall.SIGINT), c.path("postgres"))
	data, lent, err := c.acct.lend(cmd, c.dir)
	if err != nil {
		return nil, err
	}
	defer lent()
	cmd.Args = append(cmd.Args, "-D", data)
	for _, s := range c.settings() {
		cmd.Args = append(cmd.Args, "-c", s)
	}
	cmd.Stdout, cmd.Stderr = log, log
	p, err := start(cmd)
	if err != nil {
		return nil, err
	}
	if err := p.awaitReady(ctx, 20*time.Millisecond, c.answers); err != nil {
		p.end(stopPatience, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL)
		return nil, fmt.Errorf("%w; %s says:%s", err, c.logPath, lastLines(logSince(c.logPath, begin), 8))
	}
	return p, nil
}

// answers tells whether a real query gets its answer.
func (c *cluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := c.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var one int
	return conn.QueryRow(ctx, "SELECT 1").Scan(&one)
}
