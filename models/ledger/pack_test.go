// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func verifyZip(b []byte, opts ledger.Options) ledger.Report {
	return ledger.VerifyPackFile(bytes.NewReader(b), int64(len(b)), opts)
}

// rezip rebuilds a zip with each file passed through edit: nil removes it.
func rezip(t testing.TB, b []byte, edit func(name string, data []byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		if data := edit(f.Name, unzip(t, f)); data != nil {
			w, err := z.Create(f.Name)
			require.NoError(t, err)
			_, err = w.Write(data)
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

func unzip(t testing.TB, f *zip.File) []byte {
	t.Helper()
	rc, err := f.Open()
	require.NoError(t, err)
	defer rc.Close()
	data, err := io.ReadAll(rc)
	require.NoError(t, err)
	return data
}

func TestPackUntouched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := zipped(t, w.pack())
	opts := trusting(w.key)
	opts.Checkpoint = w.heads[2]
	r := verifyZip(b, opts)
	requireFindings(t, r)
	require.Len(t, r.NotChecked, 1)
	require.Equal(t, ledger.Counts{Events: 7, Heads: 1, Versions: 2, Signatures: 2, Views: 2, Decisions: 2, Files: 1, Personal: 5}, r.Counts)
}

func TestPackRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := zipped(t, w.pack())
	require.Equal(t, first, zipped(t, w.pack()), "the same pack gives the same bytes")
	p, err := ledger.ReadPack(bytes.NewReader(first), int64(len(first)))
	require.NoError(t, err)
	require.Equal(t, w.versions[1].Data, p.Versions[1].Data)
	require.Equal(t, w.leaves[1].Data, p.Events[1].Data)
	require.Equal(t, w.leaves[1].Personal, p.Events[1].Personal)
	p.Seal = &w.key
	require.Equal(t, first, zipped(t, p), "a pack that was read is written as it was")
}

func TestPackFilesAreInOrderAndDated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := zipped(t, w.pack())
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Equal(t, "pack.json", z.File[0].Name)
	require.Equal(t, "pack.sig", z.File[1].Name)
	for _, f := range z.File {
		require.True(t, f.Modified.Equal(w.at), f.Name)
	}
}

// TestPackTampering changes the pack before its list of files is made: what somebody would
// do who wants to hide a change. Only what was sealed and signed is left to show it.
func TestPackTampering(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		tamper func(t *testing.T, p *ledger.Pack)
		want   []string
	}{
		{"one byte of an event", func(t *testing.T, p *ledger.Pack) {
			p.Events[2].Data = replace(t, p.Events[2].Data, `"refused"`, `"refuseD"`)
		}, []string{"event_altered", "index 3 (DEV-2026-0001, entry 2)"}},
		{"an event removed", func(_ *testing.T, p *ledger.Pack) {
			p.Events = slices.Delete(p.Events, 2, 3)
		}, []string{"event_missing", "DEV-2026-0001, entry 2"}},
		{"two events swapped", func(_ *testing.T, p *ledger.Pack) {
			p.Events[4].Index, p.Events[6].Index = p.Events[6].Index, p.Events[4].Index
		}, []string{"events_reordered", "index 6"}},
		{"one byte of a version", func(t *testing.T, p *ledger.Pack) {
			p.Versions[1].Data = replace(t, p.Versions[1].Data, "12160", "12161")
		}, []string{"version_altered", "DEV-2026-0001, version 2"}},
		{"a version removed", func(_ *testing.T, p *ledger.Pack) {
			p.Versions = p.Versions[:1]
		}, []string{"version_missing", "DEV-2026-0001, version 2"}},
		{"one byte of a manifest", func(t *testing.T, p *ledger.Pack) {
			p.Signatures[0].Manifest = replace(t, p.Signatures[0].Manifest, `"totp"`, `"totq"`)
		}, []string{"signature_altered", "signature"}},
		{"a signature moved to another version", func(_ *testing.T, p *ledger.Pack) {
			for i := range p.Signatures {
				p.Signatures[i].Version = 2
			}
		}, []string{"signature_moved", id("signature assessment").String()}},
		{"a signature removed", func(_ *testing.T, p *ledger.Pack) {
			p.Signatures = slices.DeleteFunc(p.Signatures, func(s ledger.StoredSignature) bool { return s.ID == id("signature closure") })
		}, []string{"signature_missing", id("signature closure").String()}},
		{"one byte of a view", func(_ *testing.T, p *ledger.Pack) {
			p.Intents[0].View = flip(p.Intents[0].View, 60)
		}, []string{"view_altered", "view of intent"}},
		{"one byte of an intent", func(t *testing.T, p *ledger.Pack) {
			p.Intents[0].Data = replace(t, p.Intents[0].Data, `"round":1`, `"round":2`)
		}, []string{"intent_altered", "intent"}},
		{"one byte of a policy decision", func(t *testing.T, p *ledger.Pack) {
			p.Decisions[0].Data = replace(t, p.Decisions[0].Data, "true", "false")
		}, []string{"policy_decision_altered", "policy decision"}},
		{"one byte of an attached file", func(_ *testing.T, p *ledger.Pack) {
			p.Files[0] = packFile(attachment, flip(attachment, 5))
		}, []string{"file_altered", "files/"}},
		{"a personal value", func(_ *testing.T, p *ledger.Pack) {
			p.Events[1].Personal[0].Value = "Mara Linde"
		}, []string{"personal_altered", "index 1"}},
		{"the summary of the record", func(_ *testing.T, p *ledger.Pack) {
			p.Record.Version, p.Record.ContentHash = 1, p.Events[0].Hash
		}, []string{"file_altered", "record.json"}},
		{"the root of the head", func(_ *testing.T, p *ledger.Pack) {
			lines := strings.Split(p.Checkpoint, "\n")
			lines[1] = "12"
			p.Checkpoint = strings.Join(lines, "\n")
		}, []string{"head_forged", "checkpoint.txt"}},
		{"the instant of the head", func(t *testing.T, p *ledger.Pack) {
			p.Checkpoint = string(replace(t, []byte(p.Checkpoint), "2026-03-04T", "2026-03-05T"))
		}, []string{"head_forged", "checkpoint.txt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.pack()
			p.Events[1].Personal = slices.Clone(p.Events[1].Personal)
			tt.tamper(t, &p)
			p.Seal = nil // the intruder cannot sign
			requireFindings(t, verifyZip(zipped(t, p), trusting(w.key)), tt.want...)
		})
	}
}

