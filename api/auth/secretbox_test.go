// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestSecretBoxBindsToOrganizationAndPerson(t *testing.T) {
	t.Parallel()
	box, err := NewSecretBox(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	org, user, secret := uuid.New(), uuid.New(), []byte("twenty bytes, secret")
	sealed := box.Seal(org, user, secret)
	require.NotContains(t, string(sealed), string(secret))
	require.NotEqual(t, sealed, box.Seal(org, user, secret), "each sealing has its own nonce")

	got, err := box.Open(org, user, sealed)
	require.NoError(t, err)
	require.Equal(t, secret, got)

	_, err = box.Open(org, uuid.New(), sealed)
	require.Error(t, err, "another person")
	_, err = box.Open(uuid.New(), user, sealed)
	require.Error(t, err, "another organization")
	_, err = box.Open(user, org, sealed)
	require.Error(t, err, "swapped")
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		_, err = box.Open(org, user, broken)
		require.Error(t, err, "byte %d", i)
		_, err = box.Open(org, user, sealed[:i])
		require.Error(t, err, "cut at %d", i)
	}
	other, err := NewSecretBox(make([]byte, 32))
	require.NoError(t, err)
	_, err = other.Open(org, user, sealed)
	require.Error(t, err, "another key")
}

func TestSecretBoxWantsAWholeKey(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 16, 24, 31, 33} {
		_, err := NewSecretBox(make([]byte, n))
		require.Error(t, err)
	}
}
