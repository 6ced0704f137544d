// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// formVectors is testdata/form_vectors.json, the meaning of forms that the web client shares.
type formVectors struct {
	Forms   map[string]json.RawMessage `json:"forms"`
	Vectors []struct {
		Name     string          `json:"name"`
		Form     string          `json:"form"`
		Mode     FormMode        `json:"mode"`
		Data     json.RawMessage `json:"data"`
		Problems []struct {
			Path    string `json:"path"`
			Pointer string `json:"pointer"`
			Code    string `json:"code"`
		} `json:"problems"`
		Visible []string `json:"visible"`
		Score   Score    `json:"score"`
	} `json:"vectors"`
}

func loadVectors(t testing.TB) formVectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/form_vectors.json")
	require.NoError(t, err)
	var v formVectors
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

func loadForm(t testing.TB, name string) *Form {
	t.Helper()
	f, err := ParseForm(loadVectors(t).Forms[name])
	require.NoError(t, err)
	return f
}

// decodeRaw reads data without the checks of DecodeData, which refuses some of what Validate must refuse too.
func decodeRaw(t testing.TB, raw []byte) map[string]any {
	t.Helper()
	value, err := decodeJSON(raw, maxDataDepth)
	require.NoError(t, err)
	data, ok := value.(map[string]any)
	require.True(t, ok)
	return data
}

func TestFormVectors(t *testing.T) {
	t.Parallel()
	all := loadVectors(t)
	require.Greater(t, len(all.Vectors), 80)
	forms := map[string]*Form{}
	for name, raw := range all.Forms {
		f, err := ParseForm(raw)
		require.NoError(t, err, name)
		forms[name] = f
	}
	for _, v := range all.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			f, data := forms[v.Form], decodeRaw(t, v.Data)
			require.NotNil(t, f)
			before := CloneData(data)
			got := f.Validate(data, v.Mode)
			require.Len(t, got, len(v.Problems), "%v", got)
			for i, want := range v.Problems {
				require.Equal(t, want.Path, got[i].Path)
				require.Equal(t, want.Pointer, got[i].Pointer)
				require.Equal(t, want.Code, got[i].Code)
				require.NotEmpty(t, got[i].Message)
			}
			require.Equal(t, v.Visible, f.Visible(data))
			require.Equal(t, v.Score, f.Score(data))
			checkClean(t, f, data)
			require.Equal(t, before, data, "data is only read")
		})
	}
}

// checkClean: cleaning changes neither what is shown nor the score, takes out what is hidden, and is done once.
func checkClean(t *testing.T, f *Form, data map[string]any) {
	t.Helper()
	clean := f.Clean(data)
	require.Equal(t, f.Visible(data), f.Visible(clean))
	require.Equal(t, f.Score(data), f.Score(clean))
	require.Equal(t, clean, f.Clean(clean))
	for _, p := range f.Validate(clean, ModeComplete) {
		require.NotEqual(t, "hidden", p.Code, p.Path)
	}
}
