package suite

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadJUnit(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       map[string]Outcome
	}{
		{"regrtest", `<testsuites tests="5"><testsuite tests="5">
<testcase name="test.test_a.A.good" status="run" result="completed" time="0.1" />
<testcase name="test.test_a.A.bad" status="run"><system-out>&lt;x&gt;</system-out><failure type="AssertionError">no</failure></testcase>
<testcase name="test.test_a.A.worse"><error type="OSError">no</error></testcase>
<testcase name="test.test_a.A.left"><skipped>why</skipped></testcase>
<testcase name="test.test_a.A.known"><output type="X">no</output></testcase>
<testcase name="test.test_a.A.odd" outcome="UNEXPECTED_SUCCESS" />
<testcase />
</testsuite></testsuites>`, map[string]Outcome{
			"test.test_a.A.good": "pass", "test.test_a.A.bad": "fail", "test.test_a.A.worse": "error",
			"test.test_a.A.left": "skip", "test.test_a.A.known": "expected failure",
			"test.test_a.A.odd": "unexpected success", "(unnamed)": "fail"}},
		{"pytest", `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest">
<testcase classname="tests.test_a" name="test_b[1]" time="0.001" />
<testcase classname="tests.test_a" name="test_b[&lt;f at 0x7f0011223344&gt;]"><skipped type="pytest.xfail" message="" /></testcase>
<testcase classname="tests.test_a" name="test_c"><skipped type="pytest.skip" message="">x</skipped></testcase>
<testcase classname="tests.test_a" name="test_c"><error message="at teardown" /></testcase>
</testsuite></testsuites>`, map[string]Outcome{
			"tests.test_a::test_b[1]": "pass", "tests.test_a::test_b[<f at 0x?>]": "expected failure",
			"tests.test_a::test_c": "error, skip"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readJUnit(write(t, c.text))
			if err != nil || !maps.Equal(got, c.want) {
				t.Errorf("read %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestReadJUnitBroken(t *testing.T) {
	for _, text := range []string{"", "no xml", "<testsuites>", "<testsuite><testcase name='a'>"} {
		if got, err := readJUnit(write(t, text)); err == nil {
			t.Errorf("%q: read %v, want an error", text, got)
		}
	}
}

func TestReadVerbose(t *testing.T) {
	got := readVerbose(write(t, `0:00:00 load avg: 10.30 [1/1] test_a
test_good (test.test_a.A.test_good) ... ok
test_old (test.test_a.A) ... skipped 'because'
test_said (test.test_a.A.test_said)
What it does. ... FAIL
test_noisy (test.test_a.A.test_noisy) ... some output
ok
test_last (test.test_a.A.test_last) ... Fatal Python error: Segmentation fault
`))
	want := map[string]Outcome{"test.test_a.A.test_good": "pass", "test.test_a.A.test_old": "skip",
		"test.test_a.A.test_said": "fail", "test.test_a.A.test_noisy": "pass", "test.test_a.A.test_last": "unfinished"}
	if !maps.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}
