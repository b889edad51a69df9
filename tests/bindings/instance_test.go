package bindings

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
	"github.com/gilwatch/gilwatch/tests/wheels/venv"
)

// An instance of a bound class that is made on a std::thread which never attached: pybind11
// goes through tp_alloc, where no gate is. Every violation stands at the line that made it,
// and names where the thread came from. With acquire the instance is whole.
func TestInstanceOnThread(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		b := buildInstance(t, py)
		wrong := watch.Run(t, b.call(t, "instance_fixture", "wrong"))
		wrong.Watched(t)
		if py.ThreadLocal() {
			wrong.Exit(t, 128+11) // SIGSEGV
		} else {
			wrong.Exit(t, 66)
			wrong.Prints(t, "Item 2.5\n")
		}
		b.instances(t, wrong)

		acquired := b.call(t, "instance_fixture", "wrong")
		acquired.Flags = append(acquired.Flags, "--on-violation", "acquire")
		watch.Run(t, acquired).Exit(t, 66)

		right := watch.Run(t, b.call(t, "instance_fixture", "right"))
		right.Clean(t)
		right.Prints(t, "Item 2.5\n")
	})
}

// instances fails unless tp_alloc was found and all is at the marked lines.
func (b built) instances(t *testing.T, result *watch.Result) {
	t.Helper()
	if result.Report == nil {
		t.Fatalf("no report\n%s", result)
	}
	found := result.Report.Violations
	if !slices.ContainsFunc(found, func(v watch.Violation) bool { return v.Sensor == "alloc" && v.Function == "PyType_GenericAlloc" }) {
		t.Errorf("tp_alloc was not found\n%s", result)
	}
	for _, v := range found {
		if !calledFrom(v, "instance_fixture.") || !slices.Contains(marked(t, b, v.NativeStack), "instance") ||
			!slices.Contains(marked(t, b, v.ThreadStartedAt), "thread") {
			t.Errorf("called at %v, thread started at %v: %s", v.NativeStack, v.ThreadStartedAt, v)
		}
	}
}

// buildInstance compiles testdata/instance, and nothing else, for py.
func buildInstance(t *testing.T, py pythons.Python) built {
	t.Helper()
	env := venv.New(t, py, testdata(t, "requirements.txt"))
	source, err := os.ReadFile(testdata(t, "instance/instance_fixture.cpp"))
	if err != nil {
		t.Fatal(err)
	}
	key := []string{env.Dir, string(source), testdata(t, "")} // debug information has the folder
	dir := cache.Folder(t, "instance-"+py.Name(), key, func(dir string) error {
		b := builder{data: testdata(t, ""), dir: dir, include: py.Include, python: env.Python, level: "-O2"}
		include, err := output(env.Python, "-c", "import pybind11; print(pybind11.get_include())")
		if err != nil {
			return err
		}
		return b.compile("c++", "instance_fixture.so", "-std=c++17", "-fvisibility=hidden", "-pthread",
			"-I", strings.TrimSpace(include), b.source("instance/instance_fixture.cpp"))
	})
	return built{env: env, level: "-O2", modules: dir}
}
