package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

// sample are flags of every kind, and pflag's own.
type sample struct {
	flags    *pflag.FlagSet
	word     string
	n        int
	limit    time.Duration
	baseline string
	files    []string
	words    []string
	quiet    bool
	pids     []int
}

func newSample() *sample {
	s := &sample{flags: pflag.NewFlagSet("", pflag.ContinueOnError), words: []string{"a", "b"}}
	s.flags.Var(Choice(&s.word, "error", "error", "never"), "fail-on", "")
	s.flags.Var(Number(&s.n, 66, 0, 255), "error-exitcode", "")
	s.flags.Var(Duration(&s.limit, time.Second), "wait", "")
	s.flags.Var(File(&s.baseline), "baseline", "")
	s.flags.Var(Files(&s.files), "suppressions", "")
	s.flags.Var(&List{Values: &s.words, Separator: ",", Words: s.words}, "sensors", "")
	s.flags.BoolVar(&s.quiet, "quiet", false, "")
	s.flags.IntSliceVar(&s.pids, "pid", nil, "")
	return s
}

func (s *sample) known() map[string]bool {
	known := map[string]bool{"another": true}
	s.flags.VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	return known
}

// TestOrder holds which source wins, for a flag of each kind.
func TestOrder(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, projectFile), `
[tool.gilwatch]
fail-on = "never"
error_exitcode = 1
wait = "2s"
baseline = "old.json"
suppressions = ["a.supp", "/b.supp"]
sensors = "b"
quiet = true
pid = [1, 2]
another = 1
`)
	below := filepath.Join(folder, "below")
	if err := os.Mkdir(below, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(below)
	s := newSample()
	if err := s.flags.Parse([]string{"--error-exitcode", "3"}); err != nil {
		t.Fatal(err)
	}
	environ := map[string]string{"GILWATCH_ERROR_EXITCODE": "2", "GILWATCH_SENSORS": "a,b", "GILWATCH_WAIT": "3s"}
	lookup := func(name string) (string, bool) { v, ok := environ[name]; return v, ok }
	if unread, err := Fill(s.flags, s.known(), lookup); err != nil || len(unread) > 0 {
		t.Fatal(unread, err)
	}
	if s.word != "never" || s.n != 3 || s.limit != 3*time.Second || s.baseline != "../old.json" || !s.quiet ||
		len(s.files) != 2 || s.files[0] != "../a.supp" || s.files[1] != "/b.supp" || len(s.words) != 2 ||
		len(s.pids) != 2 || s.pids[1] != 2 {
		t.Errorf("%+v", s)
	}
	for name, want := range map[string]string{
		"error-exitcode": "", "sensors": "GILWATCH_SENSORS", "wait": "GILWATCH_WAIT", "baseline": "../pyproject.toml:6: baseline",
	} {
		if got := Source(s.flags.Lookup(name)); got != want {
			t.Errorf("%s stands in %q, want %q", name, got, want)
		}
	}
}

// TestEnvironment holds what a variable sets, for a flag of each kind; an empty one sets a list
// only, to none.
func TestEnvironment(t *testing.T) {
	t.Chdir(t.TempDir())
	fill := func(set func(name string) string) *sample {
		s := newSample()
		s.files = []string{"a.supp"}
		lookup := func(name string) (string, bool) { return set(name), true }
		if _, err := Fill(s.flags, s.known(), lookup); err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := fill(func(string) string { return "" })
	if s.word != "error" || s.n != 66 || s.limit != time.Second || s.quiet || len(s.words) != 2 || len(s.files) != 0 || len(s.pids) != 0 {
		t.Errorf("empty variables set %+v", s)
	}
	s.flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed != (f.Name == "suppressions" || f.Name == "pid") {
			t.Errorf("%s is changed: %v", f.Name, f.Changed)
		}
	})
	s = fill(func(name string) string {
		return map[string]string{"GILWATCH_PID": "1,2\n3", "GILWATCH_SUPPRESSIONS": "x,y\nz"}[name]
	})
	if !slices.Equal(s.pids, []int{1, 2, 3}) || !slices.Equal(s.files, []string{"x,y", "z"}) {
		t.Errorf("got %v, %q", s.pids, s.files)
	}
}

// TestMisspelled holds which variables are said not to be read, and which are left alone.
func TestMisspelled(t *testing.T) {
	for entry, meant := range map[string]string{
		"GILWATCH_FAILON=never": "GILWATCH_FAIL_ON", "GILWATCH_FIALON=x": "", "GILWATCH_EROR_EXITCOD=1": "GILWATCH_ERROR_EXITCODE",
		"GILWATCH_BIN=x": "", "GILWATCH_LIB=x": "", "GILWATCH_FILE=x": "", "GILWATCH_PATH=x": "", "gilwatch_pid=1": "GILWATCH_PID", "GILWATCH_SENSOR=": "GILWATCH_SENSORS",
		"gilwatch_wait=1s": "GILWATCH_WAIT", "GILWATCH_FAIL_ON=x": "", "GILWATCH_VERSION=1": "", "GIL_WAIT=1s": "",
		"GILWATCH_ANOTHER=1": "", "GILWATCH": "", "": "",
	} {
		found := Misspelled([]string{"A=b", entry}, newSample().known())
		if meant == "" && len(found) > 0 || meant != "" && (len(found) != 1 || !strings.HasSuffix(found[0].Error(), " "+meant+" is")) {
			t.Errorf("%s: %v, want %s", entry, found, meant)
		}
	}
}

// TestStrangersFile holds that another user's file in a folder such as /tmp has no say:
// settings name files that are written over. In a folder of ours it has.
func TestStrangersFile(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, projectFile)
	write(t, path, "[tool.gilwatch]\nquiet = true\n")
	if err := os.Chown(path, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	for mode, want := range map[os.FileMode]bool{0o777 | os.ModeSticky: false, 0o755: true} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		s := newSample()
		unread, err := Fill(s.flags, s.known(), func(string) (string, bool) { return "", false })
		if err != nil || s.quiet != want || (len(unread) == 0) != want {
			t.Errorf("%v: quiet %v, unread %v, %v", mode, s.quiet, unread, err)
		}
	}
}

// FuzzProject holds that no file panics, and that an error names the file.
func FuzzProject(f *testing.F) {
	for _, text := range []string{
		"[tool.gilwatch]\nfail-on='never'\npid=[1]\n", "[tool]\ngilwatch={quiet=true,wait='1s'}", "tool.gilwatch.sensors='a'",
		"[[tool.gilwatch]]\nx=1", "[tool.gilwatch]\nquiet=tru", "[tool.gilwatch.sub]\nx=1", "tool=1979-05-27", "\"tool\".'gilwatch'.\"\"=[[1.5]]",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newSample()
		p, err := parseProject(data, "x.toml")
		if p != nil {
			err = p.apply(s.flags, s.known(), nil)
		}
		if err != nil && err.Error()[:6] != "x.toml" {
			t.Errorf("%v", err)
		}
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
