// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// nobody is the uid and gid that PostgreSQL gets where root runs devstack and no user postgres exists.
const nobody = 65534

// account is the user that runs PostgreSQL, which refuses to run as root.
type account struct {
	uid, gid int
	switched bool // another user than the one that runs devstack
}

// accountFor chooses the account for the data in dir, which may not exist yet: the caller himself, or, for root,
// the owner of the data, the user postgres, or nobody.
func accountFor(dir string) (account, error) {
	self := account{uid: os.Geteuid(), gid: os.Getegid()}
	owner, err := os.Stat(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return account{}, fmt.Errorf("look at PostgreSQL's data: %w", err)
	}
	if self.uid != 0 {
		if owner != nil && ownerOf(owner) != self.uid {
			return account{}, fmt.Errorf("%s belongs to uid %d and you are %d: run as that user or choose another --data DIR",
				dir, ownerOf(owner), self.uid)
		}
		return self, nil
	}
	if owner != nil && ownerOf(owner) != 0 {
		return account{uid: ownerOf(owner), gid: int(owner.Sys().(*syscall.Stat_t).Gid), switched: true}, nil
	}
	if u, err := user.Lookup("postgres"); err == nil {
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			return account{uid: uid, gid: gid, switched: true}, nil
		}
	}
	return account{uid: nobody, gid: nobody, switched: true}, nil
}

// command is a program of PostgreSQL's, run by the account in a folder that every account can enter.
func (a account) command(attr *syscall.SysProcAttr, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	// LC_ALL: without it macOS starts a thread in the postmaster, which then refuses to go on.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = attr
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// lend opens path for cmd and returns a name for it that the account can use even where a parent folder keeps it
// out, such as a checkout below /root. On Linux an inherited descriptor has such a name.
// The caller calls done after starting cmd.
func (a account) lend(cmd *exec.Cmd, path string) (name string, done func(), err error) {
	if !a.switched {
		return path, func() {}, nil
	}
	if runtime.GOOS != "linux" {
		if closed := a.closedParent(path); closed != "" {
			return "", nil, fmt.Errorf("uid %d, which runs PostgreSQL for root, cannot enter %s: choose another --data DIR", a.uid, closed)
		}
		return path, func() {}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", nil, fmt.Errorf("open for PostgreSQL: %w", err)
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	return fmt.Sprintf("/proc/self/fd/%d", 2+len(cmd.ExtraFiles)), func() { f.Close() }, nil
}

// closedParent is the first folder on the way to path that the account cannot enter, or empty.
func (a account) closedParent(path string) string {
	if !a.switched {
		return ""
	}
	dir := filepath.Dir(path)
	if dir != path {
		if closed := a.closedParent(dir); closed != "" {
			return closed
		}
	}
	if info, err := os.Stat(dir); err == nil && !a.mayEnter(info) {
		return dir
	}
	return ""
}

func (a account) mayEnter(info fs.FileInfo) bool {
	st := info.Sys().(*syscall.Stat_t)
	switch {
	case int(st.Uid) == a.uid:
		return info.Mode()&0o100 != 0
	case int(st.Gid) == a.gid:
		return info.Mode()&0o010 != 0
	}
	return info.Mode()&0o001 != 0
}

// own gives a file or folder to the account.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	if err := os.Chown(path, a.uid, a.gid); err != nil {
		return fmt.Errorf("hand over to uid %d, which runs PostgreSQL (another --data DIR may allow it): %w", a.uid, err)
	}
	return nil
}
