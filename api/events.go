// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// eventsPath is the one operation that has no end of its own: the limit of a request's time is not for it.
const eventsPath = "/v1/events"

// The times of a live stream.
const (
	streamRetry     = 3 * time.Second  // when a browser whose stream broke comes again
	streamRest      = time.Second      // between two looks at what changed
	streamHeartbeat = 15 * time.Second // shorter than what proxies call idle
	streamCheck     = 5 * time.Second  // of the session, which may end without anybody's doing
	streamRecount   = time.Minute      // for what was not heard
	streamRead      = 5 * time.Second  // from the database; the stream breaks off if it takes longer
	streamWrite     = 10 * time.Second // for a reader to take what it is sent
)

// TaskEvent says that a task came into or left a box of mine. It has no content: who wants to know more reads the task.
type TaskEvent struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	What string    `json:"what" enum:"arrived,taken,done" doc:"taken: somebody else holds it. done: it was decided or withdrawn."`
	Box  string    `json:"box,omitempty" enum:"mine,group" doc:"Of one that arrived."`
}

// CountsEvent is how many tasks each box of mine holds.
type CountsEvent struct {
	Counts map[string]int `json:"counts" doc:"By box. Counting stops at 999: 1000 means more."`
}

// NoticesEvent is how much the person was told and has not read.
type NoticesEvent struct {
	Unread int `json:"unread" doc:"Counting stops at 999: 1000 means more."`
}

// describeEvents writes into the description of the API what the stream sends.
func describeEvents(op *huma.Operation) {
	op.Description = "Server-sent events of the person who asks. `notices` and `counts` come first, and again whenever a number changed: " +
		"`{\"unread\": 2}` and `{\"counts\": {\"mine\": 3, \"group\": 7, \"waiting\": 1, \"done\": 12}}`. `task` says that a task came or left: " +
		"`{\"id\": \"...\", \"what\": \"arrived|taken|done\", \"box\": \"mine|group\"}`; the same may come twice. `end` says that the session is over: log in " +
		"again. Nothing is replayed after a break: the first counts are the present ones. A comment comes every 15 seconds. " +
		"A person has at most 8 streams (429)."
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The stream.", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	op.Errors = append(op.Errors, http.StatusTooManyRequests, http.StatusServiceUnavailable)
}

// liveEvents is GET /v1/events: what an open page has to know while nobody reloads it.
func (a *API) liveEvents(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	c := callerOf(ctx)
	if a.Live == nil {
		return nil, models.Refuse(models.CodeNotFound, "This server sends no live events.")
	}
	session, err := uuid.Parse(c.ID)
	if err != nil {
		return nil, fmt.Errorf("read the id of the session: %w", err)
	}
	sub, err := a.Live.subscribe(c.Org, c.Person.ID)
	if err != nil {
		return nil, err
	}
	s := &stream{api: a, sub: sub, session: session, caller: *c, since: a.Now(), unread: -1, told: map[uuid.UUID]string{}}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer a.Live.leave(sub)
		hc.SetHeader("Content-Type", "text/event-stream")
		hc.SetHeader("X-Accel-Buffering", "no") // nginx passes it on as it comes
		s.out = sender{w: hc.BodyWriter().(http.ResponseWriter)}
		if err := s.run(ctx); err != nil {
			logger(ctx).DebugContext(ctx, "a live stream ended", "error", err)
		}
	}}, nil
}

// stream is one open page.
type stream struct {
	api     *API
	sub     *subscription
	session uuid.UUID
	caller  caller
	keys    []string // scope keys for tasks
	since   time.Time
	counts  map[string]int
	unread  int                  // -1 before it was counted
	told    map[uuid.UUID]string // the box that each task was last known in; "" for none of mine
	out     sender
}

// errSessionOver ends a stream whose session has ended, or whose person has lost what it takes.
var errSessionOver = errors.New("the session is over")

// run sends until the reader goes, the session ends or the server stops.
func (s *stream) run(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	heartbeat, check, recount := time.NewTicker(streamHeartbeat), time.NewTicker(streamCheck), time.NewTicker(streamRecount)
	defer heartbeat.Stop()
	defer check.Stop()
	defer recount.Stop()
	wake, rest := s.sub.wake, (<-chan time.Time)(nil)
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.sub.gone:
			return nil
		case <-heartbeat.C:
			err = s.out.comment()
		case <-check.C:
			err = s.check(ctx)
		case <-recount.C:
			err = errors.Join(s.countNotices(ctx), s.count(ctx))
		case <-rest:
			wake, rest = s.sub.wake, nil
		case <-wake:
			// What changes in the next second is looked at together.
			wake, rest = nil, time.After(streamRest)
			err = s.look(ctx, s.sub.take())
		}
		if errors.Is(err, errSessionOver) {
			return errors.Join(err, s.out.event("end", map[string]string{"reason": "session"}))
		}
		if err != nil {
			return err
		}
	}
}

