// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const preface = `# Licences of what is linked

Written by ` + "`make generate`" + `, checked by ` + "`make test`" + `. Each module is listed with the licences of its linked packages, as their
own licence files state them (SPDX). Copyleft (GPL, LGPL, AGPL, SSPL and their like) and unknown licences fail the check; MPL-2.0,
which is copyleft by the file, is allowed, because its files are linked unchanged. Everything also links the Go standard
library (BSD-3-Clause).
`

// document writes the lists as Markdown.
func document(lists []list) []byte {
	b := bytes.NewBufferString(preface)
	for _, l := range lists {
		fmt.Fprintf(b, "\n## %s: %d modules\n\n%s\n\n", l.program, len(l.rows), summary(l))
		fmt.Fprintf(b, "| Module | Version | Licences |\n|---|---|---|\n")
		for _, r := range l.rows {
			fmt.Fprintf(b, "| %s | %s | %s |\n", r.path, r.version, strings.Join(r.licences, ", "))
		}
	}
	b.WriteString("\n## Looked at by hand\n\nThese have no licence file of their own.\n\n")
	for _, name := range slices.Sorted(maps.Keys(byHand)) {
		fmt.Fprintf(b, "- %s (%s): %s\n", name, byHand[name].id, byHand[name].why)
	}
	return b.Bytes()
}

// summary counts the modules by licence: a module with two counts for both.
func summary(l list) string {
	count := map[string]int{}
	for _, r := range l.rows {
		for _, id := range r.licences {
			count[id]++
		}
	}
	parts := make([]string, 0, len(count))
	for _, id := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%s %d", id, count[id]))
	}
	return strings.Join(parts, " · ")
}
