// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/models"
)

// recall is one enforcement report as openFDA publishes it. Dates are YYYYMMDD; what is not known is left out.
type recall struct {
	Number       string `json:"recall_number"`
	Event        string `json:"event_id"`
	ProductType  string `json:"product_type"`
	Class        string `json:"classification"`
	Status       string `json:"status"`
	Firm         string `json:"recalling_firm"`
	City         string `json:"city"`
	State        string `json:"state"`
	Country      string `json:"country"`
	Distribution string `json:"distribution_pattern"`
	Product      string `json:"product_description"`
	Quantity     string `json:"product_quantity"`
	Reason       string `json:"reason_for_recall"`
	CodeInfo     string `json:"code_info"`
	MoreCodeInfo string `json:"more_code_info"`
	Initiated    string `json:"recall_initiation_date"`
	Classified   string `json:"center_classification_date"`
	Terminated   string `json:"termination_date"`
	Mandated     string `json:"voluntary_mandated"`

	OpenFDA struct {
		Applications []string `json:"application_number"`
	} `json:"openfda"`
}

// proposedClass is the class of a deviation that a recall's class stands for. It is a proposal, and so data: the quality unit has
// approved none.
var proposedClass = map[string]string{
	"Class I": models.ClassCritical, "Class II": models.ClassMajor, "Class III": models.ClassMinor,
}

const (
	maxRecallNumber = 60
	maxObserved     = 9_900
	maxCodes        = 5_000 // characters of the code information that are kept as written
)

var recallNumber = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// parseRecall reads one line. The error says what keeps it from being imported.
func parseRecall(line []byte) (*recall, error) {
	var r recall
	if err := json.Unmarshal(line, &r); err != nil {
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &wrong) && wrong.Field == "":
			return nil, errors.New("it is not a JSON object")
		case errors.As(err, &wrong):
			return nil, fmt.Errorf("%s is of the wrong type: %s", wrong.Field, wrong.Value)
		}
		return nil, fmt.Errorf("it is not JSON: %w", err)
	}
	switch {
	case !recallNumber.MatchString(r.Number) || len(r.Number) > maxRecallNumber:
		return nil, errors.New("it has no recall number")
	case proposedClass[r.Class] == "":
		return nil, fmt.Errorf("%s: class %q is none of Class I, II and III", r.Number, clipped(r.Class, 40))
	case tidy(r.Reason) == "" || tidy(r.Product) == "" || tidy(r.Firm) == "":
		return nil, fmt.Errorf("%s: reason, product or firm is missing", r.Number)
	}
	for name, date := range map[string]*string{
		"recall_initiation_date": &r.Initiated, "center_classification_date": &r.Classified, "termination_date": &r.Terminated,
	} {
		iso, err := isoDate(*date)
		if err != nil || iso == "" && name == "recall_initiation_date" {
			return nil, fmt.Errorf("%s: %s %q is no date", r.Number, name, clipped(*date, 20))
		}
		*date = iso
	}
	return &r, nil
}

// isoDate turns 20120606 into 2012-06-06. Nothing stays nothing.
func isoDate(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	t, err := time.Parse("20060102", text)
	if err != nil {
		return "", err
	}
	return t.Format(time.DateOnly), nil
}

// site is where the firm is.
func (r *recall) site() string {
	if r.Country == "United States" || r.Country == "" {
		return siteDomestic
	}
	return siteAbroad
}

// report is the filing section of the deviation that a recall becomes. Nothing in it depends on when it is imported, so that
// importing again is the same request.
func (r *recall) report() map[string]any {
	data := map[string]any{
		"title":             r.title(),
		"expected":          "Product as registered and labelled, made under current good manufacturing practice. The report names no requirement.",
		"observed":          r.observed(),
		"category":          categoryOf(r.Reason),
		"internal_external": "external",
		"supplier":          clipped(tidy(r.Firm), 250),
		"aware_at":          r.Initiated + "T00:00:00Z",
		"department":        "Recalls",
		"discovered_by":     "Recalling firm",
		"migrated":          true,
		"source_system":     "openFDA " + strings.ToLower(tidy(r.ProductType)) + " enforcement reports",
		"source_reference":  r.Number,
		"source_class":      r.Class + ", proposed: " + proposedClass[r.Class],
		"legacy_initiated":  r.Initiated,
	}
	for id, date := range map[string]string{"legacy_classified": r.Classified, "legacy_terminated": r.Terminated} {
		if date != "" {
			data[id] = date
		}
	}
	if rows := r.batches(); len(rows) > 0 {
		data["batches"] = rows
	} else {
		data["batches_none_reason"] = "The report names no lot."
	}
	return data
}

