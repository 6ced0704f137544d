// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"context"
	"io"
	"iter"

	"github.com/google/uuid"
)

// LogSource streams the log of one organization for [VerifyLog], from one snapshot of the
// database. A yielded error ends the stream. Bytes that were yielded are not changed later.
type LogSource interface {
	// Leaves yields all leaves in ascending order of index, then the events that are not
	// sealed yet.
	Leaves(ctx context.Context) iter.Seq2[StoredLeaf, error]
	// Heads yields all stored checkpoints in ascending order of size, the current one last.
	Heads(ctx context.Context) iter.Seq2[string, error]
	// Keys returns the stored public halves of all keys, revoked ones too.
	Keys(ctx context.Context) ([]Key, error)
}

// EvidenceSource is a [LogSource] that also holds what the events speak of. [VerifyLog] uses
// it when the source has these methods, and else reports that they were not checked.
type EvidenceSource interface {
	LogSource
	Versions(ctx context.Context) iter.Seq2[StoredVersion, error]
	Signatures(ctx context.Context) iter.Seq2[StoredSignature, error]
	// Intents yields the intents that were signed; those never used may be left out.
	Intents(ctx context.Context) iter.Seq2[StoredIntent, error]
	Decisions(ctx context.Context) iter.Seq2[StoredDecision, error]
}

// FileSource is an [EvidenceSource] that also holds the files that versions name. Without one, [VerifyLog] reports that they were
// not checked.
type FileSource interface {
	EvidenceSource
	// Files yields the attached files.
	Files(ctx context.Context) iter.Seq2[StoredFile, error]
}

// StoredFile is one attached file. Its bytes are read as they are hashed, and never held.
type StoredFile struct {
	SHA256 Hash
	Open   func() (io.ReadCloser, error)
}

// Unsealed is the index of an event that has no place in the tree yet.
const Unsealed = -1

// StoredLeaf is one audit event as it is stored.
type StoredLeaf struct {
	Index    int64           // in the tree, from 0, or [Unsealed]
	EventID  uuid.UUID       // of its row; [uuid.Nil]: not kept apart
	Data     []byte          // the exact leaf; nil: the event is gone, the tree still has its hash
	Hash     Hash            // as stored in the tree; zero: not stored
	Personal []PersonalValue // those not erased
}

// PersonalValue is a value that an event commits to and that is kept, erasably, outside it.
type PersonalValue struct {
	Event uuid.UUID `json:"event"`
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Salt  Salt      `json:"salt"`
}

// StoredVersion is one immutable record version.
type StoredVersion struct {
	Record      uuid.UUID
	RecordNo    string
	Version     int
	Data        []byte // the exact canonical bytes
	ContentHash Hash   // as stored; zero: not stored apart
}

// StoredSignature is one signature with the columns by which it is found.
type StoredSignature struct {
	ID      uuid.UUID
	Record  uuid.UUID
	Version int
	Signer  uuid.UUID
	Signed
}

// StoredIntent is an intent with the view that was shown.
type StoredIntent struct {
	ID   uuid.UUID
	Data []byte // the exact canonical bytes
	View []byte // the exact HTML bytes
}

// StoredDecision is a policy decision: the exact canonical bytes of OPA's answer and input.
type StoredDecision struct {
	ID   uuid.UUID
	Data []byte
}
