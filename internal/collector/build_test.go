package collector

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/session"
)

// made is the report of journals, with the ends of their processes by pid and serial.
func made(t *testing.T, run Run, ends map[file]End, journals ...*journal.Journal) *report.Report {
	t.Helper()
	s := newSession(t)
	for _, j := range journals {
		lay(t, s, j)
	}
	r, err := build(s, run, func(j *journal.Journal) (End, bool) {
		end, ok := ends[file{j.Pid, j.Serial}]
		return end, ok
	}, nil, nil, nil, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func diedBy(s unix.Signal) End {
	return End{Signal: new(int(s)), Ended: time.Unix(1700000009, 0), process: 1}
}

// inExtension is a stack that begins in calls.so.
var inExtension = []uint64{0x30010, 0x10010}

// A violation is fatal if its call was the last that a thread of the process made, was not
// seen to return, and the process died by a signal of its own making.
func TestFatal(t *testing.T) {
	for name, c := range map[string]struct {
		change func(j *journal.Journal)
		end    End
		want   bool
	}{
		"died in it":      {nil, diedBy(unix.SIGSEGV), true},
		"aborted in it":   {nil, diedBy(unix.SIGABRT), true},
		"was killed":      {nil, diedBy(unix.SIGKILL), false},
		"was terminated":  {nil, diedBy(unix.SIGTERM), false},
		"exited":          {nil, End{ExitCode: new(139), process: 1}, false},
		"end not seen":    {nil, End{}, false},
		"it had returned": {func(j *journal.Journal) { j.Marks[0].Open = false }, diedBy(unix.SIGSEGV), false},
		"no mark":         {func(j *journal.Journal) { j.Marks = nil }, diedBy(unix.SIGSEGV), false},
		"a vfork child's": {func(j *journal.Journal) { j.Violations[0].Pid++ }, diedBy(unix.SIGSEGV), false},
		"another was last": {func(j *journal.Journal) {
			j.Marks = append(j.Marks, journal.Mark{Tid: 8, Open: true, Entry: 8, Sequence: 9})
		}, diedBy(unix.SIGSEGV), false},
	} {
		j := python(7, inExtension)
		j.Bytes() // sets the offsets
		j.Marks = []journal.Mark{{Tid: 7, Open: true, Entry: j.Violations[0].Offset, Sequence: 1}}
		if c.change != nil {
			c.change(j)
		}
		r := made(t, Run{}, map[file]End{{7, 0}: c.end}, j)
		if len(r.Violations) != 1 || r.Violations[0].Fatal != c.want {
			t.Errorf("%s: %+v, want fatal %v", name, r.Violations, c.want)
		}
	}
}

// The process that a program was executed in dies by what that program does.
func TestNotFatalBeforeExec(t *testing.T) {
	before, after := python(7, inExtension), python(7)
	before.Bytes()
	before.Marks = []journal.Mark{{Tid: 7, Open: true, Entry: before.Violations[0].Offset, Sequence: 1}}
	after.Serial, after.Started = 1, before.Started.Add(time.Second)
	end := diedBy(unix.SIGSEGV)
	r := made(t, Run{}, map[file]End{{7, 0}: end, {7, 1}: end}, before, after)
	if len(r.Violations) != 1 || r.Violations[0].Fatal {
		t.Errorf("%+v", r.Violations)
	}
	if len(r.Processes) != 2 {
		t.Errorf("%d processes, want the one that violated and what it became", len(r.Processes))
	}
	// A twin that died before its number was used again.
	other := end
	other.process = 2
	r = made(t, Run{}, map[file]End{{7, 0}: end, {7, 1}: other}, before, after)
	if len(r.Violations) != 1 || !r.Violations[0].Fatal {
		t.Errorf("%+v", r.Violations)
	}
}

// A process that executes programs is listed once, as what it was last; processes that got
// the same number one after the other are listed each.
func TestOneProcessManyJournals(t *testing.T) {
	three := func(change func(i int, j *journal.Journal)) []*journal.Journal {
		var all []*journal.Journal
		for i := range 3 {
			j := python(7)
			j.Serial, j.Started, j.Argv = uint32(i), j.Started.Add(time.Duration(i)*time.Second), []string{string(rune('a' + i))}
			if change != nil {
				change(i, j)
			}
			all = append(all, j)
		}
		return all
	}
	same := map[file]End{{7, 0}: {process: 1}, {7, 1}: {process: 1}, {7, 2}: {process: 1}}
	reused := map[file]End{{7, 0}: {process: 1}, {7, 1}: {process: 2}, {7, 2}: {process: 3}}
	for name, c := range map[string]struct {
		ends   map[file]End
		change func(i int, j *journal.Journal)
		want   string
	}{
		"exec":             {same, nil, "c"},
		"exec, not seen":   {nil, nil, "c"},
		"reuse":            {reused, nil, "abc"},
		"reuse after exit": {nil, func(_ int, j *journal.Journal) { j.Ended = j.Started }, "abc"},
		"exec after a child": {same, func(i int, j *journal.Journal) {
			if i == 0 {
				j.Children = []journal.Child{{Pid: 9, Ppid: 7, Path: "/bin/static", Reason: "static"}}
				j.Exe = "x"
			}
		}, "ac"},
	} {
		r := made(t, Run{}, c.ends, three(c.change)...)
		got := ""
		for _, p := range r.Processes {
			if len(p.Argv) > 0 {
				got += p.Argv[0]
			}
		}
		if got != c.want {
			t.Errorf("%s: processes %q, want %q", name, got, c.want)
		}
	}
}

// Where no frame is known the call may still be known for a tail call: it returns into the
// interpreter, none of whose own calls has a gate.
func TestTailCall(t *testing.T) {
	for name, c := range map[string]struct {
		frames []uint64
		want   bool
	}{
		"from an extension":    {inExtension, false},
		"into the interpreter": {[]uint64{0x10010}, true},
		"into no module":       {[]uint64{0x90010}, false},
		"no frame":             {nil, false},
	} {
		r := made(t, Run{}, nil, python(7, c.frames))
		if len(r.Violations) != 1 || r.Violations[0].TailCall != c.want {
			t.Errorf("%s: %+v, want tail call %v", name, r.Violations, c.want)
		}
	}
}

// Severity is by the version's own rules; a version that is not known has the newest.
func TestSeverity(t *testing.T) {
	for _, c := range []struct{ python, function, want string }{
		{"3.8.18", "PyLong_AsLong", report.SeverityWarning},
		{"3.13.0", "PyLong_AsLong", report.SeverityWarning},
		{"3.13.0", "PyCapsule_New", report.SeverityError},
		{"3.99.0", "PyLong_AsLong", report.SeverityWarning},
		{"9.1", "PyCapsule_New", report.SeverityError},
		{"", "PyLong_AsLong", report.SeverityWarning},
		{"hello", "PyNew_Function", report.SeverityError},
	} {
		j := python(7, inExtension)
		j.Python, j.Violations[0].Function = c.python, c.function
		if r := made(t, Run{}, nil, j); len(r.Violations) != 1 || r.Violations[0].Severity != c.want {
			t.Errorf("%s on %q: %+v, want %s", c.function, c.python, r.Violations, c.want)
		}
	}
}

func TestModulesAndTotals(t *testing.T) {
	a, b := python(7, inExtension), python(8, inExtension)
	a.Lost, b.Lost = 3, 4
	b.Modules[1].Slots = 9
	b.Modules = append(b.Modules, journal.Module{Path: b.Modules[1].Path, BuildID: "cc", Slots: 1})
	r := made(t, Run{}, nil, a, b)
	if r.Summary.Lost != 7 || r.Summary.ProcessesWatched != 2 {
		t.Errorf("summary %+v", r.Summary)
	}
	// The interpreter has no slots under watch; another build of a module is another module.
	if len(r.Modules) != 2 || r.Modules[0].Slots != 9 || *r.Modules[1].BuildID != "cc" {
		t.Errorf("modules %+v", r.Modules)
	}
	if len(r.Violations) != 1 || r.Violations[0].Count != 2 || len(r.Violations[0].Processes) != 2 {
		t.Errorf("equal violations are not one: %+v", r.Violations)
	}
	// The twin without a violation.
	if r := made(t, Run{}, nil, python(7)); len(r.Violations) != 0 || r.Summary.Lost != 0 || r.Summary.ProcessesWatched != 1 {
		t.Errorf("%+v", r)
	}
}

// The command is in the report, watched or not, with the reason.
func TestUnwatchedCommand(t *testing.T) {
	run := Run{Command: []string{"x"}, Exe: "/bin/x", Pid: 7, ExitCode: new(3), Finished: time.Now()}
	for _, c := range []struct {
		unwatched string
		journals  []*journal.Journal
		want      string
	}{
		{"", nil, noInterpreter},
		{"it is static", nil, "it is static"},
		{"", []*journal.Journal{python(8)}, noInterpreter},
		{"", []*journal.Journal{python(7)}, ""},
		{"", []*journal.Journal{{Pid: 7, State: journal.Off, Reason: "no oracle"}}, "no oracle"},
		{"", []*journal.Journal{{Pid: 7}}, diedStarting},
	} {
		run.Unwatched = c.unwatched
		r := made(t, run, nil, c.journals...)
		p := r.Processes[0]
		got := ""
		if p.Reason != nil {
			got = *p.Reason
		}
		if got != c.want || p.Watched != (c.want == "") || (p.PID == 7) && *p.ExitCode != 3 {
			t.Errorf("reason %q (watched %v), want %q", got, p.Watched, c.want)
		}
	}
}

func TestUnwatchedChild(t *testing.T) {
	j := python(7)
	j.Children = []journal.Child{{Pid: 9, Ppid: 7, Path: "/bin/static", Reason: "it has no dynamic loader"}}
	r := made(t, Run{}, nil, j)
	if len(r.Processes) != 2 {
		t.Fatalf("%+v", r.Processes)
	}
	if p := r.Processes[1]; p.PID != 9 || *p.PPID != 7 || *p.Exe != "/bin/static" || p.Watched || *p.Reason != "it has no dynamic loader" {
		t.Errorf("%+v", p)
	}
}

// A journal that cannot be read is said and left out; of a damaged one what can be read is
// in the report, and the rest is lost.
func TestBadJournals(t *testing.T) {
	s := newSession(t)
	path := lay(t, s, python(7, inExtension, inExtension))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-8], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Folder, "8.0"), []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	r, err := Build(s, Run{}, func(int) (End, bool) { return End{}, false }, zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Violations) != 1 || r.Summary.Lost != 1 || len(r.Processes) != 1 {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"8.0", "a process is missing", "are missing", path} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, &log)
		}
	}
}

// Of a session of another version nothing is said to be found.
func TestSalvageOfAnotherVersion(t *testing.T) {
	s := newSession(t)
	path := lay(t, s, python(7, inExtension))
	if r, err := Salvage(s, Run{}, zerolog.Nop()); err != nil || len(r.Violations) != 1 {
		t.Fatalf("of this version: %v, %v", r, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[8]-- // the layout's number, behind the magic one
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := Salvage(s, Run{}, zerolog.Nop()); !errors.Is(err, journal.ErrLayout) {
		t.Errorf("%v, %v", r, err)
	}
}

// A folder that is gone had a report.
func TestFolderGone(t *testing.T) {
	if _, err := Build(session.Open(filepath.Join(t.TempDir(), "gone")), Run{}, nil, zerolog.Nop()); err == nil {
		t.Error("no error")
	}
}
