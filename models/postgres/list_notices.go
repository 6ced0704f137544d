// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
)

// Reader is who reads what he was told.
type Reader struct {
	Person  uuid.UUID
	Keys    []string // by which he is told something
	Records []string // his scope keys for records: of others he is told no number
}

// NoticeItem is one thing that a person was told, with the names that its people have now.
type NoticeItem struct {
	ID           uuid.UUID    `db:"id"`
	At           time.Time    `db:"at"`
	Kind         string       `db:"kind"`
	About        models.About `db:"about"`
	Read         bool         `db:"read"`
	RecordID     *uuid.UUID   `db:"record_id"` // nil of a record that he may not see
	RecordType   string       `db:"record_type"`
	RecordNumber string       `db:"record_number"`
	RecordTitle  string       `db:"record_title"`
	TaskID       *uuid.UUID   `db:"task_id"` // nil of one that is no longer open
	ByName       string       `db:"by_name"`
	AbsentName   string       `db:"absent_name"`
	Substitute   string       `db:"substitute"`
}

// marked is up to when $2 has read. What was told before he came is no news to him.
const marked = `COALESCE((SELECT through FROM notice_marks WHERE org_id = $1 AND user_id = $2),
	(SELECT created_at FROM users WHERE org_id = $1 AND id = $2))`

func (r Reader) list(org uuid.UUID, page Page, where string) *list {
	l := &list{page: page, args: []any{org, r.Person}}
	for _, key := range r.Keys {
		l.add(scan{from: "notifications n", id: "n.id", sort: "n.created_at", where: []string{"n.org_id = $1", "n.user_key = " + l.arg(key), where}})
	}
	return l
}

// Notices lists what a person was told, newest first, and says whether there is more.
func (db *DB) Notices(ctx context.Context, org uuid.UUID, r Reader, page Page) ([]NoticeItem, bool, error) {
	page.Sort = Sort{Column: "created_at", Desc: true}
	l := r.list(org, page, "true")
	visible := "false"
	if len(r.Records) > 0 {
		visible = readable(l, r.Records)
	}
	return rowsOf[NoticeItem](ctx, db, org, l, `SELECT k.id, k.at, n.kind, n.about, k.at <= `+marked+` AS read, r.id AS record_id,
		COALESCE(r.type, '') AS record_type, COALESCE(r.number, '') AS record_number, COALESCE(r.title, '') AS record_title, t.id AS task_id,
		COALESCE(b.name, '') AS by_name, COALESCE(a.name, '') AS absent_name, COALESCE(s.name, '') AS substitute
		FROM k
		JOIN LATERAL (SELECT * FROM notifications o WHERE o.org_id = $1 AND o.id = k.id LIMIT 1) n ON true
		LEFT JOIN records r ON r.org_id = $1 AND r.id = n.record_id AND `+visible+`
		LEFT JOIN tasks t ON t.org_id = $1 AND t.id = n.task_id AND t.state = 'open' AND t.record_id = r.id
		LEFT JOIN users b ON b.org_id = $1 AND b.id = (n.about->>'by')::uuid
		LEFT JOIN users a ON a.org_id = $1 AND a.id = (n.about->>'absent')::uuid
		LEFT JOIN users s ON s.org_id = $1 AND s.id = (n.about->>'substitute')::uuid`)
}

// CountUnread counts what a person was told and has not read, up to CountLimit and one more.
func (db *DB) CountUnread(ctx context.Context, org uuid.UUID, r Reader) (int, error) {
	l := r.list(org, Page{}, "n.created_at > "+marked)
	var n int
	err := db.inOrg(ctx, org, planByValue, l.count(), l.args, func(rows pgx.Rows) error {
		var err error
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count what is unread: %w", err)
	}
	return n, nil
}
