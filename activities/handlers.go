// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package activities

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// handler says how one command goes through the frame of Commit.
type handler struct {
	creates     bool // makes a record: a number is allocated
	needsRecord bool
	needsTask   bool
	lockPeople  bool                             // what changes people locks those it concerns, exclusively
	people      func(models.Command) []uuid.UUID // whose facts it needs beside the actor's
	target      func(models.Command) uuid.UUID   // whom a delegation, reassignment or administration names
	other       func(models.Command) *uuid.UUID  // another record, or a group, calendar, absence or session, that it names
	site        func(models.Command) string      // the site it names, where there is no record
	prepare     func(*tx) error                  // what must be known before policy is asked
	action      func(*tx) string                 // what policy is asked; nil: the system's own
	apply       func(context.Context, *tx) error // what changes
	refused     func(*tx, *models.Error)         // what a refusal changes: counters of failed attempts
	awaits      bool                             // the process must hear of it
}

// handlers is every command there is.
var handlers = map[string]handler{
	"record.create":  {creates: true, site: siteOf, prepare: prepareRecord, action: createAction, apply: applyCreate, awaits: true},
	"record.comment": {needsRecord: true, action: always("record.comment"), apply: applyComment},

	"record.attach": {needsRecord: true, action: always("record.attach"), apply: applyAttach},
	"record.detach": {needsRecord: true, prepare: prepareDetach, action: always("record.detach"), apply: applyDetach},

	"record.print":         {needsRecord: true, action: always("record.print"), apply: applyPrint},
	models.CommandEvidence: {needsRecord: true, action: always("record.export"), apply: applyEvidence},
	models.CommandExport:   {action: always("export.create"), apply: applyExport},

	"record.link":       {needsRecord: true, other: linkedRecord, action: always("record.link"), apply: applyLink},
	"record.correct":    {needsRecord: true, action: always("record.correct"), apply: applyCorrect, awaits: true},
	"record.extend":     {needsRecord: true, action: always("record.extend"), apply: applyRequest(models.StepExtensionApproval, extensionRequest), awaits: true},
	"record.cancel":     {needsRecord: true, action: always("record.cancel"), apply: applyRequest(models.StepCancellationApproval, cancellationRequest), awaits: true},
	"record.reclassify": {needsRecord: true, action: always("record.reclassify"), apply: applyRequest(models.StepReclassificationApproval, reclassificationRequest), awaits: true},
	"record.reopen":     {needsRecord: true, action: always("record.reopen"), apply: applyRequest(models.StepReopenApproval, reopenRequest), awaits: true},
	"record.hold":       {needsRecord: true, action: always("record.hold"), apply: applyHold, awaits: true},
	"record.resume":     {needsRecord: true, action: always("record.resume"), apply: applyResume, awaits: true},
	"workflow.signal":   {needsRecord: true, action: always("workflow.signal"), apply: applySignal},

	"task.claim":     {needsRecord: true, needsTask: true, action: always("task.claim"), apply: applyClaim},
	"task.release":   {needsRecord: true, needsTask: true, action: always("task.release"), apply: applyRelease},
	"task.delegate":  {needsRecord: true, needsTask: true, people: handoverPeople, target: handoverTo, action: always("task.delegate"), apply: applyDelegate},
	"task.reassign":  {needsRecord: true, needsTask: true, people: handoverPeople, target: handoverTo, action: always("task.reassign"), apply: applyReassign},
	"task.follow_up": {needsRecord: true, needsTask: true, action: always("task.follow_up"), apply: applyFollowUp},
	"task.sign":      {needsRecord: true, needsTask: true, prepare: prepareComplete, action: always("task.sign"), apply: applyIntent},
	"task.complete":  {needsRecord: true, needsTask: true, prepare: prepareComplete, action: always("task.complete"), apply: applyComplete, refused: countFailure, awaits: true},

	models.CommandReroute: {needsRecord: true, needsTask: true, people: reroutePeople, target: rerouteTo, other: namedAbsence, prepare: prepareReroute, action: rerouteAction, apply: applyReroute},

	"admin.user_create":      {lockPeople: true, action: always("admin.user_create"), apply: applyUserCreate},
	"admin.user_deactivate":  {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.user_deactivate"), apply: applyDeactivate},
	"admin.unlock":           {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.unlock"), apply: applyUnlock},
	"admin.grant":            {lockPeople: true, people: peopleOf, target: personOf, site: siteOfGrant, action: always("admin.grant"), apply: applyGrant},
	"admin.revoke":           {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.revoke"), apply: applyRevoke},
	"admin.identity_verify":  {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.identity_verify"), apply: applyVerifyIdentity},
	"admin.credential_reset": {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.credential_reset"), apply: applyCredentialReset},
	"admin.totp_reset":       {lockPeople: true, people: peopleOf, target: personOf, action: always("admin.credential_reset"), apply: applyTokenReset},
	"admin.api_key_create":   {people: sessionUser, action: always("admin.api_key_create"), apply: applyKeyIssue},
	"admin.api_key_revoke":   {other: namedSession, action: always("admin.api_key_revoke"), apply: applySessionEnd},
	"admin.session_revoke":   {other: namedSession, action: always("admin.session_revoke"), apply: applySessionEnd},

	"admin.group_create": {other: namedGroup, action: always("admin.group"), apply: applyGroupCreate},
	"admin.group_rename": {other: namedGroup, action: always("admin.group"), apply: applyGroupRename},
	"admin.group_join":   {lockPeople: true, people: peopleOf, other: namedGroup, action: always("admin.group"), apply: applyGroupJoin},
	"admin.group_leave":  {lockPeople: true, people: peopleOf, other: namedGroup, action: always("admin.group"), apply: applyGroupLeave},
	"admin.group_grant":  {lockPeople: true, other: namedGroup, site: siteOfGrant, action: always("admin.group"), apply: applyGroupGrant},
	"admin.group_revoke": {lockPeople: true, other: namedGroup, action: always("admin.group"), apply: applyGroupRevoke},

	"admin.absence":     {lockPeople: true, people: absencePeople, action: always("admin.absence"), apply: applyAbsence},
	"admin.absence_end": {other: namedAbsence, people: peopleOf, action: always("admin.absence"), apply: applyAbsenceEnd},

	"admin.settings": {action: always("admin.settings"), apply: applySettings},
	"admin.letter":   {action: always("admin.settings"), apply: applyLetter},
	"admin.calendar": {other: namedCalendar, action: always("admin.calendar"), apply: applyCalendar},
	"admin.site":     {other: calendarOfSite, site: siteToBe, action: always("admin.calendar"), apply: applySite},

	// What a person does for himself: the API has made sure that it is his own.
	"credential.set":           {lockPeople: true, people: peopleOf, apply: applyCredentialSet, refused: countFailure},
	models.CommandRehash:       {lockPeople: true, people: peopleOf, apply: applyRehash},
	"totp.begin":               {lockPeople: true, people: peopleOf, apply: own(applyTokenBegin), refused: countFailure},
	"totp.confirm":             {lockPeople: true, people: peopleOf, apply: applyTokenConfirm},
	"statement.sign":           {lockPeople: true, people: peopleOf, apply: applyStatement, refused: countFailure},
	models.CommandSessionStart: {lockPeople: true, people: sessionUser, apply: applySessionStart, refused: countFailure},
	models.CommandSessionEnd:   {other: namedSession, apply: applySessionEnd},

	// What the owner of the machine does from its command line.
	"organization.create": {apply: applyOrganization},
	"key.create":          {apply: applyKeyCreate},
	"server.unlock":       {lockPeople: true, people: peopleOf, apply: applyServerUnlock},

	models.CommandOpenStep: {needsRecord: true, apply: applyOpenStep},
	models.CommandClose:    {needsRecord: true, apply: applyClose},
	models.CommandSync:     {needsRecord: true, apply: applySync},
	models.CommandClock:    {needsRecord: true, apply: applyClock},
}

func createAction(t *tx) string { return t.cmd.Type + ".create" }

func always(action string) func(*tx) string { return func(*tx) string { return action } }

// read decodes a command's body.
func read[T any](cmd models.Command) (T, error) {
	var body T
	dec := json.NewDecoder(bytes.NewReader(cmd.Body))
	dec.UseNumber()
	if err := dec.Decode(&body); err != nil {
		return body, models.InvalidField("", "malformed", "The command's body cannot be read.")
	}
	return body, nil
}

// siteOf reads the site of a record that is about to be made.
func siteOf(cmd models.Command) string {
	body, err := read[models.NewRecord](cmd)
	if err != nil {
		return ""
	}
	return body.Site
}
