// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models/ledger"
)

// SealStore holds the log that the sealer closes.
type SealStore interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
	// Seal drains what is unsealed and returns the signed checkpoint, "" if there was nothing to do.
	Seal(ctx context.Context, org uuid.UUID, key ledger.SigningKey, at time.Time) (checkpoint string, sealed int, err error)
}

// Sealer gives the audit events of every organization their place in its tree, about once a second, and signs the head. Heads
// also go to Sink: without one outside Postgres, a database put back to an older state could not be told from a whole one.
type Sealer struct {
	Store SealStore
	Keys  Keys
	Sink  func(org uuid.UUID, checkpoint string) error
	Now   func() time.Time
	Log   *slog.Logger
	Every time.Duration
}

// Run seals until ctx ends, and once more then.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			s.logged(s.SealAll(last))
			return
		case <-tick.C:
			if err := s.SealAll(ctx); ctx.Err() == nil {
				s.logged(err)
			}
		}
	}
}

func (s *Sealer) logged(err error) {
	if err != nil {
		s.Log.Error("the audit log could not be sealed; it is tried again", "error", err)
	}
}

// SealAll drains every organization's log.
func (s *Sealer) SealAll(ctx context.Context) error {
	return eachOrganization(ctx, s.Store, s.Seal)
}

// eachOrganization does something for every organization. What fails for one does not keep it from the others.
func eachOrganization(ctx context.Context, store interface {
	Organizations(ctx context.Context) ([]uuid.UUID, error)
}, do func(context.Context, uuid.UUID) error) error {
	orgs, err := store.Organizations(ctx)
	for _, org := range orgs {
		err = errors.Join(err, do(ctx, org))
	}
	return err
}

// Seal drains one organization's log.
func (s *Sealer) Seal(ctx context.Context, org uuid.UUID) error {
	key, err := s.Keys.Current(org)
	if err != nil {
		return fmt.Errorf("find the signing key of %s: %w", org, err)
	}
	for {
		checkpoint, sealed, err := s.Store.Seal(ctx, org, key, s.Now().UTC())
		if err != nil {
			return err
		}
		if sealed == 0 {
			return nil
		}
		if s.Sink != nil {
			if err := s.Sink(org, checkpoint); err != nil {
				return fmt.Errorf("keep the head outside: %w", err)
			}
		}
	}
}

// FolderSink keeps each organization's heads as files in a folder outside Postgres, one file a head, named by time.
func FolderSink(dir string) func(uuid.UUID, string) error {
	return func(org uuid.UUID, checkpoint string) error {
		head, err := ledger.ReadHead(checkpoint)
		if err != nil {
			return err
		}
		folder := filepath.Join(dir, org.String())
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return fmt.Errorf("make the folder of heads: %w", err)
		}
		temp := filepath.Join(folder, ".head")
		if err := os.WriteFile(temp, []byte(checkpoint), 0o600); err != nil {
			return fmt.Errorf("write the head: %w", err)
		}
		if err := os.Rename(temp, filepath.Join(folder, fmt.Sprintf("%012d.note", head.Size))); err != nil {
			return fmt.Errorf("write the head: %w", err)
		}
		return nil
	}
}
