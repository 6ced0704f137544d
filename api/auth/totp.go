// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/countersign/countersign/models"
)

// One-time codes as RFC 6238 has them and as every authenticator app reads them.
const (
	totpPeriod     = 30 // seconds
	totpWindow     = 1  // time steps that a clock may be off, either way
	totpSecretSize = 20 // bytes
)

var (
	totpEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)
	hotpOpts     = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
)

// Enrolment is what a person puts into an authenticator app. It is shown once and stored only encrypted.
type Enrolment struct {
	Secret string // base32
	URL    string // otpauth://
}

// EnrolTOTP gives a person a new token. It counts only once ConfirmTOTP has tested it. A token in use is not replaced:
// ResetTOTP comes first, by an administrator who has verified the identity again (11.300(c)).
func (b *SecretBox) EnrolTOTP(current models.Secrets, issuer, username string) (models.Secrets, Enrolment, error) {
	if current.TOTPConfirmed {
		return current, Enrolment{}, models.Refuse(models.CodeMoved, "A one-time code token is in use already; an administrator takes it back first.")
	}
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: username, Period: totpPeriod, SecretSize: totpSecretSize, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return current, Enrolment{}, fmt.Errorf("make a one-time code secret: %w", err)
	}
	secret, err := totpEncoding.DecodeString(key.Secret())
	if err != nil {
		return current, Enrolment{}, fmt.Errorf("decode a new one-time code secret: %w", err)
	}
	current.TOTPSecret = b.Seal(current.Org, current.User, secret)
	return current, Enrolment{Secret: key.Secret(), URL: key.URL()}, nil
}

// ConfirmTOTP tests an enrolled token with one of its codes (11.300(e)), which is thereby spent, and returns what to
// store. The error of a wrong code is CodeInvalid at "totp".
func (s *Service) ConfirmTOTP(ctx context.Context, current models.Secrets, code string) (models.Secrets, error) {
	if current.TOTPConfirmed || len(current.TOTPSecret) == 0 {
		return current, models.Refuse(models.CodeMoved, "No one-time code token waits for its test.")
	}
	step, ok, err := s.spendTOTP(ctx, current, code)
	if err != nil {
		return current, fmt.Errorf("test a one-time code token: %w", err)
	}
	if !ok {
		return current, &models.Error{Code: models.CodeInvalid, Message: "The token is not confirmed.", Fields: []models.FieldProblem{{
			Path: "totp", Pointer: "/totp", Code: "wrong", Message: "The one-time code is not right, or was used before.",
		}}}
	}
	current.TOTPConfirmed, current.TOTPLast = true, step
	return current, nil
}

// ResetTOTP takes a token back. The person enrols another.
func ResetTOTP(current models.Secrets) models.Secrets {
	current.TOTPSecret, current.TOTPConfirmed = nil, false
	return current
}

// matchTOTP finds the time step whose code was given. It spends nothing: a code counts only once UseTOTP says so.
func (s *Service) matchTOTP(secrets models.Secrets, code string) (step int64, ok bool, err error) {
	secret, err := s.Box.Open(secrets.Org, secrets.User, secrets.TOTPSecret)
	if err != nil {
		return 0, false, err
	}
	return matchStep(secret, code, s.Now())
}

// spendTOTP checks a code and spends it. Of equal codes given at the same instant one wins: the store decides.
func (s *Service) spendTOTP(ctx context.Context, secrets models.Secrets, code string) (step int64, ok bool, err error) {
	step, ok, err = s.matchTOTP(secrets, code)
	if err != nil || !ok {
		return 0, false, err
	}
	ok, err = s.Store.UseTOTP(ctx, secrets.Org, secrets.User, step)
	return step, ok, err
}

// matchStep returns the time step within the window whose code this is. Every step is tried, so that the time taken does
// not tell which one matched.
func matchStep(secret []byte, code string, at time.Time) (step int64, ok bool, err error) {
	code = strings.ReplaceAll(code, " ", "")
	text := totpEncoding.EncodeToString(secret)
	now := at.Unix() / totpPeriod
	for _, candidate := range []int64{now, now - totpWindow, now + totpWindow} {
		want, err := hotp.GenerateCodeCustom(text, uint64(candidate), hotpOpts)
		if err != nil {
			return 0, false, fmt.Errorf("compute a one-time code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && !ok {
			step, ok = candidate, true
		}
	}
	return step, ok, nil
}
