// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// oldestMajor is the oldest PostgreSQL that the schema runs on.
const oldestMajor = 15

// programs is a folder with initdb, postgres and pg_ctl of one release.
type programs struct {
	dir   string
	major int
}

func (p programs) path(name string) string { return filepath.Join(p.dir, name) }

// findPrograms returns the programs for the data in dir, or for new data when major is 0.
func findPrograms(ctx context.Context, which string, major int, acct account, cache string, say progress) (programs, error) {
	if which != postgresEmbedded {
		if p, ok := installed(ctx, acct, major); ok {
			return p, nil
		}
		if which == postgresInstalled {
			return programs{}, fmt.Errorf("find PostgreSQL %s: none in PATH, /usr/lib/postgresql, /usr/pgsql-* or Homebrew that uid %d can run",
				wanted(major), acct.uid)
		}
	}
	return embedded(ctx, major, acct, cache, say)
}

func wanted(major int) string {
	if major == 0 {
		return fmt.Sprintf("%d or newer", oldestMajor)
	}
	return strconv.Itoa(major) + ", which made the data"
}

func installed(ctx context.Context, acct account, major int) (programs, bool) {
	for _, dir := range candidateFolders() {
		p, err := usable(ctx, dir, acct)
		if err == nil && p.major >= oldestMajor && (major == 0 || p.major == major) {
			return p, true
		}
	}
	return programs{}, false
}

// candidateFolders lists where initdb is, the folders of PATH first, then the system's with the newest release
// first. Links are followed: PostgreSQL looks for its libraries from where its programs really are.
func candidateFolders() []string {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		found, _ := filepath.Glob(pattern)
		slices.SortFunc(found, func(a, b string) int { return numberIn(b) - numberIn(a) })
		dirs = append(dirs, found...)
	}
	var real []string
	for _, dir := range dirs {
		initdb, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb"))
		if err == nil && !slices.Contains(real, filepath.Dir(initdb)) {
			real = append(real, filepath.Dir(initdb))
		}
	}
	return real
}

var digits = regexp.MustCompile(`\d+`)

func numberIn(path string) int {
	n, _ := strconv.Atoi(digits.FindString(path))
	return n
}

// versionLine is the answer of each program to --version, such as "postgres (PostgreSQL) 15.18 (Debian ...)".
var versionLine = regexp.MustCompile(`^(initdb|postgres|pg_ctl) \(PostgreSQL\) (\d+)`)

// usable runs each program as the account: a wrapper, a script of another kind or a folder that the account
// cannot enter is not usable.
func usable(ctx context.Context, dir string, acct account) (programs, error) {
	p := programs{dir: dir}
	for _, name := range []string{"postgres", "initdb", "pg_ctl"} {
		major, err := majorOf(ctx, p.path(name), acct)
		if err != nil {
			return programs{}, err
		}
		if p.major != 0 && p.major != major {
			return programs{}, fmt.Errorf("%s holds programs of releases %d and %d", dir, p.major, major)
		}
		p.major = major
	}
	return p, nil
}

func majorOf(ctx context.Context, program string, acct account) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := output(ctx, acct.command(childOf(syscall.SIGKILL), program, "--version"))
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version: %w", program, err)
	}
	match := versionLine.FindStringSubmatch(out)
	if match == nil || match[1] != filepath.Base(program) {
		return 0, fmt.Errorf("ask %s for its version: it says %q", program, out)
	}
	return strconv.Atoi(match[2])
}
