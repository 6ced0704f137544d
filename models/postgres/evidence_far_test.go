// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/ledger"
	"github.com/countersign/countersign/models/modeltest"
)

// The events of one record may lie far apart in the log, and an intruder may give them any id. Either way each is found, and what
// is forged on it.
func TestEventsFarApartAreFound(t *testing.T) {
	t.Parallel()
	s := newStory(t, 1)
	record := models.NewID()
	filed := s.run(s.command("rita", "record.create", record, uuid.Nil, models.NewRecord{Site: modeltest.Berlin, Data: map[string]any{"title": "Early and late"}}))
	require.Nil(t, filed.Refused)
	s.generate(1300)
	task := models.DeriveID("task", record.String(), "approval", "1", "1")
	require.Nil(t, s.run(s.command("quinn", "task.claim", record, task, struct{}{})).Refused)
	s.seal()

	opts := s.trusting()
	r := s.verifyPack(s.pack(record), opts)
	require.True(t, r.OK, "%v", r.Findings)
	require.EqualValues(t, 3, r.Counts.Events, "filed, claimed, and the key")
	require.EqualValues(t, 3, r.Counts.Personal, "who filed, who claimed, and who made the key")
	require.True(t, verify(t, s.DB.DB, s.Org, opts).OK)

	in := breakIn(t, s.DB.AdminURL, s.Org)
	last := in.indexOf(record, 2)
	in.change("UPDATE personal_values SET value = 'Somebody Else' WHERE org_id = $1 AND event_id = (SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2)", last)
	requireFindings(t, s.verifyPack(s.pack(record), opts), "personal_altered", at(last))
	requireFindings(t, verify(t, s.DB.DB, s.Org, opts), "personal_altered", at(last))
	in.change("UPDATE personal_values SET value = 'Quinn Quist' WHERE org_id = $1 AND event_id = (SELECT event_id FROM leaves WHERE org_id = $1 AND index = $2)", last)

	// An id beyond all others makes the range of a page the whole log.
	far := uuid.Max
	for _, sql := range []string{
		"UPDATE audit_events SET id = $2 WHERE org_id = $1 AND id = (SELECT event_id FROM leaves WHERE org_id = $1 AND index = 5)",
		"UPDATE leaves SET event_id = $2 WHERE org_id = $1 AND index = 5",
	} {
		in.change(sql, far)
	}
	r = verify(t, s.DB.DB, s.Org, opts)
	require.False(t, r.OK)
	require.Equal(t, ledger.EventAltered, r.Findings[0].Code, "%v", r.Findings)
	require.Contains(t, r.Findings[0].Where, at(5))
	require.Contains(t, r.Findings[0].Message, far.String())
}
