// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import "github.com/google/uuid"

// GroupChange is the body of every command about a group. Roles that a group holds are held by everybody in it.
type GroupChange struct {
	Group  uuid.UUID `json:"group"`
	Name   string    `json:"name,omitempty"`
	User   uuid.UUID `json:"user,omitempty"`  // who joins or leaves
	Grant  uuid.UUID `json:"grant,omitempty"` // the one to revoke
	Role   Role      `json:"role,omitempty"`
	Site   string    `json:"site,omitempty"`
	Reason string    `json:"reason"`
}
