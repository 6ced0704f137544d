// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

// CommandExport records that rows were taken out of the system as a file.
const CommandExport = "export.create"

// Export is the body of CommandExport: what was asked for, and what the file holds.
type Export struct {
	What   string `json:"what"`   // records, tasks or board
	Format string `json:"format"` // csv or xlsx
	Filter string `json:"filter"` // as the query of the request
	Rows   int    `json:"rows"`
	Cut    bool   `json:"cut"`    // there are more than the file holds
	SHA256 string `json:"sha256"` // of the file, in hex
}

// CommandEvidence records that the evidence pack of a record was taken out of the system.
const CommandEvidence = "record.export"

// EvidenceExport is the body of CommandEvidence: the file that left.
type EvidenceExport struct {
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // of the file, in hex
}
