package recipes

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
)

// TestCore holds the page's transcript against gdb: the stack of a core is that of the call,
// and the function above it the extension's, as without gilwatch.
func TestCore(t *testing.T) {
	if pattern, err := os.ReadFile("/proc/sys/kernel/core_pattern"); err != nil || strings.TrimSpace(string(pattern)) != "core" {
		t.Skipf("core files go elsewhere: core_pattern %q, %v", pattern, err)
	}
	if _, err := exec.LookPath("gdb"); err != nil {
		t.Skip("no gdb")
	}
	py := interpreter(t)
	if py.Minor < 12 {
		t.Skip("needs 3.12 or later, on which the call dies")
	}
	source, err := filepath.Abs("testdata/core/samples.c")
	if err != nil {
		t.Fatal(err)
	}
	module := fixture.Build(t, py, source, fixture.Lazy)
	p := newProject(t, py)
	// watch.Binary lowered the soft limit of this process.
	status, said := p.run(t, "ulimit -S -c unlimited && PYTHONPATH="+module.Dir+" gilwatch run --quiet -- "+
		py.Path+" -c 'import samples; samples.names()'")
	if status != 139 {
		t.Fatalf("status %d, want 139\n%s", status, said)
	}
	_, stack := p.run(t, "gdb -q -nx -batch -ex 'bt 6' "+py.Path+" core*")
	want := regexp.MustCompile(`(?m)^#[0-9]+ .*PyList_New \(.*\n#[0-9]+ .* in names \(.* at .*samples\.c:5$`)
	if !want.MatchString(stack) || !strings.Contains(stack, "Program terminated with signal SIGSEGV") {
		t.Errorf("no core of the call:\n%s", stack)
	}
}
