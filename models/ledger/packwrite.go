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
	"time"
)

// WritePack writes the pack as a zip. The same pack gives the same bytes: files come in a
// fixed order and carry the closing instant of the record as their time, or none.
func WritePack(w io.Writer, p Pack) error {
	files, err := p.files()
	if err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	z := zip.NewWriter(w)
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		if !packName.MatchString(f.name) || seen[f.name] {
			return fmt.Errorf("write pack: %q is not a name for a pack, or there twice", f.name)
		}
		seen[f.name] = true
		if err := writeFile(z, f, p.Info.ClosedAt); err != nil {
			return fmt.Errorf("write pack: %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write pack: %w", err)
	}
	return nil
}

// packed is a file of the zip: its bytes, or an attached file.
type packed struct {
	name string
	data []byte
	file *PackFile
}

// listed is the entry of pack.json. An attached file is listed as it was attached, whatever its bytes are by now.
func (f packed) listed() PackedFile {
	if f.file != nil {
		return PackedFile{f.name, f.file.Size, f.file.SHA256}
	}
	return PackedFile{f.name, int64(len(f.data)), ContentHash(f.data)}
}

func writeFile(z *zip.Writer, f packed, modified time.Time) error {
	h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
	if f.file != nil {
		h.Method = zip.Store // nearly all are of a compressed kind
	}
	if !modified.IsZero() {
		h.Modified = modified.UTC()
	}
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	if f.file != nil {
		_, err := f.file.copy(w)
		return err
	}
	_, err = w.Write(f.data)
	return err
}

// files renders all files of the pack, pack.json and its seal first.
func (p *Pack) files() ([]packed, error) {
	head, err := ReadHead(p.Checkpoint)
	if err != nil {
		return nil, err
	}
	p.Info.Format = PackFormat
	p.Info.Head = PackHead{head.Size, head.Root, head.At}
	p.sort()
	var l fileList
	l.json(recordFile, p.Record)
	l.evidence(p)
	l.proofs(p)
	l.json(keysFile, orEmpty(p.Keys))
	l.json(tasksFile, orEmpty(p.Tasks))
	l.json(peopleFile, orEmpty(p.People))
	index, err := p.HTML()
	if err = errors.Join(l.err, err); err != nil {
		return nil, err
	}
	l.add(indexFile, index)
	return p.withList(l.files)
}

// sort brings everything into the one order in which packs are written.
func (p *Pack) sort() {
	p.Versions = slices.SortedFunc(slices.Values(p.Versions), func(a, b StoredVersion) int { return cmp.Compare(a.Version, b.Version) })
	p.Forms = slices.SortedFunc(slices.Values(p.Forms), func(a, b PackForm) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	p.Files = slices.SortedFunc(slices.Values(p.Files), func(a, b PackFile) int { return bytes.Compare(a.SHA256[:], b.SHA256[:]) })
	p.Intents = slices.SortedFunc(slices.Values(p.Intents), func(a, b StoredIntent) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	p.Signatures = slices.SortedFunc(slices.Values(p.Signatures), func(a, b StoredSignature) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	p.Decisions = slices.SortedFunc(slices.Values(p.Decisions), func(a, b StoredDecision) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	p.Events = slices.SortedFunc(slices.Values(p.Events), func(a, b StoredLeaf) int { return cmp.Compare(a.Index, b.Index) })
	p.Nodes = slices.SortedFunc(slices.Values(p.Nodes), func(a, b Node) int { return cmp.Compare(a.Index, b.Index) })
	p.Keys = slices.SortedFunc(slices.Values(p.Keys), func(a, b Key) int { return cmp.Compare(a.ID, b.ID) })
}

// fileList collects files and the first error.
type fileList struct {
	files []packed
	err   error
}

func (l *fileList) add(name string, data []byte) {
	l.files = append(l.files, packed{name: name, data: data})
}

func (l *fileList) json(name string, v any) {
	b, err := pretty(v)
	if err != nil && l.err == nil {
		l.err = fmt.Errorf("%s: %w", name, err)
	}
	l.add(name, b)
}

func (l *fileList) evidence(p *Pack) {
	for _, v := range p.Versions {
		if v.Record != p.Info.Record {
			l.err = fmt.Errorf("version %d is of another record", v.Version)
		}
		l.add(versionFile(v.Version), v.Data)
	}
	for _, f := range p.Forms {
		l.add(formFile(f.ID, f.Version), f.Data)
	}
	for i := range p.Files {
		l.files = append(l.files, packed{name: fileName(p.Files[i].SHA256), file: &p.Files[i]})
	}
	for _, i := range p.Intents {
		l.add(intentFile(i.ID), i.Data)
		l.add(viewFile(i.ID), i.View)
	}
	for _, s := range p.Signatures {
		l.json(signatureFile(s.ID), packedSignature{s.ID, s.Record, s.Version, s.Signer, string(s.Manifest), s.Sig, s.KeyID})
	}
	for _, d := range p.Decisions {
		l.add(decisionFile(d.ID), d.Data)
	}
}

func (l *fileList) proofs(p *Pack) {
	personal := []PersonalValue{}
	var lines, leaves, nodes bytes.Buffer
	for _, e := range p.Events {
		if len(e.Data) == 0 || bytes.IndexByte(e.Data, '\n') >= 0 {
			l.err = fmt.Errorf("%s: its leaf is empty or not one line", leafName(e.Index))
		}
		lines.Write(e.Data)
		lines.WriteByte('\n')
		leaves.WriteString(includedLeaf{e.Index, e.EventID, LeafHash(e.Data)}.line())
		personal = append(personal, e.Personal...)
	}
	for _, n := range p.Nodes {
		nodes.WriteString(n.line())
	}
	l.add(eventsFile, lines.Bytes())
	l.add(leavesFile, leaves.Bytes())
	l.add(nodesFile, nodes.Bytes())
	l.json(personalFile, personal)
	l.add(checkpointFile, []byte(p.Checkpoint))
}

// withList puts pack.json, with the hash of every file, and its seal before the files.
func (p *Pack) withList(files []packed) ([]packed, error) {
	p.Info.Files = make([]PackedFile, len(files))
	for i, f := range files {
		p.Info.Files[i] = f.listed()
	}
	info, err := pretty(p.Info)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", infoFile, err)
	}
	front := []packed{{name: infoFile, data: info}}
	if p.Seal != nil {
		seal, err := signSeal(info, *p.Seal)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sealFile, err)
		}
		front = append(front, packed{name: sealFile, data: []byte(seal)})
	}
	return append(front, files...), nil
}

// orEmpty makes an absent list an empty one in JSON.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
