// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"io"
	"time"

	"github.com/google/uuid"
)

// PackFormat is the format line of an evidence pack.
const PackFormat = "countersign-pack/1"

// Pack is the evidence of one record, complete in itself: what it was, who did what to it
// and who signed, with the proofs that need nobody's word (21 CFR 11.10(b) and (c)).
// [WritePack] makes a zip of it and [ReadPack] reads one.
type Pack struct {
	Info       PackInfo
	Record     PackRecord
	Versions   []StoredVersion // of the record, ascending; their hashes come from the events
	Forms      []PackForm
	Files      []PackFile
	Intents    []StoredIntent
	Signatures []StoredSignature
	Decisions  []StoredDecision
	Events     []StoredLeaf // of the record and of the keys, ascending by index
	Nodes      []Node       // of the tree, as [PackNodes] chose them
	Checkpoint string
	Keys       []Key
	Tasks      []PackTask
	People     []Person // names for reading; what counts stands in the signatures

	// Seal signs the list of files when the pack is written, if it is set, so that the
	// summaries for reading are protected like the evidence itself.
	Seal *SigningKey

	listed []fileCheck // as found by ReadPack
	seal   string      // the signed list hash, as found by ReadPack
	info   []byte      // pack.json, as found by ReadPack
}

// PackInfo is pack.json.
type PackInfo struct {
	Format      string       `json:"format"`
	Org         uuid.UUID    `json:"org"`
	OrgName     string       `json:"org_name,omitempty"`
	Record      uuid.UUID    `json:"record"`
	Number      string       `json:"number"`
	GeneratedAt time.Time    `json:"generated_at"`
	ClosedAt    time.Time    `json:"closed_at,omitzero"` // modification time of all files
	Head        PackHead     `json:"head"`
	Files       []PackedFile `json:"files"` // filled in by WritePack
}

// PackHead repeats the checkpoint for reading.
type PackHead struct {
	Size int64     `json:"size"`
	Root Hash      `json:"root"`
	At   time.Time `json:"at"`
}

// PackedFile is one file of the zip.
type PackedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 Hash   `json:"sha256"`
}

// PackRecord is record.json: the record as it stands, in words for reading.
type PackRecord struct {
	ID          uuid.UUID  `json:"id"`
	Number      string     `json:"number"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	State       string     `json:"state"`
	Class       string     `json:"class,omitempty"`
	Site        string     `json:"site,omitempty"`
	Owner       string     `json:"owner,omitempty"`
	CreatedAt   time.Time  `json:"created_at"`
	DueAt       time.Time  `json:"due_at,omitzero"`
	ClosedAt    time.Time  `json:"closed_at,omitzero"`
	Version     int        `json:"version"`
	ContentHash Hash       `json:"content_hash"`
	Items       []PackItem `json:"items"`
}

// PackItem is one field of the record in words: no codes, no ids.
type PackItem struct {
	Section string `json:"section"`
	Label   string `json:"label"`
	Value   string `json:"value"`
}

// PackForm is one form definition.
type PackForm struct {
	ID      string // lower-case letters, digits, '_', '-' and '.'
	Version int
	Data    []byte
}

// PackFile is one attached file, named by its hash in the zip. Its bytes are read when they are needed, and never held.
type PackFile struct {
	SHA256 Hash
	Size   int64
	Open   func() (io.ReadCloser, error)

	found Hash // of the bytes, as found by ReadPack
}

// PackTask is one human task and what was decided on it.
type PackTask struct {
	ID        uuid.UUID      `json:"id"`
	Step      string         `json:"step"`
	Round     int            `json:"round"`
	Title     string         `json:"title"`
	State     string         `json:"state"`
	Assignee  string         `json:"assignee,omitempty"` // printed name
	OpenedAt  time.Time      `json:"opened_at"`
	DueAt     time.Time      `json:"due_at,omitzero"`
	ClosedAt  time.Time      `json:"closed_at,omitzero"`
	Decisions []PackDecision `json:"decisions"`
}

// PackDecision is what a person decided on a task.
type PackDecision struct {
	By        string    `json:"by"` // printed name
	Role      string    `json:"role"`
	At        time.Time `json:"at"`
	Outcome   string    `json:"outcome"`
	Comment   string    `json:"comment,omitempty"`
	Signature uuid.UUID `json:"signature,omitzero"`
}

// Person names an actor for reading.
type Person struct {
	ID          uuid.UUID `json:"id"`
	Username    string    `json:"username"`
	PrintedName string    `json:"printed_name"`
}

// fileCheck is one file of a pack that was read, against its entry in pack.json.
type fileCheck struct {
	name         string
	want, got    Hash
	inZip, inMap bool
}
