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

// revision names the content of a bundle: nobody changes a rule or its data under a name that was logged before.
type revision [sha256.Size]byte

// revisionOf hashes all that decides: the rules, their data, and what further types of record bring. Tests decide nothing.
func revisionOf(rules fs.FS, types []typeData) (revision, error) {
	contents := map[string][]byte{}
	for _, pattern := range []string{"rego/*.rego", "rego/base/*.json"} {
		names, err := fs.Glob(rules, pattern)
		if err != nil {
			return revision{}, fmt.Errorf("list the policies: %w", err)
		}
		for _, name := range names {
			if !isPolicy(name) {
				continue
			}
			if contents[name], err = fs.ReadFile(rules, name); err != nil {
				return revision{}, fmt.Errorf("read a policy: %w", err)
			}
		}
	}
	for _, t := range types {
		contents["types/"+t.name+"/matrix.json"] = t.matrix
		if t.segregation != nil {
			contents["types/"+t.name+"/segregation.json"] = t.segregation
		}
	}
	whole := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		// One line a file, as of sha256sum: no two sets of files have the same lines.
		fmt.Fprintf(whole, "%x  %s\n", sha256.Sum256(contents[name]), name)
	}
	return revision(whole.Sum(nil)), nil
}

// number is the revision as decisions, plans and signatures carry it: the first 31 bits of the digest, which every store and
// every client holds exactly. It is never 0, which would be left out.
func (r revision) number() int {
	return max(1, int(binary.BigEndian.Uint32(r[:4])>>1))
}

func (r revision) String() string { return hex.EncodeToString(r[:]) }
