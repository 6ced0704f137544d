// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import "slices"

// StateTable holds the only transitions that a record may make (21 CFR 11.10(f)). Commit asks it at every change of state.
type StateTable map[string][]string

// Allows says whether a record may go from one state to another. Staying is always allowed; "" is before creation.
func (t StateTable) Allows(from, to string) bool {
	return from == to || slices.Contains(t[from], to)
}

// States that every process shares.
const (
	StateDraft     = "draft"
	StateClosed    = "closed"
	StateCancelled = "cancelled"
)
