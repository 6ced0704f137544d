// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"time"

	"github.com/google/uuid"
)

// Credential is what a check of someone's credentials reads, in one statement.
type Credential struct {
	Person   *Person        `json:"person"` // nil: nobody of that name
	Stored   *StoredReceipt `json:"stored"` // the command's earlier answer
	Settings OrgSettings    `json:"settings"`
	Secrets  *Secrets       `json:"credential"` // nil: the person has none, as service accounts do
}

// StoredReceipt is an earlier answer to a command, with the fingerprint of the body that it answered.
type StoredReceipt struct {
	Fingerprint Bytes   `json:"fingerprint"`
	Receipt     Receipt `json:"receipt"`
}

// Secrets is a row of credentials. Nothing in it is readable: passwords are hashed, the TOTP secret is encrypted.
type Secrets struct {
	Org           uuid.UUID  `json:"org_id"`
	User          uuid.UUID  `json:"user_id"`
	PasswordHash  string     `json:"password_hash"` // PHC string of argon2id
	PasswordSet   *time.Time `json:"password_set"`
	PasswordOld   []string   `json:"password_old"` // hashes of earlier passwords, newest first
	MustChange    bool       `json:"must_change"`
	TOTPSecret    Bytes      `json:"totp_secret"`
	TOTPConfirmed bool       `json:"totp_confirmed"`
	TOTPLast      int64      `json:"totp_last"` // last used time step
}

// The components of a signature, as policy names them (11.200(a)(1)).
const (
	ComponentUsername = "username"
	ComponentPassword = "password"
	ComponentTOTP     = "totp"
)

// The rules by which a login or a signature's components are refused. They stand in the trail (11.300(d)).
const (
	RuleUsername         = "username"          // the name given is not that of the session
	RulePassword         = "password"          // wrong password
	RuleTOTP             = "totp"              // wrong one-time code, or one that was used before
	RuleTOTPMissing      = "totp_missing"      // the password was right, the one-time code was left out
	RuleComponentMissing = "component_missing" // a component that the policy asks for was left out or cannot be checked
	RuleLocked           = "locked"
	RuleInactive         = "inactive"
	RuleMustChange       = "must_change"     // the password was set by an administrator and has to be changed first
	RuleServiceAccount   = "service_account" // a machine neither logs in with a password nor signs
)

// CountsAsFailure says whether a refusal by rule moves the failure counter that locks a person. Only a wrong guess does:
// an attempt that was merely incomplete, or made while locked, does not.
func CountsAsFailure(rule string) bool {
	return rule == RuleUsername || rule == RulePassword || rule == RuleTOTP
}
