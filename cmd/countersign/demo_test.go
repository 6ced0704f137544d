// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
)

func TestDemoRefusesAddressesOfOthers(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:8080", "localhost:0", "[::1]:8080", "127.8.0.1:1"} {
		require.NoError(t, needLoopback(address), address)
	}
	for _, address := range []string{"0.0.0.0:8080", ":8080", "[::]:8080", "192.168.1.7:8080", "example.org:80", "8080", ""} {
		require.Error(t, needLoopback(address), address)
	}
	err := dev(t.Context(), nil, config{Listen: "0.0.0.0:8080"}, io.Discard)
	require.ErrorIs(t, err, errNotLoopback)
}

func TestDemoStateSurvives(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "new")
	s, err := readDemoState(data, "x")
	require.NoError(t, err)
	s.APIKey = "csk1_secret"
	require.NoError(t, s.played("01-story"))
	info, err := os.Stat(filepath.Join(data, "demo-x.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	again, err := readDemoState(data, "x")
	require.NoError(t, err)
	require.Equal(t, "csk1_secret", again.APIKey)
	require.True(t, again.wasPlayed("01-story"))
	require.False(t, again.wasPlayed("02-story"))
}

func TestForgeChangesOneByte(t *testing.T) {
	t.Parallel()
	var pack bytes.Buffer
	w := zip.NewWriter(&pack)
	for name, content := range map[string]string{"versions/0001.json": `{"value":1480}`, "versions/0002.json": `{"x":1,"value":1480}`, "pack.json": "{}"} {
		f, err := w.Create(name)
		require.NoError(t, err)
		_, err = io.WriteString(f, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	forged, changed, err := forge(pack.Bytes())
	require.NoError(t, err)
	require.Equal(t, "versions/0002.json: 1480 blisters become 2480", changed)
	z, err := zip.NewReader(bytes.NewReader(forged), int64(len(forged)))
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range z.File {
		raw, err := readZipped(f)
		require.NoError(t, err)
		got[f.Name] = string(raw)
	}
	require.Equal(t, map[string]string{"versions/0001.json": `{"value":1480}`, "versions/0002.json": `{"x":1,"value":2480}`, "pack.json": "{}"}, got)
	_, _, err = forge([]byte("no zip"))
	require.Error(t, err)
}

// newDemo founds both demo organizations in a database of the test's own, and serves on a free port.
func newDemo(t *testing.T, settings ...string) (cfg config, base string, s *server, state *demoState) {
	t.Helper()
	db := modeltest.NewDB(t)
	cfg, err := readConfig(append(append(os.Environ(), "DATABASE_URL="+db.AppURL, "DATABASE_OWNER_URL="+db.OwnerURL, "COUNTERSIGN_DATA="+t.TempDir(),
		"COUNTERSIGN_LISTEN=127.0.0.1:0", "TEMPORAL_TASK_QUEUE=demo-"+models.NewID().String(), "COUNTERSIGN_LOG=error"), settings...))
	require.NoError(t, err)
	log, err := openLog(cfg.Data)
	require.NoError(t, err)
	s, err = open(t.Context(), cfg, log)
	require.NoError(t, err)
	state, err = found(t.Context(), s, nordlys)
	require.NoError(t, err)
	_, err = found(t.Context(), s, openFDA)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- s.run(ctx, ready) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		s.close()
		require.NoError(t, log.Close())
	})
	select {
	case base = <-ready:
	case err := <-ended:
		require.NoError(t, err)
		t.Fatal("the server ended")
	}
	return cfg, base, s, state
}

// shown are the stories that the test plays: one of each kind of act and of each end.
var shown = []string{
	"03-leaflet-old-version", "13-cold-store-door-open", "18-batch-record-signature-missing", "21-audit-trail-switched-off", "29-humidity-alarm-reported-twice",
	"30-serial-numbers-sent-twice", "32-granulate-end-point-missed", "38-media-fill-sleeve-torn",
}

// TestDemo founds, serves, plays stories over the REST API, plays the demonstration and imports: everything that people who try
// Countersign out see.
func TestDemo(t *testing.T) {
	t.Parallel()
	cfg, base, s, state := newDemo(t)
	ctx := t.Context()

	lost := cfg
	lost.Data = t.TempDir()
	_, err := open(ctx, lost, io.Discard)
	require.ErrorContains(t, err, "holds no key of organization", "another folder of keys is not begun with")

	again, err := found(ctx, s, nordlys)
	require.NoError(t, err)
	require.Equal(t, state.APIKey, again.APIKey, "founding again changes nothing")
	require.NotEmpty(t, state.OneTimeSecret)

	for _, story := range allStories(t) {
		if !slices.Contains(shown, story.Key) {
			require.NoError(t, state.played(story.Key))
		}
	}
	var out strings.Builder
	require.NoError(t, loadStories(ctx, base, state, &out))
	require.Contains(t, out.String(), "Loading 8 deviations")
	inspector, err := newRESTClient(base, "").login(ctx, nordlys.slug, "iris", demoPassword)
	require.NoError(t, err)
	requireShown(t, inspector)

	out.Reset()
	require.NoError(t, loadStories(ctx, base, state, &out), "a story is played once")
	require.Empty(t, out.String())
	state.Played = slices.DeleteFunc(state.Played, func(key string) bool { return slices.Contains(shown, key) })
	require.NoError(t, loadStories(ctx, base, state, io.Discard), "one that was played and not noted is found to be")
	requireShown(t, inspector)

	requireDemonstration(t, cfg, base)
	requireImport(t, cfg, base)
}

// requireDemonstration plays the demo command: two refusals, a verified pack and a forged one.
func requireDemonstration(t *testing.T, cfg config, base string) {
	t.Helper()
	out := &strings.Builder{}
	require.NoError(t, demo(t.Context(), []string{"--server", base, "--out", filepath.Join(t.TempDir(), "pack.zip")}, cfg, out), out)
	for _, want := range []string{"REFUSED 403 S1: The reporter", "REFUSED 401 password", "VERIFIED: ", "blisters become", "REFUSED version_altered"} {
		require.Contains(t, out.String(), want)
	}
	require.Less(t, strings.Count(out.String(), "\n"), 40)
}

// requireImport imports the sample twice: the second time makes nothing new. A file without a good line is an error.
func requireImport(t *testing.T, cfg config, base string) {
	t.Helper()
	for _, want := range []string{"49 imported, 0 were there already, 7 lines skipped", "0 imported, 49 were there already, 7 lines skipped"} {
		out := &strings.Builder{}
		require.NoError(t, importRecords(t.Context(), []string{"deviations", sample, "--server", base}, cfg, out), out)
		require.Contains(t, out.String(), want)
		require.Contains(t, out.String(), `labelled "public FDA data"`)
	}
	out := &strings.Builder{}
	require.Error(t, importRecords(t.Context(), []string{"deviations", "testdata/README.md", "--server", base}, cfg, out))
	require.Contains(t, out.String(), "line 1 is skipped")
}

// requireShown holds each story that was played to the state that it says.
func requireShown(t *testing.T, reader *restClient) {
	t.Helper()
	var list struct{ Items []api.RecordItem }
	require.NoError(t, reader.get(t.Context(), "/v1/deviations?limit=100", &list))
	require.Len(t, list.Items, len(shown))
	states := map[string]api.RecordItem{}
	for _, r := range list.Items {
		states[r.Title] = r
	}
	for _, s := range allStories(t) {
		if !slices.Contains(shown, s.Key) {
			continue
		}
		r, ok := states[s.Data[models.StepReport]["title"].(string)]
		require.True(t, ok, s.Key)
		require.Equal(t, stateAt(s), r.State, s.Key)
		aware, err := s.awareAt(time.Now())
		require.NoError(t, err)
		require.Equal(t, time.Since(aware) > 7*24*time.Hour, r.LateSeconds > 0, s.Key)
	}
}

// stateAt is the record's state while the step is open at which the story stops.
func stateAt(s story) string {
	last, _ := s.last()
	if step, ok := models.Deviation.Step(last); ok {
		return step.State
	}
	return last
}
