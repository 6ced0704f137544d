// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// The kinds of session.
const (
	SessionCookie = "cookie"
	SessionBearer = "bearer"
	SessionAPIKey = "api_key"
)

// The commands of sessions. A failed login of a known person is a refused CommandSessionStart.
const (
	CommandSessionStart = "session.start"
	CommandSessionEnd   = "session.end"
)

// SessionStart is the body of CommandSessionStart and what an API key's creation stores.
type SessionStart struct {
	ID          uuid.UUID `json:"id"`
	User        uuid.UUID `json:"user"`
	TokenHash   Bytes     `json:"token_hash"` // SHA-256 of the token; the token itself is stored nowhere
	Kind        string    `json:"kind"`
	Name        string    `json:"name,omitempty"` // of an API key
	Device      string    `json:"device,omitempty"`
	IdleSeconds int       `json:"idle_seconds"` // 0: no idle timeout, for API keys only
	ExpiresAt   time.Time `json:"expires_at"`
}

// SessionEnd is the body of CommandSessionEnd, and of the commands by which an administrator ends another's session or key.
type SessionEnd struct {
	ID     string    `json:"id"`             // of the session
	User   uuid.UUID `json:"user,omitempty"` // whose it is
	Reason string    `json:"reason,omitempty"`
}
