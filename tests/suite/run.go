package suite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gilwatch/gilwatch/tests/watch"
)

// result is one run of a part on one side.
type result struct {
	tests   map[string]Outcome // Whole among them
	report  *watch.Report      // nil on the bare side
	log     string             // what it printed, the end of it
	elapsed time.Duration
}

// work is the name of a run's working folder in its base.
const work = "w"

// runner runs parts.
type runner struct {
	gilwatch string
	folder   string // short, since sockets' paths have room for 107 bytes
	next     chan int
	end      <-chan struct{} // closed when all is to end
}

func newRunner(gilwatch, folder string, end <-chan struct{}) *runner {
	r := &runner{gilwatch, folder, make(chan int), end}
	go func() {
		for i := 0; ; i++ {
			r.next <- i
		}
	}()
	return r
}

// run runs the part's named tests, all for none, on one side.
func (r *runner) run(part Part, side Side, only []string) (*result, error) {
	// Both sides have folders of the same length: tests of path limits see it.
	base := filepath.Join(r.folder, fmt.Sprintf("%05d", <-r.next))
	folder, temp := filepath.Join(base, work), filepath.Join(base, "t")
	for _, dir := range []string{folder, temp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make a folder for %s: %w", part.Name, err)
		}
	}
	defer removeAll(base)
	junit, report := filepath.Join(base, "junit.xml"), filepath.Join(base, "report.json")
	output, err := os.Create(filepath.Join(base, "output"))
	if err != nil {
		return nil, fmt.Errorf("make a file for the output of %s: %w", part.Name, err)
	}
	defer output.Close()

	args := part.Command(folder, junit, only)
	if side == Watched {
		args = append([]string{r.gilwatch, "run", "--quiet", "--notes", "--error-exitcode", "0", "--report", "json=" + report, "--"}, args...)
	}
	env := append(append(neutral(), "TMPDIR="+temp), part.Env...)
	start := time.Now()
	end, err := execution{args, env, base, output, part.Limit, side == Watched, r.end}.run()
	if err != nil {
		return nil, err
	}
	got := &result{elapsed: time.Since(start), log: tail(output.Name())}
	got.tests, err = readJUnit(junit)
	if err != nil {
		got.tests = readVerbose(output.Name())
	}
	got.tests[Whole] = end
	if side == Watched {
		got.report, err = watch.ReadReport(report)
		if err != nil {
			return nil, fmt.Errorf("%s left no report: %w\n%s", part.Name, err, got.log)
		}
	}
	return got, nil
}

// tail is the end of a file, for people to read.
func tail(path string) string {
	const enough = 64 << 10
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(data[max(0, len(data)-enough):])
}

// removeAll removes what tests left, folders that they made unreadable included.
func removeAll(folder string) {
	if os.RemoveAll(folder) == nil {
		return
	}
	_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil && !errors.Is(err, fs.ErrPermission) {
			return nil
		}
		if entry != nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	_ = os.RemoveAll(folder)
}

// neutral is the environment without what would change Python, the loader or gilwatch.
func neutral() []string {
	var kept []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case strings.HasPrefix(name, "PYTHON"), strings.HasPrefix(name, "GILWATCH"), strings.HasPrefix(name, "LD_"),
			strings.HasPrefix(name, "MALLOC_"), strings.HasPrefix(name, "PYTEST"), strings.HasPrefix(name, "MAKE"),
			name == "TMPDIR", name == "CI":
		default:
			kept = append(kept, entry)
		}
	}
	return kept
}
