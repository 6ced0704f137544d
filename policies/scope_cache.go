// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"container/list"
	"crypto/sha256"
	"sync"

	"github.com/countersign/countersign/models"
)

// scopesKept bounds the memory of the cache: a scope is a few hundred bytes.
const scopesKept = 8192

type digest = [sha256.Size]byte

// scopeCache remembers the scopes asked for most recently.
type scopeCache struct {
	mu      sync.Mutex
	recent  *list.List // of scopeEntry, the latest first
	entries map[digest]*list.Element
}

type scopeEntry struct {
	facts digest
	scope models.Scope
}

func newScopeCache() *scopeCache {
	return &scopeCache{recent: list.New(), entries: map[digest]*list.Element{}}
}

func (c *scopeCache) get(facts digest) (models.Scope, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[facts]
	if !ok {
		return models.Scope{}, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(scopeEntry).scope, true
}

func (c *scopeCache) add(facts digest, scope models.Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.entries[facts]; known {
		return // another asker was faster
	}
	c.entries[facts] = c.recent.PushFront(scopeEntry{facts, scope})
	if oldest := c.recent.Back(); c.recent.Len() > scopesKept {
		delete(c.entries, c.recent.Remove(oldest).(scopeEntry).facts)
	}
}
