// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/postgres/queries"
)

// EvidencePack writes the evidence pack of one record: everything that was recorded of it, with the proofs that need nobody's
// word (21 CFR 11.10(b) and (c)). sealFirst seals the organization's log, so that no event of the record is without its proof.
// Forms turn the record's data into words. pgx.ErrNoRows if the organization has no such record.
func (db *DB) EvidencePack(ctx context.Context, org, record uuid.UUID, forms map[string]*models.Form, w io.Writer,
	sealFirst func(ctx context.Context, org uuid.UUID) error,
) error {
	pack, err := db.Pack(ctx, org, record, forms, sealFirst)
	if err != nil {
		return err
	}
	return ledger.WritePack(w, *pack)
}

// RecordNumbered finds a record's id by its number, such as DEV-2026-0001. pgx.ErrNoRows if there is none.
func (db *DB) RecordNumbered(ctx context.Context, org uuid.UUID, number string) (uuid.UUID, error) {
	var id uuid.UUID
	err := db.InOrg(ctx, org, func(_ *queries.Queries, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT id FROM records WHERE org_id = $1 AND number = $2", org, number).Scan(&id)
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("find record %s: %w", number, err)
	}
	return id, nil
}

// errUnsealed is returned while an event of the record has no place in the tree yet.
var errUnsealed = errors.New("an event of the record is not sealed yet")

// packAttempts bounds how often sealing is waited for, a tenth of a second longer each time: another process may be at it.
const packAttempts = 10

// Pack gathers the evidence pack of one record as EvidencePack writes it, for a caller who has a key to seal its list of files.
func (db *DB) Pack(ctx context.Context, org, record uuid.UUID, forms map[string]*models.Form,
	sealFirst func(ctx context.Context, org uuid.UUID) error,
) (*ledger.Pack, error) {
	for try := 1; ; try++ {
		if err := sealFirst(ctx, org); err != nil {
			return nil, fmt.Errorf("seal the log before the pack of %s: %w", record, err)
		}
		pack, err := db.pack(ctx, org, record, forms)
		if err == nil {
			return pack, nil
		}
		if try == packAttempts || !errors.Is(err, errUnsealed) {
			return nil, fmt.Errorf("gather the evidence of %s: %w", record, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Duration(try) * 100 * time.Millisecond):
		}
	}
}

func (db *DB) pack(ctx context.Context, org, record uuid.UUID, forms map[string]*models.Form) (*ledger.Pack, error) {
	source, err := db.LogSource(ctx, org)
	if err != nil {
		return nil, err
	}
	defer source.Close(ctx)
	p := &packer{LogSource: source, db: db, record: record, forms: forms, pack: &ledger.Pack{}}
	for _, step := range []func(context.Context) error{
		p.readRecord, p.readHead, p.readEvents, p.readEvidence, p.readFiles, p.readDecisions, p.readKeys, p.readProofs, p.readPeople, p.readTasks, p.describe,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return p.pack, nil
}

// packer gathers one pack from one snapshot.
type packer struct {
	*LogSource
	db     *DB
	record uuid.UUID
	forms  map[string]*models.Form
	pack   *ledger.Pack

	kind   string // of the record: "deviation"
	owner  uuid.UUID
	events []ledger.Event
	names  map[string]string // printed names by id, of people and sites
}

func (p *packer) readRecord(ctx context.Context) error {
	r := &p.pack.Record
	var hash []byte
	var closed *time.Time
	rows, err := collect(ctx, p.LogSource, func(row pgx.CollectableRow) (struct{}, error) {
		return struct{}{}, row.Scan(&r.ID, &r.Number, &r.Type, &r.Title, &r.State, &r.Class, &r.Site, &p.owner, &r.CreatedAt, &r.DueAt, &closed, &r.Version,
			&hash, &p.pack.Info.OrgName)
	}, `SELECT r.id, r.number, r.type, r.title, r.state, r.class, COALESCE(s.name, r.site), r.owner_id, r.created_at, r.due_at, r.closed_at, r.version,
			r.content_hash, o.name
		FROM records r JOIN organizations o ON o.org_id = r.org_id LEFT JOIN sites s ON s.org_id = r.org_id AND s.id = r.site
		WHERE r.org_id = $1 AND r.id = $2`, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	if len(rows) == 0 {
		return pgx.ErrNoRows
	}
	if closed != nil {
		r.ClosedAt = *closed
	}
	r.ContentHash, p.kind = hashOf(hash), r.Type
	info := &p.pack.Info
	info.Org, info.Record, info.Number, info.ClosedAt, info.GeneratedAt = p.org, r.ID, r.Number, r.ClosedAt, time.Now().UTC().Truncate(time.Second)
	return nil
}

func (p *packer) readHead(ctx context.Context) error {
	notes, err := collect(ctx, p.LogSource, pgx.RowTo[string], "SELECT note FROM checkpoints WHERE org_id = $1 ORDER BY size DESC LIMIT 1", p.org)
	if err != nil {
		return fmt.Errorf("read the newest head: %w", err)
	}
	if len(notes) == 0 {
		return errUnsealed
	}
	p.pack.Checkpoint = notes[0]
	return nil
}

// readEvents reads the events of the record and those by which keys came and went, which let an old key vouch for a new one.
func (p *packer) readEvents(ctx context.Context) error {
	rows, err := collect(ctx, p.LogSource, scanLeaf, `SELECT COALESCE(l.index, -1), e.id, l.hash, `+eventColumns+` FROM audit_events e
		LEFT JOIN leaves l ON l.org_id = $1 AND l.event_id = e.id
		WHERE e.org_id = $1 AND e.id IN (SELECT id FROM audit_events WHERE org_id = $1 AND record_id = $2
			UNION SELECT k.id FROM signing_keys s JOIN audit_events k ON k.org_id = $1 AND k.at = ANY (ARRAY[s.created_at, s.revoked_at])
			WHERE s.org_id = $1 AND k.action IN ('key.create', 'key.rotate', 'key.revoke'))
		ORDER BY l.index`, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read the audit trail: %w", err)
	}
	if p.pack.Events, err = p.withPersonal(ctx, rows); err != nil {
		return err
	}
	for _, leaf := range p.pack.Events {
		if leaf.Index == ledger.Unsealed {
			return errUnsealed
		}
		var e ledger.Event // read leniently: a pack of what was tampered with must show it
		_ = json.Unmarshal(leaf.Data, &e)
		p.events = append(p.events, e)
	}
	return nil
}

func (p *packer) readEvidence(ctx context.Context) error {
	versions, err := collect(ctx, p.LogSource, scanVersion, versionQuery+" AND v.record_id = $2 ORDER BY v.version", p.org, p.record)
	if err != nil {
		return fmt.Errorf("read versions: %w", err)
	}
	for _, v := range versions {
		p.pack.Versions = append(p.pack.Versions, v.StoredVersion)
	}
	signatures, err := collect(ctx, p.LogSource, scanSignature, signatureQuery+" AND record_id = $2 ORDER BY id", p.org, p.record)
	if err != nil {
		return fmt.Errorf("read signatures: %w", err)
	}
	for _, g := range signatures {
		p.pack.Signatures = append(p.pack.Signatures, g.StoredSignature)
	}
	if p.pack.Intents, err = collect(ctx, p.LogSource, scanIntent, intentQuery+" AND record_id = $2 ORDER BY id", p.org, p.record); err != nil {
		return fmt.Errorf("read signed views: %w", err)
	}
	return nil
}

// readFiles names every file that any version names. Their bytes are read while the pack is written, after this snapshot: what a
// version names is neither changed nor removed.
func (p *packer) readFiles(ctx context.Context) error {
	files, err := collect(ctx, p.LogSource, scanFile, recordFilesQuery, p.org, p.record)
	if err != nil {
		return fmt.Errorf("read which files there are: %w", err)
	}
	for _, f := range files {
		p.pack.Files = append(p.pack.Files, ledger.PackFile{SHA256: f.SHA256, Size: f.Size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(p.db.OpenFile(ctx, p.org, f.SHA256)), nil
		}})
	}
	return nil
}

// readDecisions reads the policy decisions that the record's events name.
func (p *packer) readDecisions(ctx context.Context) error {
	var ids []uuid.UUID
	for _, e := range p.events {
		if e.Decision != uuid.Nil {
			ids = append(ids, e.Decision)
		}
	}
	var err error
	if p.pack.Decisions, err = p.decisionsByID(ctx, ids); err != nil {
		return fmt.Errorf("read policy decisions: %w", err)
	}
	return nil
}

func (p *packer) readKeys(ctx context.Context) error {
	keys, err := p.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	for i := range keys {
		k := &keys[i]
		for n, e := range p.events {
			index := &p.pack.Events[n].Index
			switch {
			case e.Action == ledger.ActionKeyRevoke && e.At.Equal(k.RevokedAt):
				k.RevokedLeaf = index
			case (e.Action == ledger.ActionKeyCreate || e.Action == ledger.ActionKeyRotate) && e.At.Equal(k.CreatedAt):
				k.CreatedLeaf = index
			}
		}
	}
	p.pack.Keys = keys
	return nil
}

// packHeads is how many of the newest heads a pack can be compared with, beside those under which the record's events were
// sealed: somebody outside holds one of them.
const packHeads = 64

func (p *packer) readProofs(ctx context.Context) error {
	head, err := ledger.ReadHead(p.pack.Checkpoint)
	if err != nil {
		return fmt.Errorf("read the newest head: %w", err)
	}
	indexes := make([]int64, len(p.pack.Events))
	for i, leaf := range p.pack.Events {
		indexes[i] = leaf.Index
	}
	sizes, err := collect(ctx, p.LogSource, pgx.RowTo[int64], `(SELECT size FROM checkpoints WHERE org_id = $1 ORDER BY size DESC LIMIT $3)
		UNION SELECT c.size FROM unnest($2::bigint[]) x(index) CROSS JOIN LATERAL
			(SELECT size FROM checkpoints WHERE org_id = $1 AND size > x.index ORDER BY size LIMIT 1) c`, p.org, indexes, packHeads)
	if err != nil {
		return fmt.Errorf("read earlier heads: %w", err)
	}
	sizes = slices.DeleteFunc(sizes, func(size int64) bool { return size > head.Size })
	p.pack.Nodes, err = ledger.PackNodes(ctx, nodeStore{p.tx, p.org}, head.Size, indexes, sizes...)
	return err
}
