package gate

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// In the process are a thread that spins in Python code, or is blocked without the GIL, and
// the one that calls. It prints the id of the thread that must be named.
const (
	besideSpinner = `
import holder, threading
buffer, told, stop = bytearray(1), [], []
def spin():
    holder.name_thread("spinner")
    told.append(threading.get_native_id())
    while not stop:
        buffer[0] = (buffer[0] + 1) % 256
thread = threading.Thread(target=spin)
thread.start()
while not buffer[0]: pass
CALL
stop.append(1)
thread.join()
print(told[0])
`
	besideBlocked = `
import holder, threading
thread = threading.Thread(target=holder.block)
thread.start()
CALL
thread.join()
`
)

// The holder of the GIL is named by the thread that it is, "somebody" where that can't be
// told for certain, and "nobody" where nobody holds it.
func TestGILHolder(t *testing.T) {
	onEach(t, "holder.c", func(t *testing.T, s subject) {
		for _, test := range []struct{ name, script, call, want string }{
			{"spinner", besideSpinner, "holder.wrong_spinning(buffer)", "spinner PRINTED"},
			{"nobody", besideBlocked, "holder.wrong_beside_blocked()", "nobody"},
			{"main thread", "import os, holder\nholder.name_thread('main')\nCALL\nprint(os.getpid())", "holder.wrong_waited_for()", "main PRINTED"},
			{"ensured", "import holder\nCALL", "print(holder.wrong_ensured())", "keeper PRINTED"},
			{"adopted", "import holder\nCALL", "print(holder.wrong_adopted())", "somebody"},
			{"own interpreter", "import holder\nCALL", "print(holder.wrong_beside_own())", "nobody"},
		} {
			if test.name == "own interpreter" && !s.py.ThreadLocal() {
				continue // all interpreters have one lock
			}
			result := watch.Run(t, watch.Python(s.py, strings.Replace(test.script, "CALL", test.call, 1), s.module))
			v := s.only(t, result, watch.Want{Function: touched})
			want := strings.Replace(test.want, "PRINTED", strings.TrimSpace(result.Stdout), 1)
			if got := v.GILHolder.String(); got != want {
				t.Errorf("%s: the GIL's holder is %s, want %s\n%s", test.name, got, want, result)
			}
		}
		watch.Run(t, watch.Python(s.py, strings.Replace(besideBlocked, "CALL", "holder.right_beside_blocked()", 1), s.module)).Clean(t)
	})
}
