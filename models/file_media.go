// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// signatures are the first bytes of the kinds that have some.
var signatures = map[string][]byte{
	MediaPDF: []byte("%PDF-"), MediaPNG: []byte("\x89PNG\r\n\x1a\n"), MediaJPEG: []byte("\xff\xd8\xff"), MediaWebP: []byte("RIFF"),
}

// officeParts are the parts that make a zip a document of Office Open XML (ISO/IEC 29500-2).
var officeParts = map[string]string{MediaDOCX: "word/document.xml", MediaXLSX: "xl/workbook.xml"}

// IsMedia says whether bytes are what their media type promises. What a sender says of a file is not believed: it is shown to
// people, and opened by them, as that. Documents with macros are none of the kinds that are taken.
func IsMedia(mediaType string, content []byte) bool {
	switch mediaType {
	case MediaWebP:
		return bytes.HasPrefix(content, signatures[MediaWebP]) && len(content) > 12 && string(content[8:12]) == "WEBP"
	case MediaDOCX, MediaXLSX:
		return isOffice(content, officeParts[mediaType])
	case MediaCSV, MediaText:
		return isText(content)
	case MediaJSON:
		return isText(content) && json.Valid(content)
	}
	signature, ok := signatures[mediaType]
	return ok && bytes.HasPrefix(content, signature)
}

// isText refuses what no text has: bytes that are not UTF-8, and control characters but for those that lay out lines.
func isText(content []byte) bool {
	if !utf8.Valid(content) {
		return false
	}
	return !bytes.ContainsFunc(content, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f
	})
}

func isOffice(content []byte, part string) bool {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return false
	}
	found := 0
	for _, f := range z.File {
		switch f.Name {
		case part, "[Content_Types].xml":
			found++
		case "word/vbaProject.bin", "xl/vbaProject.bin":
			return false
		}
	}
	return found == 2
}
