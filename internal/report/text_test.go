package report

import (
	"strings"
	"testing"
)

// TestOneLine: a report without listed violations is one line, and it says what was
// watched, or that nothing was.
func TestOneLine(t *testing.T) {
	nothing := New("0.1.0")
	unwatchedOnly := New("0.1.0")
	unwatchedOnly.Processes = []Process{{PID: 7, Exe: new("/bin/sudo"), Reason: new("static binary")}, {PID: 8}}
	noModules := clean()
	noFunctions := clean()
	for i := range noModules.Processes {
		noModules.Processes[i].ModulesWatched = 0
		noFunctions.Processes[i].FunctionsWatched = 0
	}
	ignored, someIgnored, allocOnly, allocToo := clean(), clean(), noModulesOf(SensorAlloc), noModulesOf(SensorCalls, SensorAlloc)
	ignored.Modules = []Module{{Module: extension, Slots: 9, Ignored: true}}
	someIgnored.Modules = append([]Module{{Module: libpython, Slots: 1}}, ignored.Modules...)
	attached := noModulesOf(SensorUprobe)
	attached.Processes[0].Backend = BackendUprobe
	partly := clean()
	partly.Processes = append(partly.Processes, Process{PID: 9, Reason: new("dropped")})
	lost := clean()
	lost.Summary.Lost = 3
	suppressed := clean()
	suppressed.Suppressed = []Suppressed{{"thread:x", 4}}
	notes := clean()
	notes.Violations = []Violation{noteViolation()}
	for name, test := range map[string]struct {
		report *Report
		want   string
	}{
		"clean":       {clean(), "gilwatch: no violations in 3 processes; 214 modules, 1,482 functions watched; 0 lost"},
		"nothing":     {nothing, "gilwatch: nothing was watched: no Python process was seen; 0 lost"},
		"unwatched":   {unwatchedOnly, "gilwatch: nothing was watched: pid 7 sudo (static binary), pid 8 (reason not known); 0 lost"},
		"no modules":  {noModules, "gilwatch: nothing was watched: 3 processes without a module that calls the C API; 0 lost"},
		"ignored":     {ignored, "gilwatch: nothing was watched: --watch and --ignore left out every module that calls the C API; 0 lost"},
		"some":        {someIgnored, "gilwatch: no violations in 3 processes; 1 module, 1,482 functions watched; 0 lost"},
		"alloc":       {allocOnly, "gilwatch: no violations in 3 processes; allocators watched; 0 lost"},
		"both":        {allocToo, "gilwatch: nothing was watched: 3 processes without a module that calls the C API; 0 lost"},
		"attach":      {attached, "gilwatch: nothing was watched: 3 processes without a watched module that calls the C API; 0 lost"},
		"no function": {noFunctions, "gilwatch: nothing was watched: 3 processes without a C-API function under watch; 0 lost"},
		"partly":      {partly, "gilwatch: no violations in 3 processes; 214 modules, 1,482 functions watched; not watched: pid 9 (dropped); 0 lost"},
		"lost":        {lost, "gilwatch: no violation kept in 3 processes; 214 modules, 1,482 functions watched; 3 lost"},
		"suppressed":  {suppressed, "gilwatch: no violations in 3 processes; 214 modules, 1,482 functions watched; 4 calls suppressed; 0 lost"},
		"notes":       {notes, "gilwatch: 1 note (--notes) in 1 of 3 processes; 214 modules, 1,482 functions watched; 0 lost"},
	} {
		if got := render(t, "text", test.report, Options{}); got != test.want+"\n" {
			t.Errorf("%s: got  %swant %s", name, got, test.want)
		}
	}
}

// noModulesOf is a session with these sensors, in which no module called the C API.
func noModulesOf(sensors ...string) *Report {
	r := clean()
	for i := range r.Processes {
		r.Processes[i].ModulesWatched, r.Processes[i].Sensors = 0, sensors
	}
	return r
}

