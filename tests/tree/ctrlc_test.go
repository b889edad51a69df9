package tree

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// interrupted dies by Ctrl-C. Its child ignores that, waits at its FIFO and calls the fixture's
// function then.
const interrupted = `
import os, signal, sys
folder, function, fifo, out = sys.argv[1:5]
sys.path.insert(0, folder)
import calls
signal.signal(signal.SIGINT, signal.SIG_IGN)
if os.fork() == 0:
    open(fifo).read()
    getattr(calls, function)()
    os._exit(0)
with open(out, "w") as f:
    f.write(str(os.getpid()))
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("ready", flush=True)
signal.pause()
`

// What is typed is the command's. gilwatch has it too, from itself, for the rest of its own job,
// and waits for the command's children all the same.
func TestCtrlC(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for function, want := range map[string]int{"wrong_truth": 1, "right_truth": 0} {
			folder := t.TempDir()
			fifo, out, path := filepath.Join(folder, "fifo"), filepath.Join(folder, "out"), filepath.Join(folder, "report.json")
			makeFIFO(t, fifo)
			cmd := exec.Command(py.Path, file(t, "ctrlc.py"), watch.Binary(t), "run", "--quiet", "--wait-children", "10m",
				"--report", "json="+path, "--", py.Path, "-c", interrupted, calls(t, py).Dir, function, fifo, out)
			said, err := os.Create(filepath.Join(folder, "said"))
			if err != nil {
				t.Fatal(err)
			}
			defer said.Close()
			cmd.Stdout, cmd.Stderr = said, said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			appears(t, out)
			pid, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			gone(t, string(pid))
			tell(t, fifo)
			_ = cmd.Wait()
			report := new(watch.Report)
			data, err := os.ReadFile(path)
			if err != nil || json.Unmarshal(data, report) != nil || report.Summary.Occurrences != want || report.Summary.ProcessesWatched != 2 {
				t.Errorf("%s: %v, %+v", function, err, report.Summary)
			}
			if status := cmd.ProcessState.ExitCode(); status != 128+2 {
				words, _ := os.ReadFile(said.Name())
				t.Errorf("%s: status %d, want that of a death by SIGINT\n%s", function, status, words)
			}
		}
	})
}
