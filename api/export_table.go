// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

var contentTypes = map[string]string{
	"csv":  "text/csv; charset=utf-8",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// table is filled row by row and keeps none of them in memory. end is called once, also after a row failed.
type table interface {
	row(cells []any) error
	end(about [][2]string) error
}

// newTable begins a file with what it is about and the names of its columns.
func newTable(format string, w io.Writer, name string, about [][2]string, columns []string) (table, error) {
	if format == "xlsx" {
		return newXLSX(w, name, about, columns)
	}
	s := &csvTable{w: csv.NewWriter(w)}
	return s, errors.Join(s.lines(about), s.w.Write(nil), s.w.Write(columns))
}

// csvTable writes RFC 4180, what the file is about in lines before and after the table.
type csvTable struct {
	w     *csv.Writer
	cells []string
}

func (s *csvTable) row(cells []any) error {
	s.cells = s.cells[:0]
	for _, cell := range cells {
		if text, ok := cell.(string); ok {
			s.cells = append(s.cells, harmless(text))
			continue
		}
		s.cells = append(s.cells, fmt.Sprint(cell))
	}
	return s.w.Write(s.cells)
}

func (s *csvTable) end(about [][2]string) error {
	err := errors.Join(s.w.Write(nil), s.lines(about))
	s.w.Flush()
	return errors.Join(err, s.w.Error())
}

func (s *csvTable) lines(about [][2]string) error {
	for _, line := range about {
		if err := s.row([]any{line[0], line[1]}); err != nil {
			return err
		}
	}
	return nil
}

// split is where a program that takes semicolons or tabs for the end of a cell would begin another, with a formula in it.
var split = regexp.MustCompile("[;\t]\\s*[=+\\-@]")

// harmless keeps a spreadsheet from running a text of somebody's as a formula: it begins with an apostrophe, which the reader
// sees and can take away. Full-width signs count, since some programs fold them.
func harmless(text string) string {
	first := strings.TrimLeft(text, " \u00a0\u3000")
	if first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") || strings.HasPrefix(first, "＝") || strings.HasPrefix(first, "＋") ||
		strings.HasPrefix(first, "－") || strings.HasPrefix(first, "＠") || split.MatchString(text) {
		return "'" + text
	}
	return text
}

// xlsxTable has what the file is about on its first sheet and the table on the second. Its texts are texts: none is a formula.
type xlsxTable struct {
	w     io.Writer
	file  *excelize.File
	rows  *excelize.StreamWriter
	about [][2]string
	count int
}

const aboutSheet = "About"

func newXLSX(w io.Writer, name string, about [][2]string, columns []string) (*xlsxTable, error) {
	s := &xlsxTable{w: w, file: excelize.NewFile(), about: about}
	if err := s.begin(strings.ToUpper(name[:1])+name[1:], columns); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

func (s *xlsxTable) begin(name string, columns []string) error {
	if err := s.file.SetSheetName(s.file.GetSheetName(0), aboutSheet); err != nil {
		return err
	}
	if _, err := s.file.NewSheet(name); err != nil {
		return err
	}
	bold, err := s.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if s.rows, err = s.file.NewStreamWriter(name); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i, column := range columns {
		cells[i] = excelize.Cell{Value: column, StyleID: bold}
	}
	return errors.Join(
		s.rows.SetColWidth(1, len(columns), 20),
		s.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		s.row(cells),
	)
}

func (s *xlsxTable) row(cells []any) error {
	s.count++
	at, err := excelize.CoordinatesToCellName(1, s.count)
	if err != nil {
		return err
	}
	return s.rows.SetRow(at, cells)
}

func (s *xlsxTable) end(about [][2]string) error {
	err := s.rows.Flush()
	for i, line := range append(s.about, about...) {
		at, nameErr := excelize.CoordinatesToCellName(1, i+1)
		err = errors.Join(err, nameErr, s.file.SetSheetRow(aboutSheet, at, &[]string{line[0], line[1]}))
	}
	if err == nil {
		err = s.file.SetColWidth(aboutSheet, "A", "B", 30)
	}
	if err == nil {
		_, err = s.file.WriteTo(s.w)
	}
	return errors.Join(err, s.file.Close())
}
