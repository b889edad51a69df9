package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// say runs a call that breaks no rule with flags, and fails unless the end of gilwatch's stderr
// is the wanted one.
func (s subject) say(t *testing.T, call, want string, flags ...string) *watch.Result {
	t.Helper()
	command := s.command(call)
	command.Flags = append([]string{"--quiet=false"}, flags...)
	result := watch.Run(t, command)
	result.Clean(t)
	if !strings.HasSuffix(result.Stderr, want) || want == "" && strings.Contains(result.Stderr, "matched no") {
		t.Errorf("%q says\n%swant\n%s", flags, result.Stderr, want)
	}
	return result
}

// A module that --watch and --ignore leave out was not watched, and a glob that is misspelled
// is named; the twins are written right.
func TestGlobs(t *testing.T) {
	const nothing = "gilwatch: nothing was watched: --watch and --ignore left out every module that calls the C API; 0 lost\n"
	onEach(t, "calls.c", func(t *testing.T, s subject) {
		for _, c := range []struct {
			flags, want string
			modules     int
		}{
			{"--watch=kalls*", nothing + "gilwatch: --watch matched no module that calls the C API: kalls*\n", 0},
			{"--ignore=*", nothing, 0},
			{"--watch=calls*", " 1 module, ", 1},
			{"--watch=calls* --ignore=kalls*", "gilwatch: --ignore matched no module that calls the C API: kalls*\n", 1},
		} {
			end := c.want
			if !strings.HasSuffix(end, "\n") {
				end = ""
			}
			result := s.say(t, "right_truth()", end, strings.Fields(c.flags)...)
			if got := result.Report.Summary.ModulesWatched; got != c.modules || !strings.Contains(result.Stderr, c.want) {
				t.Errorf("%s: %d modules watched, want %d\n%s", c.flags, got, c.modules, result.Stderr)
			}
		}
	})
}

// Where allocations alone are watched, nothing is said of modules' calls.
func TestAllocAlone(t *testing.T) {
	onEach(t, "alloc.c", func(t *testing.T, s subject) {
		s.say(t, "right_tp_alloc()", "gilwatch: no violations in 1 process; allocators watched; 0 lost\n", "--sensors", "alloc", "--watch", "alloc*")
		command := s.command("wrong_tp_alloc()")
		command.Env = append(command.Env, "PYTHONMALLOC=malloc")
		command.Flags = []string{"--sensors", "alloc"}
		watch.Run(t, command).Only(t, s.called(1, "PyType_GenericAlloc")...)
	})
}
