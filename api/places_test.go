// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestPlacesAreBoundedForEachAndForAll(t *testing.T) {
	t.Parallel()
	var p places
	var free []func()
	for range 4 {
		person := models.NewID()
		for range 2 {
			leave, err := p.take(person, outgoingBounds)
			require.NoError(t, err)
			free = append(free, leave)
		}
		_, err := p.take(person, outgoingBounds)
		require.ErrorIs(t, err, outgoingBounds.eachFull)
	}
	_, err := p.take(models.NewID(), outgoingBounds)
	require.ErrorIs(t, err, outgoingBounds.allFull)
	for _, leave := range free {
		leave()
	}
	_, err = p.take(models.NewID(), outgoingBounds)
	require.NoError(t, err)
	require.Len(t, p.each, 1, "who has left is forgotten")
}

func TestWhichRequestsCarryFiles(t *testing.T) {
	t.Parallel()
	for request, carries := range map[string]bool{
		"POST /v1/files": true, "GET /v1/records/1/files/2": true, "GET /v1/records/1/evidence": true, "GET /v1/records/export": true, "GET /v1/tasks/export": true,
		"GET /v1/board/export": true, "GET /v1/records/1": false, "GET /v1/records/1/files": false, "POST /v1/records/1/files/2/remove": false,
	} {
		method, path, _ := strings.Cut(request, " ")
		require.Equal(t, carries, carriesFile(httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)), request)
	}
}
