// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres/queries"
)

// SignatureView is what a signature states (21 CFR 11.50), and whether it still holds.
type SignatureView struct {
	ID            uuid.UUID `json:"id" format:"uuid"`
	Version       int       `json:"version" doc:"Of the record, that it binds to."`
	ContentHash   string    `json:"content_hash"`
	Step          string    `json:"step"`
	Round         int       `json:"round"`
	Task          uuid.UUID `json:"task" format:"uuid"`
	Meaning       string    `json:"meaning"`
	Outcome       string    `json:"outcome"`
	Signer        Signer    `json:"signer"`
	SignedAt      time.Time `json:"signed_at" doc:"UTC."`
	Zone          string    `json:"zone" doc:"IANA name of the zone in force."`
	Offset        string    `json:"offset" example:"+01:00"`
	Factors       []string  `json:"factors"`
	Intent        uuid.UUID `json:"intent" format:"uuid"`
	ViewHash      string    `json:"view_hash" doc:"SHA-256 of exactly what the signer was shown."`
	Decision      uuid.UUID `json:"policy_decision" format:"uuid"`
	Revision      int64     `json:"policy_revision"`
	KeyID         string    `json:"key_id"`
	ManifestHash  string    `json:"manifest_hash"`
	Verification  string    `json:"verification" enum:"valid,invalid,key_unknown,key_revoked" doc:"Of the bytes as stored, checked now. key_revoked: the key was revoked before it signed."`
	LaterChange   bool      `json:"unsigned_by_later_change" doc:"What was signed has changed since, or its step was made void: the signature stays, and no longer covers the record as it stands."`
	LaterVersions int       `json:"later_versions" doc:"How many versions came after the signed one. Later steps add their own parts."`
}

// Signer is the person who signed, as named at that instant.
type Signer struct {
	ID         uuid.UUID `json:"id" format:"uuid"`
	Username   string    `json:"username"`
	Name       string    `json:"printed_name"`
	Role       string    `json:"role"`
	OnBehalfOf *Named    `json:"on_behalf_of,omitempty"`
}

type signaturesOutput struct {
	Body struct {
		CurrentVersion int             `json:"current_version"`
		Items          []SignatureView `json:"items"`
	}
}

func (a *API) signatures(ctx context.Context, in *ByID) (*signaturesOutput, error) {
	record, err := a.readRecord(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &signaturesOutput{}
	out.Body.CurrentVersion, out.Body.Items = record.Version, []SignatureView{}
	org := callerOf(ctx).Org
	err = a.DB.Read(ctx, org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.RecordSignatures(ctx, queries.RecordSignaturesParams{Org: org, Record: in.ID})
		if err != nil {
			return fmt.Errorf("read the signatures: %w", err)
		}
		signed, err := signedContents(ctx, q, org, in.ID, rows)
		if err != nil {
			return err
		}
		for _, r := range rows {
			view, err := signatureOf(r)
			if err != nil {
				return err
			}
			view.LaterVersions = record.Version - view.Version
			view.LaterChange = r.StepState == models.StepSuperseded || r.StepState == models.StepWithdrawn ||
				changed(signed[r.Signature.Version], record.Content())
			out.Body.Items = append(out.Body.Items, view)
		}
		return nil
	})
	return out, err
}

// signedContents reads the versions that were signed.
func signedContents(ctx context.Context, q *queries.Queries, org, record uuid.UUID, rows []queries.RecordSignaturesRow) (map[int32]models.Content, error) {
	versions := make([]int32, len(rows))
	for i, r := range rows {
		versions[i] = r.Signature.Version
	}
	stored, err := q.VersionBytes(ctx, queries.VersionBytesParams{Org: org, Record: record, Versions: versions})
	if err != nil {
		return nil, fmt.Errorf("read the signed versions: %w", err)
	}
	contents := make(map[int32]models.Content, len(stored))
	for _, v := range stored {
		if contents[v.Version], err = contentOf(v.Bytes); err != nil {
			return nil, fmt.Errorf("read version %d: %w", v.Version, err)
		}
	}
	return contents, nil
}

// changed says whether anything that was signed is different now. What later steps add was not there to be signed.
func changed(signed, now models.Content) bool {
	for _, c := range changesOf(signed, now) {
		if c.Old != nil {
			return true
		}
	}
	return false
}

// signatureOf takes what a signature states from the manifest that was signed, and not from the columns beside it.
func signatureOf(r queries.RecordSignaturesRow) (SignatureView, error) {
	s := r.Signature
	m, err := ledger.ParseManifest(s.Manifest)
	if err != nil {
		return SignatureView{}, fmt.Errorf("read signature %s: %w", s.ID, err)
	}
	view := SignatureView{
		ID: m.ID, Version: m.Intent.Version, ContentHash: m.Intent.ContentHash.String(), Step: m.Intent.Step, Round: m.Intent.Round, Task: m.Intent.Task,
		Meaning: m.Intent.Meaning, Outcome: m.Intent.Outcome, Signer: Signer{ID: m.Signer.ID, Username: m.Signer.Username, Name: m.Signer.PrintedName, Role: m.Signer.Role},
		SignedAt: m.SignedAt, Zone: m.Zone, Offset: m.Offset, Factors: m.Factors, Intent: m.Intent.ID, ViewHash: m.Intent.ViewHash.String(),
		Decision: m.Decision, Revision: m.Revision, KeyID: s.KeyID, ManifestHash: hexOf(s.ManifestHash), Verification: verification(r),
	}
	if b := m.Signer.OnBehalfOf; b != nil {
		view.Signer.OnBehalfOf = &Named{ID: b.ID, Name: b.PrintedName}
	}
	return view, nil
}

// verification checks the stored bytes under the stored key, and the columns against what was signed.
func verification(r queries.RecordSignaturesRow) string {
	s := r.Signature
	if len(r.Public) != ed25519.PublicKeySize {
		return "key_unknown"
	}
	m, err := ledger.Signed{Manifest: s.Manifest, Sig: s.Signature, KeyID: s.KeyID}.Verify(ed25519.PublicKey(r.Public))
	switch {
	case err != nil || !columnsState(s, m):
		return "invalid"
	case r.RevokedAt != nil && !m.SignedAt.Before(*r.RevokedAt):
		return "key_revoked"
	}
	return "valid"
}

// columnsState says whether the columns of a signature, by which it is found and listed, state what was signed.
func columnsState(s queries.Signature, m ledger.Manifest) bool {
	i, task := m.Intent, uuid.Nil
	if s.TaskID != nil {
		task = *s.TaskID
	}
	return s.OrgID == i.Org && s.ID == m.ID && s.RecordID == i.Record && int(s.Version) == i.Version && hexOf(s.ContentHash) == i.ContentHash.String() &&
		task == i.Task && s.Step == i.Step && int(s.Round) == i.Round && s.SignerID == m.Signer.ID && s.Meaning == i.Meaning && s.IntentID == i.ID &&
		s.SignedAt.Equal(m.SignedAt) && hexOf(s.ManifestHash) == ledger.ContentHash(s.Manifest).String()
}
