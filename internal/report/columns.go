package report

import (
	"strings"
	"unicode"
)

// columns counts the terminal columns of clean text: none for a combining mark, two
// for the scripts that are written wide (Unicode UAX #11, by script and not by
// character, which is near enough for padding).
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0x1f300 && r < 0x1fb00:
		return 2
	default:
		return 1
	}
}

// maxMachineName bounds names that a machine made, of tests and modules, in columns.
const maxMachineName = 400

// fit cuts clean text to n columns: the middle goes, since names and paths differ at
// both ends.
func fit(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	if n < 2 {
		return strings.Repeat("…", max(n, 0))
	}
	runes := []rune(s)
	head, tail := (n-1)/2, n-1-(n-1)/2
	end := 0
	for used := 0; end < len(runes) && used+runeColumns(runes[end]) <= head; end++ {
		used += runeColumns(runes[end])
	}
	start := len(runes)
	for used := 0; start > end && used+runeColumns(runes[start-1]) <= tail; start-- {
		used += runeColumns(runes[start-1])
	}
	return string(runes[:end]) + "…" + string(runes[start:])
}

// noBreak is a space at which wrap does not break a line. Clean text has none.
const noBreak = "\u00a0"

// wrap breaks clean text at spaces into lines of at most n columns. A word that is
// longer is cut.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(s, " ") {
		if word == "" {
			continue
		}
		word = fit(strings.ReplaceAll(word, noBreak, " "), n)
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
