package refcount

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// system builds testdata/project into out. What CFLAGS has stands where the system puts it.
type system struct {
	name   string
	late   bool // behind Python's own -I
	script string
}

var systems = []system{
	{"setuptools", false, `cp "$PROJECT"/* . && python setup.py build_ext --build-lib out`},
	{"meson", true, `meson setup "$PWD/out" "$PROJECT" && meson compile -C out`},
	{"cmake", true, `cmake -G Ninja -DPython_EXECUTABLE="$(command -v python)" -S "$PROJECT" -B out && cmake --build out`},
}

// build runs the system in dir with a compiler for each language; it returns what was said.
func (s system) build(dir string, env venv.Env, project string, variables ...string) (string, error) {
	command := exec.Command("sh", "-ec", s.script)
	command.Dir = dir
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); name != "CFLAGS" && name != "CXXFLAGS" && name != "CPPFLAGS" {
			command.Env = append(command.Env, entry)
		}
	}
	command.Env = append(command.Env, "PATH="+filepath.Join(env.Dir, "bin")+":"+os.Getenv("PATH"), "PROJECT="+project)
	command.Env = append(command.Env, variables...)
	said, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", s.name, err, said)
	}
	return string(said), err
}

// withCompilers is the documented line.
func withCompilers(flags []string) []string {
	words := strings.Join(flags, " ")
	return []string{"CC=cc " + words, "CXX=c++ " + words}
}

// withFlags is the line that comes too late for some.
func withFlags(flags []string) []string {
	words := strings.Join(flags, " ")
	return []string{"CC=cc", "CXX=c++", "CFLAGS=" + words, "CXXFLAGS=" + words}
}

// Whatever the order in which a build system names include paths: a wrong Py_DECREF of what
// it built is found, in C and C++, and a right one is not.
func TestBuildSystems(t *testing.T) {
	flags := cflags(t)
	project := testdata(t, "project")
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		env := venv.New(t, py, testdata(t, "tools.txt"))
		for _, s := range systems {
			t.Run(s.name, func(t *testing.T) {
				key := append([]string{env.Dir, s.script, project, contents(t, project)}, withCompilers(flags)...)
				dir := cache.Folder(t, "refcount-"+s.name+"-"+py.Name(), key, func(dir string) error {
					_, err := s.build(dir, env, project, withCompilers(flags)...)
					return err
				})
				for _, name := range []string{"dropped_c", "dropped_cc"} {
					checked(t, py, filepath.Join(dir, "out"), name)
				}
			})
		}
	})
}

// checked fails unless the module in dir is one whose reference counts are seen.
func checked(t *testing.T, py pythons.Python, dir, name string) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(dir, name+".*so"))
	if len(found) != 1 {
		t.Fatalf("%s: built %v, want one module", name, found)
	}
	if fixture.Relocation(t, found[0], "gilwatch_check") == elf.R_X86_64_NONE {
		t.Errorf("%s does not refer to gilwatch_check", found[0])
	}
	module := fixture.Module{Name: name, File: filepath.Base(found[0]), Dir: dir}
	call := func(function string) watch.Command {
		return watch.Python(py, fmt.Sprintf("import %s as m\nprint(m.%s([]))", name, function), module)
	}
	right := watch.Run(t, call("right"))
	right.Clean(t)
	right.Prints(t, "None\n")
	wrong := watch.Run(t, call("wrong"))
	wrong.Exit(t, violated)
	wrong.Prints(t, "None\n")
	wrong.Only(t, watch.Want{Function: "Py_DECREF", Module: module.File})
}

// Where Python's own headers would be found first, nothing would be checked: the build fails
// and says what to do instead of succeeding.
func TestBuildThatWouldNotBeChecked(t *testing.T) {
	flags := cflags(t)
	all := pythons.All(t)
	py := all[len(all)-1]
	env := venv.New(t, py, testdata(t, "tools.txt"))
	for _, s := range systems {
		t.Run(s.name, func(t *testing.T) {
			dir := t.TempDir()
			said, err := s.build(dir, env, testdata(t, "project"), withFlags(flags)...)
			if !s.late {
				if err != nil {
					t.Fatal(err)
				}
				checked(t, py, filepath.Join(dir, "out"), "dropped_c")
				checked(t, py, filepath.Join(dir, "out"), "dropped_cc")
				return
			}
			if err == nil || !strings.Contains(said, "gilwatch: the real Python.h is found before the checked one.") {
				t.Errorf("the build came to %v\n%s", err, said)
			}
		})
	}
}

// contents is what the files in a folder hold.
func contents(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v (%v)", dir, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s", filepath.Base(file), data)
	}
	return all.String()
}
