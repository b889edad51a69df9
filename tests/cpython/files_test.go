package main

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
)

func TestChosen(t *testing.T) {
	shared := func(minor int) pythons.Python { return pythons.Python{Minor: minor} }
	static := pythons.Python{Minor: 11, Static: true}
	for _, c := range []struct {
		py   pythons.Python
		file string
		f    flags
		want bool
	}{
		{shared(12), "test_grammar", flags{}, true},
		{shared(10), "test_grammar", flags{}, false},
		{static, "test_grammar", flags{}, false},
		{static, "test_os", flags{}, true},
		{shared(12), "test_grammar", flags{sensitive: true}, false},
		{shared(12), "test.test_asyncio.test_events", flags{sensitive: true}, true},
		{shared(13), "test_capi.test_mem", flags{short: true}, true},
		{shared(12), "test_capi", flags{short: true}, false},
		{shared(10), "test_grammar", flags{files: "test_os,test_grammar"}, true},
		{shared(10), "test_os2", flags{files: "test_os"}, false},
		{shared(12), "test.test_asyncio.test_events", flags{files: "test_asyncio.test_events"}, true},
	} {
		if got := chosen(c.py, c.file, c.f); got != c.want {
			t.Errorf("3.%d static %v %s %+v: %v, want %v", c.py.Minor, c.py.Static, c.file, c.f, got, c.want)
		}
	}
}

// The short form is a part of the sensitive one: a misspelt name would be no file at all.
func TestShortIsSensitive(t *testing.T) {
	for build, files := range short {
		for _, file := range files {
			if place(file, sensitive) < 0 {
				t.Errorf("%s: %s is not in the list of sensitive files", build, file)
			}
		}
	}
}
