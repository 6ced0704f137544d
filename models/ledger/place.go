// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"

	"github.com/google/uuid"
)

// place says which audit entry is meant. It is turned into words only for a finding,
// because that costs more than checking the entry.
type place struct {
	index  int64 // in the tree, or Unsealed
	record uuid.UUID
	no     string
	seq    int64
}

func placeOf(e *Event, index int64) place {
	if e == nil {
		return place{index: index}
	}
	return place{index, e.Record, e.RecordNo, e.Seq}
}

// String names the entry in both numberings: of the log and of its record.
func (p place) String() string {
	if p.record == uuid.Nil {
		return leafName(p.index)
	}
	return fmt.Sprintf("%s (%s, entry %d)", leafName(p.index), recordName(p.record, p.no), p.seq)
}

// name is a thing that is named already.
type name string

func (n name) String() string { return string(n) }

func leafName(index int64) string {
	if index == Unsealed {
		return "audit entry not yet sealed"
	}
	return fmt.Sprintf("audit entry at index %d", index)
}

func indexRange(from, to int64) string {
	if to-from == 1 {
		return leafName(from)
	}
	return fmt.Sprintf("audit entries at indexes %d to %d", from, to-1)
}
