// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package packs holds the form definitions that come with Countersign, as data. gxp is the pack of the regulated processes.
package packs

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/countersign/countersign/models"
)

//go:embed gxp/*.json
var files embed.FS

// Forms reads and checks every form that comes with Countersign, by id: "deviation.triage". Each file is named after its form.
// The error names the file.
func Forms() (map[string]*models.Form, error) { return load(files) }

func load(fsys fs.FS) (map[string]*models.Form, error) {
	names, err := fs.Glob(fsys, "*/*.json")
	if err != nil {
		return nil, fmt.Errorf("list forms: %w", err)
	}
	forms := make(map[string]*models.Form, len(names))
	for _, name := range names {
		form, err := read(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read form %s: %w", name, err)
		}
		if forms[form.ID] != nil {
			return nil, fmt.Errorf("read form %s: another pack has a form %s too", name, form.ID)
		}
		forms[form.ID] = form
	}
	return forms, nil
}

func read(fsys fs.FS, name string) (*models.Form, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	form, err := models.ParseForm(raw)
	if err != nil {
		return nil, err
	}
	if want := strings.TrimSuffix(path.Base(name), ".json"); form.ID != want {
		return nil, fmt.Errorf("its id is %s, not that of its file", form.ID)
	}
	return form, nil
}
