// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// unsuitable is the reason why Temporal's databases cannot go where DATABASE_URL says.
type unsuitable string

func (u unsuitable) Error() string { return string(u) }

// hostTemporal makes Temporal's databases on the server that DATABASE_URL names and says how to reach them. The error
// is unsuitable when they must go elsewhere.
func hostTemporal(ctx context.Context, databaseURL string) (sqlTarget, error) {
	target, err := sqlTargetOf(databaseURL)
	if err != nil {
		return sqlTarget{}, err
	}
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return sqlTarget{}, fmt.Errorf("connect to DATABASE_URL: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	may, err := found(ctx, conn, `SELECT (rolcreatedb OR rolsuper)
		AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'btree_gin') FROM pg_roles WHERE rolname = current_user`)
	if err != nil {
		return sqlTarget{}, err
	}
	if !may {
		return sqlTarget{}, unsuitable("its role may not create databases, or it has no btree_gin")
	}
	for _, name := range []string{temporalDatabase, visibilityDatabase} {
		if err := ensureDatabase(ctx, conn, name, ""); err != nil {
			return sqlTarget{}, err
		}
	}
	return target, nil
}

// sqlTargetOf takes from a postgres:// URL what Temporal needs. Temporal knows neither sockets nor lists of hosts.
func sqlTargetOf(databaseURL string) (sqlTarget, error) {
	u, err := url.Parse(databaseURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return sqlTarget{}, unsuitable("it is not of the form postgres://user:password@host:port/database")
	}
	cfg, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return sqlTarget{}, fmt.Errorf("read DATABASE_URL: %w", err)
	}
	if strings.HasPrefix(cfg.Host, "/") || strings.Contains(u.Host, ",") {
		return sqlTarget{}, unsuitable("it names a socket or several hosts")
	}
	attributes := map[string]string{"sslmode": "prefer"}
	for key, values := range u.Query() {
		if strings.HasPrefix(key, "ssl") {
			attributes[key] = values[0]
		}
	}
	return sqlTarget{
		Addr:       cfg.Host + ":" + strconv.Itoa(int(cfg.Port)),
		User:       url.QueryEscape(cfg.User), // Temporal pastes it into a URL as it is
		Password:   cfg.Password,
		Attributes: attributes,
	}, nil
}
