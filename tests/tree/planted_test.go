package tree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// planted is a shell's script: it puts something into the session folder in the place of a
// file, as itself, and becomes the program, whose pid it has had all along.
func planted(t *testing.T, py pythons.Python, put, function string, more ...string) (*watch.Result, string) {
	t.Helper()
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `victim=$1; shift; cd "${LD_PRELOAD%/*}" && ` + put + ` && cd / && exec "$@"`
	out := filepath.Join(t.TempDir(), "out")
	args := []string{"sh", "-c", script, "sh", victim, py.Path, file(t, "leaf.py"), calls(t, py).Dir, function, out, "planted"}
	result := watch.Run(t, watch.Command{Args: append(args, more...)})
	if now, err := os.ReadFile(victim); err != nil || string(now) != "untouched" {
		t.Errorf("%s: what a link led to has %q now (%v)", put, now, err)
	}
	if found := leaves(t, out); len(found) != 1 {
		t.Errorf("%s: %d leaves\n%s", put, len(found), result)
	}
	return result, victim
}

// Whatever stands in the way of the bell or of a journal, nothing is written through it, and
// the violation is found all the same.
func TestPlantedInTheWay(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for name, put := range map[string]string{
			"journal a link":            `ln -s "$victim" $$.0`,
			"journal a link to nothing": `ln -s "$victim.not" $$.0`,
			"journal a FIFO":            `mkfifo $$.0`,
			"journal a hard link":       `ln "$victim" $$.0 2>/dev/null || cp "$victim" $$.0`,
			"journals":                  `mkfifo $$.0; ln -s "$victim" $$.1; mkdir $$.2; touch $$.3`,
			"bell a link":               `ln -sf "$victim" bell`,
			"bell a file":               `rm bell; touch bell`,
			"bell a FIFO nobody reads":  `rm bell; mkfifo bell`,
			"no bell":                   `rm bell`,
			"children a FIFO":           `mkfifo children`,
			"children a link":           `ln -s "$victim" children`,
			// gilwatch writes the file once more as soon as it knows the pid: not between the two.
			"run a FIFO": `until grep -q "\"pid\":$$," run; do :; done; rm run && mkfifo run`,
		} {
			t.Run(name, func(t *testing.T) {
				for _, function := range []string{"wrong_truth", "right_truth"} {
					result, _ := planted(t, py, put, function)
					result.Watched(t)
					if function == "right_truth" {
						result.Clean(t)
						continue
					}
					result.Exit(t, violated)
					result.Only(t, watch.Want{Function: touched})
				}
			})
		}
	})
}

// Settings that are none leave the shim asleep: the program runs as ever, and is not said to
// have been watched.
func TestPlantedSettings(t *testing.T) {
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, put := range []string{
			`ln -sf "$victim" settings`, `rm -f settings; mkfifo settings`, `rm -f settings; mkdir settings`,
			`rm -f settings; head -c 40 /dev/urandom >settings`,
		} {
			result, _ := planted(t, py, put, "wrong_truth")
			result.Exit(t, 0)
			result.NothingWatched(t)
		}
	})
}

// babble writes on the bell what a process of the same user can: bytes, parts of notes, and
// whole notes of processes, journals and violations that are not there, between two calls of
// the fixture's function. Some FIFO writes find it full: the collector does not keep up.
const babble = `
import glob, os, random, struct, sys
folder, function, flood = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, folder)
import calls
session = os.path.dirname(os.environ["LD_PRELOAD"].split(":")[-1])
bell = os.open(os.path.join(session, "bell"), os.O_WRONLY | os.O_NONBLOCK)
magic = int(sys.argv[4], 16)
def say(data):
    try:
        os.write(bell, data)
    except BlockingIOError:
        pass
def note(type, pid, serial, entry):
    return struct.pack("=IIiIQ", magic, type, pid, serial, entry)
call = getattr(calls, function)
[call() for _ in range(2)]
generator = random.Random(1)
for i in range(flood):
    say(generator.randbytes(generator.randrange(1, 100)) if hasattr(generator, "randbytes") else os.urandom(50))
    say(note(2, 1 << 30, i, 1 << 40)[: generator.randrange(24)])
    say(note(2, 1, 0, 24576))
    say(note(2, os.getpid(), 0, generator.randrange(1 << 20)))
    say(note(1, os.getppid(), 0, 0) + note(1, 1 << 29, 7, 0) + note(9, 1, 1, 1) + note(2, -1, 0, 0))
# A violation behind all that, on a stack of its own, is heard and not waited for in vain.
call()
`

// Foreign bytes on the bell change no fact of the report.
func TestForeignBell(t *testing.T) {
	magic := bellMagic(t)
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, function := range []string{"wrong_truth", "right_truth"} {
			result := watch.Run(t, watch.Command{Args: []string{py.Path, "-c", babble, calls(t, py).Dir, function, "20000", magic}})
			result.Watched(t)
			if len(result.Report.Processes) != 1 || result.Report.Summary.ProcessesUnwatched != 0 {
				t.Errorf("%d processes, want the one\n%s", len(result.Report.Processes), result)
			}
			if lines := strings.Count(result.Stderr, "\n"); lines > 20 {
				t.Errorf("%d lines on stderr", lines)
			}
			if function == "right_truth" {
				result.Clean(t)
				continue
			}
			result.Exit(t, violated)
			result.Only(t, watch.Want{Function: touched, Count: 3})
		}
	})
}

// bellMagic is what a note begins with, from the shim's own header.
func bellMagic(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../shim/journal.h")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "GW_BELL_MAGIC")
	fields := strings.Fields(after)
	if !found || len(fields) == 0 || !strings.HasPrefix(fields[0], "0x") {
		t.Fatalf("no magic of the bell in journal.h: %q", fields)
	}
	return strings.TrimRight(fields[0], "ul")
}
