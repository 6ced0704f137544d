// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import "github.com/google/uuid"

// Named is a person with the name that people know.
type Named struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name"`
}

// named is nobody where there is no id.
func named(id *uuid.UUID, name string) *Named {
	if id == nil {
		return nil
	}
	return &Named{ID: *id, Name: name}
}

// Place is a site with its name.
type Place struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone,omitempty" doc:"IANA name." example:"Europe/Berlin"`
}
