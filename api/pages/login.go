// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"net/url"
	"strings"
)

// Login asks who somebody is.
type Login struct {
	Organization, Username string
	Next                   string // where to go on to: a path of ours
	Refused                string // why the last attempt was refused
	Ended                  bool   // a session has ended: whoever comes back loses nothing
	Here                   string // printed name of who is logged in
	Demo                   *Demo
}

func (*Login) template() string { return "login.html" }

// Demo are the people of a demo organization.
type Demo struct {
	Organization, Name string
	Groups             []DemoGroup
}

// DemoGroup is a role with its people.
type DemoGroup struct {
	Role, MayNot string
	People       []DemoPerson
}

// DemoPerson is somebody whom a visitor can be.
type DemoPerson struct {
	Username, Name, Site string
	OneTime              bool // one click is not enough: a one-time code is asked for
}

// Logout asks whether the session should end.
type Logout struct {
	Here string // printed name of who is logged in; "" for nobody
}

func (*Logout) template() string { return "logout.html" }

// LocalPath is the text if it is a path of this server, else "/": a login must not lead to another host.
func LocalPath(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(text, "/") {
		return "/"
	}
	// "//host", "/\host" and control characters are other hosts to some browsers.
	if strings.HasPrefix(text, "//") || strings.ContainsFunc(text, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return "/"
	}
	return u.String()
}
