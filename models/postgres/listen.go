// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// listenCheck is how long the listening connection may be silent before it is asked whether it still lives: a cut network
// would otherwise look like an organization where nothing happens.
const listenCheck = 20 * time.Second

// Listen gives heard all that is published, on one connection beside the pool, until ctx ends or the connection breaks. It
// calls ready when it listens: what was published before was not heard. It always returns an error.
func (db *DB) Listen(ctx context.Context, ready func(), heard func(Published)) error {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it is broken, or the program ends
	if _, err := conn.Exec(ctx, "LISTEN "+Channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ready()
	for {
		payload, err := nextPayload(ctx, conn)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		var p Published
		if err := json.Unmarshal([]byte(payload), &p); err != nil {
			return fmt.Errorf("read what was published: %w", err)
		}
		heard(p)
	}
}

// nextPayload waits for the next NOTIFY, and makes sure now and then that the connection is alive.
func nextPayload(ctx context.Context, conn *pgx.Conn) (string, error) {
	for {
		wait, cancel := context.WithTimeout(ctx, listenCheck)
		n, err := conn.WaitForNotification(wait)
		cancel()
		if err == nil {
			return n.Payload, nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return "", err
		}
		if err := ping(ctx, conn); err != nil {
			return "", err
		}
	}
}

func ping(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, listenCheck/4)
	defer cancel()
	return conn.Ping(ctx)
}