// begin says how to come again, and sends the counts as they are.
func (s *stream) begin(ctx context.Context) error {
	if err := s.out.begin(); err != nil {
		return err
	}
	if err := s.scope(ctx); err != nil {
		return err
	}
	if err := s.countNotices(ctx); err != nil {
		return err
	}
	return s.count(ctx)
}

// look sends what changed of the person's own.
func (s *stream) look(ctx context.Context, n news) error {
	if n.people || n.anything {
		if err := s.check(ctx); err != nil {
			return err
		}
	}
	if n.anything || s.wasTold(n.told) {
		if err := s.countNotices(ctx); err != nil {
			return err
		}
	}
	concerned := n.anything
	for _, task := range n.tasks {
		concerned = concerned || s.concerns(task)
		if event, ok := s.eventOf(task); ok {
			if err := s.out.event("task", event); err != nil {
				return err
			}
		}
	}
	if !concerned {
		return nil
	}
	return s.count(ctx)
}

// check finds out whether the session lives, and takes over what its person holds now (11.10(d), 11.10(g)).
func (s *stream) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, streamRead)
	defer cancel()
	var row queries.SessionStandingRow
	err := s.api.DB.Read(ctx, s.caller.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		row, err = q.SessionStanding(ctx, queries.SessionStandingParams{Org: s.caller.Org, ID: s.session, At: s.api.Now()})
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return errSessionOver
	}
	if err != nil {
		return fmt.Errorf("look for the session: %w", err)
	}
	session := *s.caller.Session
	if err := json.Unmarshal(row.Person, &session.Person); err != nil {
		return fmt.Errorf("read the person: %w", err)
	}
	if !row.Alive || !session.Person.Active || session.Person.Locked {
		return errSessionOver
	}
	s.caller.Session = &session
	before := s.keys
	if err := s.scope(ctx); err != nil {
		return err
	}
	if !slices.Equal(before, s.keys) {
		return errors.Join(s.countNotices(ctx), s.count(ctx))
	}
	return nil
}

func (s *stream) scope(ctx context.Context) error {
	scope, err := s.api.Policy.Scope(ctx, s.caller.Person)
	s.keys = scope.Tasks
	return err
}

// count sends the counts where they changed.
func (s *stream) count(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, streamRead)
	defer cancel()
	now, err := s.api.taskCounts(context.WithValue(ctx, callerKey{}, &s.caller), nil)
	if err != nil {
		return err
	}
	if maps.Equal(s.counts, now.Body.Counts) {
		return nil
	}
	s.counts = now.Body.Counts
	return s.out.event("counts", CountsEvent{Counts: s.counts})
}

// wasTold says whether the person holds one of the keys by which something was told.
func (s *stream) wasTold(keys []string) bool {
	mine := s.caller.Person.Addresses()
	return slices.ContainsFunc(keys, func(key string) bool { return slices.Contains(mine, key) })
}

// countNotices sends how much is unread where that changed.
func (s *stream) countNotices(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, streamRead)
	defer cancel()
	reader, err := s.api.reader(ctx, &s.caller)
	if err != nil {
		return err
	}
	unread, err := s.api.DB.CountUnread(ctx, s.caller.Org, reader)
	if err != nil || unread == s.unread {
		return err
	}
	s.unread = unread
	return s.out.event("notices", NoticesEvent{Unread: unread})
}

// sender writes server-sent events. A reader who does not take them in time is given up: nobody waits for him.
type sender struct{ w http.ResponseWriter }

func (o sender) begin() error {
	// The server bounds how long a request may be read and answered; a stream bounds each write instead.
	if err := http.NewResponseController(o.w).SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("keep the connection open: %w", err)
	}
	return o.write(fmt.Sprintf("retry: %d\n\n", streamRetry.Milliseconds()))
}

func (o sender) comment() error { return o.write(":\n\n") }

// event writes one event. JSON has no line breaks, so its data is one line.
func (o sender) event(name string, data any) error {
	return o.write("event: " + name + "\ndata: " + string(models.MustJSON(data)) + "\n\n")
}

func (o sender) write(text string) error {
	conn := http.NewResponseController(o.w)
	if err := conn.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		return fmt.Errorf("bound a write: %w", err)
	}
	if _, err := o.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	if err := conn.Flush(); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}
