package report

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// facts are what the formats for people and for machines both say of a violation.
type facts struct {
	report *Report
	// root is the folder that paths are told from; "" is the run's working folder.
	root      string
	processes pidIndex
}

func newFacts(r *Report, o Options) facts {
	f := facts{report: r, root: o.Root, processes: newPIDIndex(r.Processes)}
	if f.root == "" && r.Run.Cwd != nil {
		f.root = *r.Run.Cwd
	}
	return f
}

// ran returns the processes that the violation happened in.
func (f facts) ran(v *Violation) ran {
	if len(v.ran.in) > 0 {
		return v.ran
	}
	return f.processes.ran(v)
}

// process returns the process of the call whose stacks are shown.
func (f facts) process(v *Violation) *Process { return f.ran(v).in[0] }

// wrong says in words what the violation's kind is.
func (f facts) wrong(v *Violation) string {
	switch v.Kind {
	case KindGILNotHeld:
		if free := f.process(v).FreeThreaded; free != nil && *free {
			return "called without a thread state"
		}
		return "called without the GIL"
	case KindBeforeInit:
		return "called before Py_Initialize"
	case KindAfterFinalize:
		return "called after finalization"
	case KindNotAttachedHere:
		return "called on a foreign thread state"
	default:
		return "called against the rules"
	}
}

// title is a violation in one clean line: "PyCapsule_New called without the GIL".
func (f facts) title(v *Violation) string { return fit(Clean(v.Function), 120) + " " + f.wrong(v) }

// Title is a violation in one clean line, without what its process would tell.
func Title(v *Violation) string { return facts{}.title(v) + in(v) }

// fatal says that the process died in the call, "" when it did not.
func (f facts) fatal(v *Violation) string {
	if !v.Fatal {
		return ""
	}
	return "the process died in this call" + f.deathSignal(v)
}

// deathSignal names the signal that a process of a fatal violation died by.
func (f facts) deathSignal(v *Violation) string {
	if p := f.ran(v).died; p != nil {
		return " (" + signalName(*p.Signal) + ")"
	}
	return ""
}

// signalName is "SIGSEGV", or "signal 99" for one without a name.
func signalName(number int) string {
	if name := unix.SignalName(unix.Signal(number)); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", number)
}

// throughLink reports whether a source file's name goes through a folder that may be a link: the
// resolver cleans the others.
func throughLink(file string) bool { return strings.Contains(file, "/../") }

// inside returns the path from the root on, of a file that lies in it.
func (f facts) inside(file string) (string, bool) {
	if len(f.root) < 2 || !strings.HasPrefix(file, "/") {
		return "", false
	}
	return strings.CutPrefix(path.Clean(file), path.Clean(f.root)+"/")
}