// TestModulesKnown: where the report says that no module called, none did; where it only does
// not name them, nobody knows.
func TestModulesKnown(t *testing.T) {
	named := clean()
	named.Modules = []Module{{Module: extension, Slots: 9}}
	unwatched := New("1")
	unwatched.Processes = []Process{{PID: 8}}
	for name, c := range map[string]struct {
		r    *Report
		want bool
	}{
		"named": {named, true}, "of an early version": {clean(), false}, "none called": {noModulesOf(SensorCalls), true},
		"attached": {noModulesOf(SensorUprobe), true}, "allocations alone": {noModulesOf(SensorAlloc), false}, "nothing": {unwatched, false},
	} {
		Summarize(c.r)
		if got := ModulesKnown(c.r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTextOfReadReport: a report looks the same whether it was just made or read.
func TestTextOfReadReport(t *testing.T) {
	read, err := Read(strings.NewReader(render(t, "json", sample(), Options{})))
	if err != nil {
		t.Fatal(err)
	}
	made := render(t, "text", sample(), Options{Notes: true})
	if got := render(t, "text", read, Options{Notes: true}); got != made {
		t.Errorf("made:\n%s\nread:\n%s", made, got)
	}
}

func TestFreeThreadedHasNoGIL(t *testing.T) {
	r := sample()
	if got := render(t, "text", r, Options{}); !strings.Contains(got, "called without the GIL") {
		t.Errorf("with a GIL:\n%s", got)
	}
	for i := range r.Processes {
		r.Processes[i].FreeThreaded = new(true)
	}
	got := render(t, "text", r, Options{})
	if strings.Contains(got, "called without the GIL") || !strings.Contains(got, "called without a thread state") {
		t.Errorf("free-threaded:\n%s", got)
	}
}

func TestShortName(t *testing.T) {
	for name, want := range map[string]string{
		"main":                                     "main",
		"f.isra.0":                                 "f",
		"f(int) [clone .cold]":                     "f",
		"void foo<float>(float)":                   "foo<float>",
		"A::operator()(int) const":                 "A::operator()",
		"A::operator() const":                      "A::operator() const",
		"A::operator+(A const&)":                   "A::operator+",
		"A::operator bool() const":                 "A::operator bool",
		"(anonymous namespace)::g()":               "(anonymous namespace)::g",
		"g(int)::(anonymous namespace)":            "g(int)::(anonymous namespace)",
		"f(int)::{lambda()#1}::operator()() const": "f(int)::{lambda()#1}::operator()",
		"std::vector<int, std::allocator<int> > ns::make<int>(int)":                          "ns::make<int>",
		"<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop":                                "<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop",
		"ns::holder<std::map<std::string, std::vector<int> > >::get<std::allocator<int> >()": "ns::holder<…>::get<…>",
		"f(": "f(", "f)": "f)", "": "", ">>>": ">>>", "()": "()",
	} {
		if got := shortName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		s    string
		n    int
		want string
	}{
		{"short", 10, "short"}, {"abcdefghij", 7, "abc…hij"}, {"abcdefghij", 6, "ab…hij"},
		{"abc", 1, "…"}, {"abc", 0, ""}, {"漢字漢字漢字", 7, "漢…字"}, {"", 0, ""},
	} {
		got := fit(test.s, test.n)
		if got != test.want || columns(got) > test.n {
			t.Errorf("fit(%q, %d) = %q, want %q", test.s, test.n, got, test.want)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", 1<<64 - 1: "18,446,744,073,709,551,615"} {
		if got := number(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}

func TestEndOfPath(t *testing.T) {
	for _, c := range []struct {
		where string
		n     int
		want  string
	}{
		{"src/a/lib.rs:14", 15, "src/a/lib.rs:14"},
		{"src/a/lib.rs:14", 14, "…/a/lib.rs:14"},
		{"src/a/lib.rs:14", 11, "…/lib.rs:14"},
		{"src/a/lib.rs:14", 10, "lib.rs:14"},
		{"src/a/lib.rs:14", 1, "lib.rs:14"},
		{"lib.rs:14", 3, "lib.rs:14"},
		{"", -5, ""},
	} {
		if got := endOfPath(c.where, c.n); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.where, c.n, got, c.want)
		}
	}
}

// TestHeadline: however narrow the terminal is, an entry begins with what was called.
func TestHeadline(t *testing.T) {
	for _, c := range []struct {
		function string
		width    int
		want     string
	}{
		{"PyDict_Size", 80, "error[gil-not-held]: PyDict_Size called without the GIL                    id 01\n"},
		{"PyDict_Size", 60, "error[gil-not-held]: PyDict_Size called without the GIL\n  id 01\n"},
		{"PyDict_Size", 40, "error[gil-not-held]: PyDict_Size\n  called without the GIL\n  id 01\n"},
		{"PyDict_Size", 9, "error[gil-not-held]: PyDict_Size\n  called without the GIL\n  id 01\n"},
		{"PyUnicode_FromFormat", 40, "error[gil-not-held]:\n  PyUnicode_FromFormat\n  called without the GIL\n  id 01\n"},
		{"PyUnstable_PerfTrampoline_SetPersistAfterFork", 40,
			"error[gil-not-held]:\n  PyUnstable_PerfTrampoline_SetPersistAfterFork\n  called without the GIL\n  id 01\n"},
	} {
		v := fatalViolation()
		v.Function, v.ID = c.function, "01"
		text := newText(sample(), Options{Width: c.width})
		text.headline(&v)
		if got := text.b.String(); got != c.want {
			t.Errorf("%s in %d columns:\n%s\nwant\n%s", c.function, c.width, got, c.want)
		}
	}
}

// TestTruncatedPython: of a stack that was not read to its end no number of frames is said.
func TestTruncatedPython(t *testing.T) {
	for _, c := range []struct {
		frames          int
		truncated, full bool
		want            string
	}{
		{20, false, false, "4 more frames"},
		{20, true, false, "more than 4 more frames"},
		{20, false, true, ""},
		{20, true, true, "more frames, which were not read"},
		{3, true, false, "more frames, which were not read"},
	} {
		text := newText(New("1"), Options{FullStacks: c.full})
		text.pythonStack(make([]PythonFrame, c.frames), c.truncated)
		_, got, _ := strings.Cut(text.b.String(), "… ")
		if strings.TrimSpace(got) != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
