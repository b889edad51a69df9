package pystack

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/gilwatch/gilwatch/internal/pystack"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"golang.org/x/sys/unix"
)

// Elsewhere a thread may stand still than in a call that released the GIL: each script
// tells the stack to expect.
func TestThreadStandsStillElsewhere(t *testing.T) {
	for _, script := range []string{"attached", "subinterpreter", "forked"} {
		t.Run(script, func(t *testing.T) {
			pythons.Each(t, func(t *testing.T, py pythons.Python) {
				c := start(t, py, "-W", "ignore", "testdata/"+script+".py")
				for name, want := range c.shapes(t) {
					// The forked child is a process of its own; native is its id.
					if script == "forked" {
						c = c.of(t, py, int(want.Native))
					}
					got, _ := c.stack(t, pystack.Thread{ID: want.ID}, 0)
					got = got[:min(len(got), len(want.Stack))]
					if parting := difference(got, want.Stack); parting != "" {
						t.Errorf("%s: %s", name, parting)
					}
				}
			})
		})
	}
}

func TestForeignThreadHasNoState(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		c := start(t, py, "testdata/attached.py")
		for _, thread := range []pystack.Thread{{}, {ID: 1}, {NativeID: 1 << 40}} {
			state, err := pystack.ThreadState(c.memory, c.in, thread)
			if !errors.Is(err, pystack.ErrNoThreadState) {
				t.Errorf("%+v: state %#x, error %v", thread, state, err)
			}
		}
	})
}

// What lies at a wrong address may look like anything up to 3.12; later it must be
// _Py_DebugOffsets.
func TestWrongAddressIsAnError(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		c := start(t, py, "testdata/attached.py")
		main := c.shapes(t)["attached"]
		wrong := []uint64{0, 1, 1 << 63, ^uint64(0)}
		if py.Minor >= 13 {
			wrong = append(wrong, c.in.Runtime+8)
		}
		for _, runtime := range wrong {
			in := c.in
			in.Runtime = runtime
			if state, err := pystack.ThreadState(c.memory, in, pystack.Thread{ID: main.ID}); err == nil {
				t.Errorf("_PyRuntime at %#x: state %#x", runtime, state)
			}
		}
		for _, tstate := range []uint64{0, 1, 1 << 63, ^uint64(0), c.in.Runtime} {
			frames, _, err := pystack.Stack(c.memory, c.in, tstate, 0)
			if err == nil && len(frames) > 0 {
				t.Errorf("thread state %#x: %d frames, no error", tstate, len(frames))
			}
		}
	})
}

func TestProcessThatEnded(t *testing.T) {
	command := exec.Command("sleep", "1000000")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	memory, closer, err := pystack.ProcessMemory(command.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	_ = command.Process.Kill()
	_ = command.Wait()
	if err := memory.ReadAt(make([]byte, 1), 0x1000); !errors.Is(err, unix.ESRCH) {
		t.Errorf("read of a process that ended: %v, want %v", err, unix.ESRCH)
	}
	if _, _, err := pystack.ProcessMemory(command.Process.Pid); !errors.Is(err, unix.ESRCH) {
		t.Errorf("opening a process that ended: %v, want %v", err, unix.ESRCH)
	}
	if err := closer.Close(); err != nil {
		t.Error(err)
	}
	if err := memory.ReadAt(make([]byte, 1), 0x1000); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after Close: %v, want %v", err, os.ErrClosed)
	}
}
