// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// nobody must be told of nothing.
type nobody struct{ t *testing.T }

func (n nobody) Acknowledge(_, record uuid.UUID, _ time.Time) {
	n.t.Errorf("the API acknowledged %s on an old answer", record)
}

// A filing whose answer is given again, long after, may be older than what was decided since: its process asks Postgres itself,
// and only that takes the mark off.
func TestAnOldAnswerIsNoNewsToTheProcess(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	p.Client.Ack = nobody{t}
	p.Client.Now = func() time.Time { return time.Now().Add(time.Minute) }
	record := p.report(t, "rita", nil).Record
	require.Eventually(t, func() bool {
		var marks int
		err := p.DB.Admin(t).QueryRow(t.Context(), "SELECT count(*) FROM awaiting WHERE record_id = $1", record).Scan(&marks)
		return err == nil && marks == 0
	}, 20*time.Second, 50*time.Millisecond, "the process has looked")
}
