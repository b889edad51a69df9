package bindings

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
	"github.com/gilwatch/gilwatch/tests/wheels/cache"
)

// example is the folder of the nanobind example.
const example = "../../examples/nanobind_capsule"

// exampleSources are what its build script makes the modules of.
var exampleSources = []string{
	"build.sh", "requirements.txt", "decimate.h", "capsule_wrong.cpp", "capsule_right.cpp",
}

// The example does what its README says.
func TestNanobindExample(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		python := buildExample(t, py, "-O2")
		t.Run("wrong", func(t *testing.T) {
			result := watch.Run(t, demo(t, python, "wrong"))
			result.Watched(t)
			if py.ThreadLocal() {
				result.Exit(t, 128+11) // SIGSEGV
			} else {
				result.Exit(t, 66)
				result.Prints(t, watch.Bare(t, demo(t, python, "wrong")).Stdout)
			}
			capsule(t, result, py.ThreadLocal())
		})
		t.Run("right", func(t *testing.T) {
			result := watch.Run(t, demo(t, python, "right"))
			result.Clean(t)
			result.Prints(t, "right [2.0, 6.0, 10.0]\nright refused: sample 1 is not a number\n")
		})
	})
}

// capsule fails unless PyCapsule_New was found, called from the wrong module.
func capsule(t *testing.T, result *watch.Result, fatal bool) {
	t.Helper()
	if result.Report == nil {
		return
	}
	for _, violation := range result.Report.Violations {
		if violation.Function != "PyCapsule_New" {
			continue
		}
		if violation.Kind != "gil-not-held" || violation.Severity != "error" ||
			violation.Fatal != fatal || !fromWrong(violation) {
			t.Errorf("found %s, want fatal %v", violation, fatal)
		}
		return
	}
	t.Errorf("no violation of PyCapsule_New\n%s", result)
}

// The lines of the example's frames are right with an optimizer and without.
func TestNanobindExampleLines(t *testing.T) {
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		for _, level := range []string{"-O2", "-O0"} {
			t.Run(level, func(t *testing.T) {
				python := buildExample(t, py, level)
				result := watch.Run(t, demo(t, python, "wrong"))
				result.Watched(t)
				for _, v := range result.Report.Violations {
					if v.Function == "PyCapsule_New" {
						exampleLines(t, v)
						return
					}
				}
				t.Errorf("no violation of PyCapsule_New\n%s", result)
			})
		}
	})
}

// exampleLines fails unless the violation is at the line that makes the capsule.
func exampleLines(t *testing.T, v watch.Violation) {
	t.Helper()
	sameLines(t, slices.Concat(v.NativeStack, v.ReleasedAt), fromExample)
	for _, frame := range v.NativeStack {
		if frame.File == nil || filepath.Base(*frame.File) != "capsule_wrong.cpp" {
			continue
		}
		source, err := os.ReadFile(*frame.File)
		if err != nil {
			t.Fatal(err)
		}
		if line := strings.Split(string(source), "\n")[*frame.Line-1]; !strings.Contains(line, "nb::capsule owner(") {
			t.Errorf("at line %d: %s", *frame.Line, line)
		}
		return
	}
	t.Errorf("no frame of capsule_wrong.cpp: %v", v.NativeStack)
}

// fromExample says whether the frame lies in the example's module.
func fromExample(frame watch.Frame) bool {
	return frame.Module != nil && strings.HasPrefix(filepath.Base(*frame.Module), "capsule_wrong.")
}

// fromWrong says whether the innermost frame is one of capsule_wrong.
func fromWrong(violation watch.Violation) bool {
	return len(violation.NativeStack) > 0 && fromExample(violation.NativeStack[0])
}

// buildExample runs the build script at an optimization level, once a machine, and returns the environment's interpreter.
func buildExample(t *testing.T, py pythons.Python, level string) string {
	t.Helper()
	folder, err := filepath.Abs(example)
	if err != nil {
		t.Fatal(err)
	}
	key := []string{py.Path, py.Version, level, folder} // debug information has the folder
	for _, name := range exampleSources {
		data, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		key = append(key, string(data))
	}
	dir := cache.Folder(t, "nanobind_capsule"+level+"-"+py.Name(), key, func(dir string) error {
		command := exec.Command(filepath.Join(example, "build.sh"), dir, py.Path)
		command.Env = append(os.Environ(), "CXXFLAGS="+level)
		command.Stderr = t.Output()
		return command.Run()
	})
	return filepath.Join(dir, "bin", "python")
}

// demo is the command that runs the demo with one of the modules.
func demo(t *testing.T, python, which string) watch.Command {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(example, "demo.py"))
	if err != nil {
		t.Fatal(err)
	}
	return watch.Command{Args: []string{python, path, which}}
}
