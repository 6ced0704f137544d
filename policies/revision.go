// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package policies

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// revision names the content of a bundle: other content has another one, and a logged decision holds all of it.
type revision [sha256.Size]byte

// contentsOf is all that decides, by name: the rules, their data, and what further types of record bring. Tests decide nothing.
func contentsOf(rules fs.FS, types []typeData) (map[string]string, error) {
	contents := map[string]string{}
	for _, pattern := range []string{"rego/*.rego", "rego/base/*.json"} {
		names, err := fs.Glob(rules, pattern)
		if err != nil {
			return nil, fmt.Errorf("list the policies: %w", err)
		}
		for _, name := range names {
			if !isPolicy(name) {
				continue
			}
			content, err := fs.ReadFile(rules, name)
			if err != nil {
				return nil, fmt.Errorf("read a policy: %w", err)
			}
			contents[name] = string(content)
		}
	}
	for _, t := range types {
		contents["types/"+t.name+"/matrix.json"] = string(t.matrix)
		if t.segregation != nil {
			contents["types/"+t.name+"/segregation.json"] = string(t.segregation)
		}
	}
	return contents, nil
}

func revisionOf(contents map[string]string) revision {
	whole := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		// One line a file, as of sha256sum: no two sets of files have the same lines.
		fmt.Fprintf(whole, "%x  %s\n", sha256.Sum256([]byte(contents[name])), name)
	}
	return revision(whole.Sum(nil))
}

// number is short for the revision, in plans, signatures and lists: the first 31 bits of the digest, which every store and every
// client holds exactly. It is a name for people and no proof of the content, which the digest is. It is never 0, which would be left out.
func (r revision) number() int {
	return max(1, int(binary.BigEndian.Uint32(r[:4])>>1))
}

func (r revision) String() string { return hex.EncodeToString(r[:]) }
