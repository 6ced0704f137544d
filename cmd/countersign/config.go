// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// config is every setting, with its default. It is printed, redacted, at start.
type config struct {
	Listen            string        `env:"COUNTERSIGN_LISTEN" envDefault:"127.0.0.1:8080" what:"address of API and web"`
	Data              string        `env:"COUNTERSIGN_DATA" envDefault:".countersign" what:"folder of keys and of the log's heads, outside Postgres"`
	DatabaseURL       string        `env:"DATABASE_URL" what:"Postgres, as the application's role, which owns nothing" secret:"true"`
	DatabaseOwnerURL  string        `env:"DATABASE_OWNER_URL" what:"Postgres, as the owner: for migrate and dev only" secret:"true"`
	DatabaseConns     int32         `env:"COUNTERSIGN_DATABASE_CONNS" envDefault:"40" what:"most connections to Postgres"`
	TemporalAddress   string        `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233" what:"Temporal's frontend"`
	TemporalNamespace string        `env:"TEMPORAL_NAMESPACE" envDefault:"countersign" what:"Temporal's namespace"`
	TaskQueue         string        `env:"TEMPORAL_TASK_QUEUE" envDefault:"countersign" what:"task queue of the workers"`
	TaskTimeout       time.Duration `env:"TEMPORAL_WORKFLOW_TASK_TIMEOUT" envDefault:"10s" what:"how long a dead worker holds up a process"`
	PublishEvery      time.Duration `env:"COUNTERSIGN_PUBLISH_EVERY" envDefault:"500ms" what:"how often listeners are told of changes"`
	SealEvery         time.Duration `env:"COUNTERSIGN_SEAL_EVERY" envDefault:"1s" what:"how often the audit log is sealed"`
	SweepEvery        time.Duration `env:"COUNTERSIGN_SWEEP_EVERY" envDefault:"5s" what:"how often it is looked for decisions that no process has confirmed"`
	SweepAfter        time.Duration `env:"COUNTERSIGN_SWEEP_AFTER" envDefault:"10s" what:"how old such a decision must be"`
	TracesEndpoint    string        `env:"OTEL_EXPORTER_OTLP_ENDPOINT" what:"where traces go, by OTLP over HTTP; without it there are none"`
	LogLevel          string        `env:"COUNTERSIGN_LOG" envDefault:"info" what:"debug, info, warn or error"`
}

func readConfig(environ []string) (config, error) {
	var cfg config
	if err := env.ParseWithOptions(&cfg, env.Options{Environment: env.ToMap(environ)}); err != nil {
		return cfg, fmt.Errorf("read the settings: %w", err)
	}
	return cfg, nil
}

// printConfig writes the settings as a table. Secrets are cut out.
func printConfig(_ context.Context, _ []string, cfg config, out io.Writer) error {
	v := reflect.ValueOf(cfg)
	var b strings.Builder
	for i := range v.NumField() {
		f := v.Type().Field(i)
		value := fmt.Sprint(v.Field(i).Interface())
		if f.Tag.Get("secret") == "true" {
			value = redact(value)
		}
		fmt.Fprintf(&b, "%-28s %-40s %s\n", f.Tag.Get("env"), value, f.Tag.Get("what"))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return "(not set)"
	}
	return u.Redacted()
}
