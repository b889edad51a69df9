//go:build !gilwatch_shim

package report

import (
	"fmt"
	"strings"
)

// maxCommandLine bounds a command line, in columns.
const maxCommandLine = 2000

// words is a clean command line, quoted where a shell would need it.
func words(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = fit(Clean(arg), maxMachineName)
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"\\$&|;<>()*?`#~!{}[]") {
			quoted[i] = "'" + strings.ReplaceAll(quoted[i], "'", `'\''`) + "'"
		}
	}
	return fit(strings.Join(quoted, " "), maxCommandLine)
}

// cleanAll is a list of clean strings, never nil.
func cleanAll(list []string) []string {
	clean := make([]string, len(list))
	for i, s := range list {
		clean[i] = fit(Clean(s), maxMachineName)
	}
	return clean
}

// cleanLines is clean text that keeps its lines.
func cleanLines(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// cleanOrNone is clean text, "" for what is not known.
func cleanOrNone(s *string) string { return fit(orNone(s), maxMachineName) }

// processEnd says how a process ended: "exit 0", "SIGSEGV"; "" when that is not known.
func processEnd(p *Process) string {
	switch {
	case p.Running:
		return "running"
	case p.Signal != nil:
		return signalName(*p.Signal)
	case p.ExitCode != nil:
		return fmt.Sprintf("exit %d", *p.ExitCode)
	default:
		return ""
	}
}
