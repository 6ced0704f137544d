// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package pages

// Task is where the link to a task leads. Without a session it says nothing but whose organization it is about, as the link
// itself does.
type Task struct {
	Organization string // slug, as in the link
	Login        string // address of the login; "" for who is logged in

	Title, Number, RecordTitle, Class, Site string
	State, Outcome                          string
	Holder, For                             string // who holds it, and for whom
	Due                                     string
	Overdue, Held                           bool
	App                                     string // address in the app
}

func (*Task) template() string { return "task.html" }
