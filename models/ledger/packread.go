// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
)

// ErrPackMalformed is returned for a file that is not a pack.
var ErrPackMalformed = errors.New("not a pack")

// Bounds on a pack that may be hostile. The content may be larger than the zip by the factor
// that audit entries compress at best, not by that of a zip bomb.
const (
	maxPackFiles  = 100_000
	maxPackBytes  = 1 << 30
	packAllowance = 64 << 20
	maxInflation  = 100
)

// ReadPack reads a zip of [WritePack]. It refuses, with [ErrPackMalformed], what is not of
// that form: foreign names, names that stand twice, entries that are no plain files, and
// content out of all proportion. A changed file is read where that is possible, and
// [VerifyPack] says what is wrong with it.
func ReadPack(r io.ReaderAt, size int64) (Pack, error) {
	p, err := readPack(r, size)
	if err != nil {
		return Pack{}, fmt.Errorf("%w: %w", ErrPackMalformed, err)
	}
	return p, nil
}

func readPack(r io.ReaderAt, size int64) (Pack, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return Pack{}, err
	}
	if len(z.File) > maxPackFiles {
		return Pack{}, fmt.Errorf("%d files, at most %d are read", len(z.File), maxPackFiles)
	}
	bound := packAllowance + maxInflation*size
	u := &unpacker{files: make(map[string]*zipEntry, len(z.File)), left: min(maxPackBytes, bound), streamed: bound}
	for _, f := range z.File {
		if err := u.admit(f); err != nil {
			return Pack{}, err
		}
	}
	inParallel(len(z.File), func(i int) {
		e := u.files[z.File[i].Name]
		if isAttached(z.File[i].Name) {
			e.zipped = z.File[i]
			e.hash, e.broken = hashEntry(z.File[i])
			return
		}
		e.data, e.broken = readEntry(z.File[i])
		e.hash = ContentHash(e.data)
	})
	return u.pack()
}

// zipEntry is one file of the zip; broken holds the error when its content is damaged.
type zipEntry struct {
	data   []byte
	zipped *zip.File // of an attached file, instead of its data
	hash   Hash
	broken error
}

func isAttached(name string) bool { return strings.HasPrefix(name, "files/") }

type unpacker struct {
	files map[string]*zipEntry
	names []string // in the order of the zip
	left  int64    // bytes that may still be read into memory
	p     Pack
	wrong map[string]bool // files that are not what pack.json lists

	streamed int64 // bytes of attached files that may still be read
}

// admit decides from the directory of the zip whether a file is read at all.
func (u *unpacker) admit(f *zip.File) error {
	switch {
	case !packName.MatchString(f.Name):
		return fmt.Errorf("%.200q is not a name for a pack", f.Name)
	case u.files[f.Name] != nil:
		return fmt.Errorf("%s is there twice", f.Name)
	case !f.Mode().IsRegular(), f.Method != zip.Store && f.Method != zip.Deflate, f.Flags&1 != 0:
		return fmt.Errorf("%s is not a plain file", f.Name)
	}
	left := &u.left
	if isAttached(f.Name) {
		left = &u.streamed
	}
	if f.UncompressedSize64 > uint64(*left) {
		return fmt.Errorf("%s makes the content too large", f.Name)
	}
	*left -= int64(f.UncompressedSize64)
	u.files[f.Name] = &zipEntry{}
	u.names = append(u.names, f.Name)
	return nil
}

// file returns a file, or an empty one when it is not there, which the list shows.
func (u *unpacker) file(name string) *zipEntry {
	if e := u.files[name]; e != nil {
		return e
	}
	return &zipEntry{}
}

// readEntry never reads more than the size the zip declares.
func readEntry(f *zip.File) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	var buf bytes.Buffer
	buf.Grow(int(f.UncompressedSize64) + bytes.MinRead) // admit bounded it
	if _, err := io.Copy(&buf, io.LimitReader(rc, int64(f.UncompressedSize64)+1)); err != nil {
		return nil, err
	}
	if uint64(buf.Len()) != f.UncompressedSize64 {
		return nil, errors.New("its size is not the declared one")
	}
	return buf.Bytes(), nil
}

