package gate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// acquiring is a command under --on-violation acquire.
func acquiring(c watch.Command) watch.Command {
	c.Flags = append(c.Flags, "--on-violation", "acquire")
	return c
}

// ownUnwinder makes a C++ module as manylinux wheels come: with all of libstdc++ and libgcc
// inside, and hidden.
var ownUnwinder = fixture.Lazy.With("static-libgcc", "-static-libgcc", "-static-libstdc++", "-Wl,--exclude-libs,ALL")

// acquired sums up what was done at all violations of a report.
func acquired(result *watch.Result) (count, declined int, reasons string) {
	for _, v := range result.Report.Violations {
		if v.Acted == nil {
			continue
		}
		count, declined = count+v.Acted.Count, declined+v.Acted.Declined
		if v.Acted.Reason != nil {
			reasons += *v.Acted.Reason + "\n"
		}
	}
	return count, declined, reasons
}

// One run finds all eight bugs, each of which ends the process from 3.12 on; without
// acquire the first is the last.
func TestAcquireFindsAll(t *testing.T) {
	onEach(t, "eightbugs.c", func(t *testing.T, s subject) {
		result := watch.Run(t, acquiring(s.command("wrong()")))
		result.Exit(t, violated)
		result.Prints(t, watch.Bare(t, s.command("right()")).Stdout)
		if n := result.Report.Summary.Violations; n != 8 {
			t.Errorf("%d violations, want 8\n%s", n, result)
		}
		for _, v := range result.Report.Violations {
			if v.Acted == nil || v.Acted.Action != "acquire" || v.Acted.Count != 1 || v.Acted.Declined != 0 || v.Fatal {
				t.Errorf("%s: acted %+v, want acquired once", v, v.Acted)
			}
		}
		if s.py.ThreadLocal() {
			s.fatal(t, "wrong()", crashed, watch.Want{Function: "PyCapsule_New"})
		}
		right := watch.Run(t, acquiring(s.command("right()")))
		right.Clean(t)
	}, fixture.Bindings()...)
}

// What a call returns, in whichever register; calls that come back and violate again; the
// state that was given up; a thread that never had one; a longjmp and a pthread_exit out of
// the call, past a handler that C code has pushed as well; a fork in it.
func TestAcquiredCalls(t *testing.T) {
	const forked = `
import os
def fork():
    pid = os.fork()
    if pid == 0:
        print(acquiring.same_state(%d), flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
print(acquiring.outer(fork, %d))`
	calls := []string{
		"returns(%d)", "outer(acquiring.inner, %d)", "same_state(%d)", "foreign(%d)",
		"jumped(acquiring.jump, %d)", "ended(acquiring.thread_end, %d)",
		"cleaned(acquiring.thread_end, %d)",
	}
	onEach(t, "acquiring.c", func(t *testing.T, s subject) {
		program := func(detached string) watch.Command {
			code := "import acquiring\n"
			for _, call := range calls {
				code += "print(acquiring." + call + ", flush=True)\n"
			}
			return watch.Python(s.py, strings.ReplaceAll(code+forked, "%d", detached), s.module)
		}
		right := watch.Run(t, acquiring(program("0")))
		right.Exit(t, violated) // `inner` is wrong however it is called
		right.Only(t, watch.Want{Function: "PyUnicode_FromString"})
		wrong := watch.Run(t, acquiring(program("1")))
		wrong.Exit(t, violated)
		wrong.Prints(t, right.Stdout)
		if count, declined, _ := acquired(wrong); declined != 0 || count != 14 {
			t.Errorf("%d acquired and %d not, want 14 and 0\n%s", count, declined, wrong)
		}
	})
}

// A C++ exception passes an acquired call: destructors run without the GIL, as they would,
// and so does a handler in the very function that made the call. The unwinder is libgcc's of
// the system, or the module's own, which shows nobody its functions.
func TestAcquireException(t *testing.T) {
	onEach(t, "acquirethrow.cc", passesException, fixture.Lazy, ownUnwinder)
}