// TestPackFileChanged changes one file inside the zip, as an accident would.
func TestPackFileChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := zipped(t, w.pack())
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	for _, f := range z.File {
		size := len(unzip(t, f))
		for _, at := range []int{size / 2, size - 1} {
			changed := rezip(t, b, func(name string, data []byte) []byte {
				if name == f.Name {
					return flip(data, at)
				}
				return data
			})
			r := verifyZip(changed, trusting(w.key))
			require.False(t, r.OK, "%s, byte %d", f.Name, at)
			if slices.Contains([]string{"pack.json", "pack.sig", "proofs/leaves.txt", "proofs/nodes.txt"}, f.Name) {
				continue // its own list cannot name it
			}
			require.True(t, slices.ContainsFunc(r.Findings, func(x ledger.Finding) bool {
				return x.Code == ledger.FileAltered && x.Where == f.Name
			}), "%s, byte %d: %+v", f.Name, at, r.Findings)
		}
	}
}

func TestPackFileRemovedOrAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := zipped(t, w.pack())
	removed := rezip(t, b, func(name string, data []byte) []byte {
		if name == "tasks.json" {
			return nil
		}
		return data
	})
	requireFindings(t, verifyZip(removed, trusting(w.key)), "file_altered", "tasks.json")

	attached := "files/" + ledger.ContentHash(attachment).String()
	without := rezip(t, b, func(name string, data []byte) []byte {
		if name == attached {
			return nil
		}
		return data
	})
	requireFindings(t, verifyZip(without, trusting(w.key)), "file_missing", attached)
	unlisted := w.pack()
	unlisted.Files, unlisted.Seal = nil, nil
	requireFindings(t, verifyZip(zipped(t, unlisted), trusting(w.key)), "file_missing", attached)
	foreign := w.pack()
	foreign.Files, foreign.Seal = append(foreign.Files, packFile([]byte("another"), []byte("another"))), nil
	requireFindings(t, verifyZip(zipped(t, foreign), trusting(w.key)), "file_altered", ledger.ContentHash([]byte("another")).String())

	line := append(bytes.Clone(w.leaves[3].Data), '\n')
	withoutLine := rezip(t, b, func(name string, data []byte) []byte {
		if name == "events.jsonl" {
			return bytes.Replace(data, line, nil, 1)
		}
		return data
	})
	r := verifyZip(withoutLine, trusting(w.key))
	requireFindings(t, r, "file_altered", "events.jsonl", "event_missing", "index 3")
	require.Contains(t, r.Findings[1].Message, "DEV-2026-0001, entry 2")
}

func TestPackWithoutTrustedKeyOrSealSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.pack()
	p.Seal = nil
	r := verifyZip(zipped(t, p), ledger.Options{})
	requireFindings(t, r)
	var what []string
	for _, u := range r.NotChecked {
		what = append(what, u.What)
	}
	require.Len(t, what, 3)
	require.Contains(t, what[0], "whether the log of this pack is the one that others see")
	require.Contains(t, what[1], "summaries for reading")
	require.Contains(t, what[2], "who holds the signing keys")
}

func TestPackForgedWithAnotherKey(t *testing.T) {
	t.Parallel()
	forged := newWorld(t)
	forged.key = key("forger", start)
	forged.keys = append(forged.keys, forged.key.Key)
	forged.seal()
	p := forged.pack()
	r := verifyZip(zipped(t, p), trusting(key("first", start)))
	require.False(t, r.OK)
	require.Contains(t, codes(r), ledger.KeyUnknown)
}

func TestPackAgainstAnOutsideHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.pack()
	verify := func(checkpoint string, p ledger.Pack) ledger.Report {
		opts := trusting(w.key)
		opts.Checkpoint = checkpoint
		return verifyZip(zipped(t, p), opts)
	}
	for _, head := range w.heads {
		requireFindings(t, verify(head, p))
	}
	elsewhere := newWorld(t)
	elsewhere.event(other, person(jonas, "production", "comment.add"))
	twelve := elsewhere.seal()
	r := verify(twelve, p) // a later head, and no proof from here to there
	requireFindings(t, r)
	require.Contains(t, r.NotChecked[0].What, "the head kept outside")
	require.Contains(t, r.NotChecked[0].How, "from 11 to 12")

	early := newWorld(t)
	early.at = start
	early.event(other, person(jonas, "production", "comment.add"))
	requireFindings(t, verify(early.seal(), p), "log_rolled_back", "checkpoint.txt")

	rewritten := newWorld(t)
	rewritten.leaves, rewritten.nodes = nil, nil
	for range 11 {
		rewritten.event(other, person(jonas, "production", "comment.add"))
	}
	requireFindings(t, verify(rewritten.seal(), p), "head_forged", "checkpoint.txt")
	rewritten.leaves, rewritten.nodes = rewritten.leaves[:0], rewritten.nodes[:0]
	for range 6 {
		rewritten.event(other, person(jonas, "production", "comment.add"))
	}
	requireFindings(t, verify(rewritten.seal(), p), "head_forged", "checkpoint.txt")
}

func TestPackOfRotatedKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, next := w.key, key("second", w.at)
	w.keys = append(w.keys, next.Key)
	w.event(record, ledger.Event{Action: ledger.ActionKeyRotate, Version: 2, ContentHash: w.versions[1].ContentHash, Changes: []ledger.Change{next.CreateChange()}})
	w.key = next
	w.sign("after rotation", jonas, w.versions[1], "reopen_approval", next)
	w.seal(old, next)
	requireFindings(t, verifyZip(zipped(t, w.pack()), trusting(old)))
	requireFindings(t, verifyZip(zipped(t, w.pack()), trusting(next)))
	w.event(record, ledger.Event{Action: ledger.ActionKeyRevoke, Changes: []ledger.Change{old.RevokeChange()}})
	w.sign("stolen", jonas, w.versions[1], "reopen_approval", old)
	w.seal(next)
	requireFindings(t, verifyZip(zipped(t, w.pack()), trusting(next)), "key_revoked", id("signature stolen").String())
}

func TestPackHTML(t *testing.T) {
	t.Parallel()
	p := newWorld(t).pack()
	head, err := ledger.ReadHead(p.Checkpoint)
	require.NoError(t, err)
	p.Info.Head = ledger.PackHead{Size: head.Size, Root: head.Root, At: head.At}
	got, err := p.HTML()
	require.NoError(t, err)
	golden := filepath.Join("testdata", "index.html")
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	for _, text := range []string{
		"Jonas Weber<br>jonas.weber, qa approver", "2026-03-04 09:0", "&#43;01:00 (Europe/Zurich)", "final approval",
		"The record was changed after this signature.", "<del>12400</del>", "<ins>12160</ins>",
		"<strong>refused</strong>", "the author of a record does not approve it", "&lt;rework&gt;",
	} {
		require.Contains(t, string(got), text)
	}
	require.NotContains(t, string(got), "<script")
}

