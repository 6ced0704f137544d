// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"sync"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// places counts what runs at one time: in the process, and of each person, so that nobody takes the room of all.
type places struct {
	mu    sync.Mutex
	taken int
	each  map[uuid.UUID]int // of those, by person
}

// bounds are how many places there are, and what is said where none is left.
type bounds struct {
	each, all         int
	eachFull, allFull *models.Error
}

// take takes a place for a person, and refuses where none is left. What it returns is called once, when the place is free again.
func (p *places) take(person uuid.UUID, b bounds) (free func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.each[person] >= b.each:
		return nil, b.eachFull
	case p.taken >= b.all:
		return nil, b.allFull
	}
	if p.each == nil {
		p.each = map[uuid.UUID]int{}
	}
	p.taken++
	p.each[person]++
	return func() { p.free(person) }, nil
}

func (p *places) free(person uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.each[person]--; p.each[person] == 0 {
		delete(p.each, person)
	}
}
