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
	Record  uuid.UUID
	Seq     int64
	Actor   uuid.UUID
	Action  string
	Outcome string
	Command uuid.UUID
	At      time.Time
}

func (s *LogSource) checkEvent(r leafRow) {
	if r.Data == nil {
		return
	}
	// Members that are left out of a leaf are the zero values.
	said := map[string]bool{"record": r.Record == uuid.Nil, "actor": r.Actor == uuid.Nil, "command": r.Command == uuid.Nil}
	members(r.Data, func(name string, value []byte) {
		switch name {
		case "action":
			said[name] = isText(value, r.Action)
		case "actor":
			members(value, func(name string, value []byte) {
				if name == "id" {
					said["actor"] = isID(value, r.Actor)
				}
			})
		case "at":
			said[name] = isText(value, r.At.UTC().Format(time.RFC3339Nano))
		case "command":
			said[name] = isID(value, r.Command)
		case "outcome":
			said[name] = isText(value, r.Outcome)
		case "record":
			said[name] = isID(value, r.Record)
		case "seq":
			said[name] = string(value) == strconv.FormatInt(r.Seq, 10)
		}
	})
	var wrong []string
	for _, name := range eventMembers {
		wrong = differ(wrong, name, said[name])
	}
	where := "audit entry not yet sealed"
	if r.Index != ledger.Unsealed {
		where = fmt.Sprintf("audit entry at index %d", r.Index)
	}
	s.note(ledger.EventAltered, where, wrong)
}

var eventMembers = []string{"action", "actor", "at", "command", "outcome", "record", "seq"}

func isText(value []byte, text string) bool {
	if len(value) == len(text)+2 && string(value[1:len(value)-1]) == text {
		return true
	}
	return string(value) == string(canonicalText(text)) // with escapes
}

func isID(value []byte, id uuid.UUID) bool { return isText(value, id.String()) }

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

// decisionRow is a policy decision with what is listed of it.
type decisionRow struct {
	ledger.StoredDecision
	Action   string
	Allow    bool
	Revision int
	Rule     string
}

// checkDecision looks at both ends of the canonical bytes, because there is one decision an event, and most of it is its input.
func (s *LogSource) checkDecision(d decisionRow) {
	front := fmt.Appendf(nil, `{"action":%s,"allow":%t,"id":"%s",`, canonicalText(d.Action), d.Allow, d.ID)
	end := fmt.Appendf(nil, `,"revision":%d,"rule":%s}`, d.Revision, canonicalText(d.Rule))
	var wrong []string
	wrong = differ(wrong, "action or verdict", bytes.HasPrefix(d.Data, front))
	wrong = differ(wrong, "revision or rule", bytes.HasSuffix(d.Data, end))
	s.note(ledger.PolicyDecisionAltered, "policy decision "+d.ID.String(), wrong)
}

// canonicalText is a text as JSON. Nearly all that stand in columns are names, which need no escapes.
func canonicalText(s string) []byte {
	plain := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) < 0
	if plain {
		return append(append([]byte{'"'}, s...), '"')
	}
	b, _ := ledger.Canonical(s) // what the database holds as text always is one
	return b
}
