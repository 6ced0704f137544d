// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// This file is the fence around huma: its defaults are replaced here, once, and the rest of the package uses only Register
// and plain structs.

// huma keeps these as variables of its package; there is no other way to choose.
func init() {
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = problemFor
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return problemFor(nil, status, msg, errs...)
	}
}

// version is the API's, not the program's: it moves when the contract does.
const version = "1.0.0"

const (
	sessionScheme = "session"
	bearerScheme  = "bearer"
)

func config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Countersign", Version: version,
				Description: "Regulated work: records, tasks, decisions, electronic signatures and the trail that proves them. " +
					"Every POST takes an Idempotency-Key: the same key with the same request has the same answer. Decisions take If-Match.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					sessionScheme: {Type: "apiKey", In: "cookie", Name: cookieName, Description: "The session of the web app."},
					bearerScheme:  {Type: "http", Scheme: "bearer", Description: "A bearer token, or the API key of a service account."},
				},
			},
		},
		OpenAPIPath:                  "/openapi",
		Formats:                      map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}

// jsonFormat keeps numbers as they were written: content hashes are made of them.
var jsonFormat = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		if err := dec.Decode(v); err != nil {
			return err
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return errors.New("there is more after the JSON value")
		}
		return nil
	},
}

// option changes an operation when it is added.
type option func(*huma.Operation)

// public needs no session.
func public(op *huma.Operation) { op.Security = nil }

// withOldPassword may be used while the password is one that an administrator gave.
func withOldPassword(op *huma.Operation) { op.Metadata[metaOldPassword] = true }

func status(code int) option { return func(op *huma.Operation) { op.DefaultStatus = code } }

const metaOldPassword = "old_password"

// add registers an operation. It needs a session unless it is public.
func add[I, O any](r huma.API, method, path, summary string, handler func(context.Context, *I) (*O, error), options ...option) {
	op := huma.Operation{
		Method: method, Path: path, Summary: summary, OperationID: operationID(method, path), Tags: []string{tagOf(path)},
		Security: []map[string][]string{{sessionScheme: {}}, {bearerScheme: {}}},
		Metadata: map[string]any{},
		// The real limit is checkBody's, which answers exactly; huma's own would refuse a body of just that size.
		MaxBodyBytes: maxBody + 2,
		Errors:       []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge},
	}
	if method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusServiceUnavailable)
	}
	for _, o := range options {
		o(&op)
	}
	huma.Register(r, op, handler)
}

// operationID names an operation for generated clients: "post-tasks-id-claim".
func operationID(method, path string) string {
	path = strings.NewReplacer("/v1/", "", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + "-" + strings.ReplaceAll(path, "/", "-")
}

// tagOf groups operations by the first part of their path.
func tagOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return first
}
