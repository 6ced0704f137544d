// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// The names inside a pack. They are a contract: other programs read packs, too.
const (
	infoFile       = "pack.json"
	sealFile       = "pack.sig"
	indexFile      = "index.html"
	recordFile     = "record.json"
	eventsFile     = "events.jsonl"      // the exact leaves, one a line
	leavesFile     = "proofs/leaves.txt" // of each of those lines: index, event id, leaf hash
	nodesFile      = "proofs/nodes.txt"  // of the tree: storage index, hash
	checkpointFile = "checkpoint.txt"
	keysFile       = "keys.json"
	tasksFile      = "tasks.json"
	peopleFile     = "people.json"
	personalFile   = "personal.json"
)

const uuidPattern = `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`

// packName matches every name a pack may hold, so that no name leaves the folder into which
// somebody unpacks it.
var packName = regexp.MustCompile(`^(?:pack\.json|pack\.sig|index\.html|record\.json|events\.jsonl|checkpoint\.txt|` +
	`keys\.json|tasks\.json|people\.json|personal\.json|proofs/leaves\.txt|proofs/nodes\.txt|` +
	`versions/[0-9]{4,9}\.json|forms/[a-z0-9][a-z0-9_.-]{0,99}-[0-9]{1,9}\.json|files/[0-9a-f]{64}|` +
	`intents/` + uuidPattern + `\.(?:json|html)|signatures/` + uuidPattern + `\.json|policy/` + uuidPattern + `\.json)$`)

func versionFile(n int) string          { return fmt.Sprintf("versions/%04d.json", n) }
func formFile(id string, n int) string  { return fmt.Sprintf("forms/%s-%d.json", id, n) }
func intentFile(id uuid.UUID) string    { return "intents/" + id.String() + ".json" }
func viewFile(id uuid.UUID) string      { return "intents/" + id.String() + ".html" }
func signatureFile(id uuid.UUID) string { return "signatures/" + id.String() + ".json" }
func decisionFile(id uuid.UUID) string  { return "policy/" + id.String() + ".json" }

// baseID reads the id in a name such as signatures/<id>.json, whose form was checked.
func baseID(file string) uuid.UUID {
	base := path.Base(file)
	return uuid.MustParse(strings.TrimSuffix(base, path.Ext(base)))
}

// splitForm reads the id and version in forms/<id>-<version>.json.
func splitForm(file string) (string, int) {
	base := strings.TrimSuffix(path.Base(file), ".json")
	i := strings.LastIndexByte(base, '-')
	n, _ := strconv.Atoi(base[i+1:]) // at most nine digits
	return base[:i], n
}

func splitVersion(file string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(path.Base(file), ".json")) // at most nine digits
	return n
}

// packedSignature is signatures/<id>.json. The manifest is kept as a JSON string, because
// its exact bytes are what was signed.
type packedSignature struct {
	ID       uuid.UUID `json:"id"`
	Record   uuid.UUID `json:"record"`
	Version  int       `json:"version"`
	Signer   uuid.UUID `json:"signer"`
	Manifest string    `json:"manifest"`
	Sig      []byte    `json:"sig"`
	KeyID    string    `json:"key_id"`
}

// includedLeaf is a line of proofs/leaves.txt: where a line of events.jsonl stands in the
// tree. The audit path of each leaf is read from the nodes in proofs/nodes.txt, which hold
// the paths of all leaves, each node once. Both are plain columns because JSON took longer
// to read than the proofs to check.
type includedLeaf struct {
	index int64
	id    uuid.UUID
	hash  Hash
}

func (l includedLeaf) line() string { return fmt.Sprintf("%d %s %s\n", l.index, l.id, l.hash) }

func parseIncludedLeaf(line []byte) (l includedLeaf, err error) {
	index, rest, _ := bytes.Cut(line, []byte(" "))
	id, hash, _ := bytes.Cut(rest, []byte(" "))
	if l.index, err = parseIndex(index); err != nil {
		return l, err
	}
	if l.id, err = uuid.ParseBytes(id); err != nil {
		return l, err
	}
	err = l.hash.UnmarshalText(hash)
	return l, err
}

func (n Node) line() string { return fmt.Sprintf("%d %s\n", n.Index, n.Hash) }

func parseNode(line []byte) (n Node, err error) {
	index, hash, _ := bytes.Cut(line, []byte(" "))
	if n.Index, err = parseIndex(index); err != nil {
		return n, err
	}
	err = n.Hash.UnmarshalText(hash)
	return n, err
}

func parseIndex(s []byte) (int64, error) {
	n, err := strconv.ParseInt(string(s), 10, 64)
	if err != nil || n < 0 || n > 2*MaxSize {
		return 0, fmt.Errorf("index %.30q is not possible", s)
	}
	return n, nil
}

// pretty writes JSON for files that are read by people and bound by their hash only.
func pretty(v any) ([]byte, error) {
	b, err := json.MarshalIndent(v, "", " ")
	return append(b, '\n'), err
}
