// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package models

import "math"

// Score is the result of a scored form: a ward audit, a control assessment.
type Score struct {
	Points    float64 `json:"points"`
	Max       float64 `json:"max"`       // attainable with the questions shown, "not applicable" answers left out
	Percent   float64 `json:"percent"`   // Points of Max, one decimal; 0 when Max is 0
	Answered  int     `json:"answered"`  // scored questions with an answer, "not applicable" included
	Questions int     `json:"questions"` // scored questions shown
}

// Score adds up the visible scored fields, table cells included. An open question counts with its maximum and no points; an
// option without a score takes its question out of both. An answer that is no option leaves its question open.
func (f *Form) Score(data map[string]any) Score {
	var s Score
	f.view(data).answers(func(a answer) {
		if a.field.scored() {
			s.add(a.field, a.value)
		}
	})
	if s.Max > 0 {
		s.Percent = round(s.Points/s.Max*100, 10)
	}
	s.Points, s.Max = round(s.Points, 1e6), round(s.Max, 1e6)
	return s
}

func (s *Score) add(f *Field, value any) {
	s.Questions++
	points, applies, answered := f.points(value)
	if answered {
		s.Answered++
	}
	if applies {
		s.Points += points * f.weight()
		s.Max += f.maxPoints() * f.weight()
	}
}

// scored reports whether the field counts at all: a boolean with a weight, or a choice of which an option has a score.
func (f *Field) scored() bool {
	switch f.Type {
	case FieldBoolean:
		return f.Weight != 0
	case FieldChoice, FieldMultiChoice:
		for _, o := range f.Options {
			if o.Score != nil {
				return true
			}
		}
	default: // has no score
	}
	return false
}

func (f *Field) weight() float64 {
	if f.Weight == 0 {
		return 1
	}
	return f.Weight
}

// points of an answer before the weight. It does not apply when the answer is an option without a score.
func (f *Field) points(value any) (points float64, applies, answered bool) {
	switch v := value.(type) {
	case bool:
		if f.Type != FieldBoolean {
			break
		}
		if v {
			points = 1
		}
		return points, true, true
	case string:
		if o := f.option(v); f.Type == FieldChoice && o != nil {
			return scoreOf(o), o.Score != nil, true
		}
	case []any:
		if f.Type == FieldMultiChoice && len(v) > 0 {
			return f.sum(v)
		}
	}
	return 0, true, false
}

// sum of the scores of the chosen options, each once. Nothing but unscored options does not apply.
func (f *Field) sum(chosen []any) (points float64, applies, answered bool) {
	picked := make(map[any]bool, len(chosen))
	for _, value := range chosen {
		if text, ok := value.(string); ok {
			picked[text] = true
		}
	}
	for i := range f.Options {
		if o := &f.Options[i]; picked[o.Value] {
			answered = true
			applies = applies || o.Score != nil
			points += scoreOf(o)
		}
	}
	return points, applies || !answered, answered
}

// maxPoints is the best that the field can give before the weight.
func (f *Field) maxPoints() float64 {
	best := 0.0
	for i := range f.Options {
		if f.Type == FieldMultiChoice {
			best += max(scoreOf(&f.Options[i]), 0)
		} else {
			best = max(best, scoreOf(&f.Options[i]))
		}
	}
	if f.Type == FieldBoolean {
		best = 1
	}
	return best
}

func scoreOf(o *Option) float64 {
	if o.Score == nil {
		return 0
	}
	return *o.Score
}

// round to 1/steps, halves up, as JavaScript's Math.round does.
func round(x, steps float64) float64 { return math.Floor(x*steps+0.5) / steps }
