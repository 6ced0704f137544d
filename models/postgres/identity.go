// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// Credential reads what is needed to check a person's credentials, by id or, where user is uuid.Nil, by username; and the
// receipt of command if it was answered before.
func (db *DB) Credential(ctx context.Context, org, user uuid.UUID, username string, command uuid.UUID, at time.Time) (*models.Credential, error) {
	var id *uuid.UUID
	if user != uuid.Nil {
		id = &user
	}
	var c models.Credential
	if _, err := db.one(ctx, &c, "SELECT credential($1, $2, $3, $4, $5)", org, id, username, command, at); err != nil {
		return nil, fmt.Errorf("read the credentials: %w", err)
	}
	return &c, nil
}

// UseTOTP spends the one-time code of a time step. False if that step, or a later one, was spent before.
func (db *DB) UseTOTP(ctx context.Context, org, user uuid.UUID, step int64) (bool, error) {
	var ok bool
	if err := db.pool.QueryRow(ctx, "SELECT use_totp($1, $2, $3)", org, user, step).Scan(&ok); err != nil {
		return false, fmt.Errorf("spend the one-time code: %w", err)
	}
	return ok, nil
}

// Identity are the changes to people, sessions and settings that one command writes.
type Identity struct {
	NewOrganizations []OrganizationRow `json:"new_organizations,omitempty"`
	Organizations    []OrganizationRow `json:"organizations,omitempty"`
	Calendars        []CalendarRow     `json:"calendars,omitempty"`
	Sites            []SiteRow         `json:"sites,omitempty"`
	NewUsers         []User            `json:"new_users,omitempty"`
	Users            []User            `json:"users,omitempty"`
	Failed           []Failure         `json:"failed,omitempty"`
	Passed           []UserRef         `json:"passed,omitempty"`
	Groups           []Group           `json:"groups,omitempty"`
	Members          []Member          `json:"members,omitempty"`
	RemovedMembers   []Member          `json:"removed_members,omitempty"`
	Grants           []GrantRow        `json:"grants,omitempty"`
	Credentials      []models.Secrets  `json:"credentials,omitempty"`
	Sessions         []SessionRow      `json:"sessions,omitempty"`
	Ended            []EndedSession    `json:"ended,omitempty"`
	Absences         []Absence         `json:"absences,omitempty"`
	SigningKeys      []SigningKey      `json:"signing_keys,omitempty"`
}

// OrganizationRow is a row of organizations.
type OrganizationRow struct {
	Org       uuid.UUID          `json:"org_id"`
	Slug      string             `json:"slug"`
	Name      string             `json:"name"`
	Settings  models.OrgSettings `json:"settings"`
	Revision  int                `json:"revision"` // one more than the row's, or the change is decided again
	Letter    *models.Letter     `json:"letter"`
	CreatedAt time.Time          `json:"created_at"`
}

// CalendarRow is one version of a working calendar. Versions are never changed.
type CalendarRow struct {
	Org       uuid.UUID       `json:"org_id"`
	ID        uuid.UUID       `json:"id"`
	Version   int             `json:"version"`
	Name      string          `json:"name"`
	Spec      models.Calendar `json:"spec"`
	CreatedAt time.Time       `json:"created_at"`
}

