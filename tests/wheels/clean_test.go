package wheels

import (
	"strings"
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

// watchedModules fails unless slots of the package's own modules were under watch: a
// clean report of a package that no gate stood before says nothing.
func watchedModules(t *testing.T, report *watch.Report, folder string) {
	t.Helper()
	slots := 0
	for _, module := range report.Modules {
		if strings.Contains(module.Module, "/site-packages/"+folder) {
			slots += module.Slots
		}
	}
	if slots == 0 {
		t.Errorf("no slot of %s was under watch", folder)
	}
}
