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
	maxLots = 498 // of one report; the form takes 500 rows, and the last two say what else there is
	maxLot  = 250 // characters
	edges   = " .:#'\"()[]-"
)

const (
	month    = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*`
	dateLike = `\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/-]\d{1,2}(?:[/-]\d{1,2})?|\d{1,2}[/-]\d{2,4}|` +
		`(?:\d{1,2}[- ]?)?` + month + `\.?[-,/ ]{0,2}(?:\d{1,2},? )?\d{2,4}|20[0-3]\d`
)

// What stands around lot numbers in the code information of a recall report. People wrote it, each in his own way.
var (
	named    = regexp.MustCompile(`(?i)\b(?:lots?|batch(?:es)?)\b(?:\s*(?:numbers?\b|nos?\b\.?|codes?\b|#'?s\b|[#:.]))*`)
	unnamed  = regexp.MustCompile(`(?i)^all\b|\b(?:upc|ndc|skus?|gtin|rx|pedigree|products?|codes?)\b`)
	expiry   = regexp.MustCompile(`(?i)\(?\b(?:exp(?:iry|ires?|iration)?|bud|beyond[- ]use|best (?:if )?(?:used )?by|(?:use|discard) by|mfd|mfg)\b[\s.:#]*(?:dates?\b|on\b)?[\s.:/]*(?:` + dateLike + `)?\)?`)
	codes    = regexp.MustCompile(`(?i)\b(?:NDC|UPC|SKU|GTIN)s?\b(?: code)?[\s#:.]*[\dA-Z]+(?:[- ]\d+)*`)
	listed   = regexp.MustCompile(`(?:^|[\s;,:])\(?[a-zA-Z]\)`)
	between  = regexp.MustCompile(`[;,\n\r\t]|\s&\s|(?i:\sand\s)`)
	lotLike  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@*#-]{2,29}(?: [A-Z0-9]{1,3})?$`)
	dateOnly = regexp.MustCompile(`^(?i:` + dateLike + `)$`)
	dateEnd  = regexp.MustCompile(`\s(?i:` + dateLike + `)$`)
)

// lotsOf reads the lot numbers out of the code information, each once and in order. What names no lots that can be told apart
// ("All lots within expiry") is one lot of that name, as it was written; nothing is nil. Pieces that may be a lot and cannot be read
// as one are kept together, as they were written, as the last. left counts those beyond maxLots.
func lotsOf(codeInfo string) (lots []string, left int) {
	codeInfo = tidy(codeInfo)
	if codeInfo == "" {
		return nil, 0
	}
	if strings.EqualFold(codeInfo[:min(4, len(codeInfo))], "all ") || !named.MatchString(codeInfo) && unnamed.MatchString(codeInfo) {
		return []string{clipped(codeInfo, maxLot)}, 0
	}
	text := codeInfo
	for _, noise := range []*regexp.Regexp{expiry, codes, named, listed} {
		text = noise.ReplaceAllString(text, ";")
	}
	var unread []string
	for _, word := range between.Split(text, -1) {
		word = strings.Trim(dateEnd.ReplaceAllString(strings.Trim(word, edges), ""), edges)
		switch {
		case !strings.ContainsFunc(word, unicode.IsDigit) || len(word) < 3 || dateOnly.MatchString(word) || slices.Contains(lots, word):
		case lotLike.MatchString(word):
			lots = append(lots, word)
		default:
			unread = append(unread, word)
		}
	}
	if len(lots) == 0 {
		return []string{clipped(codeInfo, maxLot)}, 0
	}
	if len(lots) > maxLots {
		lots, left = lots[:maxLots], len(lots)-maxLots
	}
	if len(unread) > 0 {
		lots = append(lots, clipped("as written: "+strings.Join(unread, "; "), maxLot))
	}
	return lots, left
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
