// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/countersign/countersign/api"
	"github.com/countersign/countersign/models"
)

const (
	maxAnswer   = 64 << 20 // bytes of an answer that are read
	sendRetries = 8        // attempts at one request, where none of them can happen twice
)

// restClient is one person, or one machine, at the REST API.
type restClient struct {
	base  string // "http://127.0.0.1:8080"
	token string // of a bearer session, or an API key
	http  *http.Client
}

func newRESTClient(base, token string) *restClient {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	return &restClient{base: strings.TrimSuffix(base, "/"), token: token, http: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// as is the same server with another token.
func (c *restClient) as(token string) *restClient {
	return &restClient{base: c.base, token: token, http: c.http}
}

// login begins a bearer session.
func (c *restClient) login(ctx context.Context, organization, username, password string) (*restClient, error) {
	var started api.SessionStarted
	body := map[string]string{"organization": organization, "username": username, "password": password, "kind": models.SessionBearer}
	if err := c.send(ctx, apiRequest{method: http.MethodPost, path: "/v1/session", body: body}, &started); err != nil {
		return nil, fmt.Errorf("log in as %s: %w", username, err)
	}
	return c.as(started.Token), nil
}

// apiRequest is one request to the API.
type apiRequest struct {
	method, path string
	key          string // Idempotency-Key of a POST
	version      int    // of the record that was seen, as If-Match; 0 for none
	body         any
}

// get reads what is at path.
func (c *restClient) get(ctx context.Context, path string, into any) error {
	return c.send(ctx, apiRequest{method: http.MethodGet, path: path}, into)
}

// download reads what is at path as it is.
func (c *restClient) download(ctx context.Context, path string) ([]byte, error) {
	var raw []byte
	err := c.send(ctx, apiRequest{method: http.MethodGet, path: path}, &raw)
	return raw, err
}

// post gives a command.
func (c *restClient) post(ctx context.Context, path, key string, version int, body, into any) error {
	return c.send(ctx, apiRequest{method: http.MethodPost, path: path, key: key, version: version, body: body}, into)
}

// send asks, and asks again where the server could not answer: reads always can be repeated, and commands by their key. The
// error of an answer that is no success is an *api.Problem.
func (c *restClient) send(ctx context.Context, r apiRequest, into any) error {
	var raw []byte
	if r.body != nil {
		var err error
		if raw, err = json.Marshal(r.body); err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
	}
	for attempt := 1; ; attempt++ {
		answer, wait, err := c.once(ctx, r, raw)
		if err == nil {
			return decodeAnswer(answer, into)
		}
		repeatable := r.method == http.MethodGet || r.key != ""
		if wait == 0 || !repeatable || attempt == sendRetries {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(wait):
		}
	}
}

// once sends a request one time. wait is how long to wait before sending it again, 0 where that would not help.
func (c *restClient) once(ctx context.Context, r apiRequest, raw []byte) (answer []byte, wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(raw))
	if err != nil {
		return nil, 0, fmt.Errorf("make the request: %w", err)
	}
	if raw != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	if r.version > 0 {
		req.Header.Set("If-Match", strconv.Quote(strconv.Itoa(r.version)))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, time.Second, fmt.Errorf("ask the server: %w", err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, time.Second, fmt.Errorf("read the answer: %w", err)
	}
	if res.StatusCode < 300 {
		return answer, 0, nil
	}
	return nil, retryAfter(res), problemOf(res, answer)
}

func retryAfter(res *http.Response) time.Duration {
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	seconds, err := strconv.Atoi(res.Header.Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 60 {
		return time.Second
	}
	return time.Duration(seconds) * time.Second
}

func problemOf(res *http.Response, answer []byte) error {
	p := &api.Problem{}
	if err := json.Unmarshal(answer, p); err != nil || p.Title == "" {
		return &api.Problem{Title: res.Status, Status: res.StatusCode, Detail: "The server gave no reason."}
	}
	return p
}

func decodeAnswer(answer []byte, into any) error {
	if into == nil {
		return nil
	}
	if raw, ok := into.(*[]byte); ok {
		*raw = answer
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// explained is a problem with its rules and fields, as a person wants to read it.
func explained(err error) error {
	var p *api.Problem
	if !errors.As(err, &p) {
		return err
	}
	var b strings.Builder
	for _, r := range p.Reasons {
		b.WriteString(" " + r.Rule + ": " + r.Text)
	}
	for _, f := range p.Errors {
		b.WriteString(" " + f.Path + ": " + f.Message)
	}
	return fmt.Errorf("%w%s", err, b.String())
}

// hasStatus says whether err is an answer of that HTTP status.
func hasStatus(err error, status int) bool {
	var p *api.Problem
	return errors.As(err, &p) && p.Status == status
}

// actor is a person at work: a session, and the password that a signature asks for.
type actor struct {
	*restClient
	username string
	password string
}

// claim takes a task.
func (a *actor) claim(ctx context.Context, task uuid.UUID, key string) (api.Receipt, error) {
	var receipt api.Receipt
	err := a.post(ctx, "/v1/tasks/"+task.String()+"/claim", key, 0, nil, &receipt)
	return receipt, err
}

// decide gives a verdict on a task that the person holds, and signs it: first the signing sheet is read, then signed with name
// and password. signed says whether the task asks for a signature.
func (a *actor) decide(ctx context.Context, task uuid.UUID, key string, version int, verdict api.Verdict, signed bool) (api.Receipt, error) {
	body := struct {
		api.Verdict
		Signature *api.Signature `json:"signature,omitempty"`
	}{Verdict: verdict}
	var receipt api.Receipt
	if signed {
		sheet, err := a.sheet(ctx, task, key, version, verdict)
		if err != nil {
			return receipt, err
		}
		body.Signature = &api.Signature{Intent: sheet.Intent, Username: a.username, Password: a.password}
	}
	err := a.post(ctx, "/v1/tasks/"+task.String()+"/complete", key, version, body, &receipt)
	return receipt, err
}

// sheet opens the signing sheet: the exact view that the signature will cover.
func (a *actor) sheet(ctx context.Context, task uuid.UUID, key string, version int, verdict api.Verdict) (models.IntentResult, error) {
	var sheet models.IntentResult
	err := a.post(ctx, "/v1/tasks/"+task.String()+"/signing", key, version, verdict, &sheet)
	return sheet, err
}
