// Package wheels works with real packages from PyPI under gilwatch, in threads. They are
// written right, so nothing may be found; what is known to be wrong in one must be.
package wheels

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// workouts are the packages of which testdata has a NAME_workout.py.
var workouts = []string{
	"numpy", "lxml", "orjson", "cryptography", "pandas", "pyzmq", "uvloop", "gevent", "numba",
}

// folders are where the packages' modules lie in site-packages.
var folders = map[string]string{
	"numpy": "numpy/", "lxml": "lxml/", "orjson": "orjson/", "cryptography": "cryptography/",
	"pandas": "pandas/", "pyzmq": "zmq/", "uvloop": "uvloop/", "gevent": "gevent/", "numba": "numba/",
}

func TestWheelsAreClean(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := wheels(t, py)
		for _, name := range workouts {
			t.Run(name, func(t *testing.T) {
				result := watch.Run(t, script(t, env, name+"_workout.py"))
				result.Exit(t, 0)
				result.Prints(t, name+" ok\n")
				clean(t, result)
				if result.Report != nil {
					watchedModules(t, result.Report, folders[name])
				}
			})
		}
	})
}

// wheels is the environment with all the packages, in the versions that py has wheels of.
// A version without pins is one that somebody added to the machine's own.
func wheels(t *testing.T, py pythons.Python) venv.Env {
	t.Helper()
	pins := testdata(t, fmt.Sprintf("requirements-3.%d.txt", py.Minor))
	if _, err := os.Stat(pins); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no wheels are pinned for 3.%d", py.Minor)
	}
	return venv.New(t, py, pins)
}

// script is the command that runs a script of testdata.
func script(t *testing.T, env venv.Env, name string, args ...string) watch.Command {
	t.Helper()
	return watch.Command{Args: append([]string{env.Python, testdata(t, name)}, args...)}
}

// testdata is the absolute path of a file in testdata: commands run in folders of their own.
func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
