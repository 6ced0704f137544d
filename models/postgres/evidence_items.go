// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"io"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/ledger"
)

// Versions implements ledger.EvidenceSource.
func (s *LogSource) Versions(ctx context.Context) iter.Seq2[ledger.StoredVersion, error] {
	rows := pages(func(after versionRow) ([]versionRow, error) {
		rows, err := collect(ctx, s, scanVersion, versionQuery+` AND (v.record_id, v.version) > ($2, $3)
			ORDER BY v.record_id, v.version LIMIT $4`, s.org, after.Record, after.Version, itemPage)
		for _, v := range rows {
			s.checkVersion(v)
		}
		return rows, err
	})
	return unpage(rows, func(r versionRow) ledger.StoredVersion { return r.StoredVersion })
}

// Who made a version, when and why stands in the event of the same command.
const versionQuery = `SELECT v.record_id, COALESCE(r.number, ''), v.version, v.bytes, v.content_hash, v.created_at, v.created_by, v.reason, e.leaf
	FROM record_versions v
	LEFT JOIN records r ON r.org_id = v.org_id AND r.id = v.record_id
	LEFT JOIN LATERAL (SELECT e.leaf FROM audit_events e WHERE e.org_id = v.org_id AND e.record_id = v.record_id AND e.command_id = v.command_id
		AND e.at = v.created_at ORDER BY e.seq LIMIT 1) e ON true
	WHERE v.org_id = $1`

func scanVersion(row pgx.CollectableRow) (versionRow, error) {
	var v versionRow
	var hash []byte
	err := row.Scan(&v.Record, &v.RecordNo, &v.Version, &v.Data, &hash, &v.CreatedAt, &v.CreatedBy, &v.Reason, &v.Leaf)
	v.ContentHash = hashOf(hash)
	return v, err
}

// Signatures implements ledger.EvidenceSource.
func (s *LogSource) Signatures(ctx context.Context) iter.Seq2[ledger.StoredSignature, error] {
	rows := pages(func(after signatureRow) ([]signatureRow, error) {
		rows, err := collect(ctx, s, scanSignature, signatureQuery+" AND id > $2 ORDER BY id LIMIT $3", s.org, after.ID, itemPage)
		for _, g := range rows {
			s.checkSignature(g)
		}
		return rows, err
	})
	return unpage(rows, func(r signatureRow) ledger.StoredSignature { return r.StoredSignature })
}

const signatureQuery = `SELECT id, record_id, version, signer_id, manifest, signature, key_id, manifest_hash, content_hash, intent_id, task_id, step, round,
	meaning, signed_at FROM signatures WHERE org_id = $1`

func scanSignature(row pgx.CollectableRow) (signatureRow, error) {
	var g signatureRow
	err := row.Scan(&g.ID, &g.Record, &g.Version, &g.Signer, &g.Manifest, &g.Sig, &g.KeyID, &g.ManifestHash, &g.ContentHash, &g.Intent, &g.Task, &g.Step,
		&g.Round, &g.Meaning, &g.SignedAt)
	return g, err
}

// Intents implements ledger.EvidenceSource: those that were used.
func (s *LogSource) Intents(ctx context.Context) iter.Seq2[ledger.StoredIntent, error] {
	return pages(func(after ledger.StoredIntent) ([]ledger.StoredIntent, error) {
		return collect(ctx, s, scanIntent, intentQuery+" AND id > $2 ORDER BY id LIMIT $3", s.org, after.ID, itemPage)
	})
}

const intentQuery = "SELECT id, bytes, view FROM intents WHERE org_id = $1 AND used_at IS NOT NULL"

func scanIntent(row pgx.CollectableRow) (ledger.StoredIntent, error) {
	var i ledger.StoredIntent
	err := row.Scan(&i.ID, &i.Data, &i.View)
	return i, err
}

// Decisions implements ledger.EvidenceSource.
func (s *LogSource) Decisions(ctx context.Context) iter.Seq2[ledger.StoredDecision, error] {
	rows := pages(func(after decisionRow) ([]decisionRow, error) {
		rows, err := collectPage(ctx, s, decisionPage, scanDecision, `SELECT id, bytes, action, allow, revision, rule FROM policy_decisions
			WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT $3`, s.org, after.ID, decisionPage)
		for _, d := range rows {
			if len(d.wrong) > 0 {
				s.note(ledger.PolicyDecisionAltered, "policy decision "+d.ID.String(), d.wrong)
			}
		}
		return rows, err
	})
	return unpage(rows, func(r decisionRow) ledger.StoredDecision { return r.StoredDecision })
}

func scanDecision(row pgx.CollectableRow) (decisionRow, error) {
	c := columnsOf(row)
	d := decisionRow{StoredDecision: ledger.StoredDecision{ID: c.id(), Data: c.bytes()}}
	d.wrong = decisionColumns{c.raw(), c.bool(), c.int32(), c.raw()}.differs(d.StoredDecision)
	return d, c.err
}

// Files implements ledger.FileSource: those that records hold or held. Their bytes are read piece by piece, as they are hashed.
func (s *LogSource) Files(ctx context.Context) iter.Seq2[ledger.StoredFile, error] {
	rows := pages(func(after StoredFile) ([]StoredFile, error) {
		return collect(ctx, s, scanFile, `SELECT f.sha256, f.size, f.media_type FROM files f
			WHERE f.org_id = $1 AND f.sha256 > $2 AND EXISTS (SELECT 1 FROM record_files r WHERE r.org_id = $1 AND r.sha256 = f.sha256)
			ORDER BY f.sha256 LIMIT $3`, s.org, after.SHA256[:], itemPage)
	})
	return unpage(rows, func(f StoredFile) ledger.StoredFile {
		return ledger.StoredFile{SHA256: f.SHA256, Open: func() (io.ReadCloser, error) { return io.NopCloser(s.openFile(ctx, f.SHA256)), nil }}
	})
}

func (s *LogSource) openFile(ctx context.Context, sha256 [32]byte) io.Reader {
	return &fileReader{read: func(at int64) ([]byte, error) {
		pieces, err := collect(ctx, s, pgx.RowTo[[]byte], filePieceQuery, s.org, sha256[:], at, filePiece)
		if err != nil || len(pieces) == 0 {
			return nil, err
		}
		return pieces[0], nil
	}}
}

// decisionsByID reads the policy decisions that events or signatures name.
func (s *LogSource) decisionsByID(ctx context.Context, ids []uuid.UUID) ([]ledger.StoredDecision, error) {
	return collect(ctx, s, func(row pgx.CollectableRow) (d ledger.StoredDecision, err error) {
		err = row.Scan(&d.ID, &d.Data)
		return d, err
	}, "SELECT id, bytes FROM policy_decisions WHERE org_id = $1 AND id = ANY ($2)", s.org, idArray(ids))
}
