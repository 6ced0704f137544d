// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// passwords of PostgreSQL's roles, made once for a data folder and readable by its owner only.
type passwords struct {
	Superuser string `json:"superuser"`
	Owner     string `json:"owner"`
	App       string `json:"app"`
	Temporal  string `json:"temporal"`
}

// loadPasswords reads the file, or makes it for a database that is yet to be made.
func loadPasswords(path string, newData bool) (passwords, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && newData {
		return makePasswords(path)
	}
	if err != nil {
		return passwords{}, fmt.Errorf("read the passwords: %w", err)
	}
	var p passwords
	if err := json.Unmarshal(b, &p); err != nil {
		return passwords{}, fmt.Errorf("read the passwords in %s: %w", path, err)
	}
	return p, nil
}

func makePasswords(path string) (passwords, error) {
	p := passwords{Superuser: rand.Text(), Owner: rand.Text(), App: rand.Text(), Temporal: rand.Text()}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return passwords{}, fmt.Errorf("make the passwords: %w", err)
	}
	return p, replaceFile(path, append(b, '\n'), 0o600)
}
