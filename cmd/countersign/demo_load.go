// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

const (
	storiesAtOnce = 4
	maxMoves      = 60                    // of one story; a story that takes more goes in circles
	pollEvery     = 15 * time.Millisecond // while the process takes a decision to its next step
	pollLimit     = time.Minute
)

// loadStories plays every story that was not played yet over the REST API, as its people would. What was interrupted goes on
// where it stopped: every request has a key of its own.
func loadStories(ctx context.Context, base string, state *demoState, out io.Writer) error {
	stories, err := readStories()
	if err != nil {
		return err
	}
	stories = slices.DeleteFunc(stories, func(s story) bool { return state.wasPlayed(s.Key) })
	if len(stories) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nLoading %d deviations over the API, each by the people of its story ...\n", len(stories))
	started := time.Now()
	p := &player{server: newRESTClient(base, ""), org: state.Org, crew: map[string]*seat{}}
	var g errgroup.Group // a story that cannot go on does not stop the others
	g.SetLimit(storiesAtOnce)
	for _, s := range stories {
		g.Go(func() error {
			if err := p.play(ctx, s); err != nil {
				return fmt.Errorf("story %s: %w", s.Key, explained(err))
			}
			return state.played(s.Key)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Fprintf(out, "Loaded in %s.\n", since(started))
	return nil
}

// player plays stories as the people of the demo.
type player struct {
	server *restClient
	org    uuid.UUID

	mu   sync.Mutex
	crew map[string]*seat
}

// seat is one person, logged in once.
type seat struct {
	once  sync.Once
	actor *actor
	err   error
}

// as logs a person in, the first time he acts.
func (p *player) as(ctx context.Context, username string) (*actor, error) {
	p.mu.Lock()
	s := p.crew[username]
	if s == nil {
		s = &seat{}
		p.crew[username] = s
	}
	p.mu.Unlock()
	s.once.Do(func() {
		var session *restClient
		session, s.err = p.server.login(ctx, nordlys.slug, username, demoPassword)
		s.actor = &actor{restClient: session, username: username, password: demoPassword}
	})
	return s.actor, s.err
}

// play files a story and takes it as far as it goes.
func (p *player) play(ctx context.Context, s story) error {
	reader, err := p.as(ctx, managers[s.Site])
	if err != nil {
		return err
	}
	record, err := p.file(ctx, s, reader)
	if err != nil {
		return err
	}
	scene := &scene{player: p, story: s, reader: reader, record: record, acted: map[int]bool{}}
	for range maxMoves {
		over, err := scene.move(ctx)
		if err != nil || over {
			return err
		}
	}
	return errors.New("it does not end")
}

var managers = map[string]string{ballerup: "niels", durham: "denise"}

// file reports the deviation, unless an earlier start has: its id follows from the key.
func (p *player) file(ctx context.Context, s story, reader *actor) (uuid.UUID, error) {
	key := "demo-" + s.Key
	id := models.DeriveID("record", p.org.String(), userID(p.org, s.Reporter).String(), "deviation.create", key)
	err := reader.get(ctx, "/v1/records/"+id.String(), nil)
	if !hasStatus(err, http.StatusNotFound) {
		return id, err
	}
	filed, err := p.report(ctx, s, key)
	return filed.ID, err
}

// report files the deviation of a story as seen from now.
func (p *player) report(ctx context.Context, s story, key string) (api.Record, error) {
	var filed api.Record
	reporter, err := p.as(ctx, s.Reporter)
	if err != nil {
		return filed, err
	}
	aware, err := s.awareAt(time.Now())
	if err != nil {
		return filed, err
	}
	data, err := s.section(models.StepReport, p.org, aware)
	if err != nil {
		return filed, err
	}
	body := map[string]any{"site": s.Site, "data": data, "draft": s.Until == models.StepReport}
	err = reporter.post(ctx, "/v1/deviations", key, 0, body, &filed)
	return filed, err
}

// scene is one story being played.
type scene struct {
	*player
	story  story
	reader *actor
	record uuid.UUID
	acted  map[int]bool // acts that were done
}

// closedStep stands for a closed record where acts say when they happen.
const closedStep = "closed"

// move reads where the record stands and makes one move. True when the story has come to its end.
func (s *scene) move(ctx context.Context) (over bool, err error) {
	r, err := s.settled(ctx)
	if err != nil {
		return false, err
	}
	at, task := closedStep, (*api.OpenTask)(nil)
	for i, open := range r.Tasks {
		if step, _ := models.Deviation.Step(open.Step); !step.Side {
			at, task = open.Step, &r.Tasks[i]
			break
		}
	}
	if done, err := s.besides(ctx, r, at, task); err != nil || done {
		return false, err
	}
	if task == nil {
		return true, nil
	}
	last, round := s.story.last()
	if at == last && task.Round >= round {
		return true, s.leave(ctx, task)
	}
	if s.past(r, last, round) {
		return true, nil
	}
	_, err = s.decide(ctx, r, *task)
	return false, err
}

// besides makes the next move beside the main line: an act, or a verdict on a request. False if there is none.
func (s *scene) besides(ctx context.Context, r *api.Record, at string, task *api.OpenTask) (bool, error) {
	for _, open := range r.Tasks {
		step, _ := models.Deviation.Step(open.Step)
		if step.Side && s.answers(open.Step) {
			_, err := s.decide(ctx, r, open)
			return true, err
		}
	}
	for i, act := range s.story.Acts {
		first := task == nil || task.Round == 1
		if act.At == at && act.Do != "return" && !s.acted[i] && first {
			s.acted[i] = true
			return true, s.act(ctx, r, i, act)
		}
	}
	return false, nil
}

// answers says whether the story decides a request, or leaves it waiting.
func (s *scene) answers(step string) bool {
	return s.verdict(step) != "" || s.story.Data[step] != nil
}

// verdict is the one that the story gives on the request of a side step.
func (s *scene) verdict(step string) string {
	for _, act := range s.story.Acts {
		if sideOf[act.Do] == step {
			return act.Verdict
		}
	}
	return ""
}

// sideOf names the step that decides a request.
var sideOf = map[string]string{
	"extend": models.StepExtensionApproval, "cancel": models.StepCancellationApproval, "reclassify": models.StepReclassificationApproval,
	"reopen": models.StepReopenApproval, "correct": models.StepCorrectionApproval,
}

// past says whether somebody has gone on where the story ends: then it is theirs.
func (s *scene) past(r *api.Record, last string, round int) bool {
	return slices.ContainsFunc(r.Steps, func(x api.StepStanding) bool {
		return x.Step == last && x.Round >= round && x.State == models.StepDone
	})
}

// settled reads the record once its process has taken the last decision on: a task is open, or it is closed.
func (s *scene) settled(ctx context.Context) (*api.Record, error) {
	deadline := time.Now().Add(pollLimit)
	for {
		var r api.Record
		if err := s.reader.get(ctx, "/v1/records/"+s.record.String(), &r); err != nil {
			return nil, err
		}
		main := slices.ContainsFunc(r.Tasks, func(t api.OpenTask) bool {
			step, _ := models.Deviation.Step(t.Step)
			return !step.Side || s.answers(t.Step)
		})
		if main || r.ClosedAt != nil {
			return &r, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the process of %s opens no task", r.Number)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
}

// leave stops at an open task, which somebody may have taken.
func (s *scene) leave(ctx context.Context, task *api.OpenTask) error {
	if !s.story.Held || task.Assignee != nil {
		return nil
	}
	who, err := s.as(ctx, s.story.who(task.Step, 0))
	if err != nil {
		return err
	}
	_, err = who.claim(ctx, task.ID, "demo-claim")
	return err
}

// turn is one decided task: who decided, as what, and what was recorded.
type turn struct {
	who     *actor
	task    api.Task
	verdict api.Verdict
	receipt api.Receipt
}

// decide has the person of the step take a task and decide it.
func (s *scene) decide(ctx context.Context, r *api.Record, open api.OpenTask) (t turn, err error) {
	if t.who, err = s.as(ctx, s.story.who(open.Step, given(r, open.Step))); err != nil {
		return t, err
	}
	if open.Assignee == nil {
		if _, err := t.who.claim(ctx, open.ID, "demo-claim"); err != nil {
			return t, fmt.Errorf("%s claims %s: %w", t.who.username, open.Step, err)
		}
	}
	if err := t.who.get(ctx, "/v1/tasks/"+open.ID.String(), &t.task); err != nil {
		return t, err
	}
	if t.verdict, err = s.verdictOn(r, open, t.task.Kind); err != nil {
		return t, err
	}
	if t.receipt, err = t.who.decide(ctx, open.ID, "demo-decide", r.Version, t.verdict, t.task.Meaning != ""); err != nil {
		return t, fmt.Errorf("%s decides %s: %w", t.who.username, open.Step, err)
	}
	return t, nil
}

// quorumOf is how many verdicts a final approval takes.
var quorumOf = map[string]int{models.ClassCritical: 2}

// given counts the verdicts that a step has in its present round.
func given(r *api.Record, step string) int {
	open := 0
	for _, t := range r.Tasks {
		if t.Step == step {
			open++
		}
	}
	if step != models.StepFinalApproval {
		return 0
	}
	return max(0, quorumOf[r.Class]-open)
}

// verdictOn is what the story says of a task: a return the first time where there is one, else what was written at the step.
func (s *scene) verdictOn(r *api.Record, task api.OpenTask, kind string) (api.Verdict, error) {
	for _, act := range s.story.Acts {
		if act.Do == "return" && act.At == task.Step && task.Round == 1 {
			return api.Verdict{Outcome: models.OutcomeReturned, ReturnTo: act.To, Comment: act.Text}, nil
		}
	}
	data, err := s.story.section(task.Step, s.org, r.AwareAt.In(zoneOf(s.story.Site)))
	v := api.Verdict{Outcome: models.OutcomeDone, Data: data}
	if kind == string(models.KindApproval) {
		v.Outcome = models.OutcomeApproved
	}
	if said := s.verdict(task.Step); said != "" {
		v.Outcome = said
	}
	if v.Outcome == models.OutcomeRejected {
		v.Comment = "The reasons given do not carry it: the work can be done in the time that is left."
	}
	return v, err
}

// act does what happens beside the course.
func (s *scene) act(ctx context.Context, r *api.Record, n int, a storyAct) error {
	who, err := s.as(ctx, a.By)
	if err != nil {
		return err
	}
	verb, version := a.Do, r.Version
	var body any
	switch a.Do {
	case "comment":
		verb, version, body = "comments", 0, models.NewComment{Text: a.Text}
	case "correct":
		body = models.Correction{Changes: a.Changes}
	case "extend":
		body = models.Extension{DueAt: r.OriginalDueAt.Add(time.Duration(a.Days) * 24 * time.Hour), Reason: a.Text}
	case "reclassify":
		body = models.Reclassification{Class: a.To, Reason: a.Text}
	case "cancel", "reopen", "hold":
		body = models.Why{Reason: a.Text}
	default:
		return fmt.Errorf("nobody knows how to %s", a.Do)
	}
	err = who.post(ctx, "/v1/records/"+s.record.String()+"/"+verb, fmt.Sprintf("demo-act-%d", n), version, body, nil)
	if hasStatus(err, http.StatusConflict) || hasStatus(err, http.StatusUnprocessableEntity) && isReused(err) {
		return nil // an earlier start did it
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", who.username, a.Do, err)
	}
	return nil
}

func isReused(err error) bool {
	var p *api.Problem
	return errors.As(err, &p) && p.Type == problemType(models.CodeKeyReused)
}

// problemType is the stable type of the problems of a code.
func problemType(code models.Code) string { return "https://countersign.dev/problems/" + string(code) }
