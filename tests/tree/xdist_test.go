package tree

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// The workers of pytest-xdist are processes of the run as any others, and the one that hands
// out the tests is one more, which does nothing wrong.
func TestXdist(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		requirements, err := filepath.Abs("../pytest/testdata/requirements.txt")
		if err != nil {
			t.Fatal(err)
		}
		env := venv.New(t, py, requirements)
		for _, function := range []string{"wrong_truth", "right_truth"} {
			out := filepath.Join(t.TempDir(), "out")
			result := watch.Run(t, watch.Command{
				// Each worker runs the one test.
				Args: []string{env.Python, "-m", "pytest", "-q", "-n", "2", "--dist", "each", "-p", "no:cacheprovider", file(t, "workers")},
				Env:  []string{"LEAF=" + strings.Join([]string{calls(t, py).Dir, function, out, "worker"}, "\n")},
			})
			found := leaves(t, out)
			if len(found) != 2 || found[0].Pid == found[1].Pid || found[0].PPid != found[1].PPid {
				t.Errorf("the test ran in %+v, want two workers of one parent\n%s", found, result)
			}
			each(t, result, found, function)
			if p := result.Report.Summary.ProcessesWatched; p != 3 || result.Report.Summary.ProcessesUnwatched != 0 {
				t.Errorf("%d processes are watched, want pytest and its workers\n%s", p, result)
			}
		}
	})
}
