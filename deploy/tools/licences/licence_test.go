// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	mit = `The MIT License (MIT)
Copyright (c) 2020 Somebody
Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal in it.
The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.`

	bsd2 = `Redistribution and use in source and binary forms, with or without
modification, are permitted provided that:
 * Redistributions of source code must retain the above copyright notice.
 * Redistributions in binary form must reproduce the above copyright notice.`

	bsd3 = bsd2 + `
 * Neither the name of X nor the names of its contributors may be used to endorse
   or promote products derived from this software.`

	isc = `Permission to use, copy, modify, and/or distribute this software for any
// purpose with or without fee is hereby granted, provided that the above
// copyright notice and this permission notice appear in all copies.`

	mpl = `Mozilla Public License Version 2.0
1.12. "Secondary License" means either the GNU General Public License, Version
2.0, the GNU Lesser General Public License, Version 2.1, the GNU Affero General
Public License, Version 3.0, or any later versions of those licenses.`

	gpl = `GNU GENERAL PUBLIC LICENSE
Version 3, 29 June 2007`
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, want, problem string
	}{
		"MIT":                     {text: mit, want: "MIT"},
		"two clauses":             {text: bsd2, want: "BSD-2-Clause"},
		"three clauses":           {text: bsd3, want: "BSD-3-Clause"},
		"in comments":             {text: isc, want: "ISC"},
		"both in one file":        {text: mit + "\n\n" + bsd3, want: "BSD-3-Clause MIT"},
		"copyleft by the file":    {text: mpl, want: "MPL-2.0"},
		"copyleft":                {text: gpl, problem: "gnu general public license"},
		"copyleft in other words": {text: "This is free software under the GNU Lesser\n * General Public License", problem: "gnu lesser general public"},
		"copyleft after a licence that is allowed": {text: mit + "\n" + gpl, problem: "gnu general public license"},
		"MPL and copyleft":                         {text: mpl + "\n" + gpl, problem: "gnu general public license"},
		"a condition added":                        {text: mit + "\n\"Commons Clause\" License Condition v1.0", problem: "commons clause"},
		"advertising clause":                       {text: bsd3 + "\nAll advertising materials must display", problem: "none of the licences"},
		"half of it":                               {text: mit[:120], problem: "none of the licences"},
		"empty":                                    {problem: "none of the licences"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := identify(c.text)
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Fatalf("got %v, %v; want an error with %q", got, err, c.problem)
				}
				return
			}
			if err != nil || strings.Join(got, " ") != c.want {
				t.Fatalf("got %v, %v; want %s", got, err, c.want)
			}
		})
	}
}

// A package that was copied into a module is under its own licence, which the module's root does not show.
func TestTextsAreThoseOfLinkedPackages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": mit, "check_license.sh": "exit 0", "linked/copied/COPYING": bsd3, "unused/LICENSE": gpl,
	} {
		write(t, filepath.Join(dir, name), text)
	}
	m := module{path: "example.org/m", version: "v1.0.0", dir: dir, folders: []string{filepath.Join(dir, "linked", "copied")}}
	ids, err := m.licences()
	if err != nil || !slices.Equal(ids, []string{"BSD-3-Clause", "MIT"}) {
		t.Fatalf("got %v, %v", ids, err)
	}
	m.folders = append(m.folders, filepath.Join(dir, "unused"))
	if _, err := m.licences(); err == nil || !strings.Contains(err.Error(), filepath.Join("unused", "LICENSE")) {
		t.Fatalf("a linked package under the GPL passed: %v", err)
	}
}

func TestModuleWithoutLicenceFails(t *testing.T) {
	t.Parallel()
	l, err := judge("bin/x", []module{{path: "example.org/m", version: "v1.0.0", dir: t.TempDir()}})
	if err == nil || !strings.Contains(err.Error(), "bin/x links example.org/m@v1.0.0: it has no licence file") || len(l.rows) != 0 {
		t.Fatalf("got %v, %v", l.rows, err)
	}
}

func TestModulesAreGrouped(t *testing.T) {
	t.Parallel()
	got, err := modules(strings.NewReader(`
		{"Dir": "/go/fmt", "Standard": true}
		{"Dir": "/src", "Module": {"Path": "example.org/main", "Main": true}}
		{"Dir": "/b/x", "Module": {"Path": "example.org/b", "Version": "v1.0.0", "Dir": "/b"}}
		{"Dir": "/b/y", "Module": {"Path": "example.org/b", "Version": "v1.0.0", "Dir": "/b"}}
		{"Dir": "/fork", "Module": {"Path": "example.org/a", "Version": "v1.0.0", "Dir": "/a",
			"Replace": {"Path": "example.org/fork", "Version": "v2.0.0", "Dir": "/fork"}}}`))
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v", got, err)
	}
	if got[0].String() != "example.org/b@v1.0.0" || len(got[0].folders) != 2 || got[1].String() != "example.org/fork@v2.0.0" {
		t.Fatalf("got %v", got)
	}
}

func TestListIsComparedAndWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "licences.md")
	want := document([]list{{program: "bin/x", rows: []row{{module{path: "example.org/m", version: "v1.0.0"}, []string{"MIT"}}}}})
	if !strings.Contains(string(want), "| example.org/m | v1.0.0 | MIT |") || !strings.Contains(string(want), "bin/x: 1 modules\n\nMIT 1\n") {
		t.Fatalf("got %s", want)
	}
	if err := keep(path, want, false); err == nil {
		t.Fatal("a list that is missing passed")
	}
	if err := keep(path, want, true); err != nil {
		t.Fatal(err)
	}
	if err := keep(path, want, false); err != nil {
		t.Fatal(err)
	}
	if err := keep(path, append(want, '\n'), false); err == nil {
		t.Fatal("a list that is out of date passed")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
