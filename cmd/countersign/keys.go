// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/workflows"
)

// keys are what must never be in Postgres: signing keys, and the keys that encrypt payloads and one-time code secrets.
type keys struct {
	Signing *ledger.KeyStore
	Codec   *workflows.Codec
	Box     *auth.SecretBox
}

// sealedKeys is the file of symmetric keys. A new key is added and made current; old ones stay, to read what they wrote.
type sealedKeys struct {
	Current string            `json:"current"`
	Payload map[string]string `json:"payload"` // base64, 32 bytes each, by id
	TOTP    string            `json:"totp"`
}

// openKeys reads the keys under the data folder, and makes them where there are none.
func openKeys(data string) (keys, error) {
	var k keys
	dir := filepath.Join(data, "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return k, fmt.Errorf("make the folder of keys: %w", err)
	}
	var err error
	if k.Signing, err = ledger.OpenKeyStore(filepath.Join(dir, "signing")); err != nil {
		return k, err
	}
	file, err := readSealedKeys(filepath.Join(dir, "sealed.json"))
	if err != nil {
		return k, err
	}
	payload := map[string][]byte{}
	for id, text := range file.Payload {
		if payload[id], err = base64.StdEncoding.DecodeString(text); err != nil {
			return k, fmt.Errorf("read payload key %q: %w", id, err)
		}
	}
	if k.Codec, err = workflows.NewCodec(file.Current, payload); err != nil {
		return k, err
	}
	totp, err := base64.StdEncoding.DecodeString(file.TOTP)
	if err != nil {
		return k, fmt.Errorf("read the one-time code key: %w", err)
	}
	k.Box, err = auth.NewSecretBox(totp)
	return k, err
}

// checkKeys refuses a folder of keys that is not this database's. Without an organization's key nothing of it could be signed or
// sealed, and what the engine holds of its processes could not be read: each decision would end as unknown.
func checkKeys(ctx context.Context, db *postgres.DB, signing *ledger.KeyStore, data string) error {
	orgs, err := db.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("look for the organizations whose keys are needed: %w", err)
	}
	for _, org := range orgs {
		known, err := signing.List(org)
		if err != nil {
			return fmt.Errorf("look for the keys of organization %s: %w", org, err)
		}
		if len(known) == 0 {
			return fmt.Errorf("the folder %s (COUNTERSIGN_DATA) holds no key of organization %s, which is in the database: it is another database's folder, or a new one; put the right one in its place",
				data, org)
		}
	}
	return nil
}

func readSealedKeys(path string) (sealedKeys, error) {
	var file sealedKeys
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		file = sealedKeys{Current: "1", Payload: map[string]string{"1": newKey()}, TOTP: newKey()}
		return file, writeSealedKeys(path, file)
	}
	if err != nil {
		return file, fmt.Errorf("read the keys: %w", err)
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return file, fmt.Errorf("read the keys in %s: %w", path, err)
	}
	return file, nil
}

// writeSealedKeys never overwrites: two processes that start at once end with the same keys.
func writeSealedKeys(path string, file sealedKeys) error {
	raw, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("write the keys: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the keys: %w", err)
	}
	if _, err := f.Write(raw); err != nil {
		return errors.Join(fmt.Errorf("write the keys: %w", err), f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

func newKey() string {
	var b [32]byte
	rand.Read(b[:]) // never fails: it crashes the program instead
	return base64.StdEncoding.EncodeToString(b[:])
}
