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
	"sync"
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
	// Overview is the policies in force, for reading. What it returns is shared and not to be changed.
	Overview() models.PolicyOverview
}

// EvidencePack writes the evidence pack of a record as a zip file.
type EvidencePack func(ctx context.Context, session *models.Session, record uuid.UUID, w io.Writer) error

// API holds what the handlers need. Evidence, Live, Demo, Ready and Metrics may be left out; everything else is needed.
type API struct {
	DB       *postgres.DB
	Auth     *auth.Service
	Policy   Policy
	Commit   Committer
	Engine   Engine
	Types    models.Types
	Forms    map[string]*models.Form
	Evidence EvidencePack
	Live     *Events                                // runs beside the API
	Demo     *Demo                                  // on a demo server: who can be tried out
	Ready    map[string]func(context.Context) error // what must answer beside the database, by name
	Metrics  *prometheus.Registry                   // served at /metrics, beside the API's own
	Log      *slog.Logger
	Now      func() time.Time

	ExportRows int // at most so many rows go into one file; 50,000 unless set

	clocks    siteClocks
	verifying sync.Map // organizations whose log is being verified
	uploads   uploads
	outgoing  places // for files that are made to be sent
}

// routes is the whole API. Security, body limits and problem answers are the same for all: see fence.go and middleware.go.
func (a *API) routes(r huma.API) {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete

	add(r, post, "/v1/session", "Begin a session", a.login, public, status(http.StatusCreated))
	add(r, del, "/v1/session", "End the session", a.logout, withOldPassword, status(http.StatusNoContent))
	add(r, get, "/v1/me", "Who I am, and what keeps me from signing", a.me, withOldPassword)
	add(r, post, "/v1/me/password", "Change my password", a.changePassword, withOldPassword)
	add(r, post, "/v1/me/statement", "Sign the accountability statement", a.signStatement)
	add(r, put, "/v1/me/preferences", "Choose how I like to work", a.savePreferences)
	add(r, post, "/v1/me/totp", "Begin to enrol a one-time code token", a.beginTOTP, status(http.StatusCreated))
	add(r, post, "/v1/me/totp/confirm", "Test the token, and take it into use", a.confirmTOTP)
	add(r, get, "/v1/me/sessions", "My sessions", a.mySessions)
	add(r, post, "/v1/me/sessions/{id}/end", "End a session of mine", a.endMySession)
	add(r, get, "/v1/me/views", "My saved views", a.views)
	add(r, put, "/v1/me/views/{id}", "Save a view", a.saveView)
	add(r, del, "/v1/me/views/{id}", "Delete a saved view", a.deleteView, status(http.StatusNoContent))
	add(r, get, "/v1/notices", "What I was told, newest first", a.notices)
	add(r, post, "/v1/notices/read", "Mark what I was told as read", a.readNotices, status(http.StatusNoContent))
	add(r, get, eventsPath, "What changes for me, as it happens", a.liveEvents, describeEvents)

	for _, t := range a.sortedTypes() {
		path := "/v1/" + t.Name + "s"
		add(r, post, path, "File a "+t.Name, a.file(t), status(http.StatusCreated))
		add(r, get, path, "List "+t.Name+"s", a.recordsOf(t))
		add(r, get, path+"/{id}", "Read a "+t.Name, a.recordOf(t))
	}

	add(r, get, "/v1/records", "List records", a.records)
	add(r, get, "/v1/records/export", "List records as a file; the export is recorded", a.exportRecords, makesFile)
	add(r, get, "/v1/records/{id}", "Read a record", a.record)
	add(r, get, "/v1/records/{id}/history", "What happened to a record, refused attempts too", a.history)
	add(r, get, "/v1/records/{id}/versions", "The versions of a record, each with its changes", a.versions)
	add(r, get, "/v1/records/{id}/signatures", "The signatures on a record, verified", a.signatures)
	add(r, get, "/v1/records/{id}/sheets/{sheet}", "What a signer was shown, byte for byte", a.fetchSheet)
	add(r, get, "/v1/records/{id}/links", "The records that a record is linked to", a.links)
	add(r, get, "/v1/records/{id}/similar", "Earlier records that a record may repeat", a.similar)
	add(r, get, "/v1/records/{id}/comments", "The comments on a record", a.comments)
	add(r, get, "/v1/records/{id}/process", "The process of a record, with the steps where it stands", a.process)
	add(r, get, "/v1/records/{id}/evidence", "The evidence pack of a record; that it is taken is recorded", a.evidence, makesFile)
	add(r, post, "/v1/records/{id}/correct", "Correct submitted data", a.correct)
	add(r, post, "/v1/records/{id}/reclassify", "Ask for another class", a.reclassify)
	add(r, post, "/v1/records/{id}/extend", "Ask for a later due date", a.extend)
	add(r, post, "/v1/records/{id}/hold", "Stop the clock", a.why("record.hold"))
	add(r, post, "/v1/records/{id}/resume", "Start the clock again", a.resume)
	add(r, post, "/v1/records/{id}/cancel", "Ask to cancel a record", a.why("record.cancel"))
	add(r, post, "/v1/records/{id}/reopen", "Ask to reopen a record", a.why("record.reopen"))
	add(r, post, "/v1/records/{id}/links", "Link a record to another", a.link, status(http.StatusCreated))
	add(r, get, "/v1/records/{id}/files", "The files of a record, the removed ones too", a.files)
	add(r, get, "/v1/records/{id}/files/{sha256}", "Fetch a file of a record", a.fetchFile)
	add(r, post, "/v1/records/{id}/files", "Attach an uploaded file to a record", a.attach, status(http.StatusCreated))
	add(r, post, "/v1/records/{id}/files/{sha256}/remove", "Take a file off a record; earlier versions keep it", a.detach)
	add(r, post, filesPath, "Upload a file, to attach it then", a.upload, takesFile, status(http.StatusCreated))
	describeUpload(r.OpenAPI().Paths[filesPath].Post)
	add(r, post, "/v1/records/{id}/print", "Make a copy on paper", a.print, status(http.StatusCreated))
	add(r, post, "/v1/records/{id}/comments", "Comment on a record", a.commentRecord, status(http.StatusCreated))

	add(r, get, "/v1/tasks", "List the tasks of a box", a.tasks)
	add(r, get, "/v1/tasks/export", "List tasks as a file; the export is recorded", a.exportTasks, makesFile)
	add(r, get, "/v1/tasks/counts", "Count the tasks of each box", a.taskCounts)
	add(r, get, "/v1/tasks/{id}", "Read a task", a.task)
	add(r, post, "/v1/tasks/{id}/claim", "Take a task", a.claim)
	add(r, post, "/v1/tasks/{id}/release", "Give a task back", a.release)
	add(r, post, "/v1/tasks/{id}/delegate", "Let somebody else do a task that stays mine", a.handover("task.delegate"))
	add(r, post, "/v1/tasks/{id}/reassign", "Give a task to somebody else", a.handover("task.reassign"))
	add(r, post, "/v1/tasks/reassign", "Give many tasks to somebody else, each by itself", a.reassignMany)
	add(r, post, "/v1/tasks/{id}/follow_up", "Put a task of mine off, without moving its due date", a.followUp)
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
	add(r, get, "/v1/board", "The manager's board: open work, and what a period brought", a.board)
	add(r, get, "/v1/board/export", "The manager's board as a file; the export is recorded", a.exportBoard, makesFile)
	add(r, get, "/v1/workflows/{id}", "Where the process of a record stands", a.workflow)
	add(r, post, "/v1/workflows/{id}/signals/{name}", "Signal the process of a record", a.signal)

	add(r, get, "/v1/audit/events", "Search the audit trail", a.auditEvents)
	add(r, get, "/v1/audit/checkpoint", "The signed head of the audit log", a.checkpoint)
	add(r, get, "/v1/audit/proof", "Prove an event, or that the log only grew", a.proof)
	add(r, post, "/v1/audit/verify", "Verify the whole log on the server", a.verifyLog)
	add(r, get, "/v1/decisions", "Search the policy decisions", a.decisions)
	add(r, get, "/v1/decisions/{id}", "Why policy decided so, with all that it looked at", a.decision)
	add(r, get, "/v1/policies", "The policies in force, for reading", a.policies)
	add(r, get, "/v1/policies/{digest}", "The policies that a logged decision was made by", a.policyText)

	a.administration(r)
}

