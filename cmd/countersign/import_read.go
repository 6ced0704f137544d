// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine is the longest line that is read, in bytes. Longer ones are skipped without being held.
const maxLine = 256 << 10

// errLongLine is for a line beyond maxLine.
var errLongLine = fmt.Errorf("it is longer than %d KiB", maxLine>>10)

// lineFile reads a file line by line, packed with gzip or not, and knows how far it is.
type lineFile struct {
	file   *os.File
	size   int64 // bytes of the file; 0 where that is not known
	lines  *bufio.Reader
	number int // of the line that was read last
}

// openLines tells gzip by its first bytes, not by the file's name.
func openLines(path string) (*lineFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the file to import: %w", err)
	}
	in := &lineFile{file: f, lines: bufio.NewReaderSize(f, 64<<10)}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		in.size = info.Size()
	}
	magic, err := in.lines.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in.lines)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("unpack %s: %w", path, err), f.Close())
		}
		in.lines = bufio.NewReaderSize(unpacked, 64<<10)
	}
	return in, nil
}

func (in *lineFile) close() error { return in.file.Close() }

// next reads a line, without its end, that is not blank. io.EOF after the last. errLongLine is of that line alone.
func (in *lineFile) next() ([]byte, error) {
	for {
		line, long, err := in.read()
		if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !long) {
			return nil, err
		}
		in.number++
		if long {
			return nil, errLongLine
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// read takes a line whole, however long, but holds no more than maxLine of it.
func (in *lineFile) read() (line []byte, long bool, err error) {
	for {
		part, err := in.lines.ReadSlice('\n')
		if !long && len(line)+len(part) > maxLine {
			line, long = nil, true
		}
		if !long {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, long, err
		}
	}
}

// share is how much of the file has been read, 0 to 1; negative where that is not known.
func (in *lineFile) share() float64 {
	at, err := in.file.Seek(0, io.SeekCurrent)
	if err != nil || in.size == 0 {
		return -1
	}
	return float64(at) / float64(in.size)
}
