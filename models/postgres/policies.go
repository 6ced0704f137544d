// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// KeepPolicies stores the content of the policies, so that whoever reads a logged decision later can read what decided it. Policies
// that were kept before stay as they are: the database holds no content under the digest of another.
func (db *DB) KeepPolicies(ctx context.Context, source models.PolicySource, at time.Time) error {
	digest, err := hex.DecodeString(source.Digest)
	if err != nil {
		return fmt.Errorf("keep the policies: %w", err)
	}
	content, err := json.Marshal(source.Files)
	if err != nil {
		return fmt.Errorf("keep the policies: %w", err)
	}
	err = queries.New(db.pool).KeepPolicyRevision(ctx, queries.KeepPolicyRevisionParams{
		Digest: digest, Revision: int32(source.Revision), Files: content, FirstSeen: at, // 31 bits
	})
	if err != nil {
		return fmt.Errorf("keep the policies: %w", err)
	}
	return nil
}