// administration is what changes people and settings, and not records.
func (a *API) administration(r huma.API) {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut

	add(r, get, "/v1/users", "List accounts", a.users)
	add(r, post, "/v1/users", "Make an account", a.createUser, status(http.StatusCreated))
	add(r, get, "/v1/users/{id}", "Read an account: what it holds, and what keeps it from signing", a.user)
	add(r, post, "/v1/users/{id}/deactivate", "End an account", a.aboutUser("admin.user_deactivate"))
	add(r, post, "/v1/users/{id}/unlock", "Let a locked person try again", a.aboutUser("admin.unlock"))
	add(r, post, "/v1/users/{id}/verify_identity", "Record that a person is who he says", a.verifyIdentity)
	add(r, post, "/v1/users/{id}/reset_password", "Give a person a one-time password", a.resetPassword)
	add(r, post, "/v1/users/{id}/reset_totp", "Take a lost one-time code token back", a.aboutUser("admin.totp_reset"))
	add(r, post, "/v1/users/{id}/grants", "Give a person a role", a.grantUser, status(http.StatusCreated))
	add(r, post, "/v1/users/{id}/grants/{grant}/revoke", "Take a role from a person", a.revokeUser)
	add(r, get, "/v1/users/{id}/sessions", "The sessions of a person", a.userSessions)
	add(r, post, "/v1/users/{id}/sessions/{session}/end", "End a session of a person", a.endSession)

	add(r, get, "/v1/groups", "List groups", a.groups)
	add(r, post, "/v1/groups", "Make a group", a.createGroup, status(http.StatusCreated))
	add(r, get, "/v1/groups/{id}", "Read a group: who is in it, and what they hold through it", a.group)
	add(r, post, "/v1/groups/{id}/rename", "Rename a group", a.renameGroup)
	add(r, post, "/v1/groups/{id}/members", "Take a person into a group", a.joinGroup, status(http.StatusCreated))
	add(r, post, "/v1/groups/{id}/members/{user}/remove", "Take a person out of a group", a.leaveGroup)
	add(r, post, "/v1/groups/{id}/grants", "Give everybody in a group a role", a.grantGroup, status(http.StatusCreated))
	add(r, post, "/v1/groups/{id}/grants/{grant}/revoke", "Take a role from a group", a.revokeGroup)

	add(r, get, "/v1/api-keys", "List API keys", a.apiKeys)
	add(r, post, "/v1/api-keys", "Make an API key of a service account", a.createKey, status(http.StatusCreated))
	add(r, post, "/v1/api-keys/{id}/revoke", "End an API key", a.revokeKey)

	add(r, get, "/v1/absences", "List absences", a.absences)
	add(r, post, "/v1/absences", "Say who is away, and who acts for him", a.createAbsence, status(http.StatusCreated))
	add(r, post, "/v1/absences/{id}/end", "Cut an absence short", a.endAbsence)

	add(r, get, "/v1/calendars", "List working calendars", a.calendars)
	add(r, post, "/v1/calendars", "Make a working calendar", a.createCalendar, status(http.StatusCreated))
	add(r, get, "/v1/calendars/{id}", "Read a working calendar and its versions", a.calendar)
	add(r, put, "/v1/calendars/{id}", "Make the next version of a working calendar", a.changeCalendar)
	add(r, post, "/v1/sites", "Make a site", a.createSite, status(http.StatusCreated))

	add(r, get, "/v1/settings", "The organization's settings", a.settings)
	add(r, put, "/v1/settings", "Change the organization's settings", a.changeSettings)
	add(r, post, "/v1/settings/letter", "Record the letter on electronic signatures (11.100(c))", a.recordLetter, status(http.StatusCreated))
}
