// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

const readyLimit = 3 * time.Second

// healthy says that the process runs.
func healthy(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether what the process needs answers: the database, and whatever else it was told to ask.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	checks := map[string]func(context.Context) error{"database": a.DB.Ping}
	for name, check := range a.Ready {
		checks[name] = check
	}
	states, code := map[string]string{}, http.StatusOK
	for name, check := range checks {
		states[name] = "ok"
		if err := check(ctx); err != nil {
			logger(ctx).LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("check", name), slog.Any("error", err))
			states[name], code = "failed", http.StatusServiceUnavailable
		}
	}
	answer(w, code, states)
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the client is gone if this fails
}
