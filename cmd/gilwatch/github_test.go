package main

import "testing"

func TestPathRoot(t *testing.T) {
	for _, test := range []struct{ workspace, cwd, want string }{
		{"/repo", "/repo", "/repo"},
		{"/repo/", "/repo/sub/folder", "/repo"},
		{"/repo", "/repository", ""},
		{"/repo", "/elsewhere", ""},
		{"repo", "/repo", ""},
		{"", "/repo", ""},
	} {
		lookup := func(string) (string, bool) { return test.workspace, test.workspace != "" }
		if got := pathRoot(test.cwd, lookup); got != test.want {
			t.Errorf("%+v: got %q", test, got)
		}
	}
}
