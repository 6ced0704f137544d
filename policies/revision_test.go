// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"io/fs"
	"maps"
	"math"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestARevisionIsItsContent alters each file in turn: no policy changes under an unchanged revision.
func TestARevisionIsItsContent(t *testing.T) {
	t.Parallel()
	copied := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		copied[name] = &fstest.MapFile{Data: content}
		return err
	}))
	require.Greater(t, len(copied), 30)
	of := func(rules fs.FS, types ...typeData) revision {
		contents, err := contentsOf(rules, types)
		require.NoError(t, err)
		return revisionOf(contents)
	}
	base := of(files)
	seen := map[int]string{base.number(): "the bundle"}
	other := func(what string, rules fs.FS, types ...typeData) {
		r := of(rules, types...)
		require.NotContains(t, seen, r.number(), what)
		require.NotEqual(t, base, r)
		require.Positive(t, r.number())
		require.LessOrEqual(t, r.number(), math.MaxInt32)
		seen[r.number()] = what
	}
	for _, name := range slices.Sorted(maps.Keys(copied)) {
		altered := maps.Clone(copied)
		altered[name] = &fstest.MapFile{Data: append(slices.Clone(copied[name].Data), '\n')}
		if !isPolicy(name) {
			require.Equal(t, base, of(altered), "%s decides nothing", name)
			continue
		}
		other(name, altered)
		delete(altered, name)
		other("without "+name, altered)
	}
	other("a type", files, typeData{name: "audit", matrix: []byte("{}")})
	other("of another name", files, typeData{name: "change", matrix: []byte("{}")})
	other("and its segregation", files, typeData{name: "audit", matrix: []byte("{}"), segregation: []byte("{}")})
	other("and another", files, typeData{name: "audit", matrix: []byte("{}")}, typeData{name: "change", matrix: []byte("{}")})
}

// TestTheRevisionIsLogged: what answers names what answered.
func TestTheRevisionIsLogged(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	source := engine.Source()
	base := revisionOf(source.Files)
	require.Equal(t, base.number(), engine.Revision())
	require.Equal(t, base.number(), source.Revision)
	require.Equal(t, base.String(), source.Digest)
	require.Equal(t, base.String(), engine.Overview().Digest)
	verdict, err := engine.Decide(t.Context(), finalApproval(person("quentin")))
	require.NoError(t, err)
	require.Equal(t, base.number(), verdict.Revision)
	require.Equal(t, base.String(), verdict.Policies)
}
