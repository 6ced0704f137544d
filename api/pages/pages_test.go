// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package pages_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api/pages"
)

func TestALoginLeadsToNoOtherHost(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/inbox?task=1&box=mine": "/inbox?task=1&box=mine", "/": "/", "": "/", "inbox": "/", "//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example/": "/", "javascript:alert(1)": "/", "/a\tb": "/", "\\\\evil": "/", "/%2f%2fevil": "/%2f%2fevil", "///evil.example": "/",
		"/t/1?o=a#x": "/t/1?o=a#x", "http:/evil": "/", " //evil.example": "/",
	} {
		require.Equal(t, want, pages.LocalPath(text), "%q", text)
	}
}

func TestAPrintsMarginsEscapeWhatTheyHold(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	require.NoError(t, pages.Write(w, 200, &pages.Print{Number: `X"; } </style><script>alert(1)</script>`, By: `Eve "Else" \A`, Version: 1, Current: 1}))
	body := w.Body.String()
	require.NotContains(t, body, "<script")
	require.NotContains(t, body, `X"; }`)
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "style-src 'self' 'nonce-")
}

func TestInstantsHaveTheirZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 13, 5, 9, 0, time.UTC)
	require.Equal(t, "22 Nov 2026 14:05:09 CET (UTC+01:00)", pages.Instant(at, "Europe/Berlin"))
	require.Equal(t, "22 Nov 2026 13:05:09 UTC (UTC+00:00)", pages.Instant(at, "nowhere"))
}
