package gate

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A watched Python under valgrind: what it violates is found, and memcheck has no word to
// say of the shim: neither of how it walks a stack, nor of what a release keeps of a coroutine's
// in a block of malloc's. Python allocates by malloc, which memcheck sees through.
func TestUnderValgrind(t *testing.T) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("valgrind is not installed")
	}
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		if py.Minor != 13 && !py.Static {
			t.Skip("valgrind is slow: one of each oracle")
		}
		module := fixture.Build(t, py, "testdata/calls.c", fixture.Lazy)
		said := filepath.Join(t.TempDir(), "memcheck")
		coroutines := fixture.Build(t, py, "testdata/released.c", fixture.Lazy)
		// The right call first: of the two only the wrong one is found.
		const code = "import calls, released, threading\nreleased.right_block()\ndef both(): calls.right_truth(), calls.wrong_truth()\nboth(); t = threading.Thread(target=both); t.start(); t.join()"
		command := watch.Python(py, code, module, coroutines)
		command.Args = append([]string{"valgrind", "--log-file=" + said, "--num-callers=40", py.Path, "-S"}, command.Args[1:]...)
		command.Env = append(command.Env, "PYTHONMALLOC=malloc")
		result := watch.Run(t, command)
		text, err := os.ReadFile(said)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "ERROR SUMMARY: ") || strings.Contains(string(text), "libgilwatch") {
			t.Errorf("memcheck says:\n%s", text)
		}
		result.Watched(t)
		result.Exit(t, violated)
		result.Only(t, watch.Want{Function: touched, Module: module.File, Count: 2})
	})
}
