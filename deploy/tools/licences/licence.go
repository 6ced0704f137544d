// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// licence is one that may be linked, and the phrases by which its text is known: all of have, and none of lack. They are
// written as fold leaves a text: lower case, words only.
type licence struct {
	id         string
	have, lack []string
}

const (
	noEndorsement = "be used to endorse or promote products"
	redistribute  = "redistribution and use in source and binary forms with or without modification are permitted"
	mitGrant      = "permission is hereby granted free of charge to any person obtaining a copy of this software"
	mitNotice     = "shall be included in all copies or substantial portions of the software"
	iscGrant      = "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted"
	iscNotice     = "provided that the above copyright notice and this permission notice appear in all copies"
)

// allowed are the licences that a program may link. MPL-2.0 is copyleft by the file: its files are linked as they are.
var allowed = []licence{
	{id: "Apache-2.0", have: []string{"apache license version 2 0", "grant of patent license", "redistribution"}},
	{id: "Apache-2.0", have: []string{"licensed under the apache license version 2 0", "you may not use this file except in compliance"}},
	{id: "BSD-2-Clause", have: []string{redistribute, "redistributions in binary form"}, lack: []string{noEndorsement, "all advertising materials"}},
	{id: "BSD-3-Clause", have: []string{redistribute, "redistributions in binary form", noEndorsement}, lack: []string{"all advertising materials"}},
	{id: "CC0-1.0", have: []string{"cc0 1 0 universal"}},
	{id: "0BSD", have: []string{iscGrant}, lack: []string{iscNotice}},
	{id: "ISC", have: []string{iscGrant, iscNotice}},
	{id: "MIT", have: []string{mitGrant, mitNotice}},
	{id: "MIT-0", have: []string{mitGrant}, lack: []string{mitNotice}},
	{id: "LicenseRef-public-domain", have: []string{"put into the public domain", "do whatever you want"}},
	{id: "LicenseRef-public-domain", have: []string{"has been dedicated to the public domain", "anyone is free to copy modify publish use"}},
	{id: "MPL-2.0", have: []string{"mozilla public license version 2 0"}},
	{id: "Unlicense", have: []string{"this is free and unencumbered software released into the public domain"}},
	{id: "Zlib", have: []string{"altered source versions must be plainly marked as such"}},
}

// refused are phrases of copyleft, and of licences that forbid some uses. One of them anywhere in a licence file is enough.
var refused = []string{
	"gnu general public license", "gnu lesser general public", "gnu library general public", "gnu affero general public",
	"server side public license", "eclipse public license", "common development and distribution license",
	"european union public licence", "creative commons attribution sharealike", "creative commons attribution noncommercial",
	"commons clause", "business source license", "elastic license", "functional source license", "mozilla public license version 1",
}

// mentions are phrases that name a refused licence in a text that is not under it.
var mentions = []string{
	// MPL-2.0, 1.12: what a "Secondary License" is. Without exhibit B it only adds a choice.
	"secondary license means either the gnu general public license version 2 0 the gnu lesser general public license version 2 1 " +
		"the gnu affero general public license version 3 0 or any later versions of those licenses",
}

var words = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// fold takes case, punctuation and line breaks out of a text, by which copies of one licence differ.
func fold(text string) string {
	return strings.TrimSpace(words.ReplaceAllString(strings.ToLower(text), " "))
}

// identify returns the licences of a licence file, which may hold several. Error: it holds one that is refused, or none
// that is known.
func identify(text string) ([]string, error) {
	folded := fold(text)
	for _, m := range mentions {
		folded = strings.ReplaceAll(folded, m, " ")
	}
	in := func(phrase string) bool { return strings.Contains(folded, phrase) }
	if i := slices.IndexFunc(refused, in); i >= 0 {
		return nil, fmt.Errorf("it says %q", refused[i])
	}
	ids := map[string]bool{}
	for _, l := range allowed {
		if !slices.ContainsFunc(l.have, func(p string) bool { return !in(p) }) && !slices.ContainsFunc(l.lack, in) {
			ids[l.id] = true
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("it is none of the licences that are known")
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// list is what one program links.
type list struct {
	program string
	rows    []row
}

type row struct {
	module
	licences []string
}

// judge finds the licences of modules. Error: every module that may not be linked, with the file and the reason.
func judge(program string, modules []module) (list, error) {
	l := list{program: program}
	var bad []error
	for _, m := range modules {
		ids, err := m.licences()
		if err != nil {
			bad = append(bad, fmt.Errorf("%s links %s: %w", program, m, err))
			continue
		}
		l.rows = append(l.rows, row{m, ids})
	}
	return l, errors.Join(bad...)
}

// byHand are modules without a licence file that were looked at: this version and no other.
var byHand = map[string]struct{ id, why string }{
	"github.com/cactus/go-statsd-client/statsd@v0.0.0-20200423205355-cb0885a1018c": {"MIT",
		"Its files name the LICENSE of the repository that it is a folder of, which is MIT."},
	"github.com/nexus-rpc/nexus-proto-annotations@v0.1.0": {"LicenseRef-not-stated",
		"Two protobuf options of Temporal Technologies, which its API for Go links, and which states no licence of their own; " +
			"their other modules are MIT."},
}

func (m module) String() string { return m.path + "@" + m.version }

func (m module) licences() ([]string, error) {
	if known, ok := byHand[m.String()]; ok {
		return []string{known.id}, nil
	}
	texts, err := m.texts()
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, errors.New("it has no licence file")
	}
	ids := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		found, err := identify(texts[name])
		if err != nil {
			return nil, fmt.Errorf("its %s: %w", name, err)
		}
		for _, id := range found {
			ids[id] = true
		}
	}
	return slices.Sorted(maps.Keys(ids)), nil
}
