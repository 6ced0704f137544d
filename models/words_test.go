// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

// The app and the paper must not call the same thing by two names.
func TestTitlesAreThoseOfTheApp(t *testing.T) {
	t.Parallel()
	common, task := appTexts(t, "common"), appTexts(t, "task")
	require.NotEmpty(t, common["role"])
	for code, title := range common["role"] {
		require.Equal(t, title, models.Role(code).Title())
	}
	require.NotEmpty(t, task["meaning"])
	for code, title := range task["meaning"] {
		require.Equal(t, title, models.MeaningTitle(code))
	}
	require.NotEmpty(t, task["did"])
	for code, title := range task["did"] {
		require.Equal(t, title, models.OutcomeTitle(code))
	}
	require.Equal(t, "Decision of our own", models.MeaningTitle("decision_of_our_own"))
}

// appTexts are the groups of texts in one file of the app.
func appTexts(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../api/web/src/i18n/en/" + name + ".json")
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(raw, &all))
	groups := map[string]map[string]string{}
	for group, texts := range all {
		for code, text := range asMap(texts) {
			if said, ok := text.(string); ok {
				if groups[group] == nil {
					groups[group] = map[string]string{}
				}
				groups[group][code] = said
			}
		}
	}
	return groups
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func TestWordsOfCodes(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Final approval", models.Words("final_approval"))
	require.Equal(t, "QA assessment approval", models.Words("qa_assessment_approval"))
	require.Equal(t, "Area owner", models.RoleAreaOwner.Title())
	require.Empty(t, models.Words(""))
}