// hashEntry hashes an attached file as it is unpacked.
func hashEntry(f *zip.File) (Hash, error) {
	file := PackFile{Open: f.Open}
	hash, n, err := file.hash()
	if err == nil && uint64(n) != f.UncompressedSize64 {
		err = errors.New("its size is not the declared one")
	}
	return hash, err
}

func (u *unpacker) pack() (Pack, error) {
	info, ok := u.files[infoFile]
	if !ok {
		return Pack{}, errors.New("there is no pack.json")
	}
	if info.broken != nil {
		return Pack{}, fmt.Errorf("pack.json: %w", info.broken)
	}
	p := &u.p
	if err := decodeStrict(info.data, &p.Info); err != nil {
		return Pack{}, fmt.Errorf("pack.json: %w", err)
	}
	if p.Info.Format != PackFormat {
		return Pack{}, fmt.Errorf("pack.json: format %.100q, this program reads %q", p.Info.Format, PackFormat)
	}
	p.info = info.data
	if err := u.list(); err != nil {
		return Pack{}, err
	}
	if err := u.read(); err != nil {
		return Pack{}, err
	}
	return u.p, nil
}

// list compares the zip with pack.json.
func (u *unpacker) list() error {
	u.wrong = make(map[string]bool)
	wanted := make(map[string]bool, len(u.p.Info.Files))
	for _, f := range u.p.Info.Files {
		if wanted[f.Name] || !packName.MatchString(f.Name) || f.Name == infoFile || f.Name == sealFile {
			return fmt.Errorf("pack.json: %.200q cannot be listed, or is twice", f.Name)
		}
		wanted[f.Name] = true
		e, ok := u.files[f.Name]
		c := fileCheck{name: f.Name, want: f.SHA256, inZip: ok, inMap: true}
		if ok && e.broken == nil {
			c.got = e.hash
		}
		u.wrong[f.Name] = c.want != c.got
		u.p.listed = append(u.p.listed, c)
	}
	for _, name := range u.names {
		if !wanted[name] && name != infoFile && name != sealFile {
			u.wrong[name] = true
			u.p.listed = append(u.p.listed, fileCheck{name: name, inZip: true})
		}
	}
	return nil
}

func (u *unpacker) read() error {
	p := &u.p
	p.seal = string(u.file(sealFile).data)
	p.Checkpoint = string(u.file(checkpointFile).data)
	var personal []PersonalValue
	var leaves []includedLeaf
	steps := []func() error{
		func() error { return u.personal(&personal) },
		func() error { return parseLines(u, leavesFile, parseIncludedLeaf, &leaves) },
		func() error { return parseLines(u, nodesFile, parseNode, &p.Nodes) },
		func() error { return u.json(recordFile, &p.Record) },
		func() error { return u.json(keysFile, &p.Keys) },
		func() error { return u.json(tasksFile, &p.Tasks) },
		func() error { return u.json(peopleFile, &p.People) },
	}
	errs := make([]error, len(steps))
	inParallel(len(steps), func(i int) { errs[i] = steps[i]() })
	if err := errors.Join(errs...); err != nil {
		return err
	}
	u.events(leaves, personalOf(personal))
	slices.Sort(u.names)
	for _, name := range u.names {
		if err := u.evidence(name); err != nil {
			return err
		}
	}
	return u.signatures()
}

// personal decodes the personal values: in parts, because there is at least one for each event and encoding/json takes longer
// over it than everything else over the event.
func (u *unpacker) personal(out *[]PersonalValue) error {
	e := u.file(personalFile)
	parts := splitArray(e.data, lineBatch)
	if parts == nil || e.broken != nil {
		return u.json(personalFile, out)
	}
	lists := make([][]PersonalValue, len(parts))
	var odd atomic.Bool
	inParallel(len(parts), func(i int) {
		if decodeStrict(parts[i], &lists[i]) != nil {
			odd.Store(true)
		}
	})
	if odd.Load() {
		return u.json(personalFile, out) // it says what is wrong, and where
	}
	*out = slices.Concat(lists...)
	return nil
}

