// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

type auditInput struct {
	Record  uuid.UUID `query:"record" format:"uuid"`
	Actor   uuid.UUID `query:"actor" format:"uuid"`
	Action  string    `query:"action" maxLength:"100" example:"task.complete"`
	Outcome string    `query:"outcome" enum:"done,refused"`
	From    time.Time `query:"from"`
	To      time.Time `query:"to" doc:"Up to, and without, this instant."`
	Sort    string    `query:"sort" enum:"at,-at" default:"-at" doc:"-at: newest first."`
	Paged
}

// auditEvents searches the trail of the records that the caller may read; who reads all of them reads the rest of the trail too,
// and an administrator reads that of administration.
func (a *API) auditEvents(ctx context.Context, in *auditInput) (*eventsOutput, error) {
	trail, err := a.auditor(ctx, "audit.read")
	if err != nil {
		return nil, err
	}
	return a.events(ctx, "events", in.Sort, in.Paged, postgres.EventFilter{
		Trail: trail, Record: in.Record, Actor: in.Actor, Action: in.Action, Outcome: in.Outcome, From: in.From, To: in.To,
	})
}

// auditor says what of the trail the caller reads, if policy lets him read any: that of the records under his keys, that of
// administration, or both. Only what policy denies narrows it: where policy gives no answer, nor does the trail.
func (a *API) auditor(ctx context.Context, action string) (postgres.Trail, error) {
	c := callerOf(ctx)
	trail := postgres.Trail{Keys: []string{}} // nil would be no limit
	administration, err := a.Policy.Decide(ctx, a.question(c, "administration.read"))
	if err != nil {
		return trail, err
	}
	records, err := a.Policy.Decide(ctx, a.question(c, action))
	if err != nil {
		return trail, err
	}
	trail.Administration = administration.Allow
	if !records.Allow {
		if trail.Administration {
			return trail, nil
		}
		return trail, denied(records)
	}
	scope, err := a.Policy.Scope(ctx, c.Person)
	trail.Keys = append(trail.Keys, scope.Records...)
	return trail, err
}

// Checkpoint is the signed head of the log: a signed note as in C2SP tlog-checkpoint. Keep one outside, and a rollback shows.
type Checkpoint struct {
	Size int64     `json:"size" doc:"How many entries the log had."`
	Root string    `json:"root" doc:"Root hash of the tree (RFC 6962)."`
	Note string    `json:"note"`
	At   time.Time `json:"at"`
}

type checkpointOutput struct{ Body Checkpoint }

func (a *API) checkpoint(ctx context.Context, _ *struct{}) (*checkpointOutput, error) {
	if _, err := a.auditor(ctx, "audit.read"); err != nil {
		return nil, err
	}
	head, err := a.head(ctx, callerOf(ctx).Org, 0)
	if err != nil {
		return nil, err
	}
	return &checkpointOutput{Body: head}, nil
}

// head reads the checkpoint of a size, or the latest for 0.
func (a *API) head(ctx context.Context, org uuid.UUID, size int64) (Checkpoint, error) {
	var row queries.Checkpoint
	err := a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if size == 0 {
			row, err = q.Checkpoint(ctx, org)
		} else {
			row, err = q.CheckpointOf(ctx, queries.CheckpointOfParams{Org: org, Size: size})
		}
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return Checkpoint{}, models.Refuse(models.CodeNotFound, "There is no such checkpoint. The log is sealed about once a second.")
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read the checkpoint: %w", err)
	}
	return Checkpoint{Size: row.Size, Root: hexOf(row.Root), Note: row.Note, At: row.CreatedAt}, nil
}

type proofInput struct {
	Event uuid.UUID `query:"event" format:"uuid" doc:"Prove that this event is in the log."`
	From  int64     `query:"from" minimum:"1" maximum:"281474976710656" doc:"Prove that the log of size to only appended to the log of size from."`
	To    int64     `query:"to" minimum:"1" maximum:"281474976710656"`
}

// Proof is a path in the tree. With a leaf it proves that the entry is in the log; else that the log only grew.
type Proof struct {
	Kind     string      `json:"kind" enum:"inclusion,consistency"`
	Index    *int64      `json:"index,omitempty" doc:"Of the leaf."`
	LeafHash string      `json:"leaf_hash,omitempty"`
	From     int64       `json:"from,omitempty" doc:"Size of the older log."`
	Size     int64       `json:"size" doc:"Size of the log that the proof is in."`
	Path     []string    `json:"path" doc:"Hashes, from the leaf upwards."`
	Head     *Checkpoint `json:"checkpoint,omitempty" doc:"Signed, where there is one of that size."`
}

type proofOutput struct{ Body Proof }

func (a *API) proof(ctx context.Context, in *proofInput) (*proofOutput, error) {
	trail, err := a.auditor(ctx, "audit.read")
	if err != nil {
		return nil, err
	}
	latest, err := a.head(ctx, callerOf(ctx).Org, 0)
	if err != nil {
		return nil, err
	}
	var proof Proof
	switch {
	case in.Event != uuid.Nil && in.From == 0 && in.To == 0:
		proof, err = a.inclusion(ctx, in.Event, trail, latest)
	case in.Event == uuid.Nil && in.From > 0:
		proof, err = a.consistency(ctx, in.From, in.To, latest)
	default:
		err = models.InvalidField("query.event", "one_of", "Name an event, or the sizes from and to.")
	}
	return &proofOutput{Body: proof}, err
}

