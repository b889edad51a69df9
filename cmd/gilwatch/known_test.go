package main

import (
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/internal/report"
	"github.com/gilwatch/gilwatch/internal/suppress"
)

// through is a violation whose own frames have these functions, innermost first.
func through(functions ...string) report.Violation {
	v := report.Violation{Function: "PyLong_FromLong", Kind: report.KindGILNotHeld, Severity: report.SeverityError}
	for _, f := range functions {
		v.NativeStack = append(v.NativeStack, report.Frame{Function: &f, Module: new("/lib/m.so")})
	}
	v.ID = report.ID(v.Kind, v.Function, v.NativeStack)
	return v
}

func knows(k *known, v report.Violation) bool {
	return k.knows(&report.Report{Violations: []report.Violation{v}}, false)
}

// What one violation was found as in the baseline, a new one that passes the same functions is
// not, when stop and abort ask for one after the other.
func TestKnowsByBaseline(t *testing.T) {
	old, fresh := through("helper", "run"), through("helper", "run", "more")
	k := &known{rules: suppress.New(), baseline: &report.Report{Violations: []report.Violation{old}}}
	for range 2 {
		if !knows(k, old) {
			t.Error("what the baseline has is not known")
		}
		if knows(k, fresh) {
			t.Error("a new bug is known, by the functions that it shares with an old one")
		}
	}
	rebuilt := &known{rules: suppress.New(), baseline: k.baseline}
	if !knows(rebuilt, fresh) {
		t.Error("the old bug, with a function more in its stack, is not known in another build")
	}
}

// The thread that is spared is so in every test: a rule of one test's does not spare it.
func TestKnowsWithoutTests(t *testing.T) {
	v := through("helper")
	v.Tests = []string{"t.py::test_known (call)"}
	for rule, want := range map[string]bool{"test:t.py::test_known": false, "frame:helper": true} {
		rules, err := suppress.Parse("rules", strings.NewReader(rule+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		k := &known{rules: suppress.New(rules)}
		if !k.rules.Matches(&v) {
			t.Errorf("%s does not match", rule)
		}
		if got := knows(k, v); got != want {
			t.Errorf("%s: %v, want %v", rule, got, want)
		}
	}
}