// The module's own unwinder is not that of a library it needs, which has never run.
func TestAcquireExceptionBesideLibgcc(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		const needed = "-Wl,--no-as-needed"
		beneath := fixture.Build(t, py, "testdata/acquiring.c", fixture.Lazy.With("libgcc", needed, "-lgcc_s"))
		above := ownUnwinder.With("beside libgcc", needed, beneath.Path())
		passesException(t, subject{py, fixture.Build(t, py, "testdata/acquirethrow.cc", above)})
	})
}

func passesException(t *testing.T, s subject) {
	for _, where := range []string{"", "_here"} {
		right := watch.Run(t, acquiring(s.command("right"+where+"(acquirethrow.thrower)")))
		right.Clean(t)
		result := watch.Run(t, acquiring(s.command("wrong"+where+"(acquirethrow.thrower)")))
		result.Exit(t, violated)
		result.Prints(t, right.Stdout)
		result.Only(t, watch.Want{Function: "PyObject_CallObject"}, watch.Want{Function: touched})
		if count, declined, _ := acquired(result); count != 2 || declined != 0 {
			t.Errorf("%d acquired and %d not, want 2 and 0\n%s", count, declined, result)
		}
	}
}

// The wait for the GIL is bounded: its holder may wait for the thread. A signal handler's
// call, which may have interrupted anything, does not wait at all.
func TestAcquireDeclines(t *testing.T) {
	onEach(t, "acquiring.c", func(t *testing.T, s subject) {
		// What runs afterwards would hang if the request for the GIL had no answer.
		const after = "import threading\nfor _ in range(3):\n    t = threading.Thread(target=print, args=('on',))\n    t.start(); t.join()"
		for _, c := range []struct{ call, reason string }{
			{"joined", "not to be had in time"}, {"handled", "signal handler"},
		} {
			program := func(detached string) watch.Command {
				return watch.Python(s.py, "import acquiring\nprint(acquiring."+c.call+"("+detached+"))\n"+after, s.module)
			}
			watch.Run(t, acquiring(program("0"))).Clean(t)
			result := watch.Run(t, acquiring(program("1")))
			result.Exit(t, violated)
			result.Prints(t, "None\non\non\non\n")
			result.Only(t, watch.Want{Function: touched})
			if count, declined, reasons := acquired(result); count != 0 || declined != 1 || !strings.Contains(reasons, c.reason) {
				t.Errorf("%s: %d acquired, %d not, %q\n%s", c.call, count, declined, reasons, result)
			}
		}
	})
}

// A state that was deleted is never attached. The thread that deleted its own gets another one;
// one whose state another thread has deleted is for PyGILState_Ensure still its holder.
func TestAcquireDeletedState(t *testing.T) {
	onEach(t, "acquiring.c", func(t *testing.T, s subject) {
		for _, c := range []struct {
			call, function     string
			acquired, declined int
		}{
			{"deleted(0, %d)", "PyThreadState_Get", 2, 0},
			{"deleted(1, %d)", touched, 0, 2},
		} {
			watch.Run(t, acquiring(s.command(fmt.Sprintf(c.call, 0)))).Clean(t)
			result := watch.Run(t, acquiring(s.command(fmt.Sprintf(c.call, 1))))
			result.Exit(t, violated)
			result.Prints(t, "(0, 0)\n")
			result.Only(t, watch.Want{Function: c.function, Count: 2})
			count, declined, reasons := acquired(result)
			if count != c.acquired || declined != c.declined || strings.Contains(reasons, "deleted") != (declined > 0) {
				t.Errorf("%s: %d acquired and %d not, %q, want %d and %d\n%s", c.call, count, declined, reasons, c.acquired, c.declined, result)
			}
		}
	})
}

// Nor is one of the interpreter's first life in its second.
func TestAcquireInSecondLife(t *testing.T) {
	onEachProgram(t, func(t *testing.T, program string) {
		watch.Run(t, acquiring(watch.Command{Args: []string{program, "two-lives"}})).Clean(t)
		result := watch.Run(t, acquiring(watch.Command{Args: []string{program, "two-lives-detached"}}))
		result.Exit(t, violated)
		result.Prints(t, "two-lives-detached 1\n")
		result.Only(t, watch.Want{Function: touched})
		if count, declined, _ := acquired(result); count != 1 || declined != 0 {
			t.Errorf("%d acquired and %d not, want 1 and 0\n%s", count, declined, result)
		}
	})
}

