// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func TestAttachedFilesOfALogAreVerified(t *testing.T) {
	t.Parallel()
	hash := ledger.ContentHash(attachment)
	w := newWorld(t)
	w.files[0].Open = opener(flip(attachment, 3))
	requireFindings(t, w.verify(trusting(w.key)), "file_altered", "files/"+hash.String())

	w = newWorld(t)
	w.files = nil
	r := w.verify(trusting(w.key))
	requireFindings(t, r, "file_missing", "files/"+hash.String())
	require.Contains(t, r.Findings[0].Message, `"sealing.csv" of DEV-2026-0001, version 1`)

	w = newWorld(t)
	other := []byte("another")
	w.files = append(w.files, ledger.StoredFile{SHA256: ledger.ContentHash(other), Open: opener(other)})
	requireFindings(t, w.verify(trusting(w.key)), "file_altered", "files/"+ledger.ContentHash(other).String())
}

func TestFilesThatCannotBeReadAreNoFinding(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := errors.New("the database is gone")
	w.files[0].Open = func() (io.ReadCloser, error) { return nil, gone }
	_, err := ledger.VerifyLog(t.Context(), w, trusting(w.key))
	require.ErrorIs(t, err, gone)
}

func TestFilesThatAreNotHereAreNotChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := ledger.VerifyLog(t.Context(), struct{ ledger.EvidenceSource }{w}, trusting(w.key))
	require.NoError(t, err)
	requireFindings(t, r)
	require.Equal(t, "1 attached files", r.NotChecked[0].What)
}
