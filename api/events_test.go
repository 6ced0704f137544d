// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/activities"
	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/modeltest"
	"github.com/countersign/countersign/models/postgres/queries"
)

// live serves the API with its live events, as cmd does: the publisher and the hub run beside it. The server's own time limits
// are shorter than the stream lasts.
func live(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	w.Server.Close()
	ctx, stop := context.WithCancel(context.Background())
	w.API.Live = api.NewEvents(w.DB.DB, w.API.Log)
	w.Server = httptest.NewUnstartedServer(w.API.Handler())
	w.Server.Config.ReadTimeout, w.Server.Config.WriteTimeout = time.Second, 2*time.Second
	w.Server.Start()
	done := make(chan struct{}, 2)
	go func() { w.API.Live.Run(ctx); done <- struct{}{} }()
	go func() {
		(&activities.Publisher{Store: w.DB.DB, Log: w.API.Log, Every: 20 * time.Millisecond}).Run(ctx)
		done <- struct{}{}
	}()
	t.Cleanup(func() {
		stop()
		<-done
		<-done
		w.Server.Close()
	})
	return w
}

// heard is one server-sent event.
type heard struct{ name, data string }

// listener is one open page.
type listener struct {
	*http.Response
	events chan heard
	leave  context.CancelFunc
}

func (w *world) open(t *testing.T, who string) (*listener, int) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.Server.URL+"/v1/events", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+w.token(t, who))
	res, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	l := &listener{Response: res, events: make(chan heard, 1000), leave: leave}
	go l.read()
	return l, res.StatusCode
}

func (w *world) listen(t *testing.T, who string) *listener {
	t.Helper()
	l, status := w.open(t, who)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "text/event-stream", l.Header.Get("Content-Type"))
	return l
}

// read passes events on until the stream ends.
func (l *listener) read() {
	defer close(l.events)
	var e heard
	lines := bufio.NewScanner(l.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case lines.Text() == "" && e.data != "":
			l.events <- e
			e = heard{}
		case name == "event":
			e.name = value
		case name == "data":
			e.data = value
		}
	}
}

// next waits for an event of a name.
func (l *listener) next(t *testing.T, name string) string {
	t.Helper()
	limit := time.After(15 * time.Second)
	for {
		select {
		case e, ok := <-l.events:
			require.True(t, ok, "the stream ended before %s", name)
			if e.name == name {
				return e.data
			}
		case <-limit:
			t.Fatalf("no %s came", name)
		}
	}
}

func (l *listener) counts(t *testing.T) map[string]int {
	t.Helper()
	var out api.CountsEvent
	require.NoError(t, json.Unmarshal([]byte(l.next(t, "counts")), &out))
	return out.Counts
}

func (l *listener) task(t *testing.T) api.TaskEvent {
	t.Helper()
	var out api.TaskEvent
	require.NoError(t, json.Unmarshal([]byte(l.next(t, "task")), &out))
	return out
}

// ended waits for the stream's end.
func (l *listener) ended(t *testing.T, within time.Duration) {
	t.Helper()
	limit := time.After(within)
	for {
		select {
		case _, ok := <-l.events:
			if !ok {
				return
			}
		case <-limit:
			t.Fatal("the stream went on")
		}
	}
}

