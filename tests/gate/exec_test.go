package gate

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// A Python started with an environment of its own, or by replacing the process, is watched.
func TestExec(t *testing.T) {
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for name, code := range map[string]string{
			"inherited": `import subprocess, sys; print(subprocess.call([sys.executable, "-c", CHILD]))`,
			"empty":     `import subprocess, sys; print(subprocess.call([sys.executable, "-c", CHILD], env={}))`,
			"isolated":  `import subprocess, sys; print(subprocess.call([sys.executable, "-I", "-c", CHILD]))`,
			"shell":     `import os, sys; print(os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", '"$0" -c "$1"', sys.executable, CHILD]))`,
			"replaced":  `import os, sys; print(0, flush=True); os.execve(sys.executable, [sys.executable, "-c", CHILD], {})`,
		} {
			t.Run(name, func(t *testing.T) {
				result := watch.Run(t, watch.Python(s.py, s.child("wrong_truth")+code))
				result.Exit(t, violated)
				result.Prints(t, "0\n")
				result.Watched(t)
				s.only(t, result, watch.Want{Function: touched})

				result = watch.Run(t, watch.Python(s.py, s.child("right_truth")+code))
				result.Clean(t)
				result.Prints(t, "0\n")
			})
		}
	})
}

// child is Python code that defines CHILD, the code of a child that calls the function. It
// finds the module without PYTHONPATH.
func (s subject) child(function string) string {
	return with("CHILD = 'import sys; sys.path.insert(0, \"FOLDER\"); import calls; calls.FUNCTION()'\n",
		"FOLDER", s.module.Dir, "FUNCTION", function)
}

// A module opened with RTLD_LAZY has slots that are bound at the first call: the gate must
// be there before, and stay.
func TestLazilyOpened(t *testing.T) {
	const code = `
import os, sys
sys.setdlopenflags(os.RTLD_LAZY)
import calls
print(calls.FUNCTION(), calls.FUNCTION())
`
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		result := watch.Run(t, watch.Python(s.py, with(code, "FUNCTION", "wrong_truth"), s.module))
		result.Exit(t, violated)
		result.Prints(t, "True True\n")
		s.only(t, result, watch.Want{Function: touched, Count: 2})

		watch.Run(t, watch.Python(s.py, with(code, "FUNCTION", "right_truth"), s.module)).Clean(t)
	})
}
