// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
)

// intentLife is how long a signing sheet may lie open before it must be asked for again.
const intentLife = 15 * time.Minute

// applyIntent stores what a person is about to sign. It decides nothing and leaves no audit event; a refusal does.
func applyIntent(ctx context.Context, t *tx) error {
	body, err := read[models.Completion](t.cmd)
	if err != nil {
		return err
	}
	task, err := t.openTask()
	if err != nil {
		return err
	}
	step := t.standing(task.Step)
	if step == nil || step.Round != task.Round {
		return t.noTask()
	}
	if task.Meaning == "" {
		return models.InvalidField("", "not_signed", "This task asks for no signature: complete it.")
	}
	if err := t.checkVerdict(*step, body); err != nil {
		return err
	}
	if err := t.takeContent(ctx, *step, body); err != nil {
		return err
	}
	components, err := t.Policy.Components(ctx, t.ask("task.sign"))
	if err != nil {
		return fmt.Errorf("ask which components the signature needs: %w", err)
	}
	return t.storeIntent(task, *step, body, components)
}

func (t *tx) storeIntent(task models.Task, step models.StepRow, body models.Completion, components []string) error {
	view, err := t.view(task, step, body)
	if err != nil {
		return err
	}
	intent := ledger.Intent{
		V: ledger.IntentVersion, ID: models.NewID(), Org: t.cmd.Org, Record: t.record.ID, RecordNo: t.record.Number, Version: t.record.Version,
		ViewHash: ledger.ContentHash(view), Meaning: task.Meaning, Signer: t.actor.ID, Task: task.ID, Step: task.Step, Round: task.Round,
		Outcome: body.Outcome, CommentHash: ledger.ContentHash([]byte(body.Comment)), CreatedAt: t.now, ExpiresAt: t.now.Add(intentLife),
	}
	copy(intent.ContentHash[:], t.record.ContentHash)
	if _, err := rand.Read(intent.Nonce[:]); err != nil {
		return fmt.Errorf("make the intent's nonce: %w", err)
	}
	request, err := ledger.Canonical(body)
	if err != nil {
		return models.InvalidField("data", "not_canonical", err.Error())
	}
	intent.DataHash = ledger.ContentHash(request)
	canonical, err := intent.Canonical()
	if err != nil {
		return err
	}
	t.changes.Versions = nil // the version is made when the decision is, not when it is looked at
	t.changes.Intents = []models.IntentRow{{
		Org: t.cmd.Org, ID: intent.ID, Record: t.record.ID, Task: task.ID, Signer: t.actor.ID, Bytes: canonical, View: view,
		Request: json.RawMessage(request), CreatedAt: intent.CreatedAt, ExpiresAt: intent.ExpiresAt,
	}}
	t.receipt.Result = models.IntentResult{
		Intent: intent.ID, HTML: string(view), ViewHash: intent.ViewHash.String(), ContentHash: intent.ContentHash.String(), Version: intent.Version,
		Meaning: intent.Meaning, Components: components, PrintedName: t.actor.Name, Role: t.signingRole(step), ExpiresAt: intent.ExpiresAt,
	}
	t.silent = true
	return nil
}

// sign makes the signature that the plan asks for, over exactly what the signer was shown. It never renders again: the
// stored intent must still match what is about to be decided (11.70).
func (t *tx) sign(task models.Task, step models.StepRow, body models.Completion) (*uuid.UUID, error) {
	if task.Meaning == "" {
		return nil, nil
	}
	intent, err := t.intent(task, body)
	if err != nil {
		return nil, err
	}
	key, err := t.Keys.Current(t.cmd.Org)
	if err != nil {
		return nil, fmt.Errorf("find the organization's signing key: %w", err)
	}
	zone, offset := t.zone()
	manifest := ledger.Manifest{
		V: ledger.ManifestVersion, ID: models.NewID(), Intent: intent, SignedAt: t.now, Zone: zone, Offset: offset,
		Signer:  ledger.Signer{ID: t.actor.ID, Username: t.actor.Username, PrintedName: t.actor.Name, Role: t.signingRole(step)},
		Factors: t.cmd.Signing.Factors, Decision: t.verdict.ID, DecisionHash: t.event.decisionHash, Revision: int64(t.verdict.Revision),
	}
	if id, err := uuid.Parse(t.cmd.Source.Session); err == nil {
		manifest.Session = id
	}
	if t.behalf != nil {
		manifest.Signer.OnBehalfOf = &ledger.Represents{ID: t.behalf.ID, PrintedName: t.behalf.Name}
	}
	signed, err := ledger.Sign(manifest, key)
	if err != nil {
		return nil, err
	}
	t.keepSignature(task, manifest, signed)
	return &manifest.ID, nil
}

