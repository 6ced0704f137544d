// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
)

const (
	securityLines = 1  // lines a second, in the long run
	securityBurst = 20 // lines at once
)

// SecurityLog is where attempts by unknown people go, who have no organization's trail to stand in, and those under the name of a
// locked one that would only repeat what stands there. It is bounded: who fills it could otherwise fill the disk. What it left out is
// counted and told with the next line.
type SecurityLog struct {
	log     *slog.Logger
	bucket  *rate.Limiter
	omitted atomic.Int64
}

// NewSecurityLog writes to log, one line a second and 20 at once.
func NewSecurityLog(log *slog.Logger) *SecurityLog {
	return &SecurityLog{log: log, bucket: rate.NewLimiter(securityLines, securityBurst)}
}

// Stranger logs a login of somebody unknown. The username is left out: people type their passwords into that field.
func (l *SecurityLog) Stranger(ctx context.Context, r LoginRequest) {
	if !l.bucket.Allow() {
		l.omitted.Add(1)
		return
	}
	l.log.LogAttrs(ctx, slog.LevelWarn, "login of an unknown organization or user",
		slog.String("organization", clip(r.Organization)), slog.String("source", r.Source.Kind),
		slog.String("address", r.Source.Address), slog.String("device", clip(r.Source.Device)),
		slog.Int64("omitted", l.omitted.Swap(0)))
}

// Locked logs a login of a locked account that the trail leaves out: it has one a minute.
func (l *SecurityLog) Locked(ctx context.Context, org, person uuid.UUID, r LoginRequest) {
	if !l.bucket.Allow() {
		l.omitted.Add(1)
		return
	}
	l.log.LogAttrs(ctx, slog.LevelWarn, "login of a locked account",
		slog.String("organization", org.String()), slog.String("user", person.String()), slog.String("source", r.Source.Kind),
		slog.String("address", r.Source.Address), slog.String("device", clip(r.Source.Device)),
		slog.Int64("omitted", l.omitted.Swap(0)))
}

// NotRehashed logs that a password's hash could not be brought up to date. It is tried again at the next login.
func (l *SecurityLog) NotRehashed(ctx context.Context, err error) {
	if l.bucket.Allow() {
		l.log.LogAttrs(ctx, slog.LevelWarn, "a password was not hashed again", slog.Any("error", err))
	}
}

func clip(s string) string { return s[:min(len(s), maxName)] }
