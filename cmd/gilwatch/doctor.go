package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/shimfile"
	"github.com/gilwatch/gilwatch/internal/target"
	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// exitNotWatchable is the status of a doctor that found what stands in the way.
const exitNotWatchable = 1

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [PYTHON]",
		Short: "Say what would be watched here, and what stands in the way",
		Long: `Look at an interpreter, python3 on PATH by default, run a small script with it
under watch, and say what was watched. The exit status is 0 if it can be watched,
1 if not.`,
		Args: arguments(0, 1, "gilwatch doctor python3.12"),
		RunE: func(_ *cobra.Command, args []string) error {
			python := "python3"
			if len(args) > 0 {
				python = args[0]
			}
			return a.doctor(python)
		},
	}
}

// findings are what a doctor says: facts, and what stands in the way.
type findings struct {
	facts     [][2]string
	obstacles []string
}

func (f *findings) fact(name, format string, args ...any) {
	f.facts = append(f.facts, [2]string{name, fmt.Sprintf(format, args...)})
}

func (f *findings) obstacle(format string, args ...any) {
	f.obstacles = append(f.obstacles, fmt.Sprintf(format, args...))
}

// table is a line for each fact.
func (f *findings) table() string {
	var b strings.Builder
	for _, fact := range f.facts {
		fmt.Fprintf(&b, "%-15s %s\n", fact[0], fact[1])
	}
	return b.String()
}

// text is the table, then the verdict.
func (f *findings) text() string {
	var b strings.Builder
	b.WriteString(f.table())
	if len(f.obstacles) == 0 {
		b.WriteString("It can be watched.\n")
	}
	for _, o := range f.obstacles {
		fmt.Fprintf(&b, "It cannot be watched: %s\n", o)
	}
	return b.String()
}

func (a *app) doctor(python string) error {
	program, err := target.Inspect(python)
	if err != nil {
		return err
	}
	var f findings
	f.describeProgram(program)
	f.describeSurroundings()
	var seen probed
	if program.Loadable {
		if seen, err = a.probe(program, &f); err != nil {
			return err
		}
	}
	if len(f.obstacles) > 0 {
		a.status = exitNotWatchable
	}
	var attach findings
	attach.describeAttach()
	attach.describeCoverage(seen)
	_, err = fmt.Fprintf(a.result(), "%s\nAttaching to what runs already (gilwatch attach):\n%s", f.text(), attach.table())
	return err
}

func (f *findings) describeProgram(t target.Target) {
	f.fact("interpreter", "%s", strings.Join(append([]string{t.Path}, t.Interpreters...), " -> "))
	if !t.Loadable {
		f.obstacle("%s", t.Reason)
	}
}

// describeSurroundings says what of this machine matters to a session.
func (f *findings) describeSurroundings() {
	shim := "embedded"
	if !shimfile.Embedded() {
		shim = "beside the executable"
		if _, err := shimfile.Bytes(); err != nil {
			shim = "missing"
			f.obstacle("%v; %s", err, hint(err))
		}
	}
	f.fact("shim", "%s", shim)

	dir := os.TempDir()
	var fs unix.Statfs_t
	switch err := unix.Statfs(dir, &fs); {
	case err != nil:
		f.fact("session folder", "%s: %v", dir, err)
	case fs.Flags&unix.ST_NOEXEC != 0:
		f.fact("session folder", "%s, mounted noexec", dir)
		f.obstacle("%s is mounted noexec, so that no shim can be loaded from it; set TMPDIR to another folder", dir)
	default:
		f.fact("session folder", "%s", dir)
	}
	preloaded := os.Getenv("LD_PRELOAD")
	if preloaded == "" {
		preloaded = "not set"
	}
	f.fact("LD_PRELOAD", "%s", preloaded)
}

// describeWatched says what the shim had under watch in the interpreter's process.
func (f *findings) describeWatched(p report.Process) {
	if p.Python != nil {
		f.fact("python", "%s%s", *p.Python, buildWords(p))
	}
	if !p.Watched {
		reason := "the shim did not say why"
		if p.Reason != nil {
			reason = *p.Reason
		}
		f.obstacle("%s", reason)
		return
	}
	modules := "modules"
	if p.ModulesWatched == 1 {
		modules = "module"
	}
	f.fact("watched", "%d functions of the C API; %d %s called them in a small script", p.FunctionsWatched, p.ModulesWatched, modules)
}

func buildWords(p report.Process) string {
	var words string
	if p.Build != nil {
		words += ", " + *p.Build + " build"
	}
	if p.FreeThreaded != nil {
		words += map[bool]string{true: ", free-threaded", false: ", with a GIL"}[*p.FreeThreaded]
	}
	return words
}
