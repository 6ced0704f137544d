// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package postgres

import "bytes"

// members calls visit for each member of a canonical JSON object (no white space, no escapes in names), one level deep, and
// stops at what is no such thing. encoding/json took longer over an event than verifying it does.
func members(object []byte, visit func(name, value []byte)) {
	if len(object) < 2 || object[0] != '{' {
		return
	}
	for rest := object[1:]; len(rest) > 0 && rest[0] == '"'; {
		end := textEnd(rest)
		if end < 0 || end >= len(rest) || rest[end] != ':' {
			return
		}
		name := rest[1 : end-1]
		rest = rest[end+1:]
		if end = valueEnd(rest); end < 0 {
			return
		}
		visit(name, rest[:end])
		if rest[end] != ',' {
			return
		}
		rest = rest[end+1:]
	}
}

// textEnd is the length of the text that b begins with, quotes included, or -1.
func textEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for j := i + n - 1; j > 0 && b[j] == '\\'; j-- {
			escapes++
		}
		if i += n; escapes%2 == 0 {
			return i + 1
		}
	}
	return -1
}

// valueEnd is the length of the value that b begins with, or -1 where nothing follows it.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := textEnd(b[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}
