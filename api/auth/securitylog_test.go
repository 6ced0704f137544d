// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
)

func TestSecurityLogIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log := NewSecurityLog(slog.New(slog.NewJSONHandler(&out, nil)))
		r := LoginRequest{
			Organization: "nobody\nforged line" + strings.Repeat("x", 10_000), Username: goodPassword, Password: goodPassword,
			Source: models.Source{Kind: "ui", Address: "192.0.2.7"},
		}
		for range 1000 {
			log.Stranger(t.Context(), r)
		}
		require.Equal(t, securityBurst, strings.Count(out.String(), "\n"))
		require.NotContains(t, out.String(), goodPassword)

		out.Reset()
		time.Sleep(time.Second)
		log.Stranger(t.Context(), r)
		var line struct {
			Address string
			Omitted int
		}
		require.NoError(t, json.Unmarshal(out.Bytes(), &line))
		require.Equal(t, "192.0.2.7", line.Address)
		require.Equal(t, 1000-securityBurst, line.Omitted)
		require.Less(t, out.Len(), 1000)
	})
}
