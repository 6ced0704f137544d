// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package ledger

import "bytes"

// splitArray cuts a JSON array of objects into arrays of at most n of them, which can be decoded apart. It looks at brackets and
// texts only: decoding the parts finds what else is wrong. nil for anything that is not such an array.
func splitArray(b []byte, n int) [][]byte {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '[' || b[len(b)-1] != ']' {
		return nil
	}
	var parts [][]byte
	rest := bytes.TrimSpace(b[1 : len(b)-1])
	for len(rest) > 0 {
		end := objectsEnd(rest, n)
		if end <= 0 {
			return nil
		}
		parts = append(parts, wrapped(rest[:end]))
		if rest = bytes.TrimSpace(rest[end:]); len(rest) == 0 {
			break
		}
		if rest = bytes.TrimSpace(rest[1:]); len(rest) == 0 {
			return nil // a comma with nothing behind it
		}
	}
	return parts
}

func wrapped(objects []byte) []byte {
	part := make([]byte, 0, len(objects)+2)
	part = append(part, '[')
	part = append(part, objects...)
	return append(part, ']')
}

// objectsEnd is where, in a list of objects with commas between them, the n-th object ends or the list does; -1 if it is no
// such list.
func objectsEnd(b []byte, n int) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			end := scanString(b[i:])
			if end < 0 {
				return -1
			}
			i += end - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth != 0 {
				continue
			}
			if n--; n == 0 {
				return i
			}
		}
		if depth < 0 {
			return -1
		}
	}
	if depth != 0 {
		return -1
	}
	return len(b)
}
