// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

// problemBase is where the stable type of each problem lives (RFC 9457).
const problemBase = "https://countersign.dev/problems/"

// Codes that only HTTP knows.
const (
	codeMethod      models.Code = "method_not_allowed"
	codeMediaType   models.Code = "unsupported_media_type"
	codeUnavailable models.Code = "unavailable" // nothing was asked of the record: try again
	codeSlow        models.Code = "request_timeout"
	codeCrossOrigin models.Code = "cross_origin"
)

// Problem is the body of every answer that is not a success.
type Problem struct {
	Type     string                `json:"type" format:"uri" example:"https://countersign.dev/problems/forbidden" doc:"Stable: clients tell problems apart by it."`
	Title    string                `json:"title"`
	Status   int                   `json:"status"`
	Detail   string                `json:"detail" doc:"What happened, for a person."`
	Instance string                `json:"instance" doc:"The id of the request, as in the server's log."`
	Reasons  []models.Reason       `json:"reasons,omitempty" doc:"The rules that say no, and why."`
	Errors   []models.FieldProblem `json:"errors,omitempty" doc:"What is wrong with the input, and where."`

	retryAfter int // seconds; 0 for none
}

// Error makes a Problem an error of huma's.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// kinds maps each code to its status and title, for the whole API.
var kinds = map[models.Code]struct {
	status int
	title  string
}{
	models.CodeMalformed:       {http.StatusBadRequest, "The request cannot be read"},
	models.CodeInvalid:         {http.StatusUnprocessableEntity, "The input is not valid"},
	models.CodeUnauthenticated: {http.StatusUnauthorized, "Log in first"},
	models.CodeSigningRefused:  {http.StatusUnauthorized, "The signature was refused"},
	models.CodeForbidden:       {http.StatusForbidden, "You may not do this"},
	models.CodeNotFound:        {http.StatusNotFound, "There is no such thing"},
	models.CodeMoved:           {http.StatusConflict, "It has moved on"},
	models.CodeStale:           {http.StatusPreconditionFailed, "You saw an older version"},
	models.CodeNoIfMatch:       {http.StatusPreconditionRequired, "Say which version you saw"},
	models.CodeKeyReused:       {http.StatusUnprocessableEntity, "The Idempotency-Key was used before"},
	models.CodeTooLarge:        {http.StatusRequestEntityTooLarge, "The request is too large"},
	models.CodeTooMany:         {http.StatusTooManyRequests, "Too many requests"},
	models.CodeUnknown:         {http.StatusServiceUnavailable, "It is not known whether this was recorded"},
	models.CodeInternal:        {http.StatusInternalServerError, "Something is wrong on our side"},

	codeMethod:      {http.StatusMethodNotAllowed, "This is not done here"},
	codeMediaType:   {http.StatusUnsupportedMediaType, "This kind of body is not taken"},
	codeUnavailable: {http.StatusServiceUnavailable, "Not available at the moment"},
	codeSlow:        {http.StatusRequestTimeout, "The request took too long"},
	codeCrossOrigin: {http.StatusForbidden, "Requests from other sites are refused"},
}

// newProblem makes the body of an answer. The request is one that changes something, or only reads.
func newProblem(e *models.Error, requestID string, changes bool) *Problem {
	kind, ok := kinds[e.Code]
	if !ok {
		kind = kinds[models.CodeInternal]
	}
	p := &Problem{
		Type: problemBase + string(e.Code), Title: kind.title, Status: kind.status, Detail: detail(e, changes), Instance: requestID,
		Reasons: e.Reasons, Errors: pointed(e.Fields),
	}
	switch e.Code {
	case models.CodeTooMany, codeUnavailable:
		p.retryAfter = 5
	case models.CodeUnknown:
		p.retryAfter = 1
	default: // trying again would not help
	}
	return p
}

// detail says that nothing was changed, where that is so and not said yet.
func detail(e *models.Error, changes bool) string {
	said := strings.Contains(strings.ToLower(e.Message), "nothing was")
	if !changes || said || e.Code == models.CodeUnknown || e.Code == models.CodeInternal {
		return e.Message
	}
	return e.Message + " Nothing was changed."
}

