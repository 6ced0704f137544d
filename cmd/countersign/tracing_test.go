// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// spanCollector receives spans as an OpenTelemetry collector does: protobuf over HTTP.
type spanCollector struct {
	mu     sync.Mutex
	traces map[string][]string // names of spans by trace id
	values []string            // of their attributes
}

func (c *spanCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(r.Body)
	}
	raw, err := io.ReadAll(body)
	var in collector.ExportTraceServiceRequest
	if err != nil || proto.Unmarshal(raw, &in) != nil {
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range in.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				id := string(span.TraceId)
				c.traces[id] = append(c.traces[id], span.Name)
				for _, a := range span.Attributes {
					c.values = append(c.values, a.Value.GetStringValue())
				}
			}
		}
	}
}

// TestADecisionIsTraced plays a deviation to its end, and finds its last decision from the request through the engine to SQL in one trace.
func TestADecisionIsTraced(t *testing.T) {
	t.Parallel()
	c := &spanCollector{traces: map[string][]string{}}
	sink := httptest.NewServer(c)
	defer sink.Close()
	_, base, s, state := newDemo(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+sink.URL)
	const story = "03-leaflet-old-version"
	for _, other := range allStories(t) {
		if other.Key != story {
			require.NoError(t, state.played(other.Key))
		}
	}
	require.NoError(t, loadStories(t.Context(), base, state, io.Discard))
	require.NoError(t, s.traces.provider.ForceFlush(t.Context()))

	c.mu.Lock()
	defer c.mu.Unlock()
	whole := 0
	for _, names := range c.traces {
		all := strings.Join(names, "\n") + "\n"
		if strings.Contains(all, "POST /v1/tasks/{id}/complete\n") && strings.Contains(all, "UpdateWorkflow:command\n") &&
			strings.Contains(all, "RunActivity:Commit\n") && strings.Contains(all, "COMMIT\n") {
			whole++
		}
	}
	require.Positive(t, whole, "traces with everything in them")
	for _, value := range c.values {
		require.NotContains(t, value, demoPassword)
	}
}
