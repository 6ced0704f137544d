// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	temporalotel "go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// tracing follows a request from HTTP through the engine's update and its activities to the statements of Postgres. A nil
// *tracing follows nothing and costs nothing: no endpoint was named. Spans hold no personal data: routes instead of addresses,
// statements without their values.
type tracing struct{ provider *sdk.TracerProvider }

// startTracing sends spans to the endpoint of OTEL_EXPORTER_OTLP_ENDPOINT, by OTLP over HTTP. The other variables of the
// OpenTelemetry specification (headers, sampler, resource attributes) hold too.
func startTracing(ctx context.Context, cfg config) (*tracing, error) {
	if cfg.TracesEndpoint == "" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.TracesEndpoint+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("send traces to %s: %w", cfg.TracesEndpoint, err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "countersign"), attribute.String("service.version", version)), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("describe this process in traces: %w", err)
	}
	return &tracing{provider: sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))}, nil
}

// stop sends what was not sent yet. What cannot be sent in a few seconds is lost: traces are no evidence.
func (t *tracing) stop() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = t.provider.Shutdown(ctx)
}

// queries follows SQL statements; nil follows none.
func (t *tracing) queries() pgx.QueryTracer {
	if t == nil {
		return nil
	}
	return otelpgx.NewTracer(otelpgx.WithTracerProvider(t.provider))
}

// engine follows updates, workflows and activities. The engine keeps the span's ids in the history, in a header that replay ignores.
func (t *tracing) engine() ([]interceptor.ClientInterceptor, error) {
	if t == nil {
		return nil, nil
	}
	i, err := temporalotel.NewTracingInterceptor(temporalotel.TracerOptions{
		Tracer: t.provider.Tracer("countersign/engine"), DisableBaggage: true, AllowInvalidParentSpans: true, TextMapPropagator: propagation.TraceContext{},
	})
	if err != nil {
		return nil, fmt.Errorf("trace the engine: %w", err)
	}
	return []interceptor.ClientInterceptor{i}, nil
}

// routes follows requests, each under the name of its route: an address has ids in it.
func (t *tracing) routes(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	named := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route := chi.NewRouteContext()
		route.Routes, _ = next.(chi.Routes)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, route)))
		trace.SpanFromContext(r.Context()).SetName(r.Method + " " + route.RoutePattern())
	})
	return otelhttp.NewHandler(named, "http", otelhttp.WithTracerProvider(t.provider), otelhttp.WithPropagators(propagation.TraceContext{}))
}