func (t *tx) keepSignature(task models.Task, m ledger.Manifest, signed ledger.Signed) {
	hash := signed.Hash()
	t.changes.Signatures = []models.SignatureRow{{
		Org: t.cmd.Org, ID: m.ID, Record: t.record.ID, Version: m.Intent.Version, Task: &task.ID, Step: task.Step, Round: task.Round,
		Signer: t.actor.ID, Meaning: m.Intent.Meaning, Intent: m.Intent.ID, ContentHash: m.Intent.ContentHash[:], Manifest: signed.Manifest,
		ManifestHash: hash[:], Signature: signed.Sig, KeyID: signed.KeyID, SignedAt: t.now,
	}}
	t.changes.UsedIntents = append(t.changes.UsedIntents, usedIntent(t, m.Intent.ID))
	if t.cmd.Source.Session != "" {
		t.changes.SignedSessions = append(t.changes.SignedSessions, signedSession(t))
	}
	t.event.signature = &ledger.SignatureRef{ID: m.ID, Manifest: hash}
	t.receipt.Signature = &m.ID
}

// intent finds the stored intent and holds it against the decision at hand.
func (t *tx) intent(task models.Task, body models.Completion) (ledger.Intent, error) {
	refuse := func(rule, text string) (ledger.Intent, error) {
		return ledger.Intent{}, models.Refuse(models.CodeSigningRefused, "The signature was refused and nothing was decided.", models.Reason{Rule: rule, Text: text})
	}
	row := t.facts.Intent
	switch {
	case t.cmd.Signing == nil:
		return refuse("component_missing", "This decision needs a signature.")
	case row == nil || row.Task != task.ID || row.Signer != t.actor.ID:
		return refuse("intent_unknown", "There is no such signing sheet of yours for this task.")
	case row.UsedAt != nil:
		return refuse("intent_used", "This signing sheet was used before.")
	case t.now.After(row.ExpiresAt):
		return refuse("intent_expired", "This signing sheet has expired: open it again.")
	}
	intent, err := ledger.ParseIntent(row.Bytes)
	if err != nil {
		return ledger.Intent{}, fmt.Errorf("read the stored intent: %w", err)
	}
	request, err := ledger.Canonical(body)
	if err != nil {
		return ledger.Intent{}, models.InvalidField("data", "not_canonical", err.Error())
	}
	if ledger.ContentHash(request) != intent.DataHash {
		return refuse("intent_differs", "What was sent is not what was shown on the signing sheet.")
	}
	if intent.Version != t.record.Version || !bytes.Equal(intent.ContentHash[:], t.record.ContentHash) {
		return ledger.Intent{}, models.Refuse(models.CodeStale, fmt.Sprintf(
			"The record changed after the signing sheet was shown: it would be version %d, you saw version %d. Nothing was decided.", t.record.Version, intent.Version))
	}
	return intent, nil
}

// signingRole is the role in which the person signs: the one that made him eligible, if he holds it.
func (t *tx) signingRole(step models.StepRow) string {
	preferred := make([]models.Role, 0, len(step.Plan.Candidates))
	for _, c := range step.Plan.Candidates {
		preferred = append(preferred, c.Role)
	}
	return string(t.actor.RoleAt(t.record.Site, preferred...))
}
