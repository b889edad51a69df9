//go:build !gilwatch_shim

package report

import (
	"fmt"
	"io"
	"strings"
)

// defaultMarkdown is a size that fits a comment on a pull request, whose limit is 65,536
// characters on GitHub.
const defaultMarkdown = 60_000

// writeMarkdown writes a report fit for a comment: the totals, then an entry for each bug
// with its stacks folded away. When that is too large, the last entries are a line each,
// and what does not fit even so is counted.
func writeMarkdown(w io.Writer, r *Report, o Options) error {
	m := markdown{newFacts(r, o), o}
	limit := o.MaxBytes
	if limit <= 0 {
		limit = defaultMarkdown
	}
	_, err := io.WriteString(w, m.write(limit))
	return err
}

type markdown struct {
	facts
	options Options
}

// section is an entry in its two sizes.
type section struct{ full, brief string }

func (m markdown) write(limit int) string {
	var b strings.Builder
	b.WriteString("### gilwatch\n\n" + m.totals() + "\n")
	sections := m.sections()
	briefs := 0
	for _, s := range sections {
		briefs += len(s.brief)
	}
	const room = 100 // for what is said of the rest
	for i, s := range sections {
		briefs -= len(s.brief)
		switch left := limit - b.Len() - room; {
		case len(s.full)+briefs <= left:
			b.WriteString(s.full)
		case len(s.brief) <= left:
			b.WriteString(s.brief)
		default:
			fmt.Fprintf(&b, "\n… and %s more: see the whole report.\n", number(len(sections)-i))
			return b.String()
		}
	}
	return b.String()
}

// totals is the text report's last line.
func (m markdown) totals() string {
	t := newText(m.report, Options{Root: m.root})
	return escapeMarkdown(strings.TrimPrefix(t.totals(m.options.Notes), "gilwatch: "))
}

func (m markdown) sections() []section {
	violations := append([]Violation{}, m.report.Violations...)
	Sort(violations)
	var sections []section
	for _, e := range grouped(violations) {
		if e.Severity == SeverityNote && !m.options.Notes && !e.Fatal {
			continue
		}
		sections = append(sections, section{m.full(&e), m.brief(&e)})
	}
	return sections
}

// brief is an entry in one line.
func (m markdown) brief(e *entry) string {
	return "\n- " + m.headline(&e.Violation) + " " + m.place(&e.Violation) + "\n"
}

// full is an entry with its hint and its stacks.
func (m markdown) full(e *entry) string {
	v := &e.Violation
	var b strings.Builder
	b.WriteString("\n#### " + m.headline(v) + "\n\n" + m.place(v) + ", " + times(v.Count) + ", id " + codeSpan(Clean(v.ID)) + "\n")
	if fatal := m.fatal(v); fatal != "" {
		b.WriteString("\n**fatal:** " + escapeMarkdown(fatal) + "\n")
	}
	for _, line := range testLines(v) {
		b.WriteString("\n- " + escapeMarkdown(line) + "\n")
	}
	m.hint(&b, v.Hint)
	t := newText(m.report, Options{Width: 100, FullStacks: m.options.FullStacks, Root: m.root})
	t.entry(e)
	b.WriteString("\n<details><summary>stacks</summary>\n\n" + codeBlock(t.b.String()) + "\n</details>\n")
	return b.String()
}

// headline is severity, function and what is wrong.
func (m markdown) headline(v *Violation) string {
	known := ""
	if v.Known {
		known = " (known)"
	}
	return escapeMarkdown(fit(Clean(v.Severity), 12)) + ": " + codeSpan(fit(Clean(v.Function), 120)) + " " + m.wrong(v) + known
}

// place is where the extension called.
func (m markdown) place(v *Violation) string {
	own := callerFrame(v)
	if own < 0 {
		return "from " + codeSpan(callerModule(v))
	}
	in := "in " + codeSpan(fit(v.NativeStack[own].Name(), longName*2)) + " (" + codeSpan(callerModule(v)) + ")"
	if at, known := m.location(v); known {
		where := at.file
		if at.line > 0 {
			where += fmt.Sprintf(":%d", at.line)
		}
		return "at " + codeSpan(fit(where, maxMachineName)) + " " + in
	}
	return in
}

// hint writes what to do: prose, and lines that begin with a space as code.
func (m markdown) hint(b *strings.Builder, hint *string) {
	if hint == nil {
		return
	}
	b.WriteString("\n")
	code := ""
	for line := range strings.Lines(*hint) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, " ") {
			code += Clean(strings.TrimPrefix(line, "    ")) + "\n"
			continue
		}
		if code != "" {
			b.WriteString("\n" + codeBlock(code) + "\n")
			code = ""
		}
		b.WriteString(escapeMarkdown(Clean(line)) + "\n")
	}
	if code != "" {
		b.WriteString("\n" + codeBlock(code))
	}
}
