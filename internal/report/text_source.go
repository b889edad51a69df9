package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// source writes lines of source with the marked one pointed at. What all are indented by is
// left out.
func (t *text) source(lines []SourceLine) {
	if len(lines) == 0 {
		return
	}
	t.line("")
	indent := commonIndent(lines)
	digits := 1
	for _, l := range lines {
		digits = max(digits, len(strconv.Itoa(l.Line)))
	}
	for _, l := range lines {
		code := expand(l.Text)
		code = code[min(indent, len(code)):]
		if l.Mark {
			t.markedLine(fmt.Sprintf("    > %*d |", digits, l.Line), code)
			continue
		}
		lead := fmt.Sprintf("      %*d |", digits, l.Line)
		t.line(lead, t.paint(head(separated(code), t.width-columns(lead)), dim))
	}
}

// maxMarkedRows bounds the rows of the terminal that the marked line takes.
const maxMarkedRows = 3

// markedLine writes the marked line whole, in as many rows as it needs.
func (t *text) markedLine(lead, code string) {
	room := t.width - columns(lead) - 1
	var rows []string
	if spaces := len(code) - len(strings.TrimLeft(code, " ")); columns(code) <= room || spaces > room/2 {
		rows = []string{head(code, room)}
	} else {
		rows = wrap(strings.Repeat(noBreak, spaces)+code[spaces:], room-4)
	}
	for i, row := range rows {
		if i == maxMarkedRows {
			return
		}
		if i > 0 {
			row = "    " + row
		}
		t.line(t.paint(lead, bold), t.paint(separated(row), plain))
		lead = strings.Repeat(" ", columns(lead)-1) + "|"
	}
}

// separated sets code off from the bar before it; an empty line ends at the bar.
func separated(code string) string {
	if code == "" {
		return ""
	}
	return " " + code
}

// head cuts clean text to n columns: of code the beginning says most.
func head(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// expand makes a source line harmless. A tab is as wide as where it stands: spaces keep the
// columns.
func expand(line string) string {
	return strings.TrimRight(Clean(strings.ReplaceAll(line, "\t", "    ")), " ")
}

func commonIndent(lines []SourceLine) int {
	common := math.MaxInt
	for _, l := range lines {
		if code := expand(l.Text); code != "" {
			common = min(common, len(code)-len(strings.TrimLeft(code, " ")))
		}
	}
	return common
}
