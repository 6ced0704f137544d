// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package ledger is the tamper-evident audit log of an organization: the leaves, the
// Merkle tree over them (RFC 6962 hashing), its signed heads (C2SP checkpoints), the
// electronic signatures on records, the evidence pack, and their offline verification.
//
// Everything that is hashed or signed is kept as the exact bytes that were hashed or
// signed. Verification hashes those bytes and never renders anything again, so it does not
// depend on the version of this program, a template, a locale or a name that changed since.
//
// Nothing here reads a database or the clock: storage stands behind [NodeStore],
// [LogSource] and [EvidenceSource], and instants are passed in.
package ledger
