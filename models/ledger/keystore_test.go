// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func keystore(t *testing.T) (*ledger.KeyStore, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	s, err := ledger.OpenKeyStore(dir)
	require.NoError(t, err)
	return s, dir
}

func keyPath(dir string, k ledger.SigningKey) string {
	return filepath.Join(dir, org.String(), k.ID+".key")
}

func TestKeyStoreLife(t *testing.T) {
	t.Parallel()
	s, dir := keystore(t)
	_, err := s.Current(org)
	require.ErrorIs(t, err, ledger.ErrNoKey)
	first, err := s.Generate(org, start)
	require.NoError(t, err)
	info, err := os.Stat(keyPath(dir, first))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())

	old, next, err := s.Rotate(org, start.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, first.ID, old.ID)
	current, err := s.Current(org)
	require.NoError(t, err)
	require.Equal(t, next.ID, current.ID)

	again, err := ledger.OpenKeyStore(dir)
	require.NoError(t, err)
	same, err := again.Get(org, first.ID)
	require.NoError(t, err)
	text, err := ledger.SignHead(ledger.Head{Org: org, At: start}, same)
	require.NoError(t, err)
	_, _, err = ledger.OpenHead(text, []ledger.Key{first.Key})
	require.NoError(t, err)

	require.NoError(t, s.Revoke(org, next.ID, start.Add(2*time.Hour)))
	require.NoError(t, s.Revoke(org, next.ID, start.Add(3*time.Hour)), "the first instant stays")
	_, err = s.Get(org, next.ID)
	require.ErrorIs(t, err, ledger.ErrKeyRevoked)
	current, err = s.Current(org)
	require.NoError(t, err)
	require.Equal(t, first.ID, current.ID)
	list, err := s.List(org)
	require.NoError(t, err)
	require.Len(t, list, 2)
	for _, k := range list {
		require.Equal(t, k.ID == next.ID, k.RevokedAt.Equal(start.Add(2*time.Hour)))
	}
	entries, err := os.ReadDir(filepath.Join(dir, org.String()))
	require.NoError(t, err)
	require.Len(t, entries, 3, "no temporary file stays")
}

func TestKeyStoreRefusesExposedAndForeignFiles(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o666} {
		s, dir := keystore(t)
		k, err := s.Generate(org, start)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(keyPath(dir, k), mode))
		_, err = s.Current(org)
		require.ErrorIs(t, err, ledger.ErrKeyExposed)
	}
	s, dir := keystore(t)
	k, err := s.Generate(org, start)
	require.NoError(t, err)
	moved := keyPath(dir, k) + ".moved"
	require.NoError(t, os.Rename(keyPath(dir, k), moved))
	require.NoError(t, os.Symlink(moved, keyPath(dir, k)))
	_, err = s.Get(org, k.ID)
	require.ErrorContains(t, err, "not a regular file")
	require.NoError(t, os.Remove(keyPath(dir, k)))
	elsewhere := filepath.Join(dir, org.String(), "0123456789abcdef.key")
	require.NoError(t, os.Rename(moved, elsewhere))
	_, err = s.Get(org, "0123456789abcdef")
	require.ErrorContains(t, err, "does not hold the key")
	for _, bad := range []string{"", "../../x", "0123456789ABCDEF", "none0000000000aa"} {
		_, err = s.Get(org, bad)
		require.ErrorIs(t, err, ledger.ErrNoKey)
	}
}

func TestKeyStoreConcurrently(t *testing.T) {
	t.Parallel()
	s, _ := keystore(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := s.Generate(org, start)
			require.NoError(t, err)
			_, err = s.Current(org)
			require.NoError(t, err)
		})
	}
	wg.Wait()
	list, err := s.List(org)
	require.NoError(t, err)
	require.Len(t, list, 8)
}

func TestSigningKeyNeverPrintsItsPrivateHalf(t *testing.T) {
	t.Parallel()
	seed := ledger.ContentHash([]byte("key first"))
	k := key("first", start)
	b, err := json.Marshal(k)
	require.NoError(t, err)
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %x %d", k, k, k, k, k, k), fmt.Sprintf("%+v", []any{k, &k}), string(b), k.LogValue().String()} {
		require.NotContains(t, text, hex.EncodeToString(seed[:4]))
		require.NotContains(t, text, fmt.Sprint(seed[0], seed[1], seed[2]))
		require.Contains(t, text, k.ID)
	}
}
