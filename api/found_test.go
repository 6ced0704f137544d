// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"sync"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/models"
)

// newOrganization is a tenant with one site and one person, who reads everything in it.
func newOrganization(slug string, calendar models.Calendar, site string, user models.NewUser) activities.NewOrganization {
	return activities.NewOrganization{
		Slug: slug, Name: "Other", Calendars: []models.Calendar{calendar}, Sites: sites(calendar, site), Users: []models.NewUser{user},
		Grants: []models.PersonRef{{User: user.ID, Role: models.RoleQA, Site: models.AllSites}},
	}
}

// locked lets the server's goroutines write one log, and a test read it.
type locked struct {
	mu sync.Mutex
	w  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.String()
}
