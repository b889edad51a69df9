package report

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestModuleName(t *testing.T) {
	for module, want := range map[string]string{
		"/a/_mod.cpython-312-x86_64-linux-gnu.so":    "_mod",
		"/a/_mod.cpython-313t-aarch64-linux-musl.so": "_mod",
		"/a/_mod.abi3.so":                            "_mod",
		"/a/_mod.abi3t.so":                           "_mod",
		"/a/_mod.pypy310-pp73-x86_64-linux-gnu.so":   "_mod",
		"/a/_mod.so":                                 "_mod",
		"/a/_mod.so (deleted)":                       "_mod",
		"/a/my.mod.so":                               "my.mod",
		"/a/libfoo.so":                               "libfoo.so",
		"/a/libfoo.so.1":                             "libfoo.so",
		"/a/libfoo.so.1.2.3":                         "libfoo.so",
		"/a/libfoo.abi3.so":                          "libfoo.so",
		"/a/foo.libs/libgomp-a34b3233.so.1.0.0":      "libgomp.so",
		"/a/libgobject-2.0.so.0":                     "libgobject-2.0.so",
		"/usr/bin/python3.12":                        "python3.12",
		"[vdso]":                                     "[vdso]",
		".so":                                        ".so",
		"":                                           ".",
	} {
		if got := ModuleName(module); got != want {
			t.Errorf("%q: got %q, want %q", module, got, want)
		}
	}
}

// TestIDIsStable: what differs between runs, versions of Python and builds does not
// change the id.
func TestIDIsStable(t *testing.T) {
	v := fatalViolation()
	same := map[string]func(stack []Frame) []Frame{
		"address": func(s []Frame) []Frame { *s[0].Offset += 64; return s },
		"line":    func(s []Frame) []Frame { s[0].Line, s[0].File = new(12), new("a.cpp"); return s },
		"other Python": func(s []Frame) []Frame {
			for i := range 4 {
				s[i].Module = new("/other/soxr_ext.cpython-39-x86_64-linux-gnu.so")
			}
			s[4].Function = new("_PyFunction_Vectorcall")
			return s[:6]
		},
		"stable ABI":  func(s []Frame) []Frame { s[0].Module = new("/x/soxr_ext.abi3.so"); return s },
		"build id":    func(s []Frame) []Frame { s[0].BuildID = nil; return s },
		"clone":       func(s []Frame) []Frame { s[0].Function = new(*s[0].Function + " [clone .constprop.0]"); return s },
		"debug info":  func(s []Frame) []Frame { return append([]Frame{{Function: new("inlined"), Inlined: true}}, s...) },
		"static main": func(s []Frame) []Frame { return s[:5] },
	}
	for name, change := range same {
		if got := ID(v.Kind, v.Function, change(fatalViolation().NativeStack)); got != v.ID {
			t.Errorf("%s changes the id", name)
		}
	}
	if len(v.ID) != 12 || v.ID == "" {
		t.Errorf("id %q", v.ID)
	}
}

// threads are the ways from a thread's function outwards on several machines: without debug
// symbols of the C and C++ libraries, with them, on a glibc before 2.34, on musl.
var threads = map[string][]Frame{
	"no symbols": {nearest("default_error_condition", "/lib/libstdc++.so.6"), nearest("pthread_cond_wait", "/lib/libc.so.6"), frame("", "/lib/libc.so.6", 1)},
	"symbols": {frame("execute_native_thread_routine", "/lib/libstdc++.so.6.0.30", 1), named("start_thread", "/lib/libc.so.6"),
		named("clone3", "/lib/libc.so.6")},
	"glibc 2.31": {frame("", "/lib/libstdc++.so.6.0.28", 1), frame("start_thread", "/lib/libpthread-2.31.so", 1), frame("clone", "/lib/libc-2.31.so", 1)},
	"musl":       {frame("", "/usr/lib/libstdc++.so.6", 1), frame("", "/lib/ld-musl-x86_64.so.1", 1)},
	"C":          {nearest("pthread_cond_wait", "/lib/libpthread.so.0"), frame("clone", "/lib/libc.so.6", 1)},
	"cut off":    nil,
}

func nearest(function, module string) Frame {
	f := frame(function, module, 1)
	f.Nearest = true
	return f
}

// named is a frame with debug information.
func named(function, module string) Frame {
	f := frame(function, module, 1)
	f.File, f.Line = new(function+".c"), new(1)
	return f
}

