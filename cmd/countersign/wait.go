// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"

	"github.com/countersign/countersign/models/postgres"
)

// startLimit is how long a server waits at its start for those it depends on: they may be starting too.
const startLimit = 2 * time.Minute

// await tries until it works, or until what fails is not the kind of thing that passes.
func await[T any](ctx context.Context, log *slog.Logger, what string, try func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		v, err := try(ctx)
		if err == nil || !passing(err) {
			return v, err
		}
		log.Info("waiting", "for", what, "error", err)
		select {
		case <-ctx.Done():
			return v, fmt.Errorf("%s did not answer within %s: %w", what, startLimit, err)
		case <-time.After(wait):
		}
	}
}

// passing says whether an error is that of a server which is not there yet.
func passing(err error) bool {
	var unavailable *serviceerror.Unavailable
	return errors.As(err, &unavailable) || errors.Is(err, context.DeadlineExceeded) || postgres.Unavailable(err)
}
