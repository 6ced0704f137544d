// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// demoState is what is told only once about a demo organization, and which of its stories were played: a story is played once,
// and what people then do with its record is theirs. It lies in the data folder, readable by its owner only.
type demoState struct {
	Org           uuid.UUID `json:"org"`
	APIKey        string    `json:"api_key"`
	APIKeyEnds    time.Time `json:"api_key_ends"`
	OneTimeSecret string    `json:"one_time_secret,omitempty"`
	Played        []string  `json:"played,omitempty"`

	mu   sync.Mutex
	path string
}

func readDemoState(data, slug string) (*demoState, error) {
	s := &demoState{path: filepath.Join(data, "demo-"+slug+".json")}
	raw, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo's state: %w", err)
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("read the demo's state in %s: %w", s.path, err)
	}
	return s, nil
}

// save replaces the file in one step, so that an interrupted start leaves the old one or the new one.
func (s *demoState) save() error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write the demo's state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("write the demo's state: %w", err)
	}
	if err := os.WriteFile(s.path+".new", raw, 0o600); err != nil {
		return fmt.Errorf("write the demo's state: %w", err)
	}
	return os.Rename(s.path+".new", s.path)
}

func (s *demoState) wasPlayed(story string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.Played, story)
}

func (s *demoState) played(story string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Played = append(s.Played, story)
	return s.save()
}