// TestIDOfThread: a bug has the same id whichever C library its thread came through, and
// whether that one's debug symbols are installed.
func TestIDOfThread(t *testing.T) {
	id := func(own, outer []Frame) string {
		return ID(KindGILNotHeld, "PyList_New", append(slices.Clone(own), outer...))
	}
	worker, other := []Frame{frame("make", extension, 1), frame("worker", extension, 1)}, []Frame{frame("worker", extension, 1)}
	for name, outer := range threads {
		if id(worker, outer) != id(worker, nil) {
			t.Errorf("%s changes the id", name)
		}
		if id(other, outer) == id(worker, outer) {
			t.Errorf("%s: the own frames do not count", name)
		}
	}
	// The way in may lie in the C library too: qsort calls compare.
	inner := func(sort ...Frame) []Frame {
		return append(append([]Frame{frame("compare", extension, 1)}, sort...), frame("sorted", extension, 1))
	}
	if id(inner(frame("qsort", "/lib/libc.so.6", 1)), nil) != id(inner(named("msort_with_tmp", "/lib/libc.so.6"), named("qsort_r", "/lib/libc.so.6")), nil) {
		t.Error("qsort's own functions change the id")
	}
}

// TestIDWithoutOwnFrame: a thread that begins in the C-API function itself is not what the
// interpreter calls by a tail call, and an extension's functions are its own whatever their names.
func TestIDWithoutOwnFrame(t *testing.T) {
	seen := map[string]string{}
	for name, stack := range map[string][]Frame{
		"thread":         threads["symbols"],
		"tail call":      {frame("cfunction_call", libpython, 1)},
		"start_thread_a": {frame("start_thread_a", extension, 1)},
		"start_thread_b": {frame("start_thread_b", extension, 1)},
		"std":            {frame("std::make_a()", extension, 1)},
		"dlib":           {frame("make", "/lib/libdlib.so.19", 1)},
		"mlib":           {frame("make", "/lib/libmlib.so.1", 1)},
	} {
		id := ID(KindGILNotHeld, "PyList_New", stack)
		if other, ok := seen[id]; ok {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[id] = name
	}
	for name, outer := range threads {
		if name != "cut off" && seen[ID(KindGILNotHeld, "PyList_New", outer)] != "thread" {
			t.Errorf("%s changes the id", name)
		}
	}
}

// TestRecordedIDs: what was recorded has the ids that it would get today.
func TestRecordedIDs(t *testing.T) {
	paths, err := filepath.Glob("testdata/recorded/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d reports, %v", len(paths), err)
	}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Violations {
			if id := ID(v.Kind, v.Function, v.NativeStack); id != v.ID {
				t.Errorf("%s: %s is %s", path, v.ID, id)
			}
		}
	}
}

// TestIDTellsApart: what makes another bug makes another id.
func TestIDTellsApart(t *testing.T) {
	v := fatalViolation()
	seen := map[string]string{v.ID: "the first"}
	for name, id := range map[string]string{
		"kind":     ID(KindBeforeInit, v.Function, v.NativeStack),
		"function": ID(v.Kind, "PyLong_FromLong", v.NativeStack),
		"caller":   ID(v.Kind, v.Function, v.NativeStack[1:]),
		"no stack": ID(v.Kind, v.Function, nil),
		"module":   ID(v.Kind, v.Function, []Frame{frame("capsule_new", "/x/other.so", 1)}),
		"name":     ID(v.Kind, v.Function, []Frame{frame("capsule", "/x/other.so", 1)}),
		"split":    ID(v.Kind, v.Function, []Frame{frame("capsule_newo", "/x/ther.so", 1)}),
		"stripped": ID(v.Kind, v.Function, []Frame{frame("", "/x/other.so", 1)}),
	} {
		if other, ok := seen[id]; ok {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[id] = name
	}
}

// TestIDOfNearestName: the nearest symbol of a stripped module moves with every
// build, so it does not count.
func TestIDOfNearestName(t *testing.T) {
	a, b := frame("PyInit_mod", "/x/mod.so", 1), frame("mod_free", "/x/mod.so", 1)
	if ID("k", "f", []Frame{a}) == ID("k", "f", []Frame{b}) {
		t.Error("exact names do not count")
	}
	a.Nearest, b.Nearest = true, true
	if ID("k", "f", []Frame{a}) != ID("k", "f", []Frame{b}) {
		t.Error("nearest names count")
	}
}