// json decodes a file. One that was changed is left out when it cannot be read any more: the
// list of files already shows that it was changed.
func (u *unpacker) json(name string, v any) error {
	e, ok := u.files[name]
	if !ok || e.broken != nil {
		return nil //nolint:nilerr // the list shows it
	}
	if err := decodeStrict(e.data, v); err != nil && !u.wrong[name] {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// events puts the lines of events.jsonl to their places in the tree. When lines were added
// or removed, the hashes tell which line is which.
func (u *unpacker) events(leaves []includedLeaf, personal map[uuid.UUID][]PersonalValue) {
	lines := splitLines(u.file(eventsFile).data)
	if len(lines) != len(leaves) {
		lines = alignLines(lines, leaves)
	}
	for i, l := range leaves {
		u.p.Events = append(u.p.Events, StoredLeaf{Index: l.index, EventID: l.id, Data: lines[i], Personal: personal[l.id]})
	}
}

// parseLines parses a file of columns. Without it nothing can be proven, so that a damaged
// one is refused.
func parseLines[T any](u *unpacker, name string, parse func([]byte) (T, error), out *[]T) error {
	lines := splitLines(u.file(name).data)
	list := make([]T, len(lines))
	errs := make([]error, (len(lines)+lineBatch-1)/lineBatch)
	inParallel(len(errs), func(n int) {
		for i := n * lineBatch; i < min((n+1)*lineBatch, len(lines)) && errs[n] == nil; i++ {
			if list[i], errs[n] = parse(lines[i]); errs[n] != nil {
				errs[n] = fmt.Errorf("%s, line %d: %w", name, i+1, errs[n])
			}
		}
	})
	*out = list
	return cmp.Or(errs...)
}

// lineBatch is large enough that handing it to a core costs nothing beside it.
const lineBatch = 1024

func splitLines(b []byte) [][]byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

// alignLines finds for each leaf the line with its hash, or nil.
func alignLines(lines [][]byte, leaves []includedLeaf) [][]byte {
	byHash := make(map[Hash][]byte, len(lines))
	for _, line := range lines {
		byHash[LeafHash(line)] = line
	}
	aligned := make([][]byte, len(leaves))
	for i, l := range leaves {
		aligned[i] = byHash[l.hash]
	}
	return aligned
}

// evidence adds the file of one version, form, intent or decision, or an attached file.
func (u *unpacker) evidence(name string) error {
	p, e := &u.p, u.files[name]
	if isAttached(name) {
		return u.attached(name, e)
	}
	if e.broken != nil {
		return nil //nolint:nilerr // the list shows it
	}
	dir, _, _ := strings.Cut(name, "/")
	switch dir {
	case "versions":
		p.Versions = append(p.Versions, StoredVersion{Record: p.Info.Record, RecordNo: p.Info.Number, Version: splitVersion(name), Data: e.data})
	case "forms":
		id, version := splitForm(name)
		p.Forms = append(p.Forms, PackForm{id, version, e.data})
	case "intents":
		if strings.HasSuffix(name, ".json") {
			id := baseID(name)
			p.Intents = append(p.Intents, StoredIntent{id, e.data, u.file(viewFile(id)).data})
		}
	case "policy":
		p.Decisions = append(p.Decisions, StoredDecision{baseID(name), e.data})
	}
	return nil
}

// attached adds an attached file, also one that cannot be read: it is looked at again.
func (u *unpacker) attached(name string, e *zipEntry) error {
	hash, err := ParseHash(strings.TrimPrefix(name, "files/"))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	u.p.Files = append(u.p.Files, PackFile{hash, int64(e.zipped.UncompressedSize64), e.zipped.Open, e.hash})
	return nil
}

// signatures adds all signatures, in the order of their names.
func (u *unpacker) signatures() error {
	var names []string
	for _, name := range u.names {
		if strings.HasPrefix(name, "signatures/") && u.files[name].broken == nil {
			names = append(names, name)
		}
	}
	read := make([]packedSignature, len(names))
	errs := make([]error, len(names))
	inParallel(len(names), func(i int) { errs[i] = u.json(names[i], &read[i]) })
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	for i, s := range read {
		if s.ID == uuid.Nil && u.wrong[names[i]] {
			continue // unreadable
		}
		u.p.Signatures = append(u.p.Signatures, StoredSignature{
			ID: s.ID, Record: s.Record, Version: s.Version, Signer: s.Signer,
			Signed: Signed{[]byte(s.Manifest), s.Sig, s.KeyID},
		})
	}
	return nil
}
