// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// NewID returns a time-ordered random id (UUID version 7).
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// DeriveID returns the same id for the same parts, whoever computes it and whenever (UUID version 8 over SHA-256).
// Parts are length-prefixed, so ("ab","c") and ("a","bc") differ.
func DeriveID(parts ...string) uuid.UUID {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	var id uuid.UUID
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// CommandID is the id of one intended change. The actor is part of it, so another person's equal key is another command.
func CommandID(org, actor uuid.UUID, route, target, key string) uuid.UUID {
	return DeriveID("command", org.String(), actor.String(), route, target, key)
}

// WorkflowID names the one process that drives a record: "<org>/<type>/<record id>".
func WorkflowID(org uuid.UUID, recordType string, record uuid.UUID) string {
	return org.String() + "/" + recordType + "/" + record.String()
}

// ParseWorkflowID is the inverse of WorkflowID.
func ParseWorkflowID(id string) (org uuid.UUID, recordType string, record uuid.UUID, err error) {
	parts := strings.Split(id, "/")
	if len(parts) != 3 || parts[1] == "" {
		return org, "", record, fmt.Errorf("workflow id %q is not <org>/<type>/<record>", id)
	}
	if org, err = uuid.Parse(parts[0]); err != nil {
		return org, "", record, fmt.Errorf("parse organization of workflow id: %w", err)
	}
	if record, err = uuid.Parse(parts[2]); err != nil {
		return org, "", record, fmt.Errorf("parse record of workflow id: %w", err)
	}
	return org, parts[1], record, nil
}

// MustJSON encodes a value of ours that always encodes. It panics on one that does not, which is a fault in the program.
func MustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err))
	}
	return b
}