// pointed gives each field its JSON pointer (RFC 6901), made from its path. Parameters have none.
func pointed(fields []models.FieldProblem) []models.FieldProblem {
	out := make([]models.FieldProblem, len(fields))
	for i, f := range fields {
		f.Pointer = ""
		if !isParameter(f.Path) {
			f.Pointer = pointer(f.Path)
		}
		out[i] = f
	}
	return out
}

func isParameter(path string) bool {
	for _, where := range []string{"query.", "path.", "header."} {
		if strings.HasPrefix(path, where) {
			return true
		}
	}
	return false
}

var toPointer = strings.NewReplacer("~", "~0", "/", "~1", "][", "/", "].", "/", "[", "/", "]", "", ".", "/")

// pointer turns "data.batches[2].lot" into "/data/batches/2/lot".
func pointer(path string) string {
	if path == "" {
		return ""
	}
	return "/" + toPointer.Replace(path)
}

// problemFor is called by huma for every error: its own about the input, and those of handlers. It sets the headers that go with it.
func problemFor(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	if ctx == nil {
		return newProblem(explain(context.Background(), status, msg, errs, false), "", false)
	}
	changes := ctx.Method() != http.MethodGet
	p := newProblem(explain(ctx.Context(), status, msg, errs, changes), requestID(ctx.Context()), changes)
	for name, value := range p.headers() {
		ctx.SetHeader(name, value)
	}
	return p
}

func (p *Problem) headers() map[string]string {
	h := map[string]string{"Cache-Control": "no-store"}
	if p.retryAfter > 0 {
		h["Retry-After"] = strconv.Itoa(p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h["WWW-Authenticate"] = `Bearer realm="countersign"`
	}
	return h
}

// write answers with the problem outside of huma.
func (p *Problem) write(w http.ResponseWriter) {
	for name, value := range p.headers() {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if this fails
}

// explain finds the answer in errors. What carries none is ours alone to know: it is logged, and never told.
func explain(ctx context.Context, status int, msg string, errs []error, changes bool) *models.Error {
	if err := errors.Join(errs...); err != nil {
		markLeft(ctx, err)
		if e, ok := models.AsError(err); ok {
			if e.Code == models.CodeUnknown {
				logger(ctx).LogAttrs(ctx, slog.LevelWarn, "the outcome is unknown", slog.Any("error", err))
			}
			return e
		}
		if fields := located(errs); status != http.StatusInternalServerError && len(fields) > 0 {
			return inputError(status, fields)
		}
		if status == http.StatusInternalServerError {
			return unexpected(ctx, err, changes)
		}
	}
	return inputError(status, nil)
}

// unexpected logs an error of ours and says as much of it as a client may know.
func unexpected(ctx context.Context, err error, changes bool) *models.Error {
	if errors.Is(err, context.Canceled) {
		return models.Refuse(codeUnavailable, "The request was given up.")
	}
	logger(ctx).LogAttrs(ctx, slog.LevelError, "a request failed", slog.Any("error", err))
	if postgres.Unavailable(err) {
		if changes {
			return models.Refuse(models.CodeUnknown, "The database did not answer. Send the request again with the same Idempotency-Key: it will not happen twice.")
		}
		return models.Refuse(codeUnavailable, "The database did not answer. Try again in a moment.")
	}
	return models.Refuse(models.CodeInternal, "The request failed, and it is in our log under the id of this answer. Send it again with the same Idempotency-Key: it will not happen twice.")
}

// inputError is what huma found wrong with a request.
func inputError(status int, fields []models.FieldProblem) *models.Error {
	e := &models.Error{Code: models.CodeInvalid, Message: "The input is not valid.", Fields: fields}
	switch status {
	case http.StatusBadRequest:
		e.Code, e.Message = models.CodeMalformed, "The body is missing or is not JSON."
	case http.StatusRequestEntityTooLarge:
		e.Code, e.Message = models.CodeTooLarge, "The body is larger than one MiB."
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		e.Code, e.Message = codeMediaType, "This API speaks application/json."
	case http.StatusRequestTimeout:
		e.Code, e.Message = codeSlow, "The body did not arrive in time."
	case http.StatusInternalServerError:
		e.Code, e.Message = models.CodeInternal, "The request failed."
	}
	return e
}
