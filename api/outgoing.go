// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/countersign/countersign/models"
)

// outgoingBounds bounds what files cost that are made to be sent: each is on disk until it has gone out.
var outgoingBounds = bounds{
	each: 2, all: 8,
	eachFull: models.Refuse(models.CodeTooMany, "Two files for you are being made or sent already: wait until one of them has arrived."),
	allFull:  models.Refuse(models.CodeTooMany, "Too many files are being made at the moment. Try again in a moment."),
}

// makesFile is the option of an operation that answers with a file made for it.
func makesFile(op *huma.Operation) { op.Errors = append(op.Errors, http.StatusTooManyRequests) }

// outgoing is a file to be made and sent. make writes it, and records that it leaves.
type outgoing struct {
	name, contentType string
	make              func(*os.File) error
}

// sendMade makes a file first and sends it after: half a file with a success in front of it would look like a whole one, and no file
// leaves before it is in the audit trail that it does.
func (a *API) sendMade(ctx context.Context, out outgoing) (*huma.StreamResponse, error) {
	free, err := a.outgoing.take(callerOf(ctx).Person.ID, outgoingBounds)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "outgoing-*")
	if err != nil {
		free()
		return nil, fmt.Errorf("make room for a file: %w", err)
	}
	remove := func() error {
		defer free()
		return errors.Join(file.Close(), os.Remove(file.Name()))
	}
	err = out.make(file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		hc.SetHeader("Content-Type", out.contentType)
		hc.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": out.name}))
		longWrite(hc.BodyWriter())
		_, err := io.Copy(hc.BodyWriter(), file)
		if err = errors.Join(err, remove()); err != nil {
			logger(ctx).WarnContext(ctx, "a file was not sent whole", "file", out.name, "error", err)
		}
	}}, nil
}

// longWrite gives an answer the time that a file may take to go out.
func longWrite(w io.Writer) {
	if w, ok := w.(http.ResponseWriter); ok {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fileTime)) // where there is none to set, the context ends it
	}
}