func TestLiveEventsOfSeveralPeople(t *testing.T) {
	t.Parallel()
	w := live(t)
	quinn, quentin, otto := w.listen(t, "quinn"), w.listen(t, "quentin"), w.listen(t, "otto")
	require.Equal(t, map[string]int{"mine": 0, "group": 0, "waiting": 0, "done": 0}, quinn.counts(t))
	require.Equal(t, 0, quentin.counts(t)["group"])
	otto.counts(t)

	record := w.fileRequest(t)
	task := record.Tasks[0].ID
	arrived := api.TaskEvent{ID: task, What: "arrived", Box: "group"}
	require.Equal(t, arrived, quinn.task(t))
	require.Equal(t, 1, quinn.counts(t)["group"])
	require.Equal(t, arrived, quentin.task(t))
	require.Equal(t, 1, quentin.counts(t)["group"])

	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + task.String() + "/claim"}), http.StatusOK)
	require.Equal(t, api.TaskEvent{ID: task, What: "arrived", Box: "mine"}, quinn.task(t))
	counts := quinn.counts(t)
	require.Equal(t, 1, counts["mine"])
	require.Equal(t, 0, counts["group"])
	require.Equal(t, api.TaskEvent{ID: task, What: "taken"}, quentin.task(t))
	require.Equal(t, 0, quentin.counts(t)["group"])

	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: "/v1/tasks/" + task.String() + "/release"}), http.StatusOK)
	require.Equal(t, arrived, quentin.task(t), "it came back")
	w.decide(t, "quentin", record)
	done := quentin.task(t)
	for done.What != "done" { // that he held it in between may have gone by unheard
		done = quentin.task(t)
	}
	require.Equal(t, task, done.ID)
	for counts = quentin.counts(t); counts["done"] == 0; counts = quentin.counts(t) {
		require.LessOrEqual(t, counts["group"]+counts["mine"], 1)
	}
	require.Equal(t, map[string]int{"mine": 0, "group": 0, "waiting": 0, "done": 1}, counts)

	select { // the other role heard nothing of it
	case e := <-otto.events:
		t.Fatalf("otto heard %s %s", e.name, e.data)
	default:
	}
	require.Eventually(t, func() bool { return w.reconnected(t) }, 5*time.Second, 50*time.Millisecond, "past the server's own time limits")
}

// A stream that began when somebody else held the task has not known it in its group.
func TestATaskThatIsGivenBackArrivesAtALaterStream(t *testing.T) {
	t.Parallel()
	w := live(t)
	record := w.fileRequest(t)
	task := record.Tasks[0].ID
	path := "/v1/tasks/" + task.String()
	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/claim"}), http.StatusOK)
	quentin := w.listen(t, "quentin")
	require.Equal(t, 0, quentin.counts(t)["group"])

	into[api.Receipt](t, w.do(t, call{who: "quinn", method: "POST", path: path + "/release"}), http.StatusOK)
	require.Equal(t, api.TaskEvent{ID: task, What: "arrived", Box: "group"}, quentin.task(t))
	require.Equal(t, 1, quentin.counts(t)["group"])

	later := w.listen(t, "quentin") // it was given back before this one began: no news
	require.Equal(t, 1, later.counts(t)["group"])
	into[api.Receipt](t, w.do(t, call{who: "rita", method: "POST", path: "/v1/records/" + record.ID.String() + "/comments", body: map[string]any{"text": "Please look."}}), http.StatusCreated)
	w.fileRequest(t)
	require.NotEqual(t, task, later.task(t).ID)
}

// reconnected says that a stream which comes again has the counts first.
func (w *world) reconnected(t *testing.T) bool {
	t.Helper()
	l := w.listen(t, "quentin")
	defer l.leave()
	return l.counts(t)["done"] == 1
}

func TestALiveStreamOutlivesTheServersLimitsAndALostConnection(t *testing.T) {
	t.Parallel()
	w := live(t)
	quinn := w.listen(t, "quinn")
	quinn.counts(t)
	admin := w.DB.Admin(t)
	time.Sleep(2500 * time.Millisecond) // beyond the server's read and write limits
	tag, err := admin.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
	require.NoError(t, err)
	require.EqualValues(t, 1, tag.RowsAffected(), "one connection a process listens")
	w.fileRequest(t)
	require.Equal(t, 1, quinn.counts(t)["group"], "whatever was not heard while nobody listened is counted after")
	w.fileRequest(t)
	require.Equal(t, 2, quinn.counts(t)["group"])
}

func TestALiveStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := live(t)
	quinn := w.listen(t, "quinn")
	quinn.counts(t)
	require.Equal(t, http.StatusNoContent, w.do(t, call{who: "quinn", method: "DELETE", path: "/v1/session"}).StatusCode)
	require.JSONEq(t, `{"reason":"session"}`, quinn.next(t, "end"))
	quinn.ended(t, 5*time.Second)

	quentin := w.listen(t, "quentin")
	quentin.counts(t)
	w.administer(t, "admin.user_deactivate", models.PersonRef{User: w.People["quentin"], Reason: "left"})
	quentin.ended(t, 5*time.Second)
}

func TestALostRoleCountsAnew(t *testing.T) {
	t.Parallel()
	w := live(t)
	w.fileRequest(t)
	quentin := w.listen(t, "quentin")
	require.Equal(t, 1, quentin.counts(t)["group"])
	w.administer(t, "admin.revoke", models.PersonRef{User: w.People["quentin"], Grant: w.grantOf(t, "quentin"), Reason: "moved on"})
	require.Equal(t, 0, quentin.counts(t)["group"])
}

func TestLiveStreamsArePatientWithNobody(t *testing.T) {
	t.Parallel()
	w := live(t)
	var open []*listener
	for range 8 {
		open = append(open, w.listen(t, "quinn"))
	}
	ninth, status := w.open(t, "quinn")
	require.Equal(t, http.StatusTooManyRequests, status)
	ninth.leave()
	open[0].leave()
	require.Eventually(t, func() bool {
		again, status := w.open(t, "quinn")
		if status != http.StatusOK {
			again.leave()
		}
		return status == http.StatusOK
	}, 5*time.Second, 50*time.Millisecond, "a page that was closed makes room")

	// Pages that read nothing hold up nobody.
	quentin := w.listen(t, "quentin")
	quentin.counts(t)
	for i := range 20 {
		w.fileDeviation(t, "rita", modeltest.Berlin, fmt.Sprintf("number %d", i))
	}
	w.fileRequest(t)
	require.Equal(t, 1, quentin.counts(t)["group"])
}

// administer gives a command as an administrator does.
func (w *world) administer(t *testing.T, name string, body any) {
	t.Helper()
	receipt, err := w.Commit.Commit(t.Context(), models.Command{
		ID: models.NewID(), Org: w.Org, Name: name, Actor: w.People["ada"], Source: models.Source{Kind: "api"}, Fingerprint: []byte(name), Body: models.MustJSON(body),
	})
	require.NoError(t, err)
	require.Nil(t, receipt.Refused)
}

func (w *world) grantOf(t *testing.T, who string) (id uuid.UUID) {
	t.Helper()
	return w.grantAs(t, who, "%")
}

// grantAs finds the grant by which somebody holds a role.
func (w *world) grantAs(t *testing.T, who, role string) (id uuid.UUID) {
	t.Helper()
	err := w.DB.Read(t.Context(), w.Org, func(_ *queries.Queries, tx pgx.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT id FROM grants WHERE user_id = $1 AND role LIKE $2 AND revoked_at IS NULL", w.People[who], role).Scan(&id)
	})
	require.NoError(t, err)
	return id
}

// decide takes a request's task and approves it with a signature.
func (w *world) decide(t *testing.T, who string, record api.Record) {
	t.Helper()
	path := "/v1/tasks/" + record.Tasks[0].ID.String()
	into[api.Receipt](t, w.do(t, call{who: who, method: "POST", path: path + "/claim"}), http.StatusOK)
	sheet := into[models.IntentResult](t, w.do(t, call{who: who, method: "POST", path: path + "/signing", body: map[string]any{"outcome": "approved"}}), http.StatusCreated)
	into[api.Receipt](t, w.do(t, call{who: who, method: "POST", path: path + "/complete", ifMatch: `"1"`, body: map[string]any{
		"outcome": "approved", "signature": map[string]any{"intent": sheet.Intent, "username": who, "password": modeltest.Password},
	}}), http.StatusOK)
}
