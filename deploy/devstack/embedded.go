// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// embeddedMajor is the release that new data gets where no PostgreSQL is installed.
const embeddedMajor = 17

var embeddedVersions = map[int]embeddedpostgres.PostgresVersion{
	15: embeddedpostgres.V15,
	16: embeddedpostgres.V16,
	17: embeddedpostgres.V17,
	18: embeddedpostgres.V18,
}

// embedded returns downloaded programs, from the cache when an earlier run has fetched them.
func embedded(ctx context.Context, major int, acct account, fallback string, say progress) (programs, error) {
	if major == 0 {
		major = embeddedMajor
	}
	version, ok := embeddedVersions[major]
	if !ok {
		return programs{}, fmt.Errorf("the data was made by PostgreSQL %d: install that, there is no download of it", major)
	}
	cache, err := cacheFolder(acct, fallback)
	if err != nil {
		return programs{}, err
	}
	unlock, err := lockCache(ctx, cache)
	if err != nil {
		return programs{}, err
	}
	defer unlock()

	home := filepath.Join(cache, "postgresql-"+string(version))
	if p, err := usable(ctx, filepath.Join(home, "bin"), acct); err == nil {
		return p, nil
	}
	say.line("fetching PostgreSQL %s into %s (about 15 MB, 100 MB unpacked, once) ...", version, cache)
	if err := fetch(ctx, version, cache, home, acct); err != nil {
		return programs{}, fmt.Errorf("fetch PostgreSQL %s: %w", version, err)
	}
	return usable(ctx, filepath.Join(home, "bin"), acct)
}

// cacheFolder is the caller's cache, or the system's where root runs PostgreSQL as an account that cannot
// enter root's own.
func cacheFolder(acct account, fallback string) (string, error) {
	dirs := []string{"/var/cache"}
	if home, err := os.UserCacheDir(); err == nil {
		dirs = []string{home, "/var/cache"}
	}
	for _, dir := range append(dirs, fallback) {
		cache := filepath.Join(dir, "countersign")
		if acct.closedParent(cache) == "" && os.MkdirAll(cache, 0o755) == nil {
			return cache, nil
		}
	}
	return "", fmt.Errorf("find a cache folder for PostgreSQL's programs that uid %d can enter", acct.uid)
}

// lockCache lets one devstack fetch at a time; the others find the result.
func lockCache(ctx context.Context, cache string) (unlock func(), err error) {
	for {
		f, err := lockFolder(cache)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, errInUse) {
			return nil, fmt.Errorf("lock the cache: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// fetch downloads, checks and unpacks the programs, and moves them to home when they are whole.
func fetch(ctx context.Context, version embeddedpostgres.PostgresVersion, cache, home string, acct account) error {
	scratch, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := os.Chmod(scratch, 0o755); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	unpacked := filepath.Join(scratch, "postgresql")
	database := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Version(version).Port(uint32(port)).Logger(io.Discard).StartTimeout(time.Minute).
		CachePath(cache).BinariesPath(unpacked).
		RuntimePath(filepath.Join(scratch, "run")).DataPath(filepath.Join(scratch, "data")))
	// The library has no call that only fetches. Start fetches and unpacks, then runs initdb as the caller,
	// which root is refused: what counts is whether the programs are there.
	started := database.Start()
	if started == nil {
		if err := database.Stop(); err != nil {
			return fmt.Errorf("stop after the first start: %w", err)
		}
	}
	if _, err := usable(ctx, filepath.Join(unpacked, "bin"), acct); err != nil {
		return fmt.Errorf("%w (%w)", err, started)
	}
	if err := os.RemoveAll(home); err != nil {
		return err
	}
	return os.Rename(unpacked, home)
}
