package journal

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// sample is a journal with an entry of each type.
func sample() *Journal {
	at := func(seconds int64) time.Time { return time.Unix(1700000000+seconds, 5) }
	return &Journal{
		Serial: 1, Pid: 4711, Ppid: 1, Started: at(0), Ended: at(9), State: Watching, Python: "3.12.1",
		Build: Shared, FreeThreaded: true, Late: true, Oracle: OracleTLS, InterpreterBias: 0x7f0000000000,
		ModulesWatched: 2, FunctionsWatched: 1239, Slots: 77, SlotsForeign: 1, Lost: 3, Untold: 4,
		Exe: "/usr/bin/python3", Argv: []string{"python3", "", "-c", "1\n2"},
		Modules: []Module{
			{Path: "/lib/libpython3.12.so", BuildID: "0badcafe", Bias: 0x1000, Start: 0x1000, End: 0x9000, Interpreter: true},
			{Path: "/x/calls.so", Bias: 0xa000, Start: 0xa000, End: 0xb000, Slots: 7, Unloaded: 1},
			{Path: "/x/calls2.so", Bias: 0xa000, Start: 0xa000, End: 0xb000, Slots: 7, Loaded: File{1, 2, -3}},
		},
		Violations: []Violation{
			{
				Kind: "gil-not-held", Function: "PyCapsule_New", Count: 2, First: at(1), Last: at(2), Sequence: 1,
				Released: 0xa010, State: 0x5000, Pid: 4711, Tid: 4712, Thread: "worker", Truncated: true,
				Frames: []uint64{0xa020, 0x1020, 0x1030}, Started: []uint64{0xa030, 0x1040}, Gate: 0xc000, Regs: [17]uint64{7: 0xffff},
				Places: []uint64{0xffff, 0xffff + 8, 0xffff + 800}, Releases: []ReleaseSite{{SP: 0xff00, RBP: 1, Words: [releaseWords]uint64{0xa010, 2}}, {SP: 0xff88}},
				Shares: []Share{{"t.py::a (call)", "", 1, at(1), at(1)}, {"", "t.py::a (call)", 1, at(2), at(2)}},
			},
			{Kind: "after-finalize", Function: "_Py_Dealloc", Count: 1, First: at(3), Last: at(3), Pid: 4713, Tid: 4713, Frames: []uint64{}, Places: []uint64{}, Alloc: true},
		},
		Marks:    []Mark{{Tid: 4712, Open: true, Entry: entriesOffset, Sequence: 3}, {Tid: 4713, Sequence: 2}},
		Children: []Child{{Pid: 4714, Path: "/bin/static", Reason: "it has no dynamic loader"}},
	}
}

func TestParseIsTheInverseOfBytes(t *testing.T) {
	for name, want := range map[string]*Journal{
		"full": sample(), "empty": {}, "off": {Pid: 1, State: Off, Reason: "no oracle", Build: Static, Oracle: OracleGlobal},
	} {
		got, err := Parse(want.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

func TestModuleAt(t *testing.T) {
	j := sample()
	j.Bytes()
	before, after := j.Violations[0].Offset, j.Modules[1].Unloaded+1
	for _, c := range []struct {
		address, offset uint64
		want            *Module
	}{
		{0x1000, before, &j.Modules[0]},
		{0x8fff, before, &j.Modules[0]},
		{0x9000, before, nil},
		{0xa800, before, &j.Modules[2]}, // the one noted last lay there last
		{0xa800, after, &j.Modules[2]},
		{0, before, nil},
	} {
		if got := j.ModuleAt(c.address, c.offset); got != c.want {
			t.Errorf("module of %#x at offset %d: %+v, want %+v", c.address, c.offset, got, c.want)
		}
	}
	j.Modules = j.Modules[:2]
	if got := j.ModuleAt(0xa800, before); got != &j.Modules[1] {
		t.Errorf("before it was unloaded: %+v", got)
	}
	if got := j.ModuleAt(0xa800, after); got != nil {
		t.Errorf("after it was unloaded: %+v", got)
	}
}

func TestReadFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "4711.1")
	// Behind the cursor a file has storage that is not in use.
	if err := os.WriteFile(path, append(sample().Bytes(), make([]byte, 1<<20)...), 0o600); err != nil {
		t.Fatal(err)
	}
	want := sample()
	want.Bytes()
	if got, err := ReadFile(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What lies in the folder under a journal's name may be anything, and must not be waited for.
func TestReadFileOfNoJournal(t *testing.T) {
	folder := t.TempDir()
	journal, huge := filepath.Join(folder, "1.0"), filepath.Join(folder, "huge")
	for path, size := range map[string]int64{journal: 0, huge: MaxSize + 1} {
		if err := os.WriteFile(path, sample().Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, max(size, int64(len(sample().Bytes())))); err != nil {
			t.Fatal(err)
		}
	}
	for name, make := range map[string]func(path string) error{
		"empty":  func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"short":  func(path string) error { return os.WriteFile(path, sample().Bytes()[:entriesOffset-1], 0o600) },
		"text":   func(path string) error { return os.WriteFile(path, []byte(strings.Repeat("x", 1<<16)), 0o600) },
		"huge":   func(path string) error { return os.Rename(huge, path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
		"fifo":   func(path string) error { return unix.Mkfifo(path, 0o600) },
	} {
		path := filepath.Join(folder, name+".0")
		if err := make(path); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFile(path); !errors.Is(err, ErrNotAJournal) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	link := filepath.Join(folder, "link.0")
	if err := os.Symlink(journal, link); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(link); !errors.Is(err, unix.ELOOP) {
		t.Errorf("a link: %v, want ELOOP", err)
	}
	if _, err := ReadFile(filepath.Join(folder, "missing.0")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// A child without a reason takes back the last of the same pid, and no other.
func TestExecuted(t *testing.T) {
	a, b, other := Child{Pid: 7, Path: "/a", Reason: "static"}, Child{Pid: 7, Path: "/b", Reason: "static"}, Child{Pid: 8, Reason: "setuid"}
	none := Child{Pid: 7, Path: "/b"}
	for _, tt := range []struct{ noted, want []Child }{
		{[]Child{a, b, other, none}, []Child{a, other}}, {[]Child{none, a}, []Child{a}}, {[]Child{a, none, none, other}, []Child{other}},
		{[]Child{a, other}, []Child{a, other}}, {nil, nil},
	} {
		if got := executed(tt.noted); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %+v, want %+v", tt.noted, got, tt.want)
		}
	}
}
