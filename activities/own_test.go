// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// What a person does for himself, nobody does for him: not a colleague, and not an administrator (11.200(a)(2)).
func TestNobodySignsTheStatementOrSetsThePasswordOfAnother(t *testing.T) {
	t.Parallel()
	w := newRequestWorld(t)
	for _, command := range []string{"statement.sign", "credential.set"} {
		for _, who := range []string{"quinn", "ada"} {
			r := run(t, w, who, command, uuid.Nil, uuid.Nil, models.PersonRef{User: w.People["rita"], Method: "accountability-1"})
			require.NotNil(t, r.Refused, "%s by %s", command, who)
			require.Equal(t, models.CodeForbidden, r.Refused.Code)
		}
		require.Nil(t, run(t, w, "rita", command, uuid.Nil, uuid.Nil, models.PersonRef{User: w.People["rita"], Method: "accountability-1"}).Refused)
	}
}
