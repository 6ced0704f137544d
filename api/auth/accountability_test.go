// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// The hash of a version never changes: people have signed it. A new text is a new version, with its hash added here.
func TestStatementsAreNeverEdited(t *testing.T) {
	t.Parallel()
	hashes := map[string]string{
		"accountability-1": "018183b104ef64f571a225e8f483950233824f1371b86f2744bf5541b56e94af",
	}
	require.Len(t, Statements, len(hashes))
	for _, s := range Statements {
		require.Equal(t, hashes[s.ID], hex.EncodeToString(s.Hash()), s.ID)
		found, ok := StatementByID(s.ID)
		require.True(t, ok)
		require.Equal(t, s, found)
	}
	require.Equal(t, Statements[len(Statements)-1], AccountabilityStatement)
	_, ok := StatementByID("accountability-0")
	require.False(t, ok)
}
