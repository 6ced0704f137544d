// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/countersign/countersign/models"

// The sites of the imported records: firms of the United States, and firms elsewhere.
const (
	siteDomestic = "us"
	siteAbroad   = "abroad"
)

// openFDA is the organization that public recall reports are imported into. Nobody is escalated to over them.
var openFDA = house{
	slug: "openfda", name: "FDA recall enforcement reports",
	settings: models.OrgSettings{Demo: true, Label: "public FDA data", EscalationOff: true},
	sites: []houseSite{
		{siteDomestic, "Firms in the United States", "America/New_York", weekOf("08:00-17:00", "08:00-17:00"), americanHolidays},
		{siteAbroad, "Firms abroad", "UTC", weekOf("08:00-17:00", "08:00-17:00"), []models.Holiday{}},
	},
	people: []employee{
		{"fay", "Fay Abbott", models.RoleAdmin, models.AllSites},
		{"fred", "Fred Abbott", models.RoleAdmin, models.AllSites},
		{"rosa", "Rosa Miller", models.RoleReporter, models.AllSites},
		{"oscar", "Oscar Nguyen", models.RoleAreaOwner, siteDomestic},
		{"odile", "Odile Renard", models.RoleAreaOwner, siteAbroad},
		{"harriet", "Harriet Stone", models.RoleAreaHead, models.AllSites},
		{"ian", "Ian Walsh", models.RoleInvestigator, siteDomestic},
		{"isla", "Isla Moreau", models.RoleInvestigator, siteAbroad},
		{"quincy", "Quincy Adeyemi", models.RoleQA, models.AllSites},
		{"quentin", "Quentin Baker", models.RoleQA, siteDomestic},
		{"qiana", "Qiana Lopez", models.RoleQA, siteAbroad},
		{"queenie", "Queenie Fraser", models.RoleQA, models.AllSites},
		{"heidi", "Heidi Vogel", models.RoleQualityHead, models.AllSites},
		{"hugh", "Hugh Osei", models.RoleQualityHead, models.AllSites},
		{"mona", "Mona Patel", models.RoleManager, models.AllSites},
	},
	service: employee{"importer", "Import of public FDA data", models.RoleIntegration, models.AllSites},
}
