package report

import (
	"strings"
	"testing"
)

// job is the report of a container: one process, some seconds from a start on, in which these
// violations happened once each.
func job(p Process, start int, violations ...Violation) *Report {
	r := New("1")
	p.Started, p.Ended = at(start), at(start+9)
	r.Processes = []Process{p}
	for _, v := range violations {
		v.PID, v.TID, v.Processes, v.Pythons = p.PID, p.PID, []int{p.PID}, []string{*p.Python}
		v.FirstSeen, v.LastSeen = at(start+1), at(start+8)
		r.Violations = append(r.Violations, v)
	}
	Summarize(r)
	return r
}

// crashed is a process with a GIL that died, free one without a GIL that did not.
func crashed(pid int) Process {
	p := process(pid)
	p.ExitCode, p.Signal = nil, new(11)
	return p
}

func free(pid int) Process {
	p := process(pid)
	p.Python, p.FreeThreaded = new("3.13.0"), new(true)
	return p
}

func died(v Violation) Violation {
	v.Fatal = true
	return v
}

// again is a report that was written and read.
func again(t *testing.T, r *Report) *Report {
	t.Helper()
	read, err := Read(strings.NewReader(render(t, "json", r, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// TestMergeSamePID: the jobs of two containers have the same pid. What is said of a violation is
// what its own job's process tells, as it is with pids of their own, whichever job comes first,
// and when the merged report is read again.
func TestMergeSamePID(t *testing.T) {
	for name, pid := range map[string]int{"the same pid": 7, "the twin, its own": 8} {
		a := job(crashed(7), 0, died(built("mine")), built("both"))
		b := job(free(pid), 20, built("other"), built("both"))
		for order, reports := range map[string][]*Report{"a, b": {a, b}, "b, a": {b, a}} {
			m := Merge("2", reports)
			for how, m := range map[string]*Report{"": m, "read again": again(t, m)} {
				f := newFacts(m, Options{})
				for i := range m.Violations {
					v := &m.Violations[i]
					wrong, fatal, python := "called without the GIL", "", "3.12.1"
					switch caller := Caller(v).Name(); {
					case caller == "mine":
						fatal = "the process died in this call (SIGSEGV)"
					case caller == "other", order == "b, a" && how == "":
						wrong, python = "called without a thread state", "3.13.0"
					case how != "":
						continue // its stacks may be of either
					}
					if f.wrong(v) != wrong || f.fatal(v) != fatal || *f.process(v).Python != python {
						t.Errorf("%s, %s %s, %s: %q, %q, python %s", name, order, how, Caller(v).Name(), f.wrong(v), f.fatal(v), *f.process(v).Python)
					}
				}
				if got := render(t, "text", m, Options{}); !strings.Contains(got, "in 2 of 2 processes") {
					t.Errorf("%s, %s %s:\n%s", name, order, how, got)
				}
			}
		}
	}
}

// TestMergeSamePython: nor does anything but the report that it stood in tell whose a violation is.
func TestMergeSamePython(t *testing.T) {
	fine := process(7)
	fine.FreeThreaded = new(true)
	a, b := job(crashed(7), 0, died(built("mine"))), job(fine, 0, built("other"))
	for _, reports := range [][]*Report{{a, b}, {b, a}} {
		m := Merge("2", reports)
		f := newFacts(m, Options{})
		for i := range m.Violations {
			v := &m.Violations[i]
			mine := Caller(v).Name() == "mine"
			if free := f.wrong(v) == "called without a thread state"; free == mine || (f.fatal(v) != "") != mine {
				t.Errorf("%s: %s %s", Caller(v).Name(), f.wrong(v), f.fatal(v))
			}
		}
		if f.affected() != 2 {
			t.Errorf("%d processes", f.affected())
		}
	}
	// A process that did nothing is not one with violations, though another had its pid.
	m := Merge("2", []*Report{a, job(fine, 0)})
	if got := newFacts(m, Options{}).affected(); got != 1 {
		t.Errorf("%d processes", got)
	}
	if got := render(t, "text", m, Options{}); !strings.Contains(got, "1 error in 1 of 2 processes") {
		t.Errorf("got:\n%s", got)
	}
}

// TestMergeDeaths: a signal that another job's process died by is not what the violation did.
func TestMergeDeaths(t *testing.T) {
	killed := process(7)
	killed.ExitCode, killed.Signal = nil, new(15)
	a, b := job(killed, 0, built("both")), job(crashed(7), 20, died(built("both")))
	for _, reports := range [][]*Report{{a, b}, {b, a}} {
		m := Merge("2", reports)
		if got := newFacts(m, Options{}).fatal(&m.Violations[0]); len(m.Violations) != 1 || got != "the process died in this call (SIGSEGV)" {
			t.Errorf("%d violations, %q", len(m.Violations), got)
		}
	}
}

// TestPIDTwice: of the processes of one report with the same pid a violation is that one's
// which had its Python and lived then: a process has executed another program, or its number was
// used again.
func TestPIDTwice(t *testing.T) {
	first := job(crashed(7), 0, died(built("first")))
	second := job(free(7), 20, built("second"))
	last := job(process(7), 40, built("last"))
	r := New("1")
	for _, j := range []*Report{first, second, last} {
		r.Processes = append(r.Processes, j.Processes...)
		r.Violations = append(r.Violations, j.Violations...)
	}
	unwatched := Process{PID: 7, Reason: new("statically linked")}
	r.Processes = append(r.Processes, unwatched)
	f := newFacts(r, Options{})
	for i := range r.Violations {
		if p := f.process(&r.Violations[i]); !p.Started.Equal(*at(20 * i)) {
			t.Errorf("%s: %+v", Caller(&r.Violations[i]).Name(), p)
		}
	}
	if f.affected() != 3 {
		t.Errorf("%d processes", f.affected())
	}
}

// TestProcessMissing: a violation whose process is in no list counts for one process in each job.
func TestProcessMissing(t *testing.T) {
	a, b := job(process(7), 0, built("both")), job(process(7), 0, built("both"))
	a.Processes, b.Processes = nil, nil
	f := newFacts(a, Options{})
	if f.affected() != 1 || f.process(&a.Violations[0]).Python != nil {
		t.Errorf("%d processes", f.affected())
	}
	if got := newFacts(Merge("2", []*Report{a, b}), Options{}).affected(); got != 2 {
		t.Errorf("%d processes", got)
	}
	if got := Title(&a.Violations[0]); got != "PyList_New called without the GIL in both" {
		t.Errorf("got %q", got)
	}
}
