// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/countersign/countersign/models"
)

// Components are what a person gives to sign.
type Components struct {
	Username string
	Password string
	TOTP     string
}

// component returns what was given for a component by its policy name; "" also for one that cannot be checked here.
func (c Components) component(name string) string {
	switch name {
	case models.ComponentUsername:
		return c.Username
	case models.ComponentPassword:
		return c.Password
	case models.ComponentTOTP:
		return c.TOTP
	default:
		return ""
	}
}

// CheckComponents proves that the session's person is signing now (11.200). required are the components that policy asks
// for; a username that is given is compared in any case. It returns the components that were given and right, for the command.
//
// A command that was answered before returns its stored receipt instead, before anything is checked, because a retried
// one-time code is used up; CodeKeyReused if its body was another. What is wrong is CodeSigningRefused with the rules that
// say so, and the caller commits it (11.300(d)). A code is spent only where all else is right.
func (s *Service) CheckComponents(ctx context.Context, session *models.Session, required []string, given Components,
	command uuid.UUID, fingerprint []byte,
) (factors []string, stored *models.Receipt, err error) {
	if session.Person.Kind != models.KindPerson || session.Kind == models.SessionAPIKey {
		return nil, nil, refuseSigning(models.Reason{Rule: models.RuleServiceAccount, Text: "A service account never signs."})
	}
	c, err := s.Store.Credential(ctx, session.Org, session.Person.ID, "", command, s.Now())
	if err != nil {
		return nil, nil, fmt.Errorf("check a signature's components: %w", err)
	}
	if c.Stored != nil {
		stored, err = answered(c.Stored, fingerprint)
		return nil, stored, err
	}
	reasons := standing(c)
	if len(reasons) == 0 {
		reasons = missing(c, required, given)
	}
	if len(reasons) == 0 {
		reasons, err = s.wrong(ctx, c, required, given)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("check a signature's components: %w", err)
	}
	if len(reasons) > 0 {
		return nil, nil, refuseSigning(reasons...)
	}
	return slices.Clone(required), nil, nil
}

// answered returns the earlier answer to a command, if it was asked the same thing.
func answered(stored *models.StoredReceipt, fingerprint []byte) (*models.Receipt, error) {
	if !bytes.Equal(stored.Fingerprint, fingerprint) {
		return nil, models.Refuse(models.CodeKeyReused, "This Idempotency-Key was used with another request.")
	}
	return &stored.Receipt, nil
}

// standing says why this person signs nothing at the moment, whatever he gives. The facts were read just now.
func standing(c *models.Credential) []models.Reason {
	switch {
	case c.Person == nil || c.Person.Kind != models.KindPerson:
		return []models.Reason{{Rule: models.RuleServiceAccount, Text: "Only a person signs."}}
	case !c.Person.Active:
		return []models.Reason{{Rule: models.RuleInactive, Text: "The account is not active."}}
	case c.Person.Locked:
		return []models.Reason{{Rule: models.RuleLocked, Text: "The account is locked; an administrator unlocks it."}}
	case c.Secrets != nil && c.Secrets.MustChange:
		return []models.Reason{mustChange}
	}
	return nil
}

// missing lists the required components that were left out or that this person cannot give. Policy naming none at all
// is no licence to sign with none.
func missing(c *models.Credential, required []string, given Components) (reasons []models.Reason) {
	say := func(text string) {
		reasons = append(reasons, models.Reason{Rule: models.RuleComponentMissing, Text: text})
	}
	if !proves(required) {
		say("The policy names no component that proves who signs.")
	}
	for _, name := range required {
		switch {
		case given.component(name) == "":
			say(fmt.Sprintf("The %s is missing.", componentName(name)))
		case name == models.ComponentPassword && (c.Secrets == nil || c.Secrets.PasswordHash == ""):
			say("No password is set.")
		case name == models.ComponentTOTP && (c.Secrets == nil || !c.Secrets.TOTPConfirmed):
			say("No tested one-time code token is enrolled.") // 11.300(e)
		}
	}
	return reasons
}

// wrong checks every component, so that the trail has all that was wrong.
func (s *Service) wrong(ctx context.Context, c *models.Credential, required []string, given Components) (reasons []models.Reason, err error) {
	if given.Username != "" && given.Username != c.Person.Username {
		reasons = append(reasons, models.Reason{Rule: models.RuleUsername, Text: "The username is not that of the person who is logged in."})
	}
	if slices.Contains(required, models.ComponentPassword) {
		ok, _, err := s.Hasher.VerifyForSigning(ctx, c.Secrets.PasswordHash, given.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			reasons = append(reasons, models.Reason{Rule: models.RulePassword, Text: "The password is not right."})
		}
	}
	if slices.Contains(required, models.ComponentTOTP) {
		ok, err := s.checkSigningTOTP(ctx, *c.Secrets, given.TOTP, len(reasons) == 0)
		if err != nil {
			return nil, err
		}
		if !ok {
			reasons = append(reasons, models.Reason{Rule: models.RuleTOTP, Text: "The one-time code is not right, or was used before."})
		}
	}
	return reasons, nil
}

// checkSigningTOTP spends the code only if everything else was right: a mistyped password should not cost the person half
// a minute's wait for the next code.
func (s *Service) checkSigningTOTP(ctx context.Context, secrets models.Secrets, code string, spend bool) (ok bool, err error) {
	if spend {
		_, ok, err = s.spendTOTP(ctx, secrets, code)
	} else {
		_, ok, err = s.matchTOTP(secrets, code)
	}
	return ok, err
}

// proves says whether one of the required components proves something. A username proves nothing: everybody knows it.
func proves(required []string) bool {
	return slices.ContainsFunc(required, func(name string) bool { return name != models.ComponentUsername })
}

func componentName(name string) string {
	switch name {
	case models.ComponentTOTP:
		return "one-time code"
	default:
		return name
	}
}

func refuseSigning(reasons ...models.Reason) error {
	return models.Refuse(models.CodeSigningRefused, "The signature was refused.", reasons...)
}
