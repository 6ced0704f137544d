// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Errors of a [KeyStore].
var (
	ErrNoKey       = errors.New("no such signing key")
	ErrKeyRevoked  = errors.New("signing key is revoked")
	ErrKeyExposed  = errors.New("key file is readable by others")
	errKeyMismatch = errors.New("key file does not hold the key its name says")
)

// KeyStore keeps signing keys in files, outside the database: <dir>/<org>/<key id>.key, mode
// 0600, one for each key ever made. A revoked key stays, beside <key id>.revoked with the
// instant, because what it signed before must keep verifying. It is safe for concurrent
// use, also by several processes.
type KeyStore struct{ dir string }

// OpenKeyStore opens the keystore in dir, which it makes (mode 0700) if it is not there.
func OpenKeyStore(dir string) (*KeyStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open keystore: %w", err)
	}
	return &KeyStore{dir}, nil
}

type keyFile struct {
	ID        string    `json:"id"`
	Org       uuid.UUID `json:"org"`
	Seed      []byte    `json:"seed"`
	CreatedAt time.Time `json:"created_at"`
}

// Generate makes a new key for the organization. Keys made before stay as they are, so
// generating again is how a key is rotated: the newest one that is not revoked signs.
func (s *KeyStore) Generate(org uuid.UUID, at time.Time) (SigningKey, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return SigningKey{}, fmt.Errorf("generate signing key: %w", err)
	}
	k := NewSigningKey(org, private, at)
	b, err := json.Marshal(keyFile{k.ID, org, private.Seed(), k.CreatedAt})
	if err != nil {
		return SigningKey{}, fmt.Errorf("generate signing key: %w", err)
	}
	if err := os.MkdirAll(s.orgDir(org), 0o700); err != nil {
		return SigningKey{}, fmt.Errorf("store signing key: %w", err)
	}
	if err := createFile(s.keyPath(org, k.ID), b); err != nil {
		return SigningKey{}, fmt.Errorf("store signing key: %w", err)
	}
	return k, nil
}

// Rotate generates the organization's next key and returns it with the one that signed until
// now. The first head that covers the event of the rotation should be signed by both, so
// that whoever trusts the old key can follow to the new one.
func (s *KeyStore) Rotate(org uuid.UUID, at time.Time) (old, next SigningKey, err error) {
	if old, err = s.Current(org); err != nil {
		return old, next, fmt.Errorf("rotate signing key: %w", err)
	}
	next, err = s.Generate(org, at)
	return old, next, err
}

// Current returns the newest key of the organization that is not revoked, or [ErrNoKey].
func (s *KeyStore) Current(org uuid.UUID) (SigningKey, error) {
	ids, err := s.ids(org)
	if err != nil {
		return SigningKey{}, err
	}
	var newest SigningKey
	for _, id := range ids {
		k, err := s.load(org, id)
		if err != nil {
			return SigningKey{}, err
		}
		later := k.CreatedAt.After(newest.CreatedAt) || k.CreatedAt.Equal(newest.CreatedAt) && k.ID > newest.ID
		if k.RevokedAt.IsZero() && (newest.ID == "" || later) {
			newest = k
		}
	}
	if newest.ID == "" {
		return SigningKey{}, fmt.Errorf("current signing key of %s: %w", org, ErrNoKey)
	}
	return newest, nil
}

// Get returns one key for signing: [ErrNoKey] if it is not here, [ErrKeyRevoked] if it may
// not sign any more.
func (s *KeyStore) Get(org uuid.UUID, id string) (SigningKey, error) {
	k, err := s.load(org, id)
	if err != nil {
		return SigningKey{}, err
	}
	if !k.RevokedAt.IsZero() {
		return SigningKey{}, fmt.Errorf("signing key %s: %w", id, ErrKeyRevoked)
	}
	return k, nil
}

// List returns the public halves of the organization's keys, revoked ones too, by id.
func (s *KeyStore) List(org uuid.UUID) ([]Key, error) {
	ids, err := s.ids(org)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, 0, len(ids))
	for _, id := range ids {
		k, err := s.load(org, id)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k.Key)
	}
	return keys, nil
}

// Revoke marks a key so that it never signs again. Revoking twice keeps the first instant.
func (s *KeyStore) Revoke(org uuid.UUID, id string, at time.Time) error {
	if _, err := s.load(org, id); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	b, err := at.UTC().MarshalText()
	if err != nil {
		return fmt.Errorf("revoke signing key %s: %w", id, err)
	}
	if err := createFile(s.markerPath(org, id), b); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("revoke signing key %s: %w", id, err)
	}
	return nil
}

func (s *KeyStore) orgDir(org uuid.UUID) string { return filepath.Join(s.dir, org.String()) }

func (s *KeyStore) keyPath(org uuid.UUID, id string) string {
	return filepath.Join(s.orgDir(org), id+".key")
}

func (s *KeyStore) markerPath(org uuid.UUID, id string) string {
	return filepath.Join(s.orgDir(org), id+".revoked")
}

func (s *KeyStore) ids(org uuid.UUID) ([]string, error) {
	entries, err := os.ReadDir(s.orgDir(org))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list signing keys: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".key"); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *KeyStore) load(org uuid.UUID, id string) (SigningKey, error) {
	k, err := s.readKey(org, id)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoKey
	}
	if err != nil {
		return SigningKey{}, fmt.Errorf("load signing key %s of %s: %w", id, org, err)
	}
	return k, nil
}

func (s *KeyStore) readKey(org uuid.UUID, id string) (SigningKey, error) {
	if !validKeyID(id) {
		return SigningKey{}, ErrNoKey
	}
	b, err := readPrivate(s.keyPath(org, id))
	if err != nil {
		return SigningKey{}, err
	}
	var f keyFile
	if err := decodeStrict(b, &f); err != nil {
		return SigningKey{}, err
	}
	if len(f.Seed) != ed25519.SeedSize {
		return SigningKey{}, errKeyMismatch
	}
	k := NewSigningKey(f.Org, ed25519.NewKeyFromSeed(f.Seed), f.CreatedAt)
	if k.ID != id || f.ID != id || f.Org != org {
		return SigningKey{}, errKeyMismatch
	}
	marker, err := os.ReadFile(s.markerPath(org, id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return k, nil
	case err != nil:
		return SigningKey{}, err
	}
	err = k.RevokedAt.UnmarshalText(marker)
	return k, err
}

// validKeyID keeps ids that are not ids, such as paths, away from the file system.
func validKeyID(id string) bool {
	return len(id) == 16 && strings.Trim(id, "0123456789abcdef") == ""
}

// readPrivate reads a regular file that nobody but its owner may read or write. The checks
// are made on the open file, so that it cannot be exchanged in between.
func readPrivate(path string) ([]byte, error) {
	link, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || !os.SameFile(link, info) {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s has mode %#o, want 0600: %w", path, info.Mode().Perm(), ErrKeyExposed)
	}
	const maxKeyFile = 4096
	return io.ReadAll(io.LimitReader(f, maxKeyFile))
}

// createFile writes a new file of mode 0600 that is either wholly there or not at all, also
// after a power cut. It fails with [fs.ErrExist] rather than replace one.
func createFile(path string, content []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
