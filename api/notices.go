// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
	"github.com/countersign/countersign/models/postgres/queries"
)

// Notice is something that a person was told. Its sentence is written on reading, with the names that people have now.
type Notice struct {
	ID     uuid.UUID     `json:"id" format:"uuid"`
	Kind   string        `json:"kind" enum:"task_opened,task_assigned,task_stand_in,task_returned,task_unheld,nobody_stands_in,due_soon,overdue,escalated,offered,handed_over,request_withdrawn,nobody_eligible,absence_entered,absence_ended"`
	Text   string        `json:"text" doc:"The sentence, in English."`
	At     time.Time     `json:"at"`
	Read   bool          `json:"read" doc:"Told before the instant up to which the reader has read."`
	Record *NoticeRecord `json:"record,omitempty" doc:"Absent where it is about none, or about one that the reader may not see."`
	Task   *uuid.UUID    `json:"task,omitempty" format:"uuid" doc:"While it is open."`
	About  NoticeAbout   `json:"about"`
}

// NoticeRecord is the record that a notice is about.
type NoticeRecord struct {
	ID     uuid.UUID `json:"id" format:"uuid"`
	Type   string    `json:"type"`
	Number string    `json:"number"`
	Title  string    `json:"title"`
}

// NoticeAbout is what the sentence is made of, for whoever writes it in another language.
type NoticeAbout struct {
	What       string     `json:"what,omitempty" doc:"Title of the task, the step or the type of record."`
	By         *Named     `json:"by,omitempty"`
	Absent     *Named     `json:"absent,omitempty"`
	Substitute *Named     `json:"substitute,omitempty"`
	DueAt      *time.Time `json:"due_at,omitempty"`
	From       *time.Time `json:"from,omitempty" doc:"Of an absence."`
	To         *time.Time `json:"to,omitempty"`
	Needed     int        `json:"needed,omitempty" doc:"People to choose from."`
	Found      int        `json:"found,omitempty"`
}

type noticesInput struct{ Paged }

type noticesOutput struct {
	Body struct {
		Items  []Notice `json:"items"`
		Next   string   `json:"next_cursor,omitempty" doc:"Gives the next page as cursor; absent on the last."`
		Unread int      `json:"unread" doc:"Of all pages. Counting stops at 999: 1000 means more."`
	}
}

// reader is the caller as one who is told something: by name, or by a role that he holds at this instant.
func (a *API) reader(ctx context.Context, c *caller) (postgres.Reader, error) {
	scope, err := a.Policy.Scope(ctx, c.Person)
	return postgres.Reader{Person: c.Person.ID, Keys: c.Person.Addresses(), Records: scope.Records}, err
}

// notices lists what the caller was told, newest first.
func (a *API) notices(ctx context.Context, in *noticesInput) (*noticesOutput, error) {
	c := callerOf(ctx)
	page, err := in.page("notices", "-at", postgres.Sort{})
	if err != nil {
		return nil, err
	}
	reader, err := a.reader(ctx, c)
	if err != nil {
		return nil, err
	}
	rows, more, err := a.DB.Notices(ctx, c.Org, reader, page)
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{}
	out.Body.Items = make([]Notice, len(rows))
	for i, r := range rows {
		out.Body.Items[i] = noticeOf(r)
	}
	if more {
		last := rows[len(rows)-1]
		out.Body.Next = cursor{List: "notices", Sort: "-at", At: last.At, ID: last.ID}.String()
	}
	out.Body.Unread, err = a.DB.CountUnread(ctx, c.Org, reader)
	return out, err
}

func noticeOf(r postgres.NoticeItem) Notice {
	n := Notice{ID: r.ID, Kind: r.Kind, At: r.At, Read: r.Read, Task: r.TaskID, About: NoticeAbout{
		What: r.About.What, By: named(r.About.By, r.ByName), Absent: named(r.About.Absent, r.AbsentName),
		Substitute: named(r.About.Substitute, r.Substitute), DueAt: r.About.DueAt, From: r.About.From, To: r.About.To,
		Needed: r.About.Needed, Found: r.About.Found,
	}}
	if r.RecordID != nil {
		n.Record = &NoticeRecord{ID: *r.RecordID, Type: r.RecordType, Number: r.RecordNumber, Title: r.RecordTitle}
	}
	n.Text = n.sentence()
	return n
}

// sentence is one for each kind. A name that was erased is somebody's.
func (n Notice) sentence() string {
	who := func(p *Named) string {
		if p == nil || p.Name == "" {
			return "Somebody"
		}
		return p.Name
	}
	when := func(at *time.Time) string {
		if at == nil {
			return "an unknown instant"
		}
		return at.UTC().Format("2006-01-02 15:04 UTC")
	}
	a, what := n.About, n.About.What
	if n.Record != nil {
		what += ", " + n.Record.Number
	}
	switch n.Kind {
	case models.NoticeTaskOpened:
		return "A task waits for you: " + what + "."
	case models.NoticeTaskAssigned:
		return who(a.By) + " gave you a task: " + what + "."
	case models.NoticeTaskStandIn:
		return who(a.Absent) + " is away, and you stand in: " + what + "."
	case models.NoticeTaskReturned:
		return who(a.Absent) + " is away, so a task came back to you: " + what + "."
	case models.NoticeTaskUnheld:
		return who(a.Absent) + " is away, so a task waits for somebody to take it: " + what + "."
	case models.NoticeNobodyStandsIn:
		return who(a.Absent) + " is away, and nobody stands in: " + what + "."
	case models.NoticeDueSoon:
		return "Due soon: " + what + ", " + when(a.DueAt) + "."
	case models.NoticeOverdue:
		return "Late: " + what + ". It was due " + when(a.DueAt) + "."
	case models.NoticeEscalated:
		return "Late with somebody else: " + what + ". It was due " + when(a.DueAt) + "."
	case models.NoticeOffered:
		return "Late, and you may take it now: " + what + ". It was due " + when(a.DueAt) + "."
	case models.NoticeHandedOver:
		return "Late, and yours to do now: " + what + ". It was due " + when(a.DueAt) + "."
	case models.NoticeWithdrawn:
		return "What you asked for was withdrawn without a decision, because the record ended first: " + what + "."
	case models.NoticeNobodyEligible:
		return fmt.Sprintf("Too few people may do this, %d of the %d that it needs: %s.", a.Found, a.Needed, what)
	case models.NoticeAbsenceEntered:
		return fmt.Sprintf("%s entered that you are away from %s to %s, and that %s acts for you.", who(a.By), when(a.From), when(a.To), who(a.Substitute))
	case models.NoticeAbsenceEnded:
		return who(a.By) + " ended your absence, which was to last to " + when(a.To) + "."
	}
	return what
}

type readNoticesInput struct {
	Keyed
	Body struct {
		Through time.Time `json:"through" doc:"at of the newest notice that was shown: it and all before it are read."`
	}
}

// readNotices marks what the caller has read. It is his own state and evidence of nothing, so it leaves no trace in the audit
// trail; marking twice is the same as once.
func (a *API) readNotices(ctx context.Context, in *readNoticesInput) (*struct{}, error) {
	c := callerOf(ctx)
	through := in.Body.Through
	if now := a.Now(); through.After(now) {
		through = now // what nobody was told yet is not read
	}
	err := a.DB.InOrg(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		return q.MarkNotices(ctx, queries.MarkNoticesParams{Org: c.Org, Person: c.Person.ID, Through: through})
	})
	if err != nil {
		return nil, fmt.Errorf("mark what is read: %w", err)
	}
	return nil, nil
}
