// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

// Package api is the REST API of Countersign: it proves who asks, reads the request, gives one command or reads one answer,
// and says what happened. It decides nothing: policy and Commit do.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// Committer runs one command in one transaction. A refusal is in the receipt, with a nil error; an error means that it is not
// known whether anything was written, and the same command finds out.
type Committer interface {
	Commit(ctx context.Context, cmd models.Command) (models.Receipt, error)
}

// Engine runs what changes the course of a process. Errors are as a Committer's, or a models.Error with CodeUnknown.
type Engine interface {
	// Start makes a record and its process.
	Start(ctx context.Context, in models.CaseInput, cmd models.Command) (models.Receipt, error)
	// Command gives a command to the process of a record.
	Command(ctx context.Context, recordType string, cmd models.Command) (models.Receipt, error)
	// Running says whether the engine runs a record's process, and under which run id.
	Running(ctx context.Context, org uuid.UUID, recordType string, record uuid.UUID) (status, run string, err error)
}

// Policy answers who may do what and whose lists hold what. It fails closed.
type Policy interface {
	Decide(ctx context.Context, ask models.Ask) (models.Verdict, error)
	Scope(ctx context.Context, person models.Person) (models.Scope, error)
	Components(ctx context.Context, ask models.Ask) ([]string, error)
	LaterComponents(ctx context.Context, ask models.Ask) ([]string, error)
}

// EvidencePack writes the evidence pack of a record as a zip file.
type EvidencePack func(ctx context.Context, session *models.Session, record uuid.UUID, w io.Writer) error

// API holds what the handlers need. Evidence, Ready and Metrics may be left out; everything else is needed.
type API struct {
	DB       *postgres.DB
	Auth     *auth.Service
	Policy   Policy
	Commit   Committer
	Engine   Engine
	Types    models.Types
	Forms    map[string]*models.Form
	Evidence EvidencePack
	Ready    map[string]func(context.Context) error // what must answer beside the database, by name
	Metrics  *prometheus.Registry                   // served at /metrics, beside the API's own
	Log      *slog.Logger
	Now      func() time.Time
}

// routes is the whole API. Security, body limits and problem answers are the same for all: see fence.go and middleware.go.
func (a *API) routes(r huma.API) {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

	add(r, post, "/v1/session", "Begin a session", a.login, public, status(http.StatusCreated))
	add(r, del, "/v1/session", "End the session", a.logout, withOldPassword, status(http.StatusNoContent))
	add(r, get, "/v1/me", "Who I am, and what keeps me from signing", a.me, withOldPassword)
	add(r, post, "/v1/me/password", "Change my password", a.changePassword, withOldPassword)
	add(r, post, "/v1/me/statement", "Sign the accountability statement", a.signStatement)

	for _, t := range a.sortedTypes() {
		path := "/v1/" + t.Name + "s"
		add(r, post, path, "File a "+t.Name, a.file(t), status(http.StatusCreated))
		add(r, get, path, "List "+t.Name+"s", a.recordsOf(t))
		add(r, get, path+"/{id}", "Read a "+t.Name, a.recordOf(t))
	}

	add(r, get, "/v1/records", "List records", a.records)
	add(r, get, "/v1/records/{id}", "Read a record", a.record)
	add(r, get, "/v1/records/{id}/history", "What happened to a record, refused attempts too", a.history)
	add(r, get, "/v1/records/{id}/versions", "The versions of a record, each with its changes", a.versions)
	add(r, get, "/v1/records/{id}/signatures", "The signatures on a record, verified", a.signatures)
	add(r, get, "/v1/records/{id}/links", "The records that a record is linked to", a.links)
	add(r, get, "/v1/records/{id}/comments", "The comments on a record", a.comments)
	add(r, get, "/v1/records/{id}/process", "The process of a record, with the steps where it stands", a.process)
	add(r, get, "/v1/records/{id}/evidence", "The evidence pack of a record", a.evidence)
	add(r, post, "/v1/records/{id}/correct", "Correct submitted data", a.correct)
	add(r, post, "/v1/records/{id}/reclassify", "Ask for another class", a.reclassify)
	add(r, post, "/v1/records/{id}/extend", "Ask for a later due date", a.extend)
	add(r, post, "/v1/records/{id}/hold", "Stop the clock", a.why("record.hold"))
	add(r, post, "/v1/records/{id}/resume", "Start the clock again", a.resume)
	add(r, post, "/v1/records/{id}/cancel", "Ask to cancel a record", a.why("record.cancel"))
	add(r, post, "/v1/records/{id}/reopen", "Ask to reopen a record", a.why("record.reopen"))
	add(r, post, "/v1/records/{id}/links", "Link a record to another", a.link, status(http.StatusCreated))
	add(r, post, "/v1/records/{id}/comments", "Comment on a record", a.commentRecord, status(http.StatusCreated))

	add(r, get, "/v1/tasks", "List the tasks of a box", a.tasks)
	add(r, get, "/v1/tasks/counts", "Count the tasks of each box", a.taskCounts)
	add(r, get, "/v1/tasks/{id}", "Read a task", a.task)
	add(r, post, "/v1/tasks/{id}/claim", "Take a task", a.claim)
	add(r, post, "/v1/tasks/{id}/release", "Give a task back", a.release)
	add(r, post, "/v1/tasks/{id}/delegate", "Let somebody else do a task that stays mine", a.handover("task.delegate"))
	add(r, post, "/v1/tasks/{id}/reassign", "Give a task to somebody else", a.handover("task.reassign"))
	add(r, post, "/v1/tasks/{id}/signing", "Open a signing sheet", a.signing, status(http.StatusCreated))
	add(r, post, "/v1/tasks/{id}/complete", "Decide a task", a.complete)
	add(r, post, "/v1/tasks/{id}/comments", "Comment on a task", a.commentTask, status(http.StatusCreated))
	add(r, get, "/v1/tasks/{id}/draft", "Read my draft of a task", a.draft)
	add(r, put, "/v1/tasks/{id}/draft", "Keep a draft of a task", a.saveDraft)

	add(r, get, "/v1/forms/{id}", "Read a form", a.form)
	add(r, get, "/v1/people", "Find people", a.people)
	add(r, get, "/v1/sites", "List the sites", a.sites)
	add(r, get, "/v1/types", "List the types of record with their processes", a.types)

	add(r, get, "/v1/sla", "Service levels of open work", a.sla)
	add(r, get, "/v1/workflows/{id}", "Where the process of a record stands", a.workflow)
	add(r, post, "/v1/workflows/{id}/signals/{name}", "Signal the process of a record", a.signal)

	add(r, get, "/v1/audit/events", "Search the audit trail", a.auditEvents)
	add(r, get, "/v1/audit/checkpoint", "The signed head of the audit log", a.checkpoint)
	add(r, get, "/v1/audit/proof", "Prove an event, or that the log only grew", a.proof)
	add(r, get, "/v1/decisions", "Search the policy decisions", a.decisions)
}
