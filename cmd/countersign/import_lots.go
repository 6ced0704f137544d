// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxLots = 499 // of one report; the form takes 500 rows, and the last says how many were left out
	maxLot  = 250 // characters
	edges   = " .:#'\"()[]-"
)

// What stands between lot numbers in the code information of a recall report. People wrote it, each in his own way.
var (
	expiry = regexp.MustCompile(`(?i)\(?\b(?:exp(?:iry|ires?|iration)?|bud|beyond[- ]use|best (?:if )?(?:used )?by|use by|mfd|mfg)\b[\s.:#]*(?:dates?\b|on\b)?[\s.:/]*` +
		`(?:` + dateLike + `)?\)?`)
	codes    = regexp.MustCompile(`(?i)\b(?:NDC|UPC|SKU|GTIN)s?\b(?: code)?[\s#:.]*[\dA-Z]+(?:[- ]\d+)*`)
	label    = regexp.MustCompile(`(?i)\b(?:lots?|batch(?:es)?)\b[\s.]*(?:(?:numbers?|nos?|codes?|s|#)(?:\b|[\s.:#'])[\s.]*)*[#:'.\s]*s?:?`)
	listed   = regexp.MustCompile(`(?:^|[\s;,:])[a-zA-Z]\)`)
	between  = regexp.MustCompile(`[;,\n\r\t]|\s&\s|(?i:\sand\s)`)
	lotLike  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@*#-]{2,29}(?: [A-Z0-9]{1,3})?$`)
	dateOnly = regexp.MustCompile(`^(?i:` + dateLike + `)$`)
	dateEnd  = regexp.MustCompile(`\s(?i:` + dateLike + `)$`)
)

const dateLike = `\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/-]\d{1,2}(?:[/-]\d{1,2})?|\d{1,2}[/-]\d{2,4}|(?:\d{1,2}[- ]?)?[a-z]{3,9}\.?[-,/ ]{0,2}(?:\d{1,2}, ?)?\d{2,4}`

// lotsOf reads the lot numbers out of the code information, each once and in order. What has none that can be told apart ("All
// lots within expiry") is one lot of that name, as it was written; nothing is nil. left counts those beyond maxLots.
func lotsOf(codeInfo string) (lots []string, left int) {
	codeInfo = tidy(codeInfo)
	if codeInfo == "" {
		return nil, 0
	}
	text := expiry.ReplaceAllString(codeInfo, ";")
	text = codes.ReplaceAllString(text, ";")
	text = label.ReplaceAllString(text, ";")
	text = listed.ReplaceAllString(text, ";")
	for _, word := range between.Split(text, -1) {
		word = strings.Trim(dateEnd.ReplaceAllString(strings.Trim(word, edges), ""), edges)
		if isLot(word) && !slices.Contains(lots, word) {
			lots = append(lots, word)
		}
	}
	if len(lots) == 0 {
		return []string{clipped(codeInfo, maxLot)}, 0
	}
	if len(lots) > maxLots {
		lots, left = lots[:maxLots], len(lots)-maxLots
	}
	return lots, left
}

func isLot(word string) bool {
	return lotLike.MatchString(word) && strings.ContainsFunc(word, unicode.IsDigit) && !dateOnly.MatchString(word)
}

// tidy takes out what no record may hold, and the blanks around a text.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.TrimSpace(text)
}

// clipped cuts a text to at most n characters and marks the cut.
func clipped(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return strings.TrimSpace(string(runes[:n-1])) + "…"
}
