package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// TestGitHub checks commands by the rules that the runner parses them with.
func TestGitHub(t *testing.T) {
	r := sample()
	v := &r.Violations[2]
	v.NativeStack[2].File, v.NativeStack[2].Line, v.NativeStack[2].Column = new("/src/a,b:c%.cpp"), new(12), new(3)
	v.Source = []SourceLine{{Line: 12, Text: "  make(owner);", Mark: true}}
	lines := strings.Split(strings.TrimSuffix(render(t, "github", r, Options{}), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	command, properties, message := parseCommand(t, lines[0])
	if command != "error" || properties["file"] != "a,b:c%.cpp" || properties["line"] != "12" || properties["col"] != "3" {
		t.Errorf("%s %v", command, properties)
	}
	if properties["title"] != "gilwatch: PyCapsule_New called without the GIL" || !strings.Contains(message, "\nhint") &&
		!strings.Contains(message, "\n    nb::gil_scoped_acquire gil;\n") {
		t.Errorf("%v: %s", properties, message)
	}
	if command, properties, _ := parseCommand(t, lines[1]); command != "notice" || properties["file"] != "" {
		t.Errorf("a known violation of a module without sources is %s %v", command, properties)
	}
}

// TestGitHubAfterOutput checks that the first command starts a line, and that nothing is
// written where there is no command.
func TestGitHubAfterOutput(t *testing.T) {
	behind := render(t, "github", sample(), Options{AfterOutput: true})
	if alone := render(t, "github", sample(), Options{}); !strings.HasPrefix(alone, "::error ") || behind != "\n"+alone {
		t.Errorf("got %.40q behind output, %.40q alone", behind, alone)
	}
	if out := render(t, "github", clean(), Options{AfterOutput: true}); out != "" {
		t.Errorf("without a command there is %q", out)
	}
}

// TestGitHubUnproven checks that a report that proves nothing says so, first, and that its
// twin says nothing.
func TestGitHubUnproven(t *testing.T) {
	lost, many, notes := clean(), clean(), clean()
	notes.Violations = []Violation{noteViolation()}
	lost.Summary.Lost, many.Summary.Lost = 2, 1
	for i := range maxAnnotations {
		v := fatalViolation()
		v.ID = fmt.Sprint(i)
		many.Violations = append(many.Violations, v)
	}
	const words = " lost: known to have happened, and not in the report\n"
	for _, c := range []struct {
		r     *Report
		o     Options
		start string
	}{
		{lost, Options{}, "::error title=gilwatch::2 violations" + words},
		{lost, Options{FailOn: "never"}, "::warning title=gilwatch::2 violations" + words},
		{many, Options{}, "::error title=gilwatch::1 violation" + words},
		{notes, Options{FailOn: SeverityNote}, "::error title=gilwatch::1 note failed the run: --notes lists them\n"},
		{New("1"), Options{}, "::warning title=gilwatch::nothing was watched: no Python process was seen\n"},
	} {
		got := render(t, "github", c.r, c.o)
		if !strings.HasPrefix(got, c.start) || strings.Count(got, "::error ") > maxAnnotations {
			t.Errorf("got %.120q, want %q", got, c.start)
		}
	}
	if got := render(t, "github", clean(), Options{}); got != "" {
		t.Errorf("a clean run says %q", got)
	}
}

// parseCommand reads a workflow command as actions/runner does (ActionCommand.cs).
func parseCommand(t *testing.T, line string) (command string, properties map[string]string, message string) {
	t.Helper()
	m := regexp.MustCompile(`^::([a-z]+) ([^:]*)::(.*)$`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("not a command: %s", line)
	}
	properties = map[string]string{}
	for _, p := range strings.Split(m[2], ",") {
		name, value, _ := strings.Cut(p, "=")
		properties[name] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
	}
	return m[1], properties, strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(m[3])
}

// TestGitHubLimit checks that no more than ten annotations of a level are given, and
// that the rest is counted.
func TestGitHubLimit(t *testing.T) {
	r := clean()
	for i := range 25 {
		v := fatalViolation()
		v.ID = fmt.Sprint(i)
		r.Violations = append(r.Violations, v)
	}
	out := render(t, "github", r, Options{})
	if n := strings.Count(out, "::error "); n != 10 {
		t.Errorf("%d errors", n)
	}
	if !strings.Contains(out, "::notice title=gilwatch::15 violations not shown here") {
		t.Error("the rest is not counted")
	}
}
