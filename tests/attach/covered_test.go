package attach

import (
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/gilwatch/gilwatch/tests/fixture"
	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// What is watched of a process, and that the report names what is not.

// A thread that was there before gilwatch, detached or waiting, is judged as any other.
func TestThreadBefore(t *testing.T) {
	needProbes(t)
	pythons.Each(t, func(t *testing.T, py pythons.Python) {
		module := gate(t, py, "calls.c", debug)
		l, twin := startLive(t, py, nil, module), startLive(t, py, nil, module)
		for p, call := range map[live]string{l: "wrong_truth", twin: "right_truth"} {
			p.do("import calls, threading; go = threading.Event()")
			p.do("thread = threading.Thread(target=lambda: (go.wait(), calls." + call + "())); thread.start()")
		}
		a := attachPids(t, pidFlags(l, twin))
		for _, p := range []live{l, twin} {
			p.do("go.set(); thread.join()")
			p.end()
		}
		v := a.result().Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File, PID: l.pid()})[0]
		if v.TID == l.pid() {
			t.Error("the first thread is said to have called")
		}
	})
}

// A function that is no machine code from its beginning to its end is left alone: that is
// said, and the others are watched.
func TestUndecodable(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := fixture.Build(t, py, "testdata/undecodable.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import undecodable")
	a := attach(t, l)
	l.do("undecodable.wrong_strange()")
	l.do("undecodable.wrong_plain()")
	if status := l.end(); status != 0 {
		t.Errorf("status %d", status)
	}
	got := a.result()
	got.Only(t, watch.Want{Function: "PyObject_IsTrue", Module: module.File})
	wantGap(t, got, module.File+": 1 functions are not watched: they have instructions that are not known")
}

// A module whose mapped code is not its file's gets no breakpoint.
func TestChangedCode(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import calls")
	poke(t, l, module, "wrong_callable")
	before := code(t, l, module.File)
	a := attach(t, l)
	if string(code(t, l, module.File)) != string(before) {
		t.Error("its code was changed")
	}
	l.do("calls.wrong_truth()")
	l.end()
	got := a.result()
	got.Only(t)
	wantGap(t, got, module.File+" is not watched: its code differs from its file's")
}

