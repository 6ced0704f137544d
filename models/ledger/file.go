// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/countersign/countersign/models"
)

// fileClaim is a file that a version names: its bytes are evidence like the version's own.
type fileClaim struct {
	where string
	seen  bool
}

// namesFiles is what only canonical content with files has in it; rarely, other content has it too, deeper inside.
var namesFiles = []byte(`"files":[{`)

// versionFiles are the files that the content of a version names.
func versionFiles(data []byte) []models.FileHash {
	if !bytes.Contains(data, namesFiles) {
		return nil
	}
	var content struct {
		Files []models.FileHash `json:"files"`
	}
	if json.Unmarshal(data, &content) != nil {
		return nil // the hash of the version says what is wrong with it
	}
	return content.Files
}

// takeFiles notes which files a version names.
func (c *claims) takeFiles(v StoredVersion, where string) {
	for _, f := range versionFiles(v.Data) {
		hash, err := ParseHash(f.SHA256)
		if err != nil {
			c.r.find(FileMissing, where, "It names a file %q by %.70q, which is no hash.", f.Name, f.SHA256)
			continue
		}
		if c.files[hash] == nil {
			c.files[hash] = &fileClaim{where: fmt.Sprintf("%q of %s", f.Name, where)}
		}
	}
}

// fileHash is that of the bytes that are there, or why they cannot be read.
type fileHash struct {
	hash Hash
	err  error
}

func hashFile(f StoredFile) fileHash {
	return hashPacked(PackFile{Open: f.Open})
}

// hashPacked takes the hash that was found while the pack was read, if it was read.
func hashPacked(f PackFile) fileHash {
	if !f.found.IsZero() {
		return fileHash{hash: f.found}
	}
	hash, _, err := f.hash()
	return fileHash{hash, err}
}

// file holds one stored file, and the hash of its bytes, against the name under which it is kept.
func (c *claims) file(want Hash, got fileHash) {
	c.r.Counts.Files++
	where, what := fileName(want), "the attached file"
	claim := c.files[want]
	if claim != nil {
		claim.seen = true
		what = claim.where
	}
	switch {
	case got.err != nil:
		c.r.find(FileAltered, where, "The bytes of %s cannot be read: %v.", what, got.err)
	case got.hash != want:
		c.r.find(FileAltered, where, "The bytes of %s have the hash %s.", what, got.hash)
	case claim == nil:
		c.orphan(FileAltered, where, "No version names this file.")
	}
}

// missingFiles reports the files that versions name and nobody brought.
func (c *claims) missingFiles() {
	for hash, claim := range c.files {
		if !claim.seen {
			c.r.find(FileMissing, fileName(hash), "This is %s, and it is not here.", claim.where)
		}
	}
}

// hash reads the file through and says what its bytes hash to, and how many they are.
func (f *PackFile) hash() (hash Hash, size int64, err error) {
	h := sha256.New()
	n, err := f.copy(h)
	if err != nil {
		return Hash{}, 0, err
	}
	return Hash(h.Sum(nil)), n, nil
}

func (f *PackFile) copy(w io.Writer) (n int64, err error) {
	r, err := f.Open()
	if err != nil {
		return 0, fmt.Errorf("open the file: %w", err)
	}
	n, err = io.Copy(w, r)
	return n, errors.Join(err, r.Close())
}
