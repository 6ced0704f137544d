// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// quantity finds the quantity of a batch in the bytes of a version.
var quantity = regexp.MustCompile(`"value":([1-9][0-9]+)`)

// forge copies an evidence pack and changes one byte in its newest version: the first digit of a batch's quantity. The zip
// itself stays whole. It says what was changed.
func forge(pack []byte) (forged []byte, changed string, err error) {
	in, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		return nil, "", fmt.Errorf("read the pack: %w", err)
	}
	victim := ""
	for _, f := range in.File {
		if strings.HasPrefix(f.Name, "versions/") && f.Name > victim {
			victim = f.Name
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		content, err := readZipped(f)
		if err != nil {
			return nil, "", err
		}
		if f.Name == victim {
			changed = f.Name + ": " + lessOf(content)
		}
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err != nil {
			return nil, "", fmt.Errorf("forge the pack: %w", err)
		}
		if _, err := entry.Write(content); err != nil {
			return nil, "", fmt.Errorf("forge the pack: %w", err)
		}
	}
	if changed == "" {
		return nil, "", errors.New("forge the pack: it has no version")
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("forge the pack: %w", err)
	}
	return out.Bytes(), changed, nil
}

func readZipped(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("read %s of the pack: %w", f.Name, err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s of the pack: %w", f.Name, err)
	}
	return content, nil
}

// lessOf changes the first digit of the first quantity in content, where it stands.
func lessOf(content []byte) string {
	at := quantity.FindSubmatchIndex(content)
	if at == nil {
		content[len(content)/2] ^= 1
		return "a byte in the middle"
	}
	before := string(content[at[2]:at[3]])
	if content[at[2]] == '9' {
		content[at[2]] = '8'
	} else {
		content[at[2]]++
	}
	return before + " blisters become " + string(content[at[2]:at[3]])
}