// A thread that acquires beside a busy interpreter gets the GIL as any thread does, and one
// that goes on while the interpreter is finalized hinders nobody.
func TestAcquireBesideOthers(t *testing.T) {
	onEach(t, "acquiring.c", func(t *testing.T, s subject) {
		result := watch.Run(t, acquiring(watch.Python(s.py, `
import acquiring
acquiring.outlive(1)
acquiring.begin(100)
while acquiring.made() < 100:
    pass
print("made", acquiring.made())
`, s.module)))
		result.Exit(t, violated)
		result.Prints(t, "made 100\n")
		for _, v := range result.Report.Violations {
			if v.Function == "PyUnicode_FromString" && (v.Acted == nil || v.Acted.Count != 100) {
				t.Errorf("%s: acted %+v, want 100 acquired", v, v.Acted)
			}
		}
		watch.Run(t, acquiring(watch.Python(s.py, "import acquiring\nacquiring.outlive(0)\nacquiring.begin(0)", s.module))).Clean(t)
	})
}

// In a sub-interpreter the state that was given up is that interpreter's.
func TestAcquireSubinterpreter(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		m := fixture.Build(t, py, "testdata/subinterp.c", fixture.Lazy)
		command := acquiring(watch.Python(py, "import subinterp\nprint(subinterp.wrong_state())", m))
		result := watch.Run(t, command)
		result.Exit(t, violated)
		result.Prints(t, "True\n")
		result.Only(t, watch.Want{Function: "PyThreadState_Get"})
		if count, declined, _ := acquired(result); count != 1 || declined != 0 {
			t.Errorf("%d acquired and %d not, want 1 and 0\n%s", count, declined, result)
		}
		watch.Run(t, acquiring(watch.Python(py, "import subinterp\nprint(subinterp.right_visit())", m))).Clean(t)
	})
}

// Where no gate is, the allocator acquires for the allocation alone: the default one, which
// looks for its arenas in the thread state from 3.12 on, goes past it.
func TestAcquireAllocation(t *testing.T) {
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		result := watch.Run(t, acquiring(s.command("wrong_objects()", "wrong_blocks()", "wrong_tp_alloc()")))
		result.Exit(t, violated)
		result.Like(t, watch.Bare(t, s.command("right_objects()", "right_blocks()", "right_tp_alloc()")))
		wants := s.called(3, "PyObject_Malloc", "PyObject_Realloc", "PyObject_Free", "PyMem_Malloc", "PyMem_Realloc", "PyMem_Free")
		result.Only(t, append(wants, s.called(1, "PyType_GenericAlloc")...)...)
		if count, declined, _ := acquired(result); count != 19 || declined != 0 {
			t.Errorf("%d acquired and %d not, want 19 and 0\n%s", count, declined, result)
		}
		if s.py.ThreadLocal() {
			s.fatal(t, "wrong_objects()", crashed, watch.Want{Function: "PyObject_Malloc", Sensor: "alloc"})
		}
		watch.Run(t, acquiring(s.command("right_objects()", "right_blocks()", "right_tp_alloc()"))).Clean(t)
	})
}

// An allocation aborts too, in the place of the allocator.
func TestAbortAllocation(t *testing.T) {
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		command := s.command("wrong_objects()")
		command.Flags = append(command.Flags, "--on-violation", "abort")
		result := watch.Run(t, command)
		result.Exit(t, 128+6)
		want := s.called(1, "PyObject_Malloc")[0]
		want.Fatal = true
		found := result.Only(t, want)
		if len(found) == 1 && (found[0].Acted == nil || found[0].Acted.Count != 1) {
			t.Errorf("%s: acted %+v", found[0], found[0].Acted)
		}
		command = s.command("right_objects()")
		command.Flags = append(command.Flags, "--on-violation", "abort")
		watch.Run(t, command).Clean(t)
	})
}
