// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package example_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const tutorial = "../your-own-process.md"

var (
	quoted = regexp.MustCompile("(?s)```(?:go|json)\n(.*?)```")
	named  = regexp.MustCompile("`([a-z.]+/[a-z0-9_./]+\\.[a-z]+)`")
)

// TestTutorialQuotesWhatRuns finds every piece of code of the tutorial, letter for letter, in a file that is compiled and played.
func TestTutorialQuotesWhatRuns(t *testing.T) {
	t.Parallel()
	var sources []string
	for _, pattern := range []string{"*.go", "*.json", "*/*.json"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			sources = append(sources, readText(t, name))
		}
	}
	blocks := quoted.FindAllStringSubmatch(readText(t, tutorial), -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		found := false
		for _, source := range sources {
			found = found || strings.Contains(source, block[1])
		}
		require.True(t, found, "no file of docs/example has:\n%s", block[1])
	}
}

// TestDocumentsNameFilesThatExist keeps the tutorial and the map of the house true when files move.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	t.Parallel()
	for _, document := range []string{tutorial, "../../ARCHITECTURE.md"} {
		names := named.FindAllStringSubmatch(readText(t, document), -1)
		require.NotEmpty(t, names, document)
		for _, name := range names {
			require.FileExists(t, filepath.Join("..", "..", name[1]), document)
		}
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(raw)
}
