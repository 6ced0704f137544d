// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
)

// temporalSpec is what the server child is told, as one JSON document on its stdin. It holds a password, so it
// does not go through arguments or the environment.
type temporalSpec struct {
	SQL          sqlTarget
	FrontendPort int
	UIPort       int // 0: no UI
	Namespace    string
}

// sqlTarget is a PostgreSQL server with Temporal's two databases.
type sqlTarget struct {
	Addr       string // host:port
	User       string // as it stands in a URL
	Password   string
	Attributes map[string]string // sslmode and its like
}

// maxConns bounds Temporal's connections to each of its databases.
const maxConns = 20

// store is one of Temporal's databases as the server wants it described.
func (t sqlTarget) store(database string) *config.SQL {
	return &config.SQL{
		PluginName:        "postgres12_pgx",
		DatabaseName:      database,
		ConnectAddr:       t.Addr,
		ConnectProtocol:   "tcp",
		User:              t.User,
		Password:          t.Password,
		ConnectAttributes: t.Attributes,
		MaxConns:          maxConns,
		MaxIdleConns:      maxConns,
		MaxConnLifetime:   time.Hour,
	}
}

// answers tells whether a database takes connections. One that is starting up does not.
func (t sqlTarget) answers(ctx context.Context, database string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	attributes := url.Values{}
	for key, value := range t.Attributes {
		attributes.Set(key, value)
	}
	conn, err := pgx.Connect(ctx, fmt.Sprintf("postgres://%s:%s@%s/%s?%s",
		t.User, url.QueryEscape(t.Password), t.Addr, database, attributes.Encode()))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
