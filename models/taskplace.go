// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// TaskPlace is an open task and its place among those of its organization: by site, then age.
type TaskPlace struct {
	Task     uuid.UUID
	Record   uuid.UUID
	Step     string
	Site     string
	OpenedAt time.Time
}
