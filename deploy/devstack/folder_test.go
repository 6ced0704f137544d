// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test sets TMPDIR, so it runs alone.
func TestNextStartRemovesFoldersOfKilledOnes(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	long := time.Now().Add(-time.Hour)
	made := func(name string, age time.Time) string {
		dir := filepath.Join(tmp, ephemeralPrefix+name)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, clusterName), 0o700))
		lock := filepath.Join(dir, lockName)
		require.NoError(t, os.WriteFile(lock, []byte("1\n"), 0o600))
		require.NoError(t, os.Chtimes(lock, age, age))
		return dir
	}
	killed, starting, live := made("killed", long), made("starting", time.Now()), made("live", long)
	lock, err := lockFolder(live)
	require.NoError(t, err)
	require.NoError(t, os.Chtimes(lock.Name(), long, long))

	mine, err := openFolder(options{ephemeral: true})
	require.NoError(t, err)
	require.NoDirExists(t, killed)
	require.DirExists(t, starting)
	require.DirExists(t, live)
	require.NoError(t, lock.Close())
	require.NoError(t, mine.close())
	require.NoDirExists(t, mine.dir)
}

func TestPasswordsAreMadeOnceAndKeptClose(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "passwords.json")
	_, err := loadPasswords(path, false)
	require.ErrorIs(t, err, os.ErrNotExist, "data without its passwords cannot be opened")
	made, err := loadPasswords(path, true)
	require.NoError(t, err)
	require.NotEqual(t, made.App, made.Owner)
	require.GreaterOrEqual(t, len(made.Superuser), 26)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	again, err := loadPasswords(path, false)
	require.NoError(t, err)
	require.Equal(t, made, again)
}
