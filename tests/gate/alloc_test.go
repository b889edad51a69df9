package gate

import (
	"slices"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// alloc runs calls of the module under an allocator with which every version survives
// them: pymalloc, the default, looks for its arenas in the thread state since 3.12.
func (s subject) alloc(t *testing.T, wants []watch.Want, calls ...string) []watch.Violation {
	t.Helper()
	command := s.command(calls...)
	command.Env = append(command.Env, "PYTHONMALLOC=malloc")
	result := watch.Run(t, command)
	result.Exit(t, violated)
	result.Watched(t)
	result.Like(t, watch.Bare(t, command))
	return result.Only(t, wants...)
}

// called are violations of functions that the module called past the gates.
func (s subject) called(count int, functions ...string) []watch.Want {
	var wants []watch.Want
	for _, function := range functions {
		wants = append(wants, watch.Want{Function: function, Sensor: "alloc", Count: count, Module: s.module.File})
	}
	return wants
}

// What crosses no GOT slot is seen by the allocators, with the line of the call through the
// slot or the table; what a gate has seen is not told again.
func TestAlloc(t *testing.T) {
	marks := readMarks(t, "alloc.c")
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		found := s.alloc(t, s.called(1, "PyType_GenericAlloc", "PyObject_Free"), "wrong_tp_alloc()", "wrong_tp_free()")
		if len(found) == 2 {
			at(t, "tp_alloc", found[0].NativeStack, marks, "tp_alloc")
			at(t, "tp_free", found[1].NativeStack, marks, "tp_free")
		}
		found = s.alloc(t, append(s.called(3, "PyObject_Malloc", "PyObject_Realloc", "PyObject_Free"),
			watch.Want{Function: "_Py_Dealloc", Module: s.module.File, Sensor: "calls"},
			watch.Want{Function: "PyMem_Malloc", Module: s.module.File, Count: 3}),
			"wrong_last_reference()", "wrong_objects()", "wrong_gate()")
		if len(found) == 5 {
			through(t, "the last reference", found[3].NativeStack, marks, "last_reference")
		}
		s.alloc(t, s.called(3, "PyMem_Malloc", "PyMem_Realloc", "PyMem_Free"), "wrong_blocks()")
		s.right(t, "right_tp_alloc()", "right_tp_free()", "right_objects()", "right_blocks()",
			"right_last_reference()", "right_datetime()", "visit()")
	})
}

// CPython's own check says yes for ever once there was a sub-interpreter.
func TestAllocAfterSubinterpreter(t *testing.T) {
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		s.alloc(t, s.called(1, "PyType_GenericAlloc"), "visit()", "wrong_tp_alloc()")
	})
}

// A capsule's table leads into a module whose own calls are seen: the caller of the table's
// function is a frame farther out. (Debian's interpreter has datetime built in.)
func TestAllocFunctionTable(t *testing.T) {
	marks := readMarks(t, "alloc.c")
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		command := s.command("wrong_datetime()")
		command.Env = append(command.Env, "PYTHONMALLOC=malloc")
		result := watch.Run(t, command)
		result.Watched(t)
		if result.Report == nil || len(result.Report.Violations) == 0 {
			t.Fatalf("nothing found\n%s", result)
		}
		for _, v := range result.Report.Violations {
			if !slices.ContainsFunc(v.NativeStack, func(f watch.Frame) bool {
				return f.In(s.module.File) && f.Line != nil && *f.Line == marks.lines["datetime"]
			}) {
				t.Errorf("the line of the call is not on the stack: %s", v)
			}
		}
	})
}

// A destructor at the end of a thread that never attached.
func TestAllocThreadEnd(t *testing.T) {
	marks := readMarks(t, "allocthread.cc")
	onEach(t, "allocthread.cc", func(t *testing.T, s subject) {
		found := s.alloc(t, s.called(1, "PyMem_Free"), "wrong_thread_end()")
		if len(found) == 1 {
			at(t, "destructor", found[0].NativeStack, marks, "release")
		}
		s.right(t, "right_thread_end()")
	})
}
