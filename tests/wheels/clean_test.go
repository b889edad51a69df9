package wheels

import (
	"testing"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// clean fails unless the run was watched and no error or warning was found. Notes are
// counted apart: real packages have some, and they harm nobody.
func clean(t *testing.T, result *watch.Result) {
	t.Helper()
	result.Watched(t)
	if result.Report == nil {
		return // Watched has failed
	}
	for _, violation := range harmful(result.Report) {
		t.Errorf("found %s", violation)
	}
	watchedModules(t, result.Report)
}

// harmful is the report's violations without the notes.
func harmful(report *watch.Report) []watch.Violation {
	var found []watch.Violation
	for _, violation := range report.Violations {
		if violation.Severity != "note" {
			found = append(found, violation)
		}
	}
	return found
}

// watchedModules fails unless modules were under watch. The report counts them and does
// not name them.
func watchedModules(t *testing.T, report *watch.Report) {
	t.Helper()
	if report.Summary.ModulesWatched == 0 {
		t.Error("no module was watched")
	}
	for _, process := range report.Processes {
		if process.Watched && process.ModulesWatched == 0 {
			t.Errorf("pid %d (%s): no module was watched", process.PID, process.Exe)
		}
	}
}
