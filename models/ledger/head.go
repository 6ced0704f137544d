// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
)

// Errors of [OpenHead].
var (
	ErrHeadForged    = errors.New("head does not carry the signature it claims")
	ErrHeadUnsigned  = errors.New("head is not signed by a known key")
	ErrHeadMalformed = errors.New("head is not a checkpoint")
)

// Head is the size and root of an organization's tree at an instant. Signed, it is a
// checkpoint: a signed note in the form of C2SP tlog-checkpoint.
type Head struct {
	Org  uuid.UUID
	Size int64
	Root Hash
	At   time.Time // UTC, no earlier than the head before
}

// text is the signed part: origin, size, root, and the instant as extension line.
func (h Head) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", Origin(h.Org), h.Size,
		base64.StdEncoding.EncodeToString(h.Root[:]), h.At.UTC().Format(time.RFC3339Nano))
}

// SignHead returns the checkpoint of h, signed by each of the keys, at least one. The first
// head after a rotation is signed by the old and the new key.
func SignHead(h Head, keys ...SigningKey) (string, error) {
	if len(keys) == 0 {
		return "", errors.New("sign head: no key")
	}
	if h.Size < 0 || h.Size > MaxSize || h.At.IsZero() {
		return "", fmt.Errorf("sign head: impossible size %d or no instant", h.Size)
	}
	signers := make([]note.Signer, len(keys))
	for i, k := range keys {
		if k.Org != h.Org {
			return "", fmt.Errorf("sign head of %s: key %s belongs to %s", h.Org, k.ID, k.Org)
		}
		s, err := newNoteSigner(k)
		if err != nil {
			return "", fmt.Errorf("sign head: %w", err)
		}
		signers[i] = s
	}
	b, err := note.Sign(&note.Note{Text: h.text()}, signers...)
	if err != nil {
		return "", fmt.Errorf("sign head: %w", err)
	}
	return string(b), nil
}

type noteSigner struct {
	note.Verifier // for its name and hash
	private       ed25519.PrivateKey
}

func newNoteSigner(k SigningKey) (noteSigner, error) {
	v, err := note.NewVerifier(k.String())
	return noteSigner{v, k.private}, err
}

// Sign implements [note.Signer].
func (s noteSigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.private, msg), nil }

// OpenHead reads a checkpoint and returns the head with the ids of the known keys that
// signed it, at least one. It fails with [ErrHeadMalformed], with [ErrHeadUnsigned] when no
// known key signed, and with [ErrHeadForged] when the signature of a known key is wrong.
// The head is returned with ErrHeadUnsigned and ErrHeadForged too, for messages only.
func OpenHead(checkpoint string, keys []Key) (Head, []string, error) {
	return newHeadOpener(keys).open(checkpoint)
}

// ReadHead reads a checkpoint without checking any signature.
func ReadHead(checkpoint string) (Head, error) {
	text, _, ok := strings.Cut(checkpoint, "\n\n")
	if !ok {
		return Head{}, fmt.Errorf("%w: no signature", ErrHeadMalformed)
	}
	return parseHead(text + "\n")
}

// headOpener opens many heads with one set of prepared verifiers.
type headOpener struct {
	verifiers note.Verifiers
	ids       map[string]string // note name and hash -> key id
}

func newHeadOpener(keys []Key) *headOpener {
	o := &headOpener{ids: make(map[string]string, len(keys))}
	var list []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k.String())
		if err != nil {
			continue // an invalid key verifies nothing; Key.Check names it
		}
		tag := noteTag(v.Name(), v.KeyHash())
		if _, twice := o.ids[tag]; !twice {
			o.ids[tag] = k.ID
			list = append(list, v)
		}
	}
	o.verifiers = note.VerifierList(list...)
	return o
}

func noteTag(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

func (o *headOpener) open(checkpoint string) (Head, []string, error) {
	h, err := ReadHead(checkpoint)
	if err != nil {
		return Head{}, nil, err
	}
	_, ids, err := o.openNote(checkpoint)
	return h, ids, err
}

// openNote returns the text of a note and the ids of the known keys that signed it.
func (o *headOpener) openNote(signed string) (string, []string, error) {
	n, err := note.Open([]byte(signed), o.verifiers)
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case errors.As(err, &unverified):
		return "", nil, ErrHeadUnsigned
	case errors.As(err, &invalid):
		return "", nil, ErrHeadForged
	case err != nil:
		return "", nil, fmt.Errorf("%w: %w", ErrHeadMalformed, err)
	}
	ids := make([]string, len(n.Sigs))
	for i, sig := range n.Sigs {
		ids[i] = o.ids[noteTag(sig.Name, sig.Hash)]
	}
	return n.Text, ids, nil
}

func parseHead(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 5 || lines[len(lines)-1] != "" {
		return Head{}, fmt.Errorf("%w: too few lines", ErrHeadMalformed)
	}
	var h Head
	var err error
	if h.Org, err = parseOrigin(lines[0]); err != nil {
		return Head{}, fmt.Errorf("%w: %w", ErrHeadMalformed, err)
	}
	h.Size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || h.Size < 0 || h.Size > MaxSize || strconv.FormatInt(h.Size, 10) != lines[1] {
		return Head{}, fmt.Errorf("%w: size %q", ErrHeadMalformed, lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || copy(h.Root[:], root) != len(h.Root) || len(root) != len(h.Root) {
		return Head{}, fmt.Errorf("%w: root hash", ErrHeadMalformed)
	}
	if h.At, err = time.Parse(time.RFC3339Nano, lines[3]); err != nil {
		return Head{}, fmt.Errorf("%w: instant %q", ErrHeadMalformed, lines[3])
	}
	h.At = h.At.UTC()
	return h, nil
}
