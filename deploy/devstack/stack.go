// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// stack is what devstack started. down takes down what up got to, in reverse.
type stack struct {
	opts   options
	getenv func(string) string
	say    progress

	folder   *folder
	pw       passwords
	cluster  *cluster
	server   *temporalServer
	postgres *service
	temporal *service
}

// up starts what the environment does not already name and returns when it is ready.
func (s *stack) up(ctx context.Context) error {
	databaseURL := s.getenv("DATABASE_URL")
	needTemporal := s.getenv("TEMPORAL_ADDRESS") == ""
	if databaseURL != "" && !needTemporal {
		return nil
	}
	begin := time.Now()
	var err error
	if s.folder, err = openFolder(s.opts); err != nil {
		return err
	}
	if databaseURL == "" {
		if err := s.upPostgres(ctx); err != nil {
			return err
		}
	}
	if needTemporal {
		target, err := s.homeForTemporal(ctx, databaseURL)
		if err != nil {
			return err
		}
		if err := s.upTemporal(ctx, target); err != nil {
			return err
		}
	}
	s.say.line("ready in %s, data and logs in %s", seconds(begin), s.folder.dir)
	return nil
}

// homeForTemporal makes Temporal's databases: on the server of DATABASE_URL where that will do, else on a private one.
func (s *stack) homeForTemporal(ctx context.Context, databaseURL string) (sqlTarget, error) {
	if databaseURL != "" {
		target, err := hostTemporal(ctx, databaseURL)
		var reason unsuitable
		if !errors.As(err, &reason) {
			return target, err
		}
		s.say.line("Temporal cannot use the server in DATABASE_URL (%v): starting a private PostgreSQL for it", reason)
		if err := s.upPostgres(ctx); err != nil {
			return sqlTarget{}, err
		}
	}
	if err := s.cluster.ensureTemporal(ctx, s.pw); err != nil {
		return sqlTarget{}, fmt.Errorf("make Temporal's databases: %w", err)
	}
	return sqlTarget{
		Addr:       hostPort(s.cluster.port),
		User:       temporalRole,
		Password:   s.pw.Temporal,
		Attributes: map[string]string{"sslmode": "disable"},
	}, nil
}

func (s *stack) upPostgres(ctx context.Context) error {
	begin := time.Now()
	c, err := s.prepareCluster(ctx)
	if err != nil {
		return err
	}
	s.say.line("starting PostgreSQL %d (%s) ...", c.major, c.programs.dir)
	if _, err := os.Stat(c.dir); os.IsNotExist(err) {
		if err := c.create(ctx); err != nil {
			return err
		}
	}
	if c.preload, err = c.canPreload(ctx); err != nil {
		return err
	}
	s.cluster = c
	s.postgres = &service{
		name:    "PostgreSQL",
		pidFile: s.folder.path("postgres.pid"),
		say:     s.say,
		launch:  c.launch,
		stops:   []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL},
	}
	if err := s.postgres.up(ctx); err != nil {
		return err
	}
	if err := c.ensureApp(ctx, s.pw); err != nil {
		return fmt.Errorf("make the roles and the database: %w", err)
	}
	s.say.line("PostgreSQL ready in %s on %s", seconds(begin), hostPort(c.port))
	return nil
}

// prepareCluster finds programs, account, passwords and port for the data, and ends what still runs on it.
func (s *stack) prepareCluster(ctx context.Context) (*cluster, error) {
	c := &cluster{
		dir:     s.folder.path(clusterName),
		logPath: s.folder.path("postgres.log"),
		fast:    s.opts.fast,
		passing: s.opts.ephemeral,
	}
	var err error
	if c.acct, err = accountFor(c.dir); err != nil {
		return nil, err
	}
	major, err := dataMajor(c.dir)
	if err != nil {
		return nil, err
	}
	if c.programs, err = findPrograms(ctx, s.opts.postgres, major, c.acct, s.folder.dir, s.say); err != nil {
		return nil, err
	}
	if s.pw, err = loadPasswords(s.folder.path("passwords.json"), major == 0); err != nil {
		return nil, err
	}
	c.password = s.pw.Superuser
	endLeftovers(c.dir)
	c.port, err = claimPort(s.opts.postgresPort, "--postgres-port", "PostgreSQL")
	return c, err
}

func (s *stack) upTemporal(ctx context.Context, target sqlTarget) error {
	begin := time.Now()
	pidFile := s.folder.path("temporal.pid")
	endStaleTemporal(pidFile)
	port, err := claimPort(s.opts.temporalPort, "--temporal-port", "Temporal")
	if err != nil {
		return err
	}
	if s.opts.uiPort != 0 {
		if _, err := claimPort(s.opts.uiPort, "--ui-port", "the Temporal UI"); err != nil {
			return err
		}
	}
	s.say.line("starting Temporal ...")
	s.server = &temporalServer{
		logPath: s.folder.path("temporal.log"),
		spec: temporalSpec{
			SQL: target, FrontendPort: port, UIPort: s.opts.uiPort,
			Namespace: or(s.getenv("TEMPORAL_NAMESPACE"), namespace),
		},
	}
	s.temporal = &service{
		name:    "Temporal",
		pidFile: pidFile,
		say:     s.say,
		launch:  s.server.launch,
		stops:   []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL},
	}
	if err := s.temporal.up(ctx); err != nil {
		return err
	}
	if err := s.server.ensureNamespace(ctx, s.opts.retention); err != nil {
		return err
	}
	s.say.line("Temporal ready in %s on %s", seconds(begin), hostPort(port))
	if s.opts.uiPort != 0 {
		s.say.line("Temporal UI on http://%s", hostPort(s.opts.uiPort))
	}
	return nil
}

// environment is devstack's own environment with what it started.
func (s *stack) environment() []string {
	env := os.Environ()
	set := func(key, value string) { env = append(env, key+"="+value) }
	set("TEMPORAL_NAMESPACE", or(s.getenv("TEMPORAL_NAMESPACE"), namespace))
	if s.folder != nil {
		set("DEVSTACK_DATA", s.folder.dir)
	}
	if c := s.cluster; c != nil {
		set("DEVSTACK_POSTGRES_PID", strconv.Itoa(s.postgres.firstPID))
		if s.getenv("DATABASE_URL") == "" {
			set("DATABASE_URL", c.url(appRole, s.pw.App, appDatabase))
			set("DATABASE_OWNER_URL", c.url(ownerRole, s.pw.Owner, appDatabase))
			set("DATABASE_ADMIN_URL", c.url(superuser, s.pw.Superuser, appDatabase))
		}
	}
	if t := s.server; t != nil {
		set("TEMPORAL_ADDRESS", hostPort(t.spec.FrontendPort))
		if t.spec.UIPort != 0 {
			set("TEMPORAL_UI_URL", "http://"+hostPort(t.spec.UIPort))
		}
	}
	return env
}

// down stops everything that up started and leaves nothing running.
func (s *stack) down() {
	s.temporal.down()
	s.postgres.down()
	if s.folder == nil {
		return
	}
	if err := s.folder.close(); err != nil {
		s.say.line("close the data folder: %v", err)
	}
}
