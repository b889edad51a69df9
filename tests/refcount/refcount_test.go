// Package refcount holds the end-to-end tests of `gilwatch cflags`: modules built with its
// headers, for every interpreter, in C and C++ and for the limited API.
package refcount

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

const violated = 66

// variants are the ways to build testdata/counts.h.
var variants = []struct {
	source string
	flags  fixture.Flags
}{
	{"counts.c", fixture.Lazy},
	{"counts.cc", fixture.Now.With("c++", "-Wno-missing-field-initializers")},
	{"counts.c", fixture.Unoptimized},
	{"counts.c", fixture.NoPLT.With("limited-3.8", "-DPy_LIMITED_API=0x03080000")},
}

// cflags are the words that `gilwatch cflags` prints.
func cflags(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command(watch.Binary(t), "cflags").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// Every macro is found under its own name, at its own line, once; used right there is
// nothing. Without gilwatch the module does the same.
func TestCheckedMacros(t *testing.T) {
	flags := cflags(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, variant := range variants {
			t.Run(variant.flags.Name, func(t *testing.T) {
				m := fixture.Build(t, py, "testdata/"+variant.source, variant.flags.With(variant.flags.Name, flags...))
				command := func(call string) watch.Command {
					return watch.Python(py, "import counts, json\nprint(json.dumps(counts."+call+"()))", m)
				}
				right := watch.Run(t, command("right"))
				right.Clean(t)
				wrong := watch.Run(t, command("wrong"))
				wrong.Exit(t, violated)
				wrong.Prints(t, watch.Bare(t, command("wrong")).Stdout)
				var names []string
				if err := json.Unmarshal([]byte(wrong.Stdout), &names); err != nil || len(names) < 5 {
					t.Fatalf("%v\n%s", err, wrong)
				}
				var wants []watch.Want
				for _, name := range names {
					wants = append(wants, watch.Want{Function: name, Module: m.File})
				}
				for _, v := range wrong.Only(t, wants...) {
					if want := lineOf(t, v.Function); v.NativeStack[0].Line == nil || *v.NativeStack[0].Line != want {
						t.Errorf("%s: in line %v, want %d", v, v.NativeStack[0].Line, want)
					}
				}
			})
		}
	})
}

// lineOf is the line of a macro's case.
func lineOf(t *testing.T, macro string) int {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "counts.h"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(source), "CASE("+macro+",")
	if !found {
		t.Fatalf("no case of %s", macro)
	}
	return 1 + strings.Count(before, "\n")
}

// From 3.12 on the limited API counts by calls, which have gates.
func TestLimitedAPICalls(t *testing.T) {
	flags := cflags(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if py.Minor < 12 {
			return
		}
		limited := fixture.Now.With("limited-3.12", append(flags, "-DPy_LIMITED_API=0x030c0000")...)
		m := fixture.Build(t, py, "testdata/counts.c", limited)
		watch.Run(t, watch.Python(py, "import counts\ncounts.right()", m)).Clean(t)
		result := watch.Run(t, watch.Python(py, "import counts\ncounts.wrong()", m))
		result.Exit(t, violated)
		result.Only(t, watch.Want{Function: "_Py_IncRef", Module: m.File, Count: watch.Any},
			watch.Want{Function: "_Py_DecRef", Module: m.File, Count: watch.Any})
	})
}
