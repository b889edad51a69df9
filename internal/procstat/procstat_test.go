package procstat

import (
	"bufio"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestExit(t *testing.T) {
	tail := " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 "
	for stat, want := range map[string]int{
		"1 (sh) Z" + tail + "1792": 7, "1 (a) S b)) Z" + tail + "1792": 7, "1 () Z" + tail + "1792\n": 7,
		"1 (sh) S" + tail + "1792": -1, "1 (a) Z b) S" + tail + "1792": -1, "1 (sh) Z" + tail: -1,
		"1 (sh) Z" + tail + "x": -1, "1 (sh) Z" + tail + "-1": -1, "": -1, ")": -1, "1 sh Z" + tail + "1792": -1,
	} {
		status, ok := Parse(stat).Exit()
		if ok != (want >= 0) || ok && status.ExitStatus() != want {
			t.Errorf("%q: %v, %v", stat, status.ExitStatus(), ok)
		}
	}
}

func TestStart(t *testing.T) {
	tail := " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
	for stat, want := range map[string]uint64{
		"1 (sh) S" + tail + "4711 20": 4711, "1 (a) S b)) Z" + tail + "4711": 4711, "1 (sh) S" + tail: 0,
		"1 (sh) S" + tail + "x": 0, "1 (sh) S" + tail + "-1": 0, "": 0, ")": 0,
	} {
		if got := Parse(stat).Start(); got != want {
			t.Errorf("%q: %d, want %d", stat, got, want)
		}
	}
}

// What the kernel says of this process, of a zombie and of none.
func TestRead(t *testing.T) {
	own := Read(os.Getpid())
	environ, err := os.ReadFile("/proc/self/environ")
	if err != nil {
		t.Fatal(err)
	}
	size, ok := own.Environment()
	if own.Parent() != os.Getppid() || own.Start() == 0 || !ok || size != uint64(len(environ)) || own.State() == "" || own.State() == "Z" {
		t.Errorf("own: %q", own)
	}
	none := Read(1 << 30)
	if _, ok := none.Environment(); ok || none.State() != "" || none.Parent() != 0 {
		t.Errorf("none: %q", none)
	}
	child := exec.Command("sh", "-c", "exit 7")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, child.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
	zombie := Read(child.Process.Pid)
	_, has := zombie.Environment()
	if status, ok := zombie.Exit(); !ok || status.ExitStatus() != 7 || has || zombie.Parent() != os.Getpid() {
		t.Errorf("zombie: %q", zombie)
	}
	_ = child.Wait()
}

// An empty environment is one, too.
func TestEmptyEnvironment(t *testing.T) {
	child := exec.Command("sh", "-c", "echo; read line")
	child.Env = []string{}
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	stat := Read(child.Process.Pid)
	if size, ok := stat.Environment(); !ok || size != 0 {
		t.Errorf("%q", stat)
	}
	in.Close()
	_ = child.Wait()
}
