package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// script is a part whose one test, `a`, comes to what the shell leaves in $r.
func script(text string) Part {
	return Part{Name: "part", Limit: time.Minute, Command: func(_, junit string, _ []string) []string {
		return []string{"/bin/sh", "-c", text + `
echo "<testsuite><testcase name='a'>$r</testcase></testsuite>" > ` + junit}
	}}
}

func pairOf(t *testing.T, part Part) *Record {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "gws-")
	if err != nil {
		t.Fatal(err)
	}
	defer removeAll(folder)
	record, err := newRunner(watch.Binary(t), folder, nil).pair(part, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if left := usersOf(folder); len(left) > 0 {
		t.Errorf("processes %v were left", left)
	}
	return record
}

// usersOf lists the processes that killLeft would kill.
func usersOf(folder string) (pids []string) {
	entries, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, entry := range entries {
		if cwd, _ := os.Readlink(entry); strings.HasPrefix(cwd, folder) {
			pids = append(pids, entry)
		}
	}
	return pids
}

// What gilwatch changes is a difference, each time; its twin, which does not look, is none.
func TestChangedIsSeen(t *testing.T) {
	// The shell itself is no interpreter and not watched, but what it would hand on is.
	record := pairOf(t, script(`if [ -n "$LD_PRELOAD" ]; then r="<failure/>"; fi`))
	if len(record.Differences) != 1 || record.Differences[0].Verdict != Differs || record.done() {
		t.Errorf("differences %v, done %v", record.Differences, record.done())
	}
	if record := pairOf(t, script(`r=""`)); len(record.Differences) != 0 {
		t.Errorf("differences %v, want none", record.Differences)
	}
}

// What fails now and then on both sides is told from what gilwatch changes.
func TestFlakyIsTold(t *testing.T) {
	count := filepath.Join(t.TempDir(), "count")
	record := pairOf(t, script(fmt.Sprintf(`echo >> %[1]s; if [ $(($(wc -l < %[1]s) %% 3)) = 2 ]; then r="<failure/>"; fi`, count)))
	if len(record.Differences) != 1 || record.Differences[0].Verdict != Flaky {
		t.Errorf("differences %v, want a flaky one", record.Differences)
	}
}

// A crash that takes the results with it, on one side only, is seen.
func TestLostResultIsSeen(t *testing.T) {
	record := pairOf(t, script(`if [ -n "$LD_PRELOAD" ]; then kill -SEGV $$; fi`))
	if len(record.Differences) != 2 || record.Differences[0].Test != Whole || record.Differences[0].Outcomes[Watched][0] != "exit 139" ||
		record.Differences[1].Outcomes[Watched][0] != Absent {
		t.Errorf("differences %v", record.Differences)
	}
}

// What hangs is ended at its limit with all that it started, and is equal on both sides.
func TestHangIsBounded(t *testing.T) {
	part := script(`sleep 1000 & setsid sleep 1000 & wait`)
	part.Limit = time.Second
	record := pairOf(t, part)
	if record.Ends != [2]Outcome{"timeout", "timeout"} || len(record.Differences) != 0 {
		t.Errorf("ends %v, differences %v", record.Ends, record.Differences)
	}
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		bare, watched string
		want          Verdict
	}{
		{"p f", "f p", Flaky},
		{"p p p", "f p p", Once},
		{"f p p", "p p p", Flaky},
		{"p p p", "f f p", Differs},
		{"p p p", "f f f", Differs},
		{"p", "f", Differs},
		{"s s", "p p", Differs},
	} {
		var outcomes [2][]Outcome
		for side, text := range []string{c.bare, c.watched} {
			for _, word := range strings.Fields(text) {
				outcomes[side] = append(outcomes[side], Outcome(word))
			}
		}
		if got := judge(outcomes); got != c.want {
			t.Errorf("bare %s, watched %s: %s, want %s", c.bare, c.watched, got, c.want)
		}
	}
}

func TestWhy(t *testing.T) {
	table := []Deliberate{{Function: "PyMem_Malloc", Caller: "bad", Module: "_testcapi", Reason: "a test"}}
	for stack, want := range map[string]string{
		"bad (_testcapi.cpython-312-x86_64-linux-gnu.so)":       "a test",
		"near good (_testcapi.cpython-311-x86_64-linux-gnu.so)": "a test",
		"good (_testcapi.cpython-312-x86_64-linux-gnu.so)":      "",
		"bad (_ssl.cpython-312-x86_64-linux-gnu.so)":            "",
	} {
		if got := why(table, &Finding{Function: "PyMem_Malloc", Stack: []string{stack}}); got != want {
			t.Errorf("%s: %q, want %q", stack, got, want)
		}
		if got := why(table, &Finding{Function: "PyMem_Free", Stack: []string{stack}}); got != "" {
			t.Errorf("PyMem_Free in %s: %q", stack, got)
		}
	}
}
