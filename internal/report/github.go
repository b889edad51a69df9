//go:build !gilwatch_shim

package report

import (
	"fmt"
	"io"
	"strings"
)

// maxAnnotations is how many annotations of one level GitHub keeps of a step.
const maxAnnotations = 10

// githubLevels are the workflow commands by severity.
var githubLevels = map[string]string{SeverityError: "error", SeverityWarning: "warning", SeverityNote: "notice"}

// writeGitHub writes workflow commands for GitHub Actions, which stand on the line in a
// pull request. GitHub drops all but ten of each level and step, so the last says how
// many there are.
func writeGitHub(w io.Writer, r *Report, o Options) error {
	var b strings.Builder
	writeCommands(&b, r, o)
	commands := b.String()
	if o.AfterOutput && commands != "" {
		commands = "\n" + commands // the runner takes a command at a line's start only
	}
	_, err := io.WriteString(w, commands)
	return err
}

// writeCommands writes each command on a line of its own. What makes a report no proof comes
// first, where ten violations leave room for it.
func writeCommands(b *strings.Builder, r *Report, o Options) {
	f := newFacts(r, o)
	violations := append([]Violation{}, r.Violations...)
	Sort(violations)
	given, more := map[string]int{}, 0
	if lost := lostWords(r); lost != "" {
		level := "warning"
		if lostFails(o.FailOn) {
			level = "error"
		}
		given[level]++
		fmt.Fprintf(b, "::%s title=gilwatch::%s\n", level, escapeData(lost))
	}
	if unwatched := nothingWatched(r); unwatched != "" {
		fmt.Fprintf(b, "::warning title=gilwatch::%s\n", escapeData(unwatched))
	}
	if unlisted := unlistedNotes(r, o); unlisted != "" {
		given["error"]++
		fmt.Fprintf(b, "::error title=gilwatch::%s\n", escapeData(unlisted))
	}
	for i := range violations {
		v := &violations[i]
		level := githubLevels[v.Severity]
		switch {
		case level == "":
			level = "error"
		case v.Known:
			level = "notice"
		}
		if v.Severity == SeverityNote && !o.Notes && !v.Fatal {
			continue
		}
		// One notice is kept for what did not fit.
		if given[level]++; given[level] > maxAnnotations || level == "notice" && given[level] >= maxAnnotations {
			more++
			continue
		}
		b.WriteString(f.command(level, v))
	}
	if more > 0 {
		fmt.Fprintf(b, "::notice title=gilwatch::%s not shown here: GitHub keeps ten of a level\n", plural(more, "violation", "violations"))
	}
}

// command is one workflow command, with its line end.
func (f facts) command(level string, v *Violation) string {
	var properties []string
	if at, known := f.location(v); known && at.inside {
		properties = append(properties, "file="+escapeProperty(at.file))
		if at.line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", at.line))
		}
		if at.line > 0 && at.column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", at.column))
		}
	}
	properties = append(properties, "title="+escapeProperty("gilwatch: "+f.title(v)))
	return "::" + level + " " + strings.Join(properties, ",") + "::" + escapeData(f.annotation(v)) + "\n"
}

// annotation is what stands below an annotation's title.
func (f facts) annotation(v *Violation) string {
	lines := []string{f.sentence(v)}
	if v.Known {
		lines = append(lines, "known: it stands in the baseline")
	}
	if released := f.whyDetached(v); released != "" {
		lines = append(lines, released)
	}
	lines = append(lines, testLines(v)...)
	if v.Hint != nil {
		lines = append(lines, "")
		for line := range strings.Lines(*v.Hint) {
			lines = append(lines, fit(Clean(strings.TrimRight(line, "\n")), maxMachineName))
		}
	}
	return strings.Join(append(lines, "id "+Clean(v.ID)), "\n")
}

// escapeData and escapeProperty escape as actions/toolkit does, packages/core/src/command.ts.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
