package pystack

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pythons"
)

// child is a Python process that stands still.
type child struct {
	memory pystack.Memory
	in     pystack.Interpreter
	line   []byte        // the first line that it printed
	dumps  *bufio.Reader // what it writes to file descriptor 3
}

// start runs py with args until it has printed a line.
func start(t *testing.T, py pythons.Python, args ...string) *child {
	t.Helper()
	dumps, inherited, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dumps.Close() })
	command := exec.Command(py.Path, args...)
	command.ExtraFiles = []*os.File{inherited}
	command.Stderr = os.Stderr
	// It blocks in reads of a pipe that nobody writes, and ends where the test is killed.
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	inherited.Close()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("%s said nothing: %v", py.Name(), err)
	}
	c := &child{line: line, dumps: bufio.NewReader(dumps)}
	return c.of(t, py, command.Process.Pid)
}

// of is c with the memory of process pid, which runs py.
func (c *child) of(t *testing.T, py pythons.Python, pid int) *child {
	t.Helper()
	memory, closer, err := pystack.ProcessMemory(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closer.Close() })
	in, err := Find(pid, py)
	if err != nil {
		t.Fatal(err)
	}
	return &child{memory, in, c.line, c.dumps}
}

// shape is what a thread said of itself before it blocked.
type shape struct {
	ID, Native uint64
	Stack      []pystack.Frame
}

// shapes decodes the child's line.
func (c *child) shapes(t *testing.T) map[string]shape {
	t.Helper()
	var raw map[string]struct {
		ID, Native uint64
		Stack      [][3]any
	}
	if err := json.Unmarshal(c.line, &raw); err != nil {
		t.Fatalf("%v in %.200q", err, c.line)
	}
	all := map[string]shape{}
	for name, one := range raw {
		s := shape{ID: one.ID, Native: one.Native}
		for _, f := range one.Stack {
			// The bytes of the file's name came as Latin-1 characters.
			var file []byte
			for _, r := range f[1].(string) {
				file = append(file, byte(r))
			}
			s.Stack = append(s.Stack, pystack.Frame{Function: f[0].(string), File: string(file), Line: int(f[2].(float64))})
		}
		all[name] = s
	}
	return all
}

// stack finds the thread's state and reads its frames.
func (c *child) stack(t *testing.T, thread pystack.Thread, limit int) ([]pystack.Frame, bool) {
	t.Helper()
	tstate, err := pystack.ThreadState(c.memory, c.in, thread)
	if err != nil {
		t.Fatal(err)
	}
	frames, truncated, err := pystack.Stack(c.memory, c.in, tstate, limit)
	if err != nil {
		t.Fatal(err)
	}
	return frames, truncated
}
