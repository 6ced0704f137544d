// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitArrayHoldsTheSameObjects(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		`[]`, ` [ {"a":1} ] `, `[{"a":"},{"},{"b":[1,{"c":"]\""}]},{"d":"\\"}]`, "[\n {\n  \"a\": 1\n },\n {\n  \"b\": \"ü,\"\n }\n]\n", `[{},{},{}]`,
	} {
		var want []json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(list), &want), list)
		for n := 1; n <= 4; n++ {
			var got []json.RawMessage
			parts := splitArray([]byte(list), n)
			require.Len(t, parts, (len(want)+n-1)/n, list)
			for _, part := range parts {
				var some []json.RawMessage
				require.NoError(t, json.Unmarshal(part, &some), "%s: %s", list, part)
				require.LessOrEqual(t, len(some), n)
				got = append(got, some...)
			}
			require.True(t, slices.EqualFunc(want, got, func(a, b json.RawMessage) bool { return string(a) == string(b) }), list)
		}
	}
}

func TestSplitArrayRefusesWhatIsNoList(t *testing.T) {
	t.Parallel()
	for _, list := range []string{``, `{}`, `[`, `[{}`, `[{},]`, `[{"a":1]`, `[}{]`, `["a`, `[{}]]`, `[{}],[{}]`, `null`} {
		parts := splitArray([]byte(list), 1)
		ok := parts != nil
		for _, part := range parts {
			ok = ok && json.Valid(part)
		}
		require.False(t, ok, "%s: %s", list, parts)
	}
}

func FuzzSplitArray(f *testing.F) {
	f.Add([]byte(`[{"a":"},{"},{"b":[1,{"c":"]"}]}]`), 1)
	f.Add([]byte(`[{"a":"\`), 2)
	f.Fuzz(func(t *testing.T, list []byte, n int) {
		parts := splitArray(list, max(1, n))
		var want, got []json.RawMessage
		if parts == nil || json.Unmarshal(list, &want) != nil {
			return
		}
		for _, part := range parts {
			var some []json.RawMessage
			require.NoError(t, json.Unmarshal(part, &some))
			got = append(got, some...)
		}
		require.Equal(t, fmt.Sprintf("%s", want), fmt.Sprintf("%s", got))
	})
}
