// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/google/uuid"
)

// LogFormat is the format line of a full log in a zip.
const LogFormat = "countersign-log/1"

// Names inside a full log. The exact leaves come one a line, in the order of the tree.
const (
	logInfoFile   = "log.json"
	logEventsFile = "events.jsonl"
	logHashesFile = "leaf_hashes.bin" // 32 bytes for each line: which one was changed or moved
	logHeadsFile  = "checkpoints.jsonl"
	logKeysFile   = "keys.json"
)

// Bounds of a full log that may be hostile.
const (
	maxLine     = 16 << 20
	maxLogFile  = 1 << 40
	maxKeysFile = 16 << 20
)

// LogInfo is log.json.
type LogInfo struct {
	Format      string    `json:"format"`
	Org         uuid.UUID `json:"org"`
	GeneratedAt time.Time `json:"generated_at"`
	Entries     int64     `json:"entries"`
}

// WriteLog writes all sealed events of the organization, in order, with all heads and keys.
// Nothing is held in memory but one hash for each event. An event that is gone leaves an
// empty line.
func WriteLog(ctx context.Context, w io.Writer, src LogSource, org uuid.UUID, at time.Time) error {
	z := zip.NewWriter(w)
	hashes, err := writeLeaves(ctx, z, src)
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	keys, err := src.Keys(ctx)
	if err != nil {
		return fmt.Errorf("write log: read keys: %w", err)
	}
	keysJSON, err := pretty(orEmpty(keys))
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	info, err := pretty(LogInfo{LogFormat, org, at.UTC(), int64(len(hashes)) / int64(len(Hash{}))})
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	for _, f := range []packed{{name: logHashesFile, data: hashes}, {name: logKeysFile, data: keysJSON}, {name: logInfoFile, data: info}} {
		if err := writeFile(z, f, time.Time{}); err != nil {
			return fmt.Errorf("write log: %s: %w", f.name, err)
		}
	}
	if err := writeHeads(ctx, z, src); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

func writeLeaves(ctx context.Context, z *zip.Writer, src LogSource) ([]byte, error) {
	out, err := z.Create(logEventsFile)
	if err != nil {
		return nil, err
	}
	var hashes []byte
	next := int64(0)
	for leaf, err := range src.Leaves(ctx) {
		if err != nil {
			return nil, fmt.Errorf("read log: %w", err)
		}
		if leaf.Index == Unsealed {
			continue
		}
		if leaf.Index != next || bytes.IndexByte(leaf.Data, '\n') >= 0 {
			return nil, fmt.Errorf("%s stands at place %d, or is not one line", leafName(leaf.Index), next)
		}
		next++
		hash := leaf.Hash
		if hash.IsZero() {
			hash = LeafHash(leaf.Data)
		}
		hashes = append(hashes, hash[:]...)
		if _, err := out.Write(append(leaf.Data[:len(leaf.Data):len(leaf.Data)], '\n')); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

func writeHeads(ctx context.Context, z *zip.Writer, src LogSource) error {
	out, err := z.Create(logHeadsFile)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	for head, err := range src.Heads(ctx) {
		if err != nil {
			return fmt.Errorf("read heads: %w", err)
		}
		if err := enc.Encode(head); err != nil {
			return err
		}
	}
	return nil
}

// LogReader is a full log in a zip. It is a [LogSource] that streams: a log of any length is
// verified with little memory.
type LogReader struct {
	Info   LogInfo
	files  map[string]*zip.File
	hashes []Hash
}

// OpenLog opens a zip of [WriteLog], or fails with [ErrPackMalformed].
func OpenLog(r io.ReaderAt, size int64) (*LogReader, error) {
	l, err := openLog(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPackMalformed, err)
	}
	return l, nil
}

func openLog(r io.ReaderAt, size int64) (*LogReader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	l := &LogReader{files: make(map[string]*zip.File)}
	for _, f := range z.File {
		if !oneOf(f.Name, logInfoFile, logEventsFile, logHashesFile, logHeadsFile, logKeysFile) || l.files[f.Name] != nil {
			return nil, fmt.Errorf("%.200q is not a name for a log, or is there twice", f.Name)
		}
		if f.UncompressedSize64 > maxLogFile {
			return nil, fmt.Errorf("%s is too large", f.Name)
		}
		l.files[f.Name] = f
	}
	info, err := l.read(logInfoFile, maxKeysFile)
	if err != nil {
		return nil, err
	}
	if err := decodeStrict(info, &l.Info); err != nil {
		return nil, fmt.Errorf("%s: %w", logInfoFile, err)
	}
	if l.Info.Format != LogFormat {
		return nil, fmt.Errorf("format %.100q, this program reads %q", l.Info.Format, LogFormat)
	}
	return l, l.readHashes(size)
}

func (l *LogReader) readHashes(size int64) error {
	// Hashes do not compress, so that they cannot be larger than the zip.
	raw, err := l.read(logHashesFile, size+maxKeysFile)
	if err != nil {
		return err
	}
	l.hashes = make([]Hash, len(raw)/len(Hash{}))
	for i := range l.hashes {
		copy(l.hashes[i][:], raw[i*len(Hash{}):])
	}
	return nil
}

func (l *LogReader) open(name string) (io.ReadCloser, error) {
	f := l.files[name]
	if f == nil {
		return nil, fmt.Errorf("there is no %s", name)
	}
	rc, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rc, nil
}

func (l *LogReader) read(name string, limit int64) ([]byte, error) {
	rc, err := l.open(name)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	b, err := io.ReadAll(io.LimitReader(rc, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s is too large", name)
	}
	return b, nil
}

// Keys implements [LogSource].
func (l *LogReader) Keys(context.Context) ([]Key, error) {
	b, err := l.read(logKeysFile, maxKeysFile)
	if err != nil {
		return nil, err
	}
	var keys []Key
	if err := decodeStrict(b, &keys); err != nil {
		return nil, fmt.Errorf("%s: %w", logKeysFile, err)
	}
	return keys, nil
}

// Heads implements [LogSource].
func (l *LogReader) Heads(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for line, err := range l.lines(logHeadsFile) {
			var head string
			if err == nil {
				err = json.Unmarshal(line, &head)
			}
			if !yield(head, err) || err != nil {
				return
			}
		}
	}
}

// Leaves implements [LogSource]. A line that was removed is told from one that was changed
// by the hashes of the lines behind it.
func (l *LogReader) Leaves(context.Context) iter.Seq2[StoredLeaf, error] {
	return func(yield func(StoredLeaf, error) bool) {
		next, stop := iter.Pull2(l.lines(logEventsFile))
		defer stop()
		line, err, ok := next()
		index := 0
		for ok && err == nil {
			following, ferr, more := next()
			for range l.removed(index, line, following, more) {
				if !yield(l.leaf(index, nil), nil) {
					return
				}
				index++
			}
			if !yield(l.leaf(index, line), nil) {
				return
			}
			index++
			line, err, ok = following, ferr, more
		}
		if err != nil {
			yield(StoredLeaf{}, err)
			return
		}
		for ; index < len(l.hashes); index++ {
			if !yield(l.leaf(index, nil), nil) {
				return
			}
		}
	}
}

func (l *LogReader) leaf(index int, data []byte) StoredLeaf {
	leaf := StoredLeaf{Index: int64(index)}
	if len(data) > 0 {
		leaf.Data = data
	}
	if index < len(l.hashes) {
		leaf.Hash = l.hashes[index]
	}
	return leaf
}

// maxRemoved bounds how far ahead a line is looked for.
const maxRemoved = 1000

// removed returns how many lines are missing before this one: none unless the line and the
// one behind it stand, side by side, further on.
func (l *LogReader) removed(index int, line, following []byte, more bool) int {
	if index >= len(l.hashes) || len(line) == 0 {
		return 0
	}
	hash := LeafHash(line)
	if hash == l.hashes[index] {
		return 0
	}
	for n := 1; n <= maxRemoved && index+n < len(l.hashes); n++ {
		if hash != l.hashes[index+n] {
			continue
		}
		behind := index + n + 1
		if !more || behind < len(l.hashes) && LeafHash(following) == l.hashes[behind] {
			return n
		}
		return 0
	}
	return 0
}

// lines yields the lines of a file; each is a new slice.
func (l *LogReader) lines(name string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		rc, err := l.open(name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer rc.Close()
		s := bufio.NewScanner(rc)
		s.Buffer(make([]byte, 64<<10), maxLine)
		s.Split(splitExactLines)
		for s.Scan() {
			if !yield(bytes.Clone(s.Bytes()), nil) {
				return
			}
		}
		if err := s.Err(); err != nil {
			yield(nil, fmt.Errorf("%s: %w", name, err))
		}
	}
}

// splitExactLines is bufio.ScanLines without its trimming of '\r', which is content here.
func splitExactLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// VerifyLogFile opens a full log and verifies it. A file that cannot be read is a finding,
// too.
func VerifyLogFile(ctx context.Context, r io.ReaderAt, size int64, opts Options) (Report, error) {
	l, err := OpenLog(r, size)
	var report Report
	if err == nil {
		report, err = VerifyLog(ctx, l, opts)
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return report, err
	}
	bad := newReport("Audit log")
	bad.find(PackMalformed, "the file", "%v.", err)
	return bad.done(), nil
}
