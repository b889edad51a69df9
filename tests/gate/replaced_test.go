package gate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// replacing runs calls with another library moved in the place of the module's file; a folder
// of the test's own has both.
const replacing = `
import os, sys
sys.path.insert(0, FOLDER)
import calls
def replace():
    os.rename(os.path.join(FOLDER, "other.so"), os.path.join(FOLDER, "calls.so"))
def forked(call):
    if pid := os.fork():
        os.waitpid(pid, 0)
    else:
        call()
        os._exit(0)
CODE
`

// A module whose file was replaced since it was mapped is not named by what lies there now, and
// the report says why: told by its build id, or without one by the file itself. One that is
// still there has its names.
func TestReplaced(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		other := fixture.Build(t, s.py, "testdata/nested.c", fixture.Lazy.With("nobuildid", "-Wl,--build-id=none"))
		run := func(code string) *watch.Result {
			folder := t.TempDir()
			copyFile(t, s.module.Path(), filepath.Join(folder, "calls.so"))
			copyFile(t, other.Path(), filepath.Join(folder, "other.so"))
			return watch.Run(t, watch.Python(s.py, with(replacing, "FOLDER", "'"+folder+"'", "CODE", code)))
		}
		for _, code := range []string{"calls.wrong_truth(); replace()", "replace(); forked(calls.wrong_truth)"} {
			v := run(code).Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
			f := v.NativeStack[0]
			if f.Function != nil || f.File != nil || !strings.HasPrefix(f.Because(), "changed") || v.TailCall {
				t.Errorf("%s: %s at %s, tail call %v, because %s", code, f, f.Source(), v.TailCall, f.Because())
			}
		}
		for _, code := range []string{"calls.wrong_truth()", "forked(calls.wrong_truth)"} {
			v := run(code).Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
			if f := v.NativeStack[0]; f.Function == nil || *f.Function != "wrong_truth" || f.Line == nil || f.Because() != "" {
				t.Errorf("%s: %s, because %s", code, f, f.Because())
			}
		}
		run("calls.right_truth(); replace(); forked(calls.right_truth)").Clean(t)
	}, fixture.Lazy, fixture.Lazy.With("nobuildid", "-Wl,--build-id=none"))
}
