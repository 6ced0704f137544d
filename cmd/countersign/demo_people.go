// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/countersign/countersign/models"
)

// demoPassword is everybody's in the demo organizations, which answer on a loopback address only.
const demoPassword = "countersign-demo-7"

// The sites of Nordlys Pharma.
const (
	ballerup = "ballerup"
	durham   = "durham"
)

// demoOneTime is the person of the demo who also logs in with one-time codes.
const demoOneTime = "nadia"

// nordlys is the demo organization: each quality role is held so often at each site that four eyes can always be found.
var nordlys = house{
	slug: "nordlys", name: "Nordlys Pharma", settings: models.OrgSettings{Demo: true, Label: "Demo, not for GMP use"},
	sites: []houseSite{
		{ballerup, "Ballerup, Denmark", "Europe/Copenhagen", weekOf("07:30-16:00", "07:30-15:00"), danishHolidays},
		{durham, "Durham, North Carolina", "America/New_York", weekOf("08:00-17:00", "08:00-17:00"), americanHolidays},
	},
	people: []employee{
		{"anders", "Anders Holm", models.RoleAdmin, models.AllSites},
		{"birgit", "Birgit Lund", models.RoleAdmin, models.AllSites},

		{"jonas", "Jonas Madsen", models.RoleReporter, ballerup},
		{"sofie", "Sofie Krogh", models.RoleReporter, ballerup},
		{"mette", "Mette Friis", models.RoleAreaOwner, ballerup},
		{"rasmus", "Rasmus Bach", models.RoleAreaOwner, ballerup},
		{"kirsten", "Kirsten Dam", models.RoleAreaHead, ballerup},
		{"poul", "Poul Winther", models.RoleAreaHead, ballerup},
		{"ines", "Ines Larsen", models.RoleInvestigator, ballerup},
		{"tobias", "Tobias Juhl", models.RoleInvestigator, ballerup},
		{"freja", "Freja Storm", models.RoleExpert, ballerup},
		{"camilla", "Camilla Skov", models.RoleQA, ballerup},
		{"henrik", "Henrik Aagaard", models.RoleQA, ballerup},
		{"thea", "Thea Thorsen", models.RoleQA, ballerup},
		{"ulla", "Ulla Brandt", models.RoleQualityHead, ballerup},
		{"erik", "Erik Vestergaard", models.RoleQualityHead, ballerup},
		{"niels", "Niels Kjær", models.RoleManager, ballerup},

		{"tyrone", "Tyrone Banks", models.RoleReporter, durham},
		{"emily", "Emily Novak", models.RoleReporter, durham},
		{"marcus", "Marcus Reed", models.RoleAreaOwner, durham},
		{"dana", "Dana Whitfield", models.RoleAreaOwner, durham},
		{"carol", "Carol Hughes", models.RoleAreaHead, durham},
		{"victor", "Victor Ramos", models.RoleAreaHead, durham},
		{"priya", "Priya Natarajan", models.RoleInvestigator, durham},
		{"ben", "Ben Castillo", models.RoleInvestigator, durham},
		{"owen", "Owen Mercer", models.RoleExpert, durham},
		{"grace", "Grace Oyelaran", models.RoleQA, durham},
		{"walter", "Walter Kim", models.RoleQA, durham},
		{"joanna", "Joanna Pike", models.RoleQA, durham},
		{"louise", "Louise Bennett", models.RoleQualityHead, durham},
		{"samuel", "Samuel Ortiz", models.RoleQualityHead, durham},
		{"denise", "Denise Cole", models.RoleManager, durham},

		{demoOneTime, "Nadia Rahman", models.RoleQA, models.AllSites},
		{"iris", "Iris Falk", models.RoleInspector, models.AllSites},
	},
	service: employee{"mes", "Line control system", models.RoleIntegration, models.AllSites},
	oneTime: demoOneTime,
}

// mayNot says of each role what it is kept from, in the words of the rules that keep it.
var mayNot = []struct {
	role models.Role
	text string
}{
	{models.RoleReporter, "approve what they reported (S1)"},
	{models.RoleAreaOwner, "approve, or decide on a batch (S1, S8)"},
	{models.RoleInvestigator, "approve what they investigated (S1)"},
	{models.RoleExpert, "take a task: they read and comment"},
	{models.RoleAreaHead, "give the last word: it is the quality unit's (S2, S8)"},
	{models.RoleQA, "approve what they worked on, or twice in a round (S1, quorum)"},
	{models.RoleQualityHead, "review an audit trail that they are in (S7)"},
	{models.RoleManager, "approve: they watch service levels and reassign"},
	{models.RoleInspector, "change anything: they read and export"},
	{models.RoleAdmin, "do GMP work, sign, or grant to themselves (S6)"},
	{models.RoleIntegration, "take, decide or sign: it files and signals"},
}

