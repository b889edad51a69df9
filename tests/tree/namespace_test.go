package tree

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// unshared skips where the machine does not allow it.
func unshared(t *testing.T, flags ...string) []string {
	t.Helper()
	args := append([]string{"unshare"}, flags...)
	if said, err := exec.Command(args[0], append(args[1:], "true")...).CombinedOutput(); err != nil {
		t.Skipf("%s: %v: %s", args, err, said)
	}
	return args
}

// A process in another pid namespace is reported under the pid that it has outside, with
// its Python stack and its end.
func TestPidNamespace(t *testing.T) {
	namespace := unshared(t, "--pid", "--fork", "--mount-proc")
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, function := range []string{"wrong_truth", "right_truth"} {
			out := filepath.Join(t.TempDir(), "out")
			result := watch.Run(t, watch.Command{Args: append(namespace, py.Path, file(t, "leaf.py"), calls(t, py).Dir, function, out, "inner")})
			result.Watched(t)
			if found := leaves(t, out); len(found) != 1 || found[0].Pid != 1 {
				t.Fatalf("%+v", found)
			}
			if function == "right_truth" {
				result.Clean(t)
				continue
			}
			command, p := result.Report.Processes[0], result.Report.Processes[1]
			if p.PPID != command.PID || p.PID <= 1 || p.Ended == nil || p.Running {
				t.Errorf("%+v, want a child of %d", p, command.PID)
			}
			v := result.Only(t, watch.Want{Function: touched, PID: p.PID})
			if v[0].TID != p.PID || len(v[0].PythonStack) == 0 {
				t.Errorf("thread %d, Python stack %v", v[0].TID, v[0].PythonStack)
			}
		}
	})
}

// A module that lies in another mount namespace alone has its names all the same.
func TestMountNamespace(t *testing.T) {
	namespace := unshared(t, "--mount")
	onTwo(t, func(t *testing.T, py pythons.Python) {
		module, inside := calls(t, py), t.TempDir()
		out := filepath.Join(t.TempDir(), "out")
		args := append(namespace, "sh", "-c", `mount -t tmpfs none "$1" && cp -r "$2"/. "$1" && shift 2 && exec "$@"`, "sh",
			inside, module.Dir, py.Path, file(t, "leaf.py"), inside, "wrong_truth", out, "inner")
		result := watch.Run(t, watch.Command{Args: args})
		result.Exit(t, violated)
		v := result.Only(t, watch.Want{Function: touched, Module: module.File})
		if f := v[0].NativeStack[0]; f.Function == nil || *f.Function != "wrong_truth" || f.Line == nil {
			t.Errorf("%s has no name or no line", f)
		}
		if exists(filepath.Join(inside, module.File)) {
			t.Errorf("%s can be seen from outside", inside)
		}
	})
}

// Its source is looked for where the process has it, and not where we have another file of that
// name.
func TestMountNamespaceSource(t *testing.T) {
	namespace := unshared(t, "--mount")
	const call = "int truth = PyObject_IsTrue(Py_True);"
	onTwo(t, func(t *testing.T, py pythons.Python) {
		for _, c := range []struct{ function, without, marked string }{
			{"wrong_truth", "none", call}, {"wrong_truth", "calls.c", ""}, {"right_truth", "none", ""},
		} {
			folder, theirs := t.TempDir(), t.TempDir()
			out := filepath.Join(t.TempDir(), "out")
			script := `set -e; cp "$1"/calls.c "$1"/fixture.h "$3"; cc -g -O1 -shared -fPIC -isystem "$5" "$3"/calls.c -o "$3"/calls.so
cp -p "$3"/* "$2"; rm -f "$2/$4"; sed -i 's/.*/another/' "$3"/calls.c; touch -d '2020-01-01' "$3"/calls.c; rm "$3"/calls.so
mount --bind "$2" "$3"; shift 5; exec "$@"`
			testdata, err := filepath.Abs("../gate/testdata")
			if err != nil {
				t.Fatal(err)
			}
			args := append(namespace, "sh", "-c", script, "sh", testdata, theirs, folder, c.without, py.Include,
				py.Path, file(t, "leaf.py"), folder, c.function, out, "inner")
			result := watch.Run(t, watch.Command{Args: args})
			if c.function == "right_truth" {
				result.Clean(t)
				continue
			}
			v := result.Only(t, watch.Want{Function: touched, Module: "calls.so"})[0]
			if f := v.NativeStack[0]; v.Marked() != c.marked || f.Source() != filepath.Join(folder, "calls.c") {
				t.Errorf("without %s: marked %q of %s, want %q", c.without, v.Marked(), f.Source(), c.marked)
			}
		}
	})
}

// A setuid program that is started in the middle is neither watched nor broken, and named.
func TestSetuidChild(t *testing.T) {
	const static, nobody = "/usr/bin/python3.11", 65534
	if os.Getuid() != 0 || !exists(static) {
		t.Skip("only root can make a program that runs as another user")
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "python3")
	data, err := os.ReadFile(static)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.WriteFile(program, data, 0o755), os.Chown(program, nobody, nobody), os.Chmod(program, 0o755|os.ModeSetuid)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const inner = "import os; print(os.geteuid(), os.environ.get('LD_PRELOAD'))"
	for name, args := range map[string][]string{
		"Python": {static, "-c", "import subprocess, sys; subprocess.check_call([sys.argv[1], '-I', '-S', '-c', sys.argv[2]])", program, inner},
		"shell":  {"sh", "-c", `"$0" -I -S -c "$1"; true`, program, inner},
	} {
		t.Run(name, func(t *testing.T) {
			result := watch.Run(t, watch.Command{Args: args})
			result.Exit(t, 0)
			result.Prints(t, "65534 None\n")
			named := 0
			for _, p := range result.Report.Processes {
				if p.Exe == program {
					named++
					if p.Watched || p.Reason == nil || p.PPID == p.PID {
						t.Errorf("%+v", p)
					}
				}
			}
			if named != 1 {
				t.Errorf("named %d times\n%s", named, result)
			}
		})
	}
}
