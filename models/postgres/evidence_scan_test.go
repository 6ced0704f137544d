// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMembersAgreesWithJSON(t *testing.T) {
	t.Parallel()
	for _, object := range []string{
		`{}`, `{"a":1}`, `{"a":"x\"},\"b\":2","b":{"a":[1,{"c":"]}"}]},"c":[],"d":"\\"}`, `{"a":null,"b":true,"c":"ü \\\\\" ,"}`,
	} {
		var want map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(object), &want), object)
		got := map[string]json.RawMessage{}
		members([]byte(object), func(name, value []byte) { got[string(name)] = value })
		require.Equal(t, want, got, object)
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":"x\"},","b":{"a":[1,{"c":"]}"}]}}`))
	f.Add([]byte(`{"a":"\`))
	f.Fuzz(func(_ *testing.T, object []byte) {
		members(object, func(_, _ []byte) {}) // it ends, within its bounds
	})
}
