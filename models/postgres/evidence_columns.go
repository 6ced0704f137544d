// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models/ledger"
)

// What is hashed and signed are bytes. Beside them stand columns by which rows are found and listed: they are shown to people,
// so they must say what the bytes say.

// oddity is a column that says something else than the bytes beside it.
type oddity struct {
	ledger.Finding
	suspect bool // it also follows from a missing event, and then says nothing of its own
}

func (s *LogSource) note(code ledger.Code, where string, wrong []string) {
	if len(wrong) == 0 {
		return
	}
	message := "It is sealed or signed as it stands, but the columns stored beside it say something else: " + strings.Join(wrong, ", ") + "."
	s.add(oddity{Finding: ledger.Finding{Code: code, Where: where, Message: message}})
}

// maxOddities bounds a report: a log that is wrong everywhere needs no longer list.
const maxOddities = 1000

func (s *LogSource) add(o oddity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.odd) < maxOddities {
		s.odd = append(s.odd, o)
	}
}

// differ gathers the names of columns that are not as they should be.
func differ(wrong []string, name string, same bool) []string {
	if same {
		return wrong
	}
	return append(wrong, name)
}

// eventRow is what stands beside a leaf.
type eventRow struct {
	record          uuid.UUID
	seq             int64
	actor           uuid.UUID
	action, outcome []byte
	command         uuid.UUID
	at              time.Time
}

// differs names the columns that do not say what the leaf says. Members that are left out of a leaf are the zero values.
func (r eventRow) differs(leaf []byte) (wrong []string) {
	var scratch [64]byte
	var action, at, outcome, seq bool
	record, actor, command := r.record == uuid.Nil, r.actor == uuid.Nil, r.command == uuid.Nil
	members(leaf, func(name, value []byte) {
		switch string(name) {
		case "action":
			action = isText(value, r.action)
		case "actor":
			members(value, func(name, value []byte) {
				if string(name) == "id" {
					actor = isText(value, appendID(scratch[:0], r.actor))
				}
			})
		case "at":
			at = isText(value, r.at.AppendFormat(scratch[:0], time.RFC3339Nano))
		case "command":
			command = isText(value, appendID(scratch[:0], r.command))
		case "outcome":
			outcome = isText(value, r.outcome)
		case "record":
			record = isText(value, appendID(scratch[:0], r.record))
		case "seq":
			seq = bytes.Equal(value, strconv.AppendInt(scratch[:0], r.seq, 10))
		}
	})
	wrong = differ(wrong, "action", action)
	wrong = differ(wrong, "actor", actor)
	wrong = differ(wrong, "at", at)
	wrong = differ(wrong, "command", command)
	wrong = differ(wrong, "outcome", outcome)
	wrong = differ(wrong, "record", record)
	return differ(wrong, "seq", seq)
}

func (s *LogSource) noteEvent(r leafRow) {
	if len(r.wrong) == 0 {
		return
	}
	where := "audit entry not yet sealed"
	if r.Index != ledger.Unsealed {
		where = fmt.Sprintf("audit entry at index %d", r.Index)
	}
	s.note(ledger.EventAltered, where, r.wrong)
}

// isText reports whether a JSON value is a text.
func isText(value, text []byte) bool {
	if len(value) == len(text)+2 && value[0] == '"' && bytes.Equal(value[1:len(value)-1], text) {
		return true
	}
	return bytes.Equal(value, appendText(nil, text)) // with escapes
}

// checkHead holds size and root against the signed note: origin, size, root, one a line.
func (s *LogSource) checkHead(h headRow) {
	lines := strings.SplitN(h.note, "\n", 4)
	if len(lines) < 4 {
		return
	}
	var wrong []string
	wrong = differ(wrong, "size", lines[1] == strconv.FormatInt(h.size, 10))
	wrong = differ(wrong, "root", lines[2] == base64.StdEncoding.EncodeToString(h.root))
	s.note(ledger.HeadForged, fmt.Sprintf("stored head over %s entries", lines[1]), wrong)
}

