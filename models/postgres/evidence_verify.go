// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models/ledger"
)

// VerifyLog verifies the whole log of an organization as ledger.VerifyLog does, and with it what only the database shows: the
// columns beside the evidence, and how many audit events each record counts.
func (db *DB) VerifyLog(ctx context.Context, org uuid.UUID, opts ledger.Options) (ledger.Report, error) {
	source, err := db.LogSource(ctx, org)
	if err != nil {
		return ledger.Report{}, err
	}
	defer source.Close(ctx)
	report, err := ledger.VerifyLog(ctx, source, opts)
	if err != nil {
		return ledger.Report{}, fmt.Errorf("verify the log of %s: %w", org, err)
	}
	for _, o := range source.odd {
		if !explained(report.Findings, o) {
			report.Findings = append(report.Findings, o.Finding)
		}
	}
	short, err := source.short(ctx)
	if err != nil {
		return ledger.Report{}, fmt.Errorf("verify the log of %s: %w", org, err)
	}
	report.Findings = cut(report.Findings, short)
	report.OK = len(report.Findings) == 0
	return report, nil
}

// explained says whether what is wrong with the bytes explains why the columns differ.
func explained(findings []ledger.Finding, o oddity) bool {
	for _, f := range findings {
		gone := f.Code == ledger.EventMissing || f.Code == ledger.EventAltered || f.Code == ledger.LogTruncated
		if gone && o.suspect {
			return true
		}
		if f.Where == o.Where || strings.HasPrefix(f.Where, o.Where+" ") || strings.HasPrefix(f.Where, o.Where+",") {
			return true
		}
	}
	return false
}

// short lists the records that count more audit events than there are, a thousand at most.
func (s *LogSource) short(ctx context.Context) ([]string, error) {
	short, err := collect(ctx, s, pgx.RowTo[string], `SELECT format('%s counts %s entries, the last one here is %s', r.number, r.last_seq, e.seq) FROM records r
		CROSS JOIN LATERAL (SELECT COALESCE(max(e.seq), 0) AS seq FROM audit_events e WHERE e.org_id = $1 AND e.record_id = r.id) e
		WHERE r.org_id = $1 AND r.last_seq > e.seq ORDER BY r.number LIMIT $2`, s.org, maxOddities)
	if err != nil {
		return nil, fmt.Errorf("count the events of the records: %w", err)
	}
	return short, nil
}

// cut says that the end of the log was cut off, if records miss their last events and nothing else says why. A restored older
// database holds older records too: one whose records are newer than its log was not restored.
func cut(findings []ledger.Finding, short []string) []ledger.Finding {
	if len(short) == 0 {
		return findings
	}
	more := fmt.Sprintf("Records miss their last entries: %s.", strings.Join(short[:min(len(short), 10)], "; "))
	for i := range findings {
		switch f := &findings[i]; f.Code {
		case ledger.LogRolledBack:
			f.Code = ledger.LogTruncated
			f.Message = "The head kept outside covers entries that are not here, and this is no older copy: the records are newer than the log. " + more
			return findings
		case ledger.LogTruncated, ledger.EventMissing, ledger.EventsReordered, ledger.EventAltered, ledger.EventMalformed:
			return findings
		default: // says nothing of entries that are gone
		}
	}
	return append(findings, ledger.Finding{Code: ledger.LogTruncated, Where: "the end of the audit trail", Message: more})
}
