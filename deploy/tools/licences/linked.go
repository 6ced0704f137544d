// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is one that a program links, with the folders of its packages that are linked.
type module struct {
	path, version, dir string
	folders            []string
}

// linked lists the modules of the packages that pkg is made of, sorted by path. The build is the same wherever this runs:
// Linux on amd64, with cgo.
func linked(ctx context.Context, dir, pkg string) ([]module, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Standard,Module", pkg)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages of %s in %s: %w", pkg, dir, err)
	}
	return modules(bytes.NewReader(out))
}

// modules groups what go list printed by module. The standard library counts as one; the main module does not.
func modules(listing io.Reader) ([]module, error) {
	byPath := map[string]*module{}
	for dec := json.NewDecoder(listing); ; {
		var p struct {
			Dir      string
			Standard bool
			Module   *struct {
				Path, Version, Dir string
				Main               bool
				Replace            *struct{ Path, Version, Dir string }
			}
		}
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read what go list printed: %w", err)
		}
		if p.Standard || p.Module == nil || p.Module.Main {
			continue
		}
		m := module{path: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir}
		if r := p.Module.Replace; r != nil {
			m = module{path: r.Path, version: r.Version, dir: r.Dir}
		}
		if byPath[m.path] == nil {
			byPath[m.path] = &m
		}
		byPath[m.path].folders = append(byPath[m.path].folders, p.Dir)
	}
	all := make([]module, 0, len(byPath))
	for _, m := range byPath {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return all, nil
}

// texts reads the licence files that hold for the module's linked packages: those in their folders and in every folder from
// there up to the module's root. A package copied from elsewhere often brings its own.
func (m module) texts() (map[string]string, error) {
	texts := map[string]string{}
	seen := map[string]bool{}
	for _, folder := range append([]string{m.dir}, m.folders...) {
		for ; !seen[folder]; folder = filepath.Dir(folder) {
			seen[folder] = true
			if err := m.textsIn(folder, texts); err != nil {
				return nil, err
			}
			if folder == m.dir {
				break
			}
		}
	}
	return texts, nil
}

func (m module) textsIn(folder string, texts map[string]string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("look for the licence of %s: %w", m.path, err)
	}
	for _, e := range entries {
		if e.IsDir() || !isLicence(e.Name()) {
			continue
		}
		file := filepath.Join(folder, e.Name())
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the licence of %s: %w", m.path, err)
		}
		name, err := filepath.Rel(m.dir, file)
		if err != nil {
			return fmt.Errorf("name the licence of %s: %w", m.path, err)
		}
		texts[name] = string(text)
	}
	return nil
}

// isLicence knows a licence file by its name: LICENSE, License.txt, COPYING.md, MIT-LICENSE... Scripts that check licences
// are none, and neither is the licence of a module's logo, which is not linked.
func isLicence(name string) bool {
	name = strings.ToUpper(name)
	if slices.Contains([]string{".GO", ".S", ".SH", ".PY"}, filepath.Ext(name)) || strings.HasSuffix(name, "-LOGO") {
		return false
	}
	return slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "UNLICENSE"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}
