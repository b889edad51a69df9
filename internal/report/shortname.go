package report

import (
	"strings"

	"github.com/gilwatch/gilwatch/internal/symbols"
)

// longName is the number of columns from which a function's template arguments are
// left out.
const longName = 48

// shortName shortens a demangled function name for reading: no clone suffixes,
// parameters or return type, and no template arguments in a long one. It goes by the
// text alone, so that a report that was read from JSON looks as it did when it was
// made. A name of another shape stays as it is.
func shortName(function string) string {
	name := symbols.TrimClones(function)
	name = withoutParameters(name)
	name = withoutReturnType(name)
	if columns(name) > longName {
		name = withoutTemplateArguments(name)
	}
	return name
}

// withoutParameters cuts a last parameter list with what qualifies it.
func withoutParameters(name string) string {
	end := strings.LastIndexByte(name, ')')
	if end < 0 || strings.Trim(name[end+1:], " &constvaile") != "" {
		return name
	}
	depth := 0
	for i := end; i > 0; i-- {
		switch name[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			if name[i:end+1] == "(anonymous namespace)" || strings.HasSuffix(name[:i], "operator") {
				return name
			}
			return name[:i]
		}
	}
	return name
}

// withoutReturnType cuts the return type that the demangler puts before a template
// function: all up to the last space that is not in brackets.
func withoutReturnType(name string) string {
	until := len(name)
	if i := strings.Index(name, "operator"); i >= 0 {
		until = i // behind it brackets and spaces are part of the operator
	}
	start, depth := 0, 0
	for i := range until {
		switch name[i] {
		case '<', '(', '{', '[':
			depth++
		case '>', ')', '}', ']':
			depth--
		case ' ':
			if depth == 0 {
				start = i + 1
			}
		}
	}
	if depth != 0 {
		return name
	}
	return name[start:]
}

// withoutTemplateArguments writes <…> for each outermost list of arguments. A
// leading one is Rust's "<T as Trait>" and stays, as does a name with an operator.
func withoutTemplateArguments(name string) string {
	if strings.HasPrefix(name, "<") || strings.Contains(name, "operator") {
		return name
	}
	var b strings.Builder
	depth := 0
	for _, r := range name {
		if r == '>' {
			depth--
		}
		if depth == 0 {
			b.WriteRune(r)
		}
		if r == '<' {
			if depth == 0 {
				b.WriteRune('…')
			}
			depth++
		}
	}
	if depth != 0 {
		return name
	}
	return b.String()
}
