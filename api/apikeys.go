// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/countersign/countersign/api/auth"
	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres/queries"
)

// APIKey is a key of a service account. The key itself is stored nowhere.
type APIKey struct {
	ID        uuid.UUID  `json:"id" format:"uuid"`
	Name      string     `json:"name"`
	Account   Named      `json:"account"`
	State     string     `json:"state" enum:"active,expired,revoked"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
}

type apiKeysOutput struct {
	Body struct {
		Items []APIKey `json:"items"`
	}
}

func (a *API) apiKeys(ctx context.Context, _ *struct{}) (*apiKeysOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "api_keys.read"); err != nil {
		return nil, err
	}
	out := &apiKeysOutput{}
	out.Body.Items = []APIKey{}
	now := a.Now()
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		rows, err := q.APIKeys(ctx, c.Org)
		for _, r := range rows {
			key := APIKey{
				ID: r.ID, Name: r.Name, Account: Named{ID: r.UserID, Name: r.AccountName}, State: "active", CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
				RevokedAt: r.EndedAt,
			}
			switch {
			case r.EndedAt != nil:
				key.State = "revoked"
			case !r.ExpiresAt.After(now):
				key.State = "expired"
			}
			out.Body.Items = append(out.Body.Items, key)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return out, nil
}

type newKeyInput struct {
	Keyed
	Body struct {
		Account   uuid.UUID `json:"account" format:"uuid" doc:"Id of a service account: it files and signals, and signs nothing."`
		Name      string    `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for."`
		ExpiresAt time.Time `json:"expires_at" doc:"Within 366 days."`
	}
}

// createKey makes an API key. It is shown in this answer, and never again.
func (a *API) createKey(ctx context.Context, in *newKeyInput) (*issued, error) {
	c := callerOf(ctx)
	account, err := a.findUser(ctx, in.Body.Account)
	if err == errNoUser { //nolint:errorlint // it is the very value
		err = models.InvalidField("account", "unknown", "There is no such account.")
	}
	if err != nil {
		return nil, err
	}
	text, start, err := auth.NewAPIKey(c.Org, models.Person{ID: account.ID, Kind: models.ActorKind(account.Kind)}, in.Body.Name, in.Body.ExpiresAt, a.Now())
	if err != nil {
		return nil, err
	}
	receipt, err := settled(a.Commit.Commit(ctx, c.command(intended{name: "admin.api_key_create", key: in.Key, body: start, told: in.Body})))
	if err != nil {
		return nil, err
	}
	out := &issued{Body: Issued{Receipt: receiptOf(receipt), ID: start.ID}}
	if issuedHere(receipt, start.ID.String()) {
		out.Body.Key = text
		return out, nil
	}
	if first, ok := receipt.Result.(string); ok {
		out.Body.ID, err = uuid.Parse(first)
	}
	return out, err
}

// revokeKey ends an API key at once (11.300(c)).
func (a *API) revokeKey(ctx context.Context, in *userInput) (*recorded, error) {
	c := callerOf(ctx)
	var account uuid.UUID
	err := a.DB.Read(ctx, c.Org, func(q *queries.Queries, _ pgx.Tx) error {
		var err error
		account, err = q.APIKey(ctx, queries.APIKeyParams{Org: c.Org, ID: in.ID})
		return err
	})
	if err := orNotFound(err, models.Refuse(models.CodeNotFound, "There is no such API key."), "find the API key"); err != nil {
		return nil, err
	}
	return a.endAs(ctx, "admin.api_key_revoke", in.Key, in.ID, account, in.Body.Reason)
}
