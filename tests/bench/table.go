package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// table is printed as Markdown, its columns aligned: the first to the left, the others,
// which hold figures, to the right.
type table struct {
	rows  [][]string // the first one is the head
	notes []string   // paragraphs below
}

func newTable(head ...string) *table { return &table{rows: [][]string{head}} }

// row adds a row. Floating-point values are written with two decimals.
func (t *table) row(values ...any) {
	cells := make([]string, len(values))
	for i, value := range values {
		switch value := value.(type) {
		case float64:
			cells[i] = fmt.Sprintf("%.2f", value)
		default:
			cells[i] = fmt.Sprint(value)
		}
	}
	t.rows = append(t.rows, cells)
}

// note adds a paragraph below the table.
func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// String is the table in Markdown.
func (t *table) String() string {
	widths := t.widths()
	var out strings.Builder
	for i, row := range t.rows {
		for column, cell := range row {
			pad := strings.Repeat(" ", widths[column]-utf8.RuneCountInString(cell))
			if column == 0 {
				fmt.Fprintf(&out, "| %s%s ", cell, pad)
			} else {
				fmt.Fprintf(&out, "| %s%s ", pad, cell)
			}
		}
		out.WriteString("|\n")
		if i == 0 {
			t.rule(&out, widths)
		}
	}
	for _, note := range t.notes {
		fmt.Fprintf(&out, "\n%s\n", note)
	}
	return out.String()
}

// rule writes the line between the head and the rows.
func (t *table) rule(out *strings.Builder, widths []int) {
	for column, width := range widths {
		if column == 0 {
			fmt.Fprintf(out, "| %s ", strings.Repeat("-", width))
		} else {
			fmt.Fprintf(out, "| %s: ", strings.Repeat("-", width-1))
		}
	}
	out.WriteString("|\n")
}

// widths is the width of each column in characters, 3 at least.
func (t *table) widths() []int {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for column, cell := range row {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell), 3)
		}
	}
	return widths
}
