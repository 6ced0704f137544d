// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// sealText is what is signed of a pack: the hash of pack.json, which lists all files. Its
// first line keeps it apart from a head.
func sealText(info []byte) string {
	return fmt.Sprintf("%s\n%s\n", PackFormat, ContentHash(info))
}

func signSeal(info []byte, key SigningKey) (string, error) {
	s, err := newNoteSigner(key)
	if err != nil {
		return "", err
	}
	b, err := note.Sign(&note.Note{Text: sealText(info)}, s)
	return string(b), err
}

// openSeal returns the ids of the known keys that signed exactly these bytes of pack.json.
func openSeal(seal string, info []byte, keys []Key) ([]string, error) {
	text, ids, err := newHeadOpener(keys).openNote(seal)
	if err != nil {
		return nil, err
	}
	if text != sealText(info) {
		return nil, fmt.Errorf("its hash is now %s", ContentHash(info))
	}
	return ids, nil
}
