// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func TestReportText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.leaves[3].Data = replace(t, w.leaves[3].Data, `"refused"`, `"refuseD"`)
	w.intents[0].View = flip(w.intents[0].View, 40)
	var b strings.Builder
	require.NoError(t, w.verify(trusting(w.key)).Text(&b))
	text := b.String()
	require.Contains(t, text, "FAILED: 2 things are wrong.")
	require.Contains(t, text, "An audit trail entry was changed after it was sealed.\n   Where: audit entry at index 3 (DEV-2026-0001, entry 2)")
	require.Contains(t, text, "(view_altered)")
	require.Contains(t, text, "NOT CHECKABLE (this does not mean that it is in order):")
	require.Contains(t, text, "Checked: 11 audit trail entries, 2 record versions, 2 signatures")
	require.Contains(t, text, "signed by key "+w.key.ID)
}

func TestReportIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 1200 {
		w.versions = append(w.versions, ledger.StoredVersion{Record: record, RecordNo: recordNo, Version: 2, Data: []byte("x")})
	}
	r := w.verify(trusting(w.key))
	require.Len(t, r.Findings, 1000)
	require.Equal(t, 200, r.More)
	var b strings.Builder
	require.NoError(t, r.Text(&b))
	require.Contains(t, b.String(), "FAILED: 1200 things are wrong.")
	require.Contains(t, b.String(), "... and 200 more.")
}
