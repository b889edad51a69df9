package main

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/standin"
)

// smallest is a bench with the least rounds and the last interpreter at hand.
func smallest(t *testing.T) *bench {
	b := &bench{TB: standin.TB{Folder: t.TempDir()}}
	if err := standin.Attempt(func() { b.prepare("") }); err != nil {
		t.Fatal(err)
	}
	b.pythons = b.pythons[len(b.pythons)-1:]
	return b
}

// A watched process's slots hold gates and another's do not; measure fails otherwise.
func TestMeasureTellsGatesFromFunctions(t *testing.T) {
	b := smallest(t)
	for _, watched := range []bool{true, false} {
		var single, both []measured
		if err := standin.Attempt(func() { single, both = b.measure(b.pythons[0], watched) }); err != nil {
			t.Fatal(err)
		}
		if len(single) != 9 || len(both) != 2 {
			t.Errorf("%d single calls and %d pairs were measured, want 9 and 2", len(single), len(both))
		}
		for _, m := range append(single, both...) {
			if m.Gated != watched || len(m.Pairs) != b.rounds(callRounds) {
				t.Errorf("%s: gated %v in a process watched %v, %d rounds", m.Name, m.Gated, watched, len(m.Pairs))
			}
		}
	}
}

// Every section that needs no packages prints a row for the interpreter.
func TestSections(t *testing.T) {
	b := smallest(t)
	chosen, err := choose("violations,startup")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range chosen {
		var printed string
		if err := standin.Attempt(func() { printed = s.run(b).String() }); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if !strings.Contains(printed, "\n| "+b.pythons[0].Name()) {
			t.Errorf("%s has no row for %s:\n%s", s.name, b.pythons[0].Name(), printed)
		}
	}
}

// Figures of processes that nobody watched are refused.
func TestUnwatchedSessionFails(t *testing.T) {
	b := smallest(t)
	err := standin.Attempt(func() {
		s := b.open()
		b.wall(command{args: []string{b.pythons[0].Path, "-c", "pass"}}, nil)
		s.close(1)
	})
	if err == nil || !strings.Contains(err.Error(), "0 of 1 processes were watched") {
		t.Errorf("error %v, want one that says that nothing was watched", err)
	}
}

func TestAttempt(t *testing.T) {
	if err := standin.Attempt(func() { standin.TB{}.Fatalf("no %s", "luck") }); err == nil || err.Error() != "no luck" {
		t.Errorf("error %v", err)
	}
	if err := standin.Attempt(func() {}); err != nil {
		t.Errorf("error %v without a failure", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a programming error's panic was swallowed")
		}
	}()
	_ = standin.Attempt(func() { panic("a mistake") })
}

func TestChoose(t *testing.T) {
	chosen, err := choose("startup,calls")
	if err != nil || len(chosen) != 2 || chosen[0].name != "startup" {
		t.Errorf("chose %v, %v", chosen, err)
	}
	if all, err := choose(""); err != nil || len(all) != len(sections) {
		t.Errorf("chose %d of %d sections, %v", len(all), len(sections), err)
	}
	if _, err := choose("calls,speed"); err == nil || !strings.Contains(err.Error(), `"speed"`) {
		t.Errorf("error %v for an unknown section", err)
	}
}

// Every interpreter has a goal, looser where the current thread state is no thread-local.
func TestCallGoal(t *testing.T) {
	if old, current := callGoal(pythons.Python{Minor: 11}), callGoal(pythons.Python{Minor: 12}); old != "1.0" || current != "0.5" {
		t.Errorf("goals %s and %s", old, current)
	}
}
