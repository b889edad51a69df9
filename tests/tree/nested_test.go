package tree

import (
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// A `gilwatch run` below another is a session of its own: what it runs is watched by it alone,
// also what is started with an environment without LD_PRELOAD.
func TestRunBelowRun(t *testing.T) {
	const shell = `"$@" shell; env -i "$@" bare`
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, function := range []string{"wrong_truth", "right_truth"} {
			folder := t.TempDir()
			out, path := filepath.Join(folder, "out"), filepath.Join(folder, "inner.json")
			outer := watch.Run(t, watch.Command{Args: []string{
				"sh", "-c", `"$@"`, "sh", watch.Binary(t), "run", "--quiet", "--report", "json=" + path, "--",
				"sh", "-c", shell, "sh", py.Path, file(t, "leaf.py"), calls(t, py).Dir, function, out,
			}})
			report, err := watch.ReadReport(path)
			if err != nil {
				t.Fatalf("%v\n%s", err, outer)
			}
			all := leaves(t, out)
			if len(all) != 2 {
				t.Errorf("%d leaves, want 2\n%s", len(all), outer)
			}
			each(t, &watch.Result{Status: outer.Status, Stderr: outer.Stderr, Report: report}, all, function)
			outer.NothingWatched(t)
		}
	})
}