// weekOf works Monday to Thursday, and shorter or not on Friday.
func weekOf(monday, friday string) [7]models.Hours {
	long, short := mustHours(monday), mustHours(friday)
	return [7]models.Hours{nil, long, long, long, long, short, nil}
}

func mustHours(text string) models.Hours {
	hours, err := models.ParseHours(text)
	if err != nil {
		panic(err) // a constant of ours
	}
	return hours
}

// danishHolidays are the public holidays of Denmark, with Christmas Eve and New Year's Eve, which close the plant by agreement.
var danishHolidays = []models.Holiday{
	{Date: "2026-01-01", Name: "New Year's Day"}, {Date: "2026-04-02", Name: "Maundy Thursday"}, {Date: "2026-04-03", Name: "Good Friday"},
	{Date: "2026-04-05", Name: "Easter Sunday"}, {Date: "2026-04-06", Name: "Easter Monday"}, {Date: "2026-05-14", Name: "Ascension Day"},
	{Date: "2026-05-24", Name: "Whit Sunday"}, {Date: "2026-05-25", Name: "Whit Monday"}, {Date: "2026-06-05", Name: "Constitution Day"},
	{Date: "2026-12-24", Name: "Christmas Eve"}, {Date: "2026-12-25", Name: "Christmas Day"}, {Date: "2026-12-26", Name: "Boxing Day"},
	{Date: "2026-12-31", Name: "New Year's Eve"},
	{Date: "2027-01-01", Name: "New Year's Day"}, {Date: "2027-03-25", Name: "Maundy Thursday"}, {Date: "2027-03-26", Name: "Good Friday"},
	{Date: "2027-03-28", Name: "Easter Sunday"}, {Date: "2027-03-29", Name: "Easter Monday"}, {Date: "2027-05-06", Name: "Ascension Day"},
	{Date: "2027-05-16", Name: "Whit Sunday"}, {Date: "2027-05-17", Name: "Whit Monday"}, {Date: "2027-06-05", Name: "Constitution Day"},
	{Date: "2027-12-24", Name: "Christmas Eve"}, {Date: "2027-12-25", Name: "Christmas Day"}, {Date: "2027-12-26", Name: "Boxing Day"},
	{Date: "2027-12-31", Name: "New Year's Eve"},
}

// americanHolidays are the federal holidays of the United States, on the day on which they are observed.
var americanHolidays = []models.Holiday{
	{Date: "2026-01-01", Name: "New Year's Day"}, {Date: "2026-01-19", Name: "Martin Luther King Jr. Day"}, {Date: "2026-02-16", Name: "Washington's Birthday"},
	{Date: "2026-05-25", Name: "Memorial Day"}, {Date: "2026-06-19", Name: "Juneteenth"}, {Date: "2026-07-03", Name: "Independence Day (observed)"},
	{Date: "2026-09-07", Name: "Labor Day"}, {Date: "2026-10-12", Name: "Columbus Day"}, {Date: "2026-11-11", Name: "Veterans Day"},
	{Date: "2026-11-26", Name: "Thanksgiving Day"}, {Date: "2026-12-25", Name: "Christmas Day"},
	{Date: "2027-01-01", Name: "New Year's Day"}, {Date: "2027-01-18", Name: "Martin Luther King Jr. Day"}, {Date: "2027-02-15", Name: "Washington's Birthday"},
	{Date: "2027-05-31", Name: "Memorial Day"}, {Date: "2027-06-18", Name: "Juneteenth (observed)"}, {Date: "2027-07-05", Name: "Independence Day (observed)"},
	{Date: "2027-09-06", Name: "Labor Day"}, {Date: "2027-10-11", Name: "Columbus Day"}, {Date: "2027-11-11", Name: "Veterans Day"},
	{Date: "2027-11-25", Name: "Thanksgiving Day"}, {Date: "2027-12-24", Name: "Christmas Day (observed)"}, {Date: "2027-12-31", Name: "New Year's Day (observed)"},
}