// SiteRow is a row of sites.
type SiteRow struct {
	Org       uuid.UUID `json:"org_id"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Zone      string    `json:"zone"`
	Calendar  uuid.UUID `json:"calendar_id"`
	CreatedAt time.Time `json:"created_at"`
}

// User is a row of users.
type User struct {
	Org                uuid.UUID        `json:"org_id"`
	ID                 uuid.UUID        `json:"id"`
	Kind               models.ActorKind `json:"kind"`
	Username           string           `json:"username"`
	Name               string           `json:"name"`
	Email              string           `json:"email"`
	Active             bool             `json:"active"`
	LockedAt           *time.Time       `json:"locked_at"`
	Failures           int              `json:"failures"`
	StatementSignedAt  *time.Time       `json:"statement_signed_at"`
	IdentityVerifiedAt *time.Time       `json:"identity_verified_at"`
	IdentityVerifiedBy *uuid.UUID       `json:"identity_verified_by"`
	IdentityMethod     string           `json:"identity_method"`
	CredentialResetAt  *time.Time       `json:"credential_reset_at"`
	CredentialResetBy  *uuid.UUID       `json:"credential_reset_by"` // until somebody else has confirmed the person
	CreatedAt          time.Time        `json:"created_at"`
	CreatedBy          uuid.UUID        `json:"created_by"`
}

// Failure counts a failed attempt and locks the person at the LockAfter-th in a row.
type Failure struct {
	Org       uuid.UUID `json:"org_id"`
	ID        uuid.UUID `json:"id"`
	LockAfter int       `json:"lock_after"`
	At        time.Time `json:"at"`
}

// UserRef names a person.
type UserRef struct {
	Org uuid.UUID `json:"org_id"`
	ID  uuid.UUID `json:"id"`
}

// Group is a row of groups.
type Group struct {
	Org       uuid.UUID `json:"org_id"`
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
}

// Member is a person in a group.
type Member struct {
	Org   uuid.UUID `json:"org_id"`
	Group uuid.UUID `json:"group_id"`
	User  uuid.UUID `json:"user_id"`
}

// GrantRow is a role given to a person or a group, until it is revoked.
type GrantRow struct {
	Org       uuid.UUID   `json:"org_id"`
	ID        uuid.UUID   `json:"id"`
	User      *uuid.UUID  `json:"user_id"`
	Group     *uuid.UUID  `json:"group_id"`
	Role      models.Role `json:"role"`
	Site      string      `json:"site"`
	GrantedAt time.Time   `json:"granted_at"`
	GrantedBy uuid.UUID   `json:"granted_by"`
	RevokedAt *time.Time  `json:"revoked_at"`
	RevokedBy *uuid.UUID  `json:"revoked_by"`
}

// SessionRow is a row of sessions: a login, a bearer token or an API key.
type SessionRow struct {
	Org         uuid.UUID    `json:"org_id"`
	TokenHash   models.Bytes `json:"token_hash"` // SHA-256 of the token; the token itself is never stored
	ID          uuid.UUID    `json:"id"`
	User        uuid.UUID    `json:"user_id"`
	Kind        string       `json:"kind"`
	Name        string       `json:"name"`
	Address     string       `json:"address"`
	Device      string       `json:"device"`
	CreatedAt   time.Time    `json:"created_at"`
	SeenAt      time.Time    `json:"seen_at"`
	IdleSeconds int          `json:"idle_seconds"` // 0: no idle timeout
	ExpiresAt   time.Time    `json:"expires_at"`
}

// EndedSession ends one session, or all of a person's but the one to keep.
type EndedSession struct {
	Org  uuid.UUID  `json:"org_id"`
	ID   *uuid.UUID `json:"id,omitempty"`
	User *uuid.UUID `json:"user_id,omitempty"`
	Keep string     `json:"keep,omitempty"`
	At   time.Time  `json:"at"`
}

// Absence names who acts for whom, from when to when.
type Absence struct {
	Org        uuid.UUID  `json:"org_id"`
	ID         uuid.UUID  `json:"id"`
	User       uuid.UUID  `json:"user_id"`
	Substitute uuid.UUID  `json:"substitute_id"`
	StartsAt   time.Time  `json:"starts_at"`
	EndsAt     time.Time  `json:"ends_at"`
	Reason     string     `json:"reason"`
	CreatedAt  time.Time  `json:"created_at"`
	CreatedBy  uuid.UUID  `json:"created_by"`
	EndedAt    *time.Time `json:"ended_at"` // when it was cut short
}

// SigningKey is the public half of one of the organization's keys.
type SigningKey struct {
	Org       uuid.UUID    `json:"org_id"`
	ID        string       `json:"id"`
	Public    models.Bytes `json:"public"`
	CreatedAt time.Time    `json:"created_at"`
	RevokedAt *time.Time   `json:"revoked_at"`
}
