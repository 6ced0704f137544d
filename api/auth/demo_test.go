// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// The people of a demo organization are strangers to a server that is not on a loopback address: with the right password, and
// with a token that was good before.
func TestDemoPeopleAreStrangersElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings.Demo = true
	w.Service.Demo = true
	begun, err := w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	require.NoError(t, err)
	_, err = w.Authenticate(t.Context(), begun.Token)
	require.NoError(t, err)

	w.Service.Demo = false
	_, err = w.Login(t.Context(), w.login("akowalska", goodPassword, ""))
	requireCode(t, err, models.CodeUnauthenticated)
	_, err = w.Authenticate(t.Context(), begun.Token)
	requireCode(t, err, models.CodeUnauthenticated)
}