func TestPackHTMLShowsAnUnsignedVersion(t *testing.T) {
	t.Parallel()
	p := newWorld(t).pack()
	p.Signatures = slices.DeleteFunc(p.Signatures, func(s ledger.StoredSignature) bool { return s.Version == 2 })
	got, err := p.HTML()
	require.NoError(t, err)
	require.Contains(t, string(got), "Unsigned by a later change")
}

func TestReadPackRefusesHostileInput(t *testing.T) {
	t.Parallel()
	good := zipped(t, newWorld(t).pack())
	tests := []struct {
		name string
		make func(z *zip.Writer)
		want string
	}{
		{"nothing", func(*zip.Writer) {}, "no pack.json"},
		{"a path out of the folder", func(z *zip.Writer) { add(t, z, "../pack.json", "x") }, "not a name"},
		{"an absolute path", func(z *zip.Writer) { add(t, z, "/etc/passwd", "x") }, "not a name"},
		{"a hidden path", func(z *zip.Writer) { add(t, z, "files/../../x", "x") }, "not a name"},
		{"a name twice", func(z *zip.Writer) { add(t, z, "pack.json", "{}"); add(t, z, "pack.json", "{}") }, "there twice"},
		{"another format", func(z *zip.Writer) { add(t, z, "pack.json", `{"format":"countersign-pack/2"}`) }, "format"},
		{"an unknown field", func(z *zip.Writer) { add(t, z, "pack.json", `{"surprise":1}`) }, "unknown field"},
		{"a symbolic link", func(z *zip.Writer) {
			h := &zip.FileHeader{Name: "pack.json"}
			h.SetMode(os.ModeSymlink | 0o777)
			w, err := z.CreateHeader(h)
			require.NoError(t, err)
			_, err = w.Write([]byte("/etc/passwd"))
			require.NoError(t, err)
		}, "not a plain file"},
		{"a bomb", func(z *zip.Writer) { add(t, z, "pack.json", strings.Repeat(" ", 100<<20)) }, "too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			z := zip.NewWriter(&b)
			tt.make(z)
			require.NoError(t, z.Close())
			_, err := ledger.ReadPack(bytes.NewReader(b.Bytes()), int64(b.Len()))
			require.ErrorIs(t, err, ledger.ErrPackMalformed)
			require.ErrorContains(t, err, tt.want)
			requireFindings(t, verifyZip(b.Bytes(), ledger.Options{}), "pack_malformed", "the file")
		})
	}
	_, err := ledger.ReadPack(bytes.NewReader(good[:len(good)/2]), int64(len(good)/2))
	require.ErrorIs(t, err, ledger.ErrPackMalformed)
}

func add(t testing.TB, z *zip.Writer, name, data string) {
	t.Helper()
	w, err := z.Create(name)
	require.NoError(t, err)
	_, err = w.Write([]byte(data))
	require.NoError(t, err)
}

func TestWritePackRefusesWhatItCouldNotReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, spoil := range []func(p *ledger.Pack){
		func(p *ledger.Pack) { p.Forms[0].ID = "../deviation" },
		func(p *ledger.Pack) { p.Forms = append(p.Forms, p.Forms[0]) },
		func(p *ledger.Pack) { p.Events[1].Data = []byte("{\n}") },
		func(p *ledger.Pack) { p.Versions[0].Record = other },
		func(p *ledger.Pack) { p.Checkpoint = "" },
	} {
		p := w.pack()
		spoil(&p)
		require.Error(t, ledger.WritePack(io.Discard, p))
	}
}

func FuzzReadPack(f *testing.F) {
	w := newWorld(f)
	good := zipped(f, w.pack())
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add(rezip(f, good, func(name string, data []byte) []byte {
		if name == "proofs/leaves.txt" {
			return bytes.Replace(data, []byte("\n1 "), []byte("\n281474976710656 "), 1)
		}
		return data
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ledger.ReadPack(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			require.ErrorIs(t, err, ledger.ErrPackMalformed)
			return
		}
		if r := ledger.VerifyPack(p, trusting(w.key)); r.OK {
			require.NotEmpty(t, r.Head)
		}
		_, err = p.HTML()
		require.NoError(t, err)
	})
}
