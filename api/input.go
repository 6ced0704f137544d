// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/countersign/countersign/models"
)

const (
	maxBody  = 1 << 20          // bytes
	maxQuery = 8 << 10          // bytes
	bodyTime = 10 * time.Second // for the whole body to arrive
)

// checkURL refuses what no text column can hold, before anything looks at it: NUL and bytes that are not UTF-8.
func checkURL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e := urlProblem(r.URL); e != nil {
			fail(w, r, e)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func urlProblem(u *url.URL) *models.Error {
	if len(u.RawQuery) > maxQuery {
		return models.Refuse(models.CodeTooLarge, "The query is too long.")
	}
	if !plain(u.Path) {
		return models.Refuse(models.CodeNotFound, "There is nothing at this address.")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return models.Refuse(models.CodeMalformed, "The query cannot be read.")
	}
	for name, values := range query {
		if !plain(name) {
			return models.Refuse(models.CodeMalformed, "The query cannot be read.")
		}
		for _, v := range values {
			if !plain(v) {
				return badText("query." + clip(name, maxPath))
			}
		}
		if len(values) > 1 {
			return &models.Error{Code: models.CodeInvalid, Message: "The input is not valid.", Fields: []models.FieldProblem{{
				Path: "query." + clip(name, maxPath), Code: "repeated", Message: "This parameter is given more than once.",
			}}}
		}
	}
	return nil
}

// plain says whether a text can be stored and compared: UTF-8 without NUL.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func badText(path string) *models.Error {
	return models.InvalidField(path, "character", "This text has a character that cannot be stored: NUL, or one that is not Unicode.")
}

// checkBody reads the body of an operation that takes one, and refuses what is too long, no JSON, or cannot be stored.
func checkBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humachi.Unwrap(ctx)
	if ctx.Operation().Metadata[metaUpload] != nil {
		next(huma.WithValue(ctx, incomingKey{}, incomingOf(w, r)))
		return
	}
	if ctx.Operation().RequestBody == nil {
		next(ctx)
		return
	}
	body, e := readBody(w, r)
	if e == nil {
		e = bodyProblem(r.Header.Get("Content-Type"), body)
	}
	if e != nil {
		newProblem(e, requestID(r.Context()), true).write(w)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	next(ctx)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *models.Error) {
	conn := http.NewResponseController(w)
	limited := conn.SetReadDeadline(time.Now().Add(bodyTime)) == nil
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if limited {
		_ = conn.SetReadDeadline(time.Time{}) // it was set a moment ago, so it can be taken off
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, inputError(http.StatusRequestEntityTooLarge, nil)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, inputError(http.StatusRequestTimeout, nil)
	case err != nil:
		return nil, models.Refuse(models.CodeMalformed, "The body did not arrive whole.")
	}
	return body, nil
}

func bodyProblem(contentType string, body []byte) *models.Error {
	if len(body) == 0 {
		return nil // huma says whether one is needed
	}
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/json" || (params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return inputError(http.StatusUnsupportedMediaType, nil)
	}
	if !utf8.Valid(body) {
		return models.Refuse(models.CodeMalformed, "The body is not UTF-8.")
	}
	if !bytes.Contains(body, []byte(`\u`)) {
		return nil // NUL and halves of characters can only be written as escapes
	}
	if halfCharacter(body) {
		return models.Refuse(models.CodeMalformed, "The body has half a character in it (a lone surrogate).")
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return inputError(http.StatusBadRequest, nil)
	}
	if path, found := findNUL(value, ""); found {
		return badText(clip(path, maxPath))
	}
	return nil
}

// findNUL finds the first text with a NUL in it: Postgres holds none.
func findNUL(value any, path string) (string, bool) {
	switch v := value.(type) {
	case string:
		return path, strings.ContainsRune(v, 0)
	case []any:
		for i, item := range v {
			if at, found := findNUL(item, path+"["+strconv.Itoa(i)+"]"); found {
				return at, true
			}
		}
	case map[string]any:
		for key, item := range v {
			if strings.ContainsRune(key, 0) {
				return path, true
			}
			if at, found := findNUL(item, strings.TrimPrefix(path+"."+key, ".")); found {
				return at, true
			}
		}
	}
	return "", false
}

// halfCharacter finds an escaped surrogate without its other half, which Go would silently replace.
func halfCharacter(body []byte) bool {
	high := false
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 >= len(body) {
			if high {
				return true
			}
			continue
		}
		i++
		if body[i] != 'u' || i+4 >= len(body) {
			if high {
				return true
			}
			continue
		}
		code, err := strconv.ParseUint(string(body[i+1:i+5]), 16, 16)
		if err != nil {
			return false // no JSON at all: the decoder says so
		}
		i += 4
		low := code >= 0xDC00 && code <= 0xDFFF
		if low != high {
			return true
		}
		high = code >= 0xD800 && code <= 0xDBFF
	}
	return high
}