// title says what is wrong with what, in one line.
func (r *recall) title() string {
	what, _, _ := strings.Cut(oneLine(r.Reason), ". ")
	product, _, _ := strings.Cut(oneLine(r.Product), ",")
	return clipped(clipped(product, 90)+": "+what, 250)
}

func oneLine(text string) string { return strings.Join(strings.Fields(tidy(text)), " ") }

// observed keeps what the report says in its own words.
func (r *recall) observed() string {
	place := strings.Join(slices.DeleteFunc([]string{tidy(r.City), tidy(r.State), tidy(r.Country)}, func(s string) bool { return s == "" }), ", ")
	var b strings.Builder
	b.WriteString(tidy(r.Reason))
	for _, part := range []struct{ name, text string }{
		{"Product", r.Product}, {"Quantity", r.Quantity}, {"Firm", r.Firm + " (" + place + ")"}, {"Distribution", r.Distribution},
		{"Initiated", r.Mandated}, {"Status of the recall", r.Status}, {"FDA event", r.Event},
		{"Codes", clipped(tidy(r.CodeInfo+" "+r.MoreCodeInfo), maxCodes)},
	} {
		if text := tidy(part.text); text != "" {
			b.WriteString("\n" + part.name + ": " + text)
		}
	}
	return clipped(b.String(), maxObserved)
}

// batches is one row a lot. A recalled lot was released and distributed; under which application is told for some products only.
func (r *recall) batches() []any {
	lots, left := lotsOf(r.CodeInfo + "\n" + r.MoreCodeInfo)
	rows := make([]any, 0, len(lots)+1)
	product := clipped(oneLine(r.Product), 250)
	add := func(lot string) {
		rows = append(rows, map[string]any{"product": product, "lot": lot, "status": "released", "distributed": true, "us_application": r.underApplication()})
	}
	for _, lot := range lots {
		add(lot)
	}
	if left > 0 {
		add("and " + strconv.Itoa(left) + " more lots")
	}
	if quantity := tidy(r.Quantity); quantity != "" && len(rows) > 0 {
		if len(rows) > 1 {
			quantity += " (all lots together)"
		}
		rows[0].(map[string]any)["legacy_quantity"] = clipped(quantity, 1000)
	}
	return rows
}

func (r *recall) underApplication() bool {
	return slices.ContainsFunc(r.OpenFDA.Applications, func(a string) bool {
		return strings.HasPrefix(a, "NDA") || strings.HasPrefix(a, "ANDA") || strings.HasPrefix(a, "BLA")
	})
}

// categories are words of the reason by which it is sorted, the first that fits.
var categories = []struct{ category, words string }{
	{"packaging", "label|leaflet|carton|packag|container|closure|defective delivery|miscalibrated|seal|tamper|blister"},
	{"environment", "sterility|microbial|contamina|mold|fung|endotoxin|temperature abuse|storage"},
	{"material", "foreign|particulate|particle|glass|tablet/capsule|presence of|api|ingredient"},
	{"laboratory", "specification|superpotent|subpotent|potency|dissolution|impurit|degradation|stability|assay|nitrosamine"},
	{"process", "cgmp|gmp|process|short fill|content uniformity|cross"},
}

var categoryWords = func() []*regexp.Regexp {
	words := make([]*regexp.Regexp, len(categories))
	for i, c := range categories {
		words[i] = regexp.MustCompile("(?i)" + c.words)
	}
	return words
}()

func categoryOf(reason string) string {
	for i, words := range categoryWords {
		if words.MatchString(reason) {
			return categories[i].category
		}
	}
	return "other"
}
