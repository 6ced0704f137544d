// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/countersign/countersign/models"
	"github.com/countersign/countersign/models/packs"
)

const sample = "testdata/fda_sample.jsonl"

// readSample parses each line of a file as the importer does, without a server.
func readSample(t *testing.T, path string) (good []*recall, bad map[int]string) {
	t.Helper()
	lines, err := openLines(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, lines.close()) })
	i := &importer{out: io.Discard, seen: map[string]int{}}
	bad = map[int]string{}
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return good, bad
		}
		r, err := i.check(lines.number, line, err)
		if err != nil {
			bad[lines.number] = err.Error()
			continue
		}
		good = append(good, r)
	}
}

// TestRecallsFitTheForm takes real reports through the form and the rules of a migrated deviation.
func TestRecallsFitTheForm(t *testing.T) {
	t.Parallel()
	forms, err := packs.Forms()
	require.NoError(t, err)
	good, _ := readSample(t, sample)
	require.Len(t, good, 49)
	sites := map[string]int{}
	for _, r := range good {
		raw := models.MustJSON(r.report())
		require.JSONEq(t, string(raw), string(models.MustJSON(r.report())), "the same request each time")
		section, err := models.DecodeData(raw)
		require.NoError(t, err)
		require.Empty(t, forms["deviation.report"].Validate(section, models.ModeComplete), r.Number)
		data := map[string]any{models.StepReport: section}
		require.Empty(t, models.Deviation.Check(models.RecordDraft{Now: time.Now(), Migrated: true, Data: data}), r.Number)
		require.False(t, models.Deviation.Flags("", data)[models.FlagReportableClock], "its field alert was long ago")
		require.Equal(t, r.Number, section["source_reference"])
		require.Contains(t, section["observed"], oneLine(r.Reason)[:20])
		sites[r.site()]++
	}
	require.Len(t, sites, 2)
}

func TestBadLinesAreNamed(t *testing.T) {
	t.Parallel()
	_, bad := readSample(t, sample)
	require.Len(t, bad, 7)
	for number, want := range map[int]string{
		11: "not JSON", 12: "not JSON", 13: "not a JSON object", 14: "recall_number is of the wrong type: number", 54: `class "Class IV"`, 55: `"20121345" is no date`,
		57: "stands in line 1 already",
	} {
		require.Contains(t, bad[number], want)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	r, err := parseRecall([]byte(`{"recall_number":"D-1369-2012","product_type":"Drugs","classification":"Class II","status":"Terminated",
		"recalling_firm":"Meridian Medical Technologies","city":"Saint Louis","state":"MO","country":"United States",
		"product_description":"Diazepam Injection, USP, 10 mg","product_quantity":"83,400 autoinjectors","reason_for_recall":"Impurities: High carbostyril. More.",
		"recall_initiation_date":"20120606","center_classification_date":"20120611","code_info":"Lot #: 8D1082, Exp 01/13; 8D1151, Exp 03/13",
		"openfda":{"application_number":["NDA020124"]}}`))
	require.NoError(t, err)
	d := r.report()
	require.Equal(t, "Diazepam Injection: Impurities: High carbostyril", d["title"])
	require.Equal(t, "Meridian Medical Technologies", d["supplier"])
	require.Equal(t, "external", d["internal_external"])
	require.Equal(t, "Class II, proposed: major", d["source_class"])
	require.Equal(t, "2012-06-06", d["legacy_initiated"])
	require.Equal(t, "2012-06-11", d["legacy_classified"])
	require.NotContains(t, d, "legacy_terminated")
	require.Equal(t, "2012-06-06T00:00:00Z", d["aware_at"])
	require.Equal(t, []any{
		map[string]any{"product": "Diazepam Injection, USP, 10 mg", "lot": "8D1082", "status": "released", "distributed": true, "us_application": true,
			"legacy_quantity": "83,400 autoinjectors (all lots together)"},
		map[string]any{"product": "Diazepam Injection, USP, 10 mg", "lot": "8D1151", "status": "released", "distributed": true, "us_application": true},
	}, d["batches"])
}

func TestLots(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                        nil,
		"Lot #: 43783, Exp 01/12": {"43783"},
		"Lot#: 467061, Exp 09/11; 487551, Exp 11/11; 140181, Exp 1/13.":                   {"467061", "487551", "140181"},
		"Lot # 2006500, Exp 08/31/12":                                                     {"2006500"},
		"Lot #: HB04712, Exp. Mar-13, HB08112, HC08112, Exp Apr-13, and HC11112 May-13.":  {"HB04712", "HB08112", "HC08112", "HC11112"},
		"Lot #: a) 2003159, 2003160; b) 2003158, 2003159":                                 {"2003159", "2003160", "2003158"},
		"H48496, H48497; Exp 05/15":                                                       {"H48496", "H48497"},
		"NDC 0781-5283-64 lots: BT2862, BT7986, and CA3437; NDC 0904-5878-33 lot BW0665.": {"BT2862", "BT7986", "CA3437", "BW0665"},
		"All products within their expiration date, April 19, 2013":                       {"All products within their expiration date, April 19, 2013"},
		"UPC 8993138993349, 5842109854239":                                                {"UPC 8993138993349, 5842109854239"},
		"Lot #: AJM601, Exp. Jul-2018; S07292019DH@16, Exp 10/29/19":                      {"AJM601", "S07292019DH@16"},
		"Lots: DX8682 Exp. MAR 31 2023; DG1188 Exp. MAR 31 2022":                          {"DX8682", "DG1188"},
		"Lot# (a) AC2203133B, EXP 01/2024; (b) AC2203133A":                                {"AC2203133B", "AC2203133A"},
		"Lot #: 01052016:13@44, Exp.03/07/2016; Lot #: 01052016: 06@43":                   {"01052016:13@44", "as written: 01052016: 06@43"},
		"Lot 22-127-DK":          {"22-127-DK"},
		"Batch Numbers: X1234":   {"X1234"},
		"All lots within expiry": {"All lots within expiry"},
		"Lot #s: D00290 D, Exp 08/2013; D00205 A, Exp 11/2013": {"D00290 D", "D00205 A"},
		"Lot number: 12052013:03 Expiration date: 06/03/2014":  {"12052013:03"},
	} {
		got, left := lotsOf(text)
		require.Equal(t, want, got, text)
		require.Zero(t, left)
	}
	var many strings.Builder
	for n := range 700 {
		fmt.Fprintf(&many, "L%05d; ", n)
	}
	got, left := lotsOf(many.String())
	require.Len(t, got, maxLots)
	require.Equal(t, 700-maxLots, left)
}

func TestLinesAreBoundedAndUnpacked(t *testing.T) {
	t.Parallel()
	text := "first\n\n" + strings.Repeat("x", maxLine+1) + "\nlast"
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, content := range map[string][]byte{"plain": []byte(text), "packed": packed.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		lines, err := openLines(path)
		require.NoError(t, err)
		line, err := lines.next()
		require.NoError(t, err)
		require.Equal(t, "first", string(line))
		_, err = lines.next()
		require.ErrorIs(t, err, errLongLine)
		require.Equal(t, 3, lines.number)
		line, err = lines.next()
		require.NoError(t, err)
		require.Equal(t, "last", string(line))
		_, err = lines.next()
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, lines.close())
	}
}

func TestTextIsClippedByCharacters(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ææ…", clipped("ææææ", 3))
	require.Equal(t, "ææ", clipped("ææ", 2))
	require.Equal(t, "a\tb", tidy(" a\x00\tb\x1b\xff "))
}
