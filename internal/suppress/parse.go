package suppress

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// SyntaxError says which line of which file is no rule, and why.
type SyntaxError struct {
	File string
	Line int // from 1
	Err  error
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Hint says how a rule is written.
func (e *SyntaxError) Hint() string {
	return "write KIND:GLOB, several joined by ' & '; KIND is one of: " + strings.Join(KindNames(), ", ")
}

// maxLine is the longest line read, in bytes.
const maxLine = 64 << 10

// ReadFile reads the rules of a file. The error is a *SyntaxError when a line is no rule.
func ReadFile(path string) ([]*Rule, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the suppressions: %w", err)
	}
	defer f.Close()
	return Parse(path, f)
}

// Parse reads rules, one a line; what follows a # at the start of a line or behind a space is
// a comment. name is what errors call the file. The error is a *SyntaxError when a line is no
// rule.
func Parse(name string, r io.Reader) ([]*Rule, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	var rules []*Rule
	line := 0
	for in.Scan() {
		line++
		text := withoutComment(in.Text())
		if text == "" {
			continue
		}
		terms, err := parseTerms(text)
		if err != nil {
			return nil, &SyntaxError{name, line, err}
		}
		rules = append(rules, &Rule{Text: text, File: name, Line: line, terms: terms})
	}
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, &SyntaxError{name, line + 1, fmt.Errorf("longer than %d bytes", maxLine)}
	} else if err != nil {
		return nil, fmt.Errorf("read the suppressions: %w", err)
	}
	return rules, nil
}

// withoutComment is the rule in a line. A # inside of a word belongs to the rule: lambdas
// and test ids have them.
func withoutComment(line string) string {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return ""
	}
	for _, mark := range []string{" #", "\t#"} {
		if i := strings.Index(line, mark); i >= 0 {
			line = line[:i]
		}
	}
	return strings.TrimSpace(line)
}

func parseTerms(text string) ([]term, error) {
	var terms []term
	for _, part := range strings.Split(text+" ", " & ") {
		part = strings.TrimSpace(part)
		name, glob, found := strings.Cut(part, ":")
		if !found {
			return nil, fmt.Errorf("%q is not KIND:GLOB", part)
		}
		k, known := kindNamed(strings.TrimSpace(name))
		if !known {
			return nil, fmt.Errorf("unknown kind %q in %q", name, part)
		}
		if glob = strings.TrimSpace(glob); glob == "" {
			return nil, fmt.Errorf("no pattern in %q", part)
		}
		terms = append(terms, term{k, glob})
	}
	return terms, nil
}
