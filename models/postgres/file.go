// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Upload is a file as it came in: bytes that nothing names yet.
type Upload struct {
	Org       uuid.UUID
	SHA256    [32]byte
	MediaType string
	Bytes     []byte
	At        time.Time
	By        uuid.UUID
}

// ErrTooMuch is returned for an upload by a person who has as much waiting to be attached as one may.
var ErrTooMuch = models.Refuse(models.CodeTooMany, fmt.Sprintf("You uploaded %d MiB within a day. Wait until tomorrow.", models.MaxUploadedBytes>>20))

// SaveUpload keeps a file until it is attached, or models.UploadKept is over. The same bytes are kept once.
func (db *DB) SaveUpload(ctx context.Context, u Upload) error {
	err := db.InOrg(ctx, u.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		var waiting int64
		if err := tx.QueryRow(ctx, `SELECT COALESCE(sum(f.size), 0)::bigint FROM uploads u JOIN files f ON f.org_id = u.org_id AND f.sha256 = u.sha256
			WHERE u.org_id = $1 AND u.user_id = $2 AND u.sha256 <> $3`, u.Org, u.By, u.SHA256[:]).Scan(&waiting); err != nil {
			return err
		}
		if waiting+int64(len(u.Bytes)) > models.MaxUploadedBytes {
			return ErrTooMuch
		}
		if _, err := tx.Exec(ctx, `INSERT INTO files (org_id, sha256, size, media_type, bytes, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, u.Org, u.SHA256[:], len(u.Bytes), u.MediaType, u.Bytes, u.At, u.By); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO uploads (org_id, user_id, sha256, media_type, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (org_id, user_id, sha256) DO UPDATE SET media_type = EXCLUDED.media_type, at = EXCLUDED.at`, u.Org, u.By, u.SHA256[:], u.MediaType, u.At)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep an upload: %w", err)
	}
	return nil
}

// PurgeFiles removes what was uploaded before an instant and not attached, and says how many files that were.
func (db *DB) PurgeFiles(ctx context.Context, org uuid.UUID, before time.Time) (n int64, err error) {
	if err := db.pool.QueryRow(ctx, "SELECT purge_files($1, $2)", org, before).Scan(&n); err != nil {
		return 0, fmt.Errorf("purge uploads of %s: %w", org, err)
	}
	return n, nil
}

// Upload finds what a person has uploaded, in the command's own transaction; nil if he has not.
func (f *Facts) Upload(ctx context.Context, person uuid.UUID, sha256 []byte) (*models.File, error) {
	var file models.File
	err := f.conn.QueryRow(ctx, `SELECT f.size, u.media_type FROM uploads u JOIN files f ON f.org_id = u.org_id AND f.sha256 = u.sha256
		WHERE u.org_id = $1 AND u.user_id = $2 AND u.sha256 = $3`, f.Org.ID, person, sha256).Scan(&file.Size, &file.MediaType)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the upload: %w", err)
	}
	return &file, nil
}

// RecordFile says that a version of a record names a file.
type RecordFile struct {
	Org    uuid.UUID    `json:"org_id"`
	Record uuid.UUID    `json:"record_id"`
	SHA256 models.Bytes `json:"sha256"`
}

// StoredFile is what is known of the bytes of a file.
type StoredFile struct {
	SHA256    [32]byte
	Size      int64 // bytes
	MediaType string
}

// RecordFiles lists every file that any version of a record names, in the order of their hashes.
func (db *DB) RecordFiles(ctx context.Context, org, record uuid.UUID) (files []StoredFile, err error) {
	err = db.inOrg(ctx, org, planOnce, recordFilesQuery, []any{org, record}, func(rows pgx.Rows) error {
		files, err = pgx.CollectRows(rows, scanFile)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", record, err)
	}
	return files, nil
}

const recordFilesQuery = `SELECT f.sha256, f.size, f.media_type FROM record_files r JOIN files f ON f.org_id = r.org_id AND f.sha256 = r.sha256
	WHERE r.org_id = $1 AND r.record_id = $2 ORDER BY f.sha256`

func scanFile(row pgx.CollectableRow) (StoredFile, error) {
	var f StoredFile
	var hash []byte
	err := row.Scan(&hash, &f.Size, &f.MediaType)
	f.SHA256 = hashOf(hash)
	return f, err
}

// filePiece is how much of a file is read at once, bytes: what a reader costs in memory, however large the file is.
const filePiece = 1 << 20

// OpenFile reads the bytes of a file piece by piece, each in a transaction of its own: no reader keeps a connection, however
// slow. That is right because files never change. One that is not there is empty.
func (db *DB) OpenFile(ctx context.Context, org uuid.UUID, sha256 [32]byte) io.Reader {
	return &fileReader{read: func(at int64) (piece []byte, err error) {
		err = db.inOrg(ctx, org, planOnce, filePieceQuery, []any{org, sha256[:], at, filePiece}, func(rows pgx.Rows) error {
			pieces, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
			if len(pieces) > 0 {
				piece = pieces[0]
			}
			return err
		})
		return piece, err
	}}
}

const filePieceQuery = "SELECT substring(bytes FROM $3::bigint::int FOR $4::int) FROM files WHERE org_id = $1 AND sha256 = $2"

// fileReader asks for one piece after the other, by the place of its first byte, counted from 1. The last one is short.
type fileReader struct {
	read  func(at int64) ([]byte, error)
	at    int64
	piece bytes.Reader
	over  bool
}

func (r *fileReader) Read(p []byte) (int, error) {
	for r.piece.Len() == 0 {
		if r.over {
			return 0, io.EOF
		}
		piece, err := r.read(r.at + 1)
		if err != nil {
			return 0, fmt.Errorf("read a file: %w", err)
		}
		r.at += int64(len(piece))
		r.over = len(piece) < filePiece
		r.piece.Reset(piece)
	}
	return r.piece.Read(p)
}
