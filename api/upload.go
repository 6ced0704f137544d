// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/postgres"
)

const (
	filesPath = "/v1/files"
	fileTime  = 3 * time.Minute // for a whole file to come in or go out

	maxUploadsEach = 2 // of one person, that come in at one time
)

// uploads bounds what files cost: those that come in are spooled to disk, and one at a time is held in memory to be stored.
type uploads struct {
	places
	storing sync.Mutex
}

var uploadBounds = bounds{
	each: maxUploadsEach, all: 16,
	eachFull: errUploadsEach, allFull: models.Refuse(codeUnavailable, "Too many files are coming in at the moment. Try again in a moment."),
}

// errUploadsEach is located at the body as a whole, which is the file.
var errUploadsEach = &models.Error{
	Code: models.CodeTooMany, Message: fmt.Sprintf("You send %d files already: wait until one of them has arrived.", maxUploadsEach),
	Fields: []models.FieldProblem{{Code: "too_many", Message: fmt.Sprintf("At most %d files at a time.", maxUploadsEach)}},
}

// carriesFile says whether a request brings or fetches the bytes of a file, which takes longer than anything else.
func carriesFile(r *http.Request) bool {
	path := r.URL.Path
	fetches := strings.Contains(path, "/files/") || strings.HasSuffix(path, "/evidence") || strings.HasSuffix(path, "/export")
	return path == filesPath || r.Method == http.MethodGet && fetches
}

const metaUpload = "upload"

// takesFile makes a file the body of an operation, as it is. It is read by its handler.
func takesFile(op *huma.Operation) {
	op.Metadata[metaUpload] = true
	op.Description = fmt.Sprintf("The body is the file, at most %d MiB, and Content-Type says what it is. PDF, PNG, JPEG, WebP, CSV, plain text, JSON, DOCX and XLSX are taken, "+
		"texts in UTF-8. The same bytes are kept once. It belongs to no record until it is attached to one, and is removed when it was not within a day.", models.MaxFileBytes>>20)
	op.Errors = append(op.Errors, http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
}

// describeUpload writes the body into the description of the API, once the operation is there: huma would read it itself otherwise.
func describeUpload(op *huma.Operation) {
	binary := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, media := range models.FileMedia() {
		op.RequestBody.Content[media] = binary
	}
}

// incoming is the body of an upload, not yet read.
type incoming struct {
	body        io.Reader
	length      int64 // -1 where the sender does not say
	contentType string
}

type incomingKey struct{}

// incomingOf gives the body more time than others have.
func incomingOf(w http.ResponseWriter, r *http.Request) *incoming {
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(fileTime)) // where there is none to set, the context ends it
	_ = conn.SetWriteDeadline(time.Now().Add(fileTime + bodyTime))
	return &incoming{http.MaxBytesReader(w, r.Body, models.MaxFileBytes), r.ContentLength, r.Header.Get("Content-Type")}
}

// Upload is a file that was taken.
type Upload struct {
	SHA256    string `json:"sha256" doc:"Of the bytes, in lower-case hexadecimal: by it the file is attached."`
	Size      int64  `json:"size" doc:"Bytes."`
	MediaType string `json:"media_type" example:"application/pdf"`
}

type uploadOutput struct{ Body Upload }

// upload takes a file. It is no evidence of anything before a record names it, so there is no command and no audit event.
func (a *API) upload(ctx context.Context, _ *Keyed) (*uploadOutput, error) {
	c := callerOf(ctx)
	if err := a.may(ctx, c, "files.upload"); err != nil {
		return nil, err
	}
	in := ctx.Value(incomingKey{}).(*incoming)
	media, err := in.media()
	if err != nil {
		return nil, err
	}
	end, err := a.uploads.take(c.Person.ID, uploadBounds)
	if err != nil {
		return nil, err
	}
	defer end()
	spool, err := os.CreateTemp("", "upload-*")
	if err != nil {
		return nil, fmt.Errorf("make room for an upload: %w", err)
	}
	out, err := a.keepUpload(ctx, in, media, spool)
	if e := errors.Join(spool.Close(), os.Remove(spool.Name())); e != nil {
		return nil, errors.Join(err, fmt.Errorf("remove the spool of an upload: %w", e))
	}
	return out, err
}

// keepUpload reads a file from its sender, however slow, and then stores it.
func (a *API) keepUpload(ctx context.Context, in *incoming, media string, spool *os.File) (*uploadOutput, error) {
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(spool, hash), in.body)
	if err != nil {
		return nil, notArrived(err)
	}
	if size == 0 {
		return nil, models.Refuse(models.CodeMalformed, "The file is empty.")
	}
	a.uploads.storing.Lock()
	defer a.uploads.storing.Unlock()
	content := make([]byte, size)
	if _, err := spool.ReadAt(content, 0); err != nil {
		return nil, fmt.Errorf("read the spool of an upload: %w", err)
	}
	if !models.IsMedia(media, content) {
		return nil, models.Refuse(codeMediaType, "The file is not "+media+", though it came as that. Texts are UTF-8, and documents have no macros.")
	}
	c := callerOf(ctx)
	sum := [sha256.Size]byte(hash.Sum(nil))
	if err := a.DB.SaveUpload(ctx, postgres.Upload{Org: c.Org, SHA256: sum, MediaType: media, Bytes: content, At: a.Now().UTC(), By: c.Person.ID}); err != nil {
		return nil, err
	}
	return &uploadOutput{Body: Upload{SHA256: hex.EncodeToString(sum[:]), Size: size, MediaType: media}}, nil
}

// media is what the sender says that the file is, if files of that kind are taken.
func (in *incoming) media() (string, error) {
	if in.length > models.MaxFileBytes {
		return "", errLargeFile
	}
	media, params, err := mime.ParseMediaType(in.contentType)
	if err != nil || !models.TakesMedia(media) || (params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8")) {
		return "", models.Refuse(codeMediaType, "Files of this kind are not taken. Content-Type is one of: "+strings.Join(models.FileMedia(), ", ")+".")
	}
	return media, nil
}

var errLargeFile = models.Refuse(models.CodeTooLarge, fmt.Sprintf("The file is larger than %d MiB.", models.MaxFileBytes>>20))

// notArrived says why a body could not be read to its end.
func notArrived(err error) error {
	var large *http.MaxBytesError
	var disk *os.PathError
	switch {
	case errors.As(err, &large):
		return errLargeFile
	case errors.Is(err, os.ErrDeadlineExceeded):
		return inputError(http.StatusRequestTimeout, nil)
	case errors.As(err, &disk):
		return fmt.Errorf("spool an upload: %w", err)
	}
	return models.Refuse(models.CodeMalformed, "The file did not arrive whole.")
}
