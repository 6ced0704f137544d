// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package workflows_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/workflows"
)

func TestTheSweepFindsTasksThatNobodyMayDo(t *testing.T) {
	t.Parallel()
	p := newPlay(t)
	record := p.report(t, "rita", nil).Record
	var log bytes.Buffer
	metrics := prometheus.NewRegistry()
	sweep := &workflows.Sweep{
		Store: p.DB, Client: p.Client, Namespace: p.Namespace, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil)), Every: time.Hour, After: time.Hour,
		Unmanned: workflows.NewUnmanned(metrics),
	}
	unmanned := func() float64 {
		require.NoError(t, sweep.Once(t.Context()))
		families, err := metrics.Gather()
		require.NoError(t, err)
		require.Len(t, families, 1)
		require.Equal(t, "countersign_unmanned_tasks", families[0].GetName())
		return families[0].GetMetric()[0].GetGauge().GetValue()
	}
	require.Zero(t, unmanned(), "Otto does the triage")
	_, err := p.DB.Admin(t).Exec(t.Context(), "UPDATE users SET active = false WHERE id = $1", p.People["otto"])
	require.NoError(t, err)
	require.EqualValues(t, 1, unmanned())
	require.EqualValues(t, 1, unmanned())
	require.Equal(t, 1, strings.Count(log.String(), "waits for nobody"), "each is logged once:\n%s", log.String())
	require.Contains(t, log.String(), record.String())
	_, err = p.DB.Admin(t).Exec(t.Context(), "UPDATE users SET active = true WHERE id = $1", p.People["otto"])
	require.NoError(t, err)
	require.Zero(t, unmanned())
}
