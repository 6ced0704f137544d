// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Bounds of files.
const (
	MaxFileBytes     = 25 << 20
	MaxRecordFiles   = 100 // attached to one record at a time
	MaxUploadedBytes = 500 << 20
)

// UploadKept is how long an upload waits to be attached. After that it is removed.
const UploadKept = 24 * time.Hour

// FileHash names one attached file by its SHA-256, in lower-case hexadecimal.
type FileHash struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// File is a file as it is attached to a record.
type File struct {
	FileHash
	Size      int64     `json:"size"` // bytes
	MediaType string    `json:"media_type"`
	AddedAt   time.Time `json:"added_at"`
	AddedBy   uuid.UUID `json:"added_by"`
}

// NewFile attaches an upload to a record.
type NewFile struct {
	SHA256 string `json:"sha256"`
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"`
}

// FileRemoval takes a file off a record. Earlier versions keep it.
type FileRemoval struct {
	SHA256 string `json:"sha256"`
	Reason string `json:"reason"`
}

// The kinds of files that are taken, and the endings of their names.
const (
	MediaPDF  = "application/pdf"
	MediaPNG  = "image/png"
	MediaJPEG = "image/jpeg"
	MediaWebP = "image/webp"
	MediaCSV  = "text/csv"
	MediaText = "text/plain"
	MediaJSON = "application/json"
	MediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	MediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

var fileEndings = map[string][]string{
	MediaPDF: {".pdf"}, MediaPNG: {".png"}, MediaJPEG: {".jpg", ".jpeg"}, MediaWebP: {".webp"}, MediaCSV: {".csv"},
	MediaText: {".txt"}, MediaJSON: {".json"}, MediaDOCX: {".docx"}, MediaXLSX: {".xlsx"},
}

// TakesMedia says whether files of a media type are taken.
func TakesMedia(mediaType string) bool { return fileEndings[mediaType] != nil }

// FileMedia lists the media types that are taken, in alphabetical order.
func FileMedia() []string { return slices.Sorted(maps.Keys(fileEndings)) }

// ErrNoUpload is the answer where a file to be attached is not there, or was uploaded by somebody else.
var ErrNoUpload = InvalidField("sha256", "unknown", "You have not uploaded this file within the last day. Upload it, and attach it then.")

// CheckFileName refuses names that could lead out of a folder, hide what they end in, or promise another kind of file.
func CheckFileName(name, mediaType string) error {
	ending := strings.ToLower(path.Ext(name))
	switch {
	case name == "" || name != strings.TrimSpace(name) || strings.HasPrefix(name, "."):
		return InvalidField("name", "format", "A name does not begin with a dot, and has no blanks around it.")
	case utf8.RuneCountInString(name) > maxFileName:
		return InvalidField("name", "too_long", fmt.Sprintf("At most %d characters.", maxFileName))
	case strings.ContainsFunc(name, misleading):
		return InvalidField("name", "character", "A name has no slashes, no colons and no invisible characters.")
	case !slices.Contains(fileEndings[mediaType], ending):
		return InvalidField("name", "ending", fmt.Sprintf("The name of such a file (%s) ends in %s.", mediaType, strings.Join(fileEndings[mediaType], " or ")))
	}
	return nil
}

// misleading finds what parts a path on any system, or changes how the rest of a name is read.
func misleading(r rune) bool {
	return strings.ContainsRune(`/\:`, r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
}
