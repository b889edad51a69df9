package report

import "testing"

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
