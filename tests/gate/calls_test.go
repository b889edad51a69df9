package gate

import (
	"debug/elf"
	"path"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// The model bug: a capsule made between release and attach. Up to 3.11 the program goes on
// as if nothing were; from 3.12 on it dies in the call.
func TestCapsule(t *testing.T) {
	sets := append(fixture.Bindings(), fixture.Unoptimized, fixture.SysVHash)
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		want := watch.Want{Function: "PyCapsule_New", Module: s.module.File}
		if s.py.ThreadLocal() {
			s.fatal(t, "wrong_capsule()", crashed, want)
		} else {
			// A capsule's repr has its address: only its beginning is compared.
			result := watch.Run(t, s.command("wrong_capsule()"))
			result.Exit(t, violated)
			result.Watched(t)
			result.Only(t, want)
			if !strings.HasPrefix(result.Stdout, `<capsule object "payload"`) || result.Stderr != "" {
				t.Errorf("stdout %q, stderr %q", result.Stdout, result.Stderr)
			}
		}
		watch.Run(t, s.command("right_capsule()")).Clean(t)
	}, sets...)
}

// The fixtures must have the relocations for which the flag sets stand.
func TestBindings(t *testing.T) {
	wants := map[string]elf.R_X86_64{
		"lazy": elf.R_X86_64_JMP_SLOT, "now": elf.R_X86_64_JMP_SLOT, "noplt": elf.R_X86_64_GLOB_DAT,
	}
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		got, want := fixture.Relocation(t, s.module.Path(), "PyCapsule_New"), wants[path.Base(t.Name())]
		if got != want {
			t.Errorf("PyCapsule_New is bound by %v, want %v", got, want)
		}
	}, fixture.Bindings()...)
}

func TestSurvivor(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		v := s.wrong(t, "wrong_truth()", watch.Want{Function: touched})
		if len(v.ReleasedAt) == 0 || !v.ReleasedAt[0].In(s.module.File) {
			t.Errorf("released at %v, want in %s", v.ReleasedAt, s.module.File)
		}
		if v.ReleasedBy == nil || *v.ReleasedBy != "PyEval_SaveThread" {
			t.Errorf("released by %v, want PyEval_SaveThread", v.ReleasedBy)
		}
		s.right(t, "right_truth()")
	}, fixture.Bindings()...)
}

// A call that fires often is one violation with a count.
func TestCount(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		s.wrong(t, "wrong_truth() and all(calls.wrong_truth() for _ in range(999))",
			watch.Want{Function: touched, Count: 1000})
	})
}

// Functions that only read are warnings and notes: listed or counted, but no failure
// unless --fail-on asks for it.
func TestSeverity(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		long := watch.Want{Function: "PyLong_AsLong", Severity: "warning"}
		result := watch.Run(t, s.command("wrong_long(7)"))
		result.Exit(t, 0)
		result.Prints(t, "7\n")
		s.only(t, result, long)

		command := s.command("wrong_long(7)")
		command.Flags = []string{"--fail-on", "warning"}
		result = watch.Run(t, command)
		result.Exit(t, violated)
		s.only(t, result, long)

		result = watch.Run(t, s.command("wrong_callable(len)"))
		result.Exit(t, 0)
		result.Prints(t, "True\n")
		if result.Report == nil || result.Report.Summary.Notes != 1 {
			t.Errorf("PyCallable_Check, detached: want one note\n%s", result)
		}
		s.right(t, "right_long(7)", "right_callable(len)")
	})
}

// --error-exitcode replaces 66; 0 keeps the command's. A command's own failure stays.
func TestErrorExitcode(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for _, c := range []struct {
			flags  []string
			after  string
			status int
		}{
			{[]string{"--error-exitcode", "7"}, "", 7},
			{[]string{"--error-exitcode", "0"}, "", 0},
			{[]string{"--fail-on", "never"}, "", 0},
			{nil, "raise SystemExit(5)", 5},
		} {
			command := watch.Python(s.py, "import calls\ncalls.wrong_truth()\n"+c.after, s.module)
			command.Flags = c.flags
			result := watch.Run(t, command)
			result.Exit(t, c.status)
			s.only(t, result, watch.Want{Function: touched})
		}
	})
}
