// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// fill brings the number of open records, each with one open task, up to size.
func (f *benchFloor) fill(ctx context.Context, b *testing.B, size int) {
	b.Helper()
	require.NoError(b, f.Seed(ctx, "request", "approval", size))
}
