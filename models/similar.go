// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Similar is an earlier record, aware of within the twelve months before another, that shares a product or the equipment with it.
type Similar struct {
	ID       uuid.UUID
	Number   string
	Title    string
	State    string
	Class    string
	Site     string
	Owner    uuid.UUID
	Reporter uuid.UUID
	AwareAt  time.Time
	Matches  []string // "product", "equipment", "cause"
	Hidden   bool     `db:"-"` // from the person at work: it counts, and is not named to him
}

// Repeated says whether it makes the other one a repeat: the same cause and the same product or equipment within twelve months.
func (s Similar) Repeated() bool { return slices.Contains(s.Matches, "cause") }