// poke puts a nop over the first instruction of a function.
func poke(t *testing.T, l live, module fixture.Module, function string) {
	t.Helper()
	f, err := elf.Open(module.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", l.pid()))
	if err != nil {
		t.Fatal(err)
	}
	var base int64 = -1
	for line := range strings.Lines(string(maps)) {
		if base < 0 && strings.Contains(line, module.File) {
			fmt.Sscanf(line, "%x-", &base)
		}
	}
	memory, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", l.pid()), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	for _, s := range symbols {
		if s.Name == function {
			if _, err := memory.WriteAt([]byte{0x90}, base+int64(s.Value)); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no %s in %s", function, module.File)
}

func wantGap(t *testing.T, got *watch.Result, want string) {
	t.Helper()
	gaps := strings.Join(got.Report.Processes[0].Gaps, "\n")
	if !strings.Contains(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
}

// The standard library's modules are watched if a glob asks for them, and only then.
func TestChoice(t *testing.T) {
	needProbes(t)
	py := one(t)
	module := gate(t, py, "calls.c", debug)
	l := startLive(t, py, nil, module)
	l.do("import calls, _json, _struct")
	for flags, want := range map[string]string{
		"":                                "calls",
		"--watch *":                       "_json _struct calls",
		"--watch _json*":                  "_json",
		"--ignore calls*":                 "",
		"--watch _json* --watch _struct*": "_json _struct",
		"--watch * --ignore _json*":       "_struct calls",
	} {
		a := attach(t, l, append(strings.Fields(flags), "--duration", "1ms")...)
		var watched []string
		for _, m := range a.result().Report.Modules { // of whatever else the interpreter has loaded
			name, _, _ := strings.Cut(filepath.Base(m.Module), ".")
			if m.Slots > 0 && (name == "calls" || name == "_json" || name == "_struct") {
				watched = append(watched, name)
			}
		}
		slices.Sort(watched)
		if got := strings.Join(watched, " "); got != want {
			t.Errorf("%q: watched are %q, want %q", flags, got, want)
		}
	}
	l.end()
}

// Processes that end at any moment of the attach: an error with a hint, or a report.
func TestDiesMeanwhile(t *testing.T) {
	needProbes(t)
	py := one(t)
	const rounds = 12
	for range rounds {
		target := exec.Command(py.Path, "-c", "import json, decimal")
		if err := target.Start(); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command(watch.Binary(t), "attach", "--watch", "*", "--pid", strconv.Itoa(target.Process.Pid)).CombinedOutput()
		text := string(out)
		refused := strings.Contains(text, "gilwatch: error: ") && strings.Contains(text, "gilwatch: hint: ")
		if !refused && !strings.Contains(text, "gilwatch: watching process") {
			t.Errorf("it says %q", text)
		}
		if err := target.Wait(); err != nil {
			t.Errorf("the process: %v", err)
		}
	}
}

// Without the right to open files by their mapping, a module that was deleted is a gap.
func TestDeletedModuleWithoutRights(t *testing.T) {
	needProbes(t)
	u := unprivileged(t)
	l := u.target()
	l.do("import calls")
	if err := os.Remove(u.module.Path()); err != nil {
		t.Fatal(err)
	}
	a := u.attach(l)
	l.do("calls.wrong_truth()")
	l.end()
	got := a.result()
	got.Only(t)
	wantGap(t, got, "the file was deleted or replaced since it was loaded")
}

// A process of another user, in a mount and a pid namespace of its own: the module's file has
// no name that gilwatch could open, and its source lies under a name that we have another file of.
func TestNamespaces(t *testing.T) {
	needProbes(t)
	if syscall.Getuid() != 0 {
		t.Skip("only root makes namespaces")
	}
	py := staticOne(t)
	target, err := filepath.Abs("testdata/target.py")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	source, other := filepath.Join(folder, "calls.c"), filepath.Join(folder, "other.c")
	said, err := exec.Command("sh", "-c", `cp ../gate/testdata/calls.c ../gate/testdata/fixture.h "$1" && cc -g -O1 -shared -fPIC -isystem "$2" "$1"/calls.c -o "$1"/calls.so &&
		sed 's/.*/theirs/' "$1"/calls.c > "$1"/other.c && touch -d 2020-01-01 "$1"/*.c`, "sh", folder, py.Include).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	script := "mount --bind " + other + " " + source + " && mount -t tmpfs none /mnt && cp " + folder + "/calls.so " + target + " /mnt && exec setpriv --reuid 65534 --regid 65534 --clear-groups " +
		py.Path + " /mnt/target.py"
	if err := exec.Command("unshare", "--mount", "--pid", "--fork", "true").Run(); err != nil {
		t.Skipf("unshare: %v", err)
	}
	l := live{start(t, []string{"unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script}, []string{"PYTHONPATH=/mnt"}, false)}
	l.expect("ready")
	l.do("import calls")
	inside := child(t, l.cmd.Process.Pid)
	a := attachPids(t, []string{"--pid", strconv.Itoa(inside)})
	l.do("calls.wrong_truth()")
	l.end()
	v := a.result().Only(t, watch.Want{Function: "PyObject_IsTrue", Module: "calls.so", PID: inside})[0]
	if name := v.NativeStack[0].Function; name == nil || *name != "wrong_truth" {
		t.Errorf("called by %v, want wrong_truth", v.NativeStack[0])
	}
	if v.Marked() != "theirs" {
		t.Errorf("marked %q in %s, want the line of the process's own file", v.Marked(), v.NativeStack[0].Source())
	}
	if len(v.PythonStack) == 0 {
		t.Error("no Python stack")
	}
}