// versionRow is a version with who made it, when and why, and the event that says so.
type versionRow struct {
	ledger.StoredVersion
	CreatedAt time.Time
	CreatedBy uuid.UUID
	Reason    string
	Leaf      []byte
}

func (s *LogSource) checkVersion(v versionRow) {
	where := fmt.Sprintf("%s, version %d", v.RecordNo, v.Version)
	var leaf struct {
		At     time.Time `json:"at"`
		Reason string    `json:"reason"`
		Actor  struct {
			ID uuid.UUID `json:"id"`
		} `json:"actor"`
	}
	if v.Leaf == nil {
		s.add(oddity{suspect: true, Finding: ledger.Finding{
			Code: ledger.VersionAltered, Where: where, Message: "No audit trail entry is of the command that is stored as the one that made it.",
		}})
		return
	}
	if json.Unmarshal(v.Leaf, &leaf) != nil {
		return
	}
	var wrong []string
	wrong = differ(wrong, "instant", leaf.At.Equal(v.CreatedAt))
	wrong = differ(wrong, "author", leaf.Actor.ID == v.CreatedBy)
	wrong = differ(wrong, "reason", leaf.Reason == v.Reason)
	s.note(ledger.VersionAltered, where, wrong)
}

// signatureRow is a signature with all its columns.
type signatureRow struct {
	ledger.StoredSignature
	ManifestHash, ContentHash []byte
	Intent                    uuid.UUID
	Task                      *uuid.UUID
	Step                      string
	Round                     int
	Meaning                   string
	SignedAt                  time.Time
}

func (s *LogSource) checkSignature(g signatureRow) {
	var m ledger.Manifest
	if json.Unmarshal(g.Manifest, &m) != nil {
		return
	}
	var wrong []string
	wrong = differ(wrong, "manifest hash", hashOf(g.ManifestHash) == g.Hash())
	wrong = differ(wrong, "content hash", hashOf(g.ContentHash) == m.Intent.ContentHash)
	wrong = differ(wrong, "intent", g.Intent == m.Intent.ID)
	wrong = differ(wrong, "task", g.Task != nil && *g.Task == m.Intent.Task)
	wrong = differ(wrong, "step", g.Step == m.Intent.Step)
	wrong = differ(wrong, "round", g.Round == m.Intent.Round)
	wrong = differ(wrong, "meaning", g.Meaning == m.Intent.Meaning)
	wrong = differ(wrong, "instant", g.SignedAt.Equal(m.SignedAt))
	s.note(ledger.SignatureAltered, "signature "+g.ID.String(), wrong)
}

// decisionRow is a policy decision, with the names of the columns beside it that say something else.
type decisionRow struct {
	ledger.StoredDecision
	wrong []string
}

// decisionColumns is what is listed of a policy decision.
type decisionColumns struct {
	action   []byte
	allow    bool
	revision int
	rule     []byte
}

// differs looks at both ends of the canonical bytes, because there is one decision an event, and most of it is its input.
func (r decisionColumns) differs(d ledger.StoredDecision) (wrong []string) {
	var scratch [256]byte
	front := append(scratch[:0], `{"action":`...)
	front = appendText(front, r.action)
	front = append(front, `,"allow":`...)
	front = strconv.AppendBool(front, r.allow)
	front = append(front, `,"id":"`...)
	front = append(appendID(front, d.ID), `",`...)
	wrong = differ(wrong, "action or verdict", bytes.HasPrefix(d.Data, front))
	end := append(scratch[:0], `,"revision":`...)
	end = strconv.AppendInt(end, int64(r.revision), 10)
	end = append(end, `,"rule":`...)
	end = append(appendText(end, r.rule), '}')
	return differ(wrong, "revision or rule", bytes.HasSuffix(d.Data, end))
}

// appendText appends a text as canonical JSON. Nearly all that stand in columns are names, which need no escapes.
func appendText(b, text []byte) []byte {
	plain := bytes.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0
	if plain {
		b = append(append(b, '"'), text...)
		return append(b, '"')
	}
	escaped, _ := ledger.Canonical(string(text)) // what the database holds as text always is one
	return append(b, escaped...)
}
