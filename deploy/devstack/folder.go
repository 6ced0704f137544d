// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	lockName        = "devstack.lock"
	ephemeralPrefix = "countersign-devstack-"
)

// folder holds everything that belongs to one stack. Its lock keeps a second devstack out.
type folder struct {
	dir       string
	ephemeral bool
	lock      *os.File
}

// errInUse says that another running devstack holds a folder.
var errInUse = errors.New("in use by another devstack")

func openFolder(o options) (*folder, error) {
	dir := o.data
	if o.ephemeral {
		sweepEphemeral()
		made, err := os.MkdirTemp("", ephemeralPrefix)
		if err != nil {
			return nil, fmt.Errorf("make a temporary folder: %w", err)
		}
		dir = made
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder (--data): %w", err)
	}
	lock, err := lockFolder(dir)
	if errors.Is(err, errInUse) {
		return nil, fmt.Errorf("the data folder %s is %w (pid %s): stop that one or choose another with --data DIR",
			dir, errInUse, lockHolder(dir))
	}
	if err != nil {
		return nil, fmt.Errorf("lock the data folder (--data): %w", err)
	}
	return &folder{dir: dir, ephemeral: o.ephemeral, lock: lock}, nil
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// close unlocks the folder, and removes it when it was made for this run only.
func (f *folder) close() error {
	var err error
	if f.ephemeral {
		err = os.RemoveAll(f.dir)
	}
	return errors.Join(err, f.lock.Close())
}

// lockFolder takes the lock, which the kernel drops when this process ends, however it ends.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errInUse
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	if _, err := fmt.Fprintln(f, os.Getpid()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// lockHolder is the pid that the holder of the lock wrote, for people to read.
func lockHolder(dir string) string {
	b, err := os.ReadFile(filepath.Join(dir, lockName))
	if err != nil || len(b) == 0 {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}

// sweepEphemeral removes temporary folders whose devstack was killed before it could. What it cannot
// remove stays: it is only housekeeping.
func sweepEphemeral() {
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), ephemeralPrefix+"*"))
	for _, dir := range found {
		if !abandoned(dir) {
			continue
		}
		lock, err := lockFolder(dir)
		if err != nil {
			continue
		}
		endLeftovers(filepath.Join(dir, clusterName))
		os.RemoveAll(dir)
		lock.Close()
	}
}

// abandoned tells whether dir is ours and old enough that no devstack is between making and locking it.
func abandoned(dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || ownerOf(info) != os.Geteuid() {
		return false
	}
	locked, err := os.Stat(filepath.Join(dir, lockName))
	return err == nil && time.Since(locked.ModTime()) > 5*time.Second
}

// ownerOf is the uid that owns a file.
func ownerOf(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }

// replaceFile writes a file in one step: a reader, or a crash, sees the old one or the new one.
func replaceFile(path string, content []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
