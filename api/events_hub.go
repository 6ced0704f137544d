// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

const (
	maxStreams     = 5000 // of one process
	maxStreamsEach = 8    // of one person: open pages, on all devices
	maxNews        = 1000 // tasks that a stream may be behind by before it looks at everything
	listenAgain    = time.Second
	toldRecently   = 30 * time.Second // longer than it takes from a decision to what is published of it
)

// Events hears what is published in Postgres, on one connection a process, and passes it on to the live streams. It waits
// for none of them: what a stream has not taken yet is kept together, and is at most maxNews tasks.
type Events struct {
	db  *postgres.DB
	log *slog.Logger

	mu      sync.Mutex
	closed  bool
	count   int
	streams map[uuid.UUID]map[*subscription]struct{} // by organization
}

// NewEvents makes the hub of live events. Run makes it hear.
func NewEvents(db *postgres.DB, log *slog.Logger) *Events {
	return &Events{db: db, log: log, streams: map[uuid.UUID]map[*subscription]struct{}{}}
}

// Run listens until ctx ends, and then ends all streams.
func (e *Events) Run(ctx context.Context) {
	defer e.close()
	for ctx.Err() == nil {
		err := e.db.Listen(ctx, e.tellAll, func(p postgres.Published) { e.heard(ctx, p) })
		if ctx.Err() != nil {
			return
		}
		e.log.WarnContext(ctx, "live events were cut off from Postgres; listening again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// subscription is one stream's place in the hub.
type subscription struct {
	org, person uuid.UUID
	wake        chan struct{} // holds one signal that there is news
	gone        chan struct{} // closed when the server stops

	mu   sync.Mutex
	news news
}

// news is what a stream has not looked at yet.
type news struct {
	tasks    []changedTask
	told     []string // keys whose holders were told something
	people   bool     // somebody's grants, session or standing may have changed
	anything bool     // look at everything
}

func (s *subscription) take() news {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.news
	s.news = news{}
	return n
}

func (s *subscription) tell(n news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.news.people = s.news.people || n.people
	s.news.anything = s.news.anything || n.anything
	s.news.tasks = append(s.news.tasks, n.tasks...)
	s.news.told = append(s.news.told, n.told...)
	if len(s.news.tasks) > maxNews || len(s.news.told) > maxNews {
		s.news.tasks, s.news.told, s.news.anything = nil, nil, true
	}
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// subscribe makes a place for a stream. CodeTooMany beyond what one person, or the process, may have.
func (e *Events) subscribe(org, person uuid.UUID) (*subscription, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	mine := 0
	for s := range e.streams[org] {
		if s.person == person {
			mine++
		}
	}
	switch {
	case e.closed || e.count >= maxStreams:
		return nil, models.Refuse(codeUnavailable, "The server has no room for another live stream at the moment.")
	case mine >= maxStreamsEach:
		return nil, models.Refuse(models.CodeTooMany, fmt.Sprintf("You have %d live streams open already: close a page.", maxStreamsEach))
	}
	s := &subscription{org: org, person: person, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	if e.streams[org] == nil {
		e.streams[org] = map[*subscription]struct{}{}
	}
	e.streams[org][s] = struct{}{}
	e.count++
	return s, nil
}

func (e *Events) leave(s *subscription) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.streams[s.org][s]; !ok {
		return
	}
	delete(e.streams[s.org], s)
	e.count--
	if len(e.streams[s.org]) == 0 {
		delete(e.streams, s.org)
	}
}

// of is who listens to an organization.
func (e *Events) of(org uuid.UUID) []*subscription {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]*subscription, 0, len(e.streams[org]))
	for s := range e.streams[org] {
		out = append(out, s)
	}
	return out
}

// heard reads what changed once, for all streams of the organization.
func (e *Events) heard(ctx context.Context, p postgres.Published) {
	streams := e.of(p.Org)
	if len(streams) == 0 {
		return
	}
	n, err := e.newsOf(ctx, p)
	if err != nil {
		e.log.WarnContext(ctx, "what changed was not read; every stream counts anew", "error", err)
		n.anything = true
	}
	for _, s := range streams {
		s.tell(n)
	}
}

// newsOf reads the tasks of the changed records, and who was told something by what was published just now.
func (e *Events) newsOf(ctx context.Context, p postgres.Published) (news, error) {
	n := news{people: p.Else, anything: p.Anything}
	ctx, cancel := context.WithTimeout(ctx, streamRead)
	defer cancel()
	err := e.db.Read(ctx, p.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		if len(p.Records) > 0 {
			if n.tasks, err = q.TasksOfRecords(ctx, queries.TasksOfRecordsParams{Org: p.Org, Records: p.Records}); err != nil {
				return err
			}
		}
		n.told, err = q.ToldSince(ctx, queries.ToldSinceParams{Org: p.Org, Since: time.Now().Add(-toldRecently)})
		return err
	})
	return n, err
}

// tellAll lets every stream look at everything: while nobody listened, anything may have happened.
func (e *Events) tellAll() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, streams := range e.streams {
		for s := range streams {
			s.tell(news{anything: true})
		}
	}
}

func (e *Events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for _, streams := range e.streams {
		for s := range streams {
			close(s.gone)
		}
	}
}
