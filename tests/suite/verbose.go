package suite

import (
	"bufio"
	"os"
	"regexp"
	"strings"
)

// What unittest prints with -v: `test_fork (test.test_os.ForkTests.test_fork) ... ok`, the
// part after the name on a second line if the test has a doc string. Up to 3.10 the
// parentheses hold the class alone.
var (
	begun = regexp.MustCompile(`^(\w+) \(([\w.]+)\)`)
	ended = regexp.MustCompile(`(?:^|\.\.\. )(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$`)
)

var words = map[string]Outcome{
	"ok": "pass", "FAIL": "fail", "ERROR": "error",
	"expected failure": "expected failure", "unexpected success": "unexpected success",
}

// readVerbose returns what a process that left no JUnit file had printed of its tests. The
// one that was running at the end is "unfinished".
func readVerbose(path string) map[string]Outcome {
	tests := map[string]Outcome{}
	file, err := os.Open(path)
	if err != nil {
		return tests
	}
	defer file.Close()
	running := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if m := begun.FindStringSubmatch(line); m != nil {
			running = m[2]
			if !strings.HasSuffix(running, "."+m[1]) {
				running += "." + m[1]
			}
		}
		m := ended.FindStringSubmatch(line)
		if running == "" || m == nil {
			continue
		}
		outcome, known := words[m[1]]
		if !known {
			outcome = "skip"
		}
		tests[running], running = outcome, ""
	}
	if running != "" {
		tests[running] = "unfinished"
	}
	return tests
}
