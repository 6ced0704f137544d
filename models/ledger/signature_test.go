// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger_test

import (
	"crypto/ed25519"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models/ledger"
)

func intentAndManifest() (ledger.Intent, ledger.Manifest) {
	i := ledger.Intent{
		V: 1, ID: id("intent"), Org: org, Record: record, RecordNo: recordNo, Version: 2,
		ContentHash: ledger.ContentHash([]byte("v2")), ViewHash: ledger.ContentHash([]byte("view")), Meaning: "final_approval",
		Signer: jonas.ID, Nonce: ledger.ContentHash([]byte("nonce")), Step: "final_approval", Round: 2, Outcome: "approved",
		CommentHash: ledger.ContentHash([]byte("comment")), CreatedAt: start, ExpiresAt: start.Add(10 * time.Minute),
	}
	return i, ledger.Manifest{
		V: 1, ID: id("signature"), Intent: i,
		Signer:   ledger.Signer{ID: jonas.ID, Username: jonas.Username, PrintedName: jonas.PrintedName, Role: "qa_approver", OnBehalfOf: &ledger.Represents{ID: mara.ID, PrintedName: mara.PrintedName}},
		SignedAt: start.Add(time.Minute).In(time.FixedZone("", 3600)), Zone: "Europe/Zurich", Offset: "+01:00",
		Factors: []string{"passkey"}, Session: id("session"), Decision: id("decision"), Revision: 3,
		Assertion: json.RawMessage(`{ "clientDataJSON": "e30" }`),
	}
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	i, m := intentAndManifest()
	s, err := ledger.Sign(m, k)
	require.NoError(t, err)
	require.Equal(t, k.ID, s.KeyID)
	require.True(t, ed25519.Verify(k.Public, s.Manifest, s.Sig), "any Ed25519 tool can check it")
	got, err := s.Verify(k.Public)
	require.NoError(t, err)
	require.Equal(t, i, got.Intent)
	require.Equal(t, "Mara Lindt", got.Signer.OnBehalfOf.PrintedName)
	require.Equal(t, `{"clientDataJSON":"e30"}`, string(got.Assertion))

	for at := 0; at < len(s.Manifest); at += 31 {
		altered := s
		altered.Manifest = flip(s.Manifest, at)
		_, err := altered.Verify(k.Public)
		require.ErrorIs(t, err, ledger.ErrSignature)
	}
	_, err = s.Verify(key("other", start).Public)
	require.ErrorIs(t, err, ledger.ErrSignature)
	_, err = s.Verify(nil)
	require.ErrorIs(t, err, ledger.ErrSignature)
	s.KeyID = "0123456789abcdef"
	_, err = s.Verify(k.Public)
	require.ErrorIs(t, err, ledger.ErrSignature)
}

func TestIntentHashIsStable(t *testing.T) {
	t.Parallel()
	i, _ := intentAndManifest()
	first, err := i.Hash()
	require.NoError(t, err)
	local := i
	local.CreatedAt = i.CreatedAt.In(time.FixedZone("", 3600))
	second, err := local.Hash()
	require.NoError(t, err)
	require.Equal(t, first, second)
	b, err := i.Canonical()
	require.NoError(t, err)
	back, err := ledger.ParseIntent(b)
	require.NoError(t, err)
	require.Equal(t, i, back)
	_, err = ledger.ParseIntent(append(b, ' '))
	require.Error(t, err)
	i.Nonce[0]++
	third, err := i.Hash()
	require.NoError(t, err)
	require.NotEqual(t, first, third)
}

func TestSignRefuses(t *testing.T) {
	t.Parallel()
	k := key("first", start)
	for name, spoil := range map[string]func(m *ledger.Manifest){
		"another signer":        func(m *ledger.Manifest) { m.Signer.ID = mara.ID },
		"no printed name":       func(m *ledger.Manifest) { m.Signer.PrintedName = "" },
		"an expired intent":     func(m *ledger.Manifest) { m.SignedAt = start.Add(11 * time.Minute) },
		"before the intent":     func(m *ledger.Manifest) { m.SignedAt = start.Add(-time.Second) },
		"no factor":             func(m *ledger.Manifest) { m.Factors = nil },
		"no policy decision":    func(m *ledger.Manifest) { m.Decision = uuid.Nil },
		"no meaning":            func(m *ledger.Manifest) { m.Intent.Meaning = "" },
		"no view":               func(m *ledger.Manifest) { m.Intent.ViewHash = ledger.Hash{} },
		"another organization":  func(m *ledger.Manifest) { m.Intent.Org = id("another") },
		"no zone":               func(m *ledger.Manifest) { m.Zone = "" },
		"a broken assertion":    func(m *ledger.Manifest) { m.Assertion = json.RawMessage(`{`) },
		"another manifest form": func(m *ledger.Manifest) { m.V = 2 },
	} {
		_, m := intentAndManifest()
		spoil(&m)
		_, err := ledger.Sign(m, k)
		require.Error(t, err, name)
	}
}

func TestOffset(t *testing.T) {
	t.Parallel()
	zurich, err := time.LoadLocation("Europe/Zurich")
	require.NoError(t, err)
	require.Equal(t, "+01:00", ledger.Offset(time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC), zurich))
	require.Equal(t, "+02:00", ledger.Offset(time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), zurich))
	require.Equal(t, "+00:00", ledger.Offset(start, time.UTC))
}
