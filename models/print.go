// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

// Print asks for a copy of a record on paper.
type Print struct {
	Version int `json:"version"`
}

// Printed is what the audit event of a print says of the copy.
type Printed struct {
	Version int    `json:"version"`
	State   string `json:"state"` // of the record at that instant
}