func (a *API) inclusion(ctx context.Context, event uuid.UUID, trail postgres.Trail, latest Checkpoint) (Proof, error) {
	org := callerOf(ctx).Org
	notFound := models.Refuse(models.CodeNotFound, "There is no such event in the sealed log.")
	rows, _, err := a.DB.Events(ctx, org, postgres.EventFilter{Trail: trail, ID: event}, postgres.Page{Limit: 1})
	if err != nil {
		return Proof{}, err
	}
	if len(rows) == 0 || rows[0].LeafIndex == nil || *rows[0].LeafIndex >= latest.Size {
		return Proof{}, notFound
	}
	index := *rows[0].LeafIndex
	path, err := ledger.ProveInclusion(ctx, nodes{a.DB, org}, latest.Size, index)
	if err != nil {
		return Proof{}, err
	}
	return Proof{
		Kind: "inclusion", Index: &index, LeafHash: ledger.LeafHash(rows[0].Leaf).String(), Size: latest.Size, Path: hexes(path), Head: &latest,
	}, nil
}

func (a *API) consistency(ctx context.Context, from, to int64, latest Checkpoint) (Proof, error) {
	if to == 0 {
		to = latest.Size
	}
	if from > to || to > latest.Size {
		return Proof{}, models.InvalidField("query.from", "out_of_range", "From is no larger than to, and to is no larger than the log.")
	}
	org := callerOf(ctx).Org
	path, err := ledger.ProveConsistency(ctx, nodes{a.DB, org}, to, from)
	if err != nil {
		return Proof{}, err
	}
	proof := Proof{Kind: "consistency", From: from, Size: to, Path: hexes(path)}
	switch head, err := a.head(ctx, org, to); {
	case err == nil:
		proof.Head = &head
	case !isNotFound(err):
		return Proof{}, err
	}
	return proof, nil
}

func isNotFound(err error) bool {
	e, ok := models.AsError(err)
	return ok && e.Code == models.CodeNotFound
}

// nodes lends the tree in Postgres to the ledger.
type nodes struct {
	db  *postgres.DB
	org uuid.UUID
}

// ReadNodes implements ledger.NodeStore.
func (n nodes) ReadNodes(ctx context.Context, indexes []int64) ([]ledger.Hash, error) {
	stored, err := n.db.TreeNodes(ctx, n.org, indexes)
	if err != nil {
		return nil, err
	}
	hashes := make([]ledger.Hash, len(stored))
	for i, h := range stored {
		hashes[i] = h
	}
	return hashes, nil
}

func hexes(hashes []ledger.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = h.String()
	}
	return out
}

// PolicyDecision is one answer of policy as it was logged, with all that it looked at.
type PolicyDecision struct {
	ID       uuid.UUID       `json:"id" format:"uuid"`
	At       time.Time       `json:"at"`
	Action   string          `json:"action"`
	Record   *uuid.UUID      `json:"record,omitempty" format:"uuid"`
	RecordNo string          `json:"record_number,omitempty"`
	Actor    Named           `json:"actor"`
	Allow    bool            `json:"allow"`
	Rule     string          `json:"rule"`
	Reasons  []models.Reason `json:"reasons"`
	Revision int             `json:"revision" doc:"Of the policies, in short: the decision itself holds their digest."`
	Micros   int             `json:"micros" doc:"How long it took."`
	Hash     string          `json:"hash" doc:"SHA-256 of its canonical bytes, as the audit event names it."`
}

type decisionsInput struct {
	Record uuid.UUID `query:"record" format:"uuid"`
	Actor  uuid.UUID `query:"actor" format:"uuid"`
	Action string    `query:"action" maxLength:"100"`
	Allow  string    `query:"allow" enum:"true,false"`
	Sort   string    `query:"sort" enum:"at,-at" default:"-at"`
	Paged
}

type decisionsOutput struct {
	Body struct {
		Items []PolicyDecision `json:"items"`
		Next  string           `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
	}
}

func (a *API) decisions(ctx context.Context, in *decisionsInput) (*decisionsOutput, error) {
	trail, err := a.auditor(ctx, "decisions.read")
	if err != nil {
		return nil, err
	}
	page, err := in.page("decisions", in.Sort, postgres.Sort{Desc: in.Sort == "-at"})
	if err != nil {
		return nil, err
	}
	f := postgres.DecisionFilter{Trail: trail, Record: in.Record, Actor: in.Actor, Action: in.Action}
	if in.Allow != "" {
		allow := in.Allow == "true"
		f.Allow = &allow
	}
	rows, more, err := a.DB.Decisions(ctx, callerOf(ctx).Org, f, page)
	if err != nil {
		return nil, err
	}
	out := &decisionsOutput{}
	out.Body.Items = make([]PolicyDecision, len(rows))
	for i, r := range rows {
		if out.Body.Items[i], err = policyDecision(r); err != nil {
			return nil, err
		}
	}
	if more {
		last := rows[len(rows)-1]
		out.Body.Next = cursor{List: "decisions", Sort: in.Sort, At: last.At, ID: last.ID}.String()
	}
	return out, nil
}

func policyDecision(r postgres.DecisionItem) (PolicyDecision, error) {
	d := PolicyDecision{
		ID: r.ID, At: r.At, Action: r.Action, Record: r.RecordID, RecordNo: r.RecordNumber, Actor: Named{ID: r.ActorID, Name: r.ActorName},
		Allow: r.Allow, Rule: r.Rule, Revision: r.Revision, Micros: r.Micros, Hash: ledger.ContentHash(r.Bytes).String(),
	}
	if err := json.Unmarshal(r.Reasons, &d.Reasons); err != nil {
		return d, fmt.Errorf("read policy decision %s: %w", r.ID, err)
	}
	return d, nil
}
