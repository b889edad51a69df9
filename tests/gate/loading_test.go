package gate

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// onLoader runs f on the shared builds of 3.11 and 3.13. What such a test provokes is the
// dynamic loader's side of the gate, the same on every version; the two stand for one
// current thread state per process and one per thread.
func onLoader(t *testing.T, f func(t *testing.T, py pythons.Python)) {
	t.Helper()
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if py.Static || !py.Embeddable() || (py.Minor != 11 && py.Minor != 13) {
			t.Skip("the loader is the same on every version")
		}
		f(t, py)
	})
}

// libpython is the path of py's shared library.
func libpython(py pythons.Python) string { return filepath.Join(py.LibDir, py.Library) }

// same runs the command, which must end well and print as it does without gilwatch, with
// no violation.
func same(t *testing.T, command watch.Command) {
	t.Helper()
	bare, result := watch.Bare(t, command), watch.Run(t, command)
	bare.Exit(t, 0)
	result.Clean(t)
	result.Like(t, bare)
}

// A thread looks a symbol up while another is inside dlopen, its object half relocated.
// The object's slots must neither be touched too early, nor be missed afterwards.
func TestLookupDuringRelocation(t *testing.T) {
	const code = `
import ctypes, os, threading
begun, write = os.pipe()
os.dup2(write, 100)
libc = ctypes.CDLL(None)
libc.dlopen.restype = ctypes.c_void_p
handles = []
thread = threading.Thread(target=lambda: handles.append(libc.dlopen(b"LIBRARY", os.RTLD_NOW)))
thread.start()
os.read(begun, 1)
libc.printf
thread.join()
print(getattr(ctypes.PyDLL(None, handle=handles[0]), "CALL")())
`
	onLoader(t, func(t *testing.T, py pythons.Python) {
		slow := fixture.Build(t, py, "testdata/slowlibrary.c", fixture.Now)
		for _, flags := range []fixture.Flags{fixture.Now, fixture.NoPLT} {
			library := flags.With(flags.Name,
				"-DSLOW_LIBRARY", "-Wl,--no-as-needed,-rpath,"+slow.Dir, slow.Path())
			for where, flags := range map[string]fixture.Flags{"itself": flags, "library": library} {
				t.Run(flags.Name+"-"+where, func(t *testing.T) {
					module := fixture.Build(t, py, "testdata/relocating.c", flags)
					wrong := watch.Python(py, with(with(code, "LIBRARY", module.Path()), "CALL", "wrong"))
					bare, result := watch.Bare(t, wrong), watch.Run(t, wrong)
					bare.Exit(t, 0)
					result.Exit(t, violated)
					result.Watched(t)
					result.Like(t, bare)
					result.Only(t, watch.Want{Function: touched, Module: module.File})

					same(t, watch.Python(py, with(with(code, "LIBRARY", module.Path()), "CALL", "right")))
				})
			}
		}
	})
}

// Libraries come and go in some threads while others look symbols up.
func TestCloseDuringLookup(t *testing.T) {
	host := fixture.Host(t, "testdata/openclose.c", fixture.Lazy)
	onLoader(t, func(t *testing.T, py pythons.Python) {
		args := append([]string{host, libpython(py)}, copies(t, py, 3)...)
		same(t, watch.Command{Args: args})
	})
}

// copies makes n libraries of calls.c, without a build id to tell them apart by.
func copies(t *testing.T, py pythons.Python, n int) []string {
	t.Helper()
	module := fixture.Build(t, py, "testdata/calls.c", fixture.Now.With("nobuildid", "-Wl,--build-id=none"))
	folder := t.TempDir()
	var paths []string
	for i := range n {
		paths = append(paths, filepath.Join(folder, fmt.Sprintf("copy%d.so", i)))
		copyFile(t, module.Path(), paths[i])
	}
	return paths
}

// A host unloads libpython: nothing may be left that points into it.
func TestUnloadLibpython(t *testing.T) {
	host := fixture.Host(t, "testdata/unloadhost.c", fixture.Lazy)
	onLoader(t, func(t *testing.T, py pythons.Python) {
		command := watch.Command{Args: []string{host, libpython(py)}}
		bare, result := watch.Bare(t, command), watch.Run(t, command)
		bare.Exit(t, 0)
		result.Exit(t, 0)
		result.Like(t, bare)
		result.None(t)
	})
}

// A library that comes back to its old address has new slots there, to be gated again.
func TestReopen(t *testing.T) {
	onLoader(t, func(t *testing.T, py pythons.Python) {
		program := fixture.Program(t, py, "testdata/reopen.c", fixture.Lazy)
		for _, flags := range fixture.Bindings() {
			module := fixture.Build(t, py, "testdata/reopened.c", flags)
			wrong := watch.Command{Args: []string{program, module.Path(), "wrong"}}
			bare, result := watch.Bare(t, wrong), watch.Run(t, wrong)
			bare.Exit(t, 0)
			result.Exit(t, violated)
			result.Watched(t)
			result.Like(t, bare)
			result.Only(t, watch.Want{Function: touched, Module: module.File, Count: 3})

			same(t, watch.Command{Args: []string{program, module.Path(), "right"}})
		}
	})
}

// What is kept of a library must go with it: after hundreds of loads the next module is
// still gated.
func TestManyReloads(t *testing.T) {
	const code = `
import _ctypes, ctypes
for _ in range(300):
    library = ctypes.CDLL("LIBRARY")
    library.PyInit_calls
    _ctypes.dlclose(library._handle)
import calls
print(calls.CALL())
`
	onLoader(t, func(t *testing.T, py pythons.Python) {
		s := subject{py, fixture.Build(t, py, "testdata/calls.c", fixture.Lazy)}
		code := with(code, "LIBRARY", copies(t, py, 1)[0])
		result := watch.Run(t, watch.Python(py, with(code, "CALL", "wrong_truth"), s.module))
		result.Exit(t, violated)
		result.Prints(t, "True\n")
		result.Watched(t)
		s.only(t, result, watch.Want{Function: touched})

		same(t, watch.Python(py, with(code, "CALL", "right_truth"), s.module))
	})
}
