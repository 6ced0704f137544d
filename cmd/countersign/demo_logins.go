// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/api/pages"
	"github.com/countersign/countersign/models"
)

// demoLogins are the people of the demo by role, for its login page: one click logs a visitor in as one of them.
func demoLogins() *api.Demo {
	demo := &api.Demo{Demo: pages.Demo{Organization: nordlys.slug, Name: nordlys.name}, Password: demoPassword}
	for _, m := range mayNot {
		group := pages.DemoGroup{Role: m.role.Title(), MayNot: m.text}
		for _, p := range nordlys.people {
			if p.role == m.role {
				group.People = append(group.People, pages.DemoPerson{
					Username: p.username, Name: p.name, Site: siteName(p.site), OneTime: p.username == nordlys.oneTime,
				})
			}
		}
		if len(group.People) > 0 { // a service account logs in nowhere
			demo.Groups = append(demo.Groups, group)
		}
	}
	return demo
}

// siteName is the site of a grant as people say it.
func siteName(id string) string {
	if id == models.AllSites {
		return "all sites"
	}
	i := slices.IndexFunc(nordlys.sites, func(s houseSite) bool { return s.id == id })
	return nordlys.sites[i].name
}
