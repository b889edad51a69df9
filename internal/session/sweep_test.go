package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// leave makes a folder as a gilwatch that was killed leaves it: with what run says, the
// settings, the bell, the shim and a journal, all as old as age.
func leave(t *testing.T, parent, name string, age time.Duration) string {
	t.Helper()
	folder := filepath.Join(parent, name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{runName, settingsName, bellName, ShimName, "7.0"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	grow(t, folder, age)
	return folder
}

// grow makes the folder and its files older.
func grow(t *testing.T, folder string, age time.Duration) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-age)
	for _, path := range append(files, folder) {
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
}

// swept sweeps, and tells whether the folder is there no more and whether it was named as one
// that can be read.
func swept(t *testing.T, folder string) (gone, unread bool) {
	t.Helper()
	named, err := sweep(filepath.Dir(folder), time.Now())
	if err != nil {
		t.Error(err)
	}
	_, err = os.Lstat(folder)
	return os.IsNotExist(err), slices.Contains(named, folder)
}

// What is swept, and what never is: each case with its neighbour that is treated otherwise.
func TestSweep(t *testing.T) {
	const young, old = keepUnread - time.Minute, keepUnread + time.Minute
	remove := func(name string) func(t *testing.T, folder string) {
		return func(t *testing.T, folder string) {
			if err := os.Remove(filepath.Join(folder, name)); err != nil {
				t.Fatal(err)
			}
			grow(t, folder, old)
		}
	}
	for name, c := range map[string]struct {
		age          time.Duration
		change       func(t *testing.T, folder string)
		gone, unread bool
	}{
		"killed a day ago":       {old, nil, true, false},
		"killed lately":          {young, nil, false, true},
		"only the shim was left": {young, remove(settingsName), true, false},
		"still spoken in": {old, func(t *testing.T, folder string) {
			now := time.Now()
			if err := os.Chtimes(filepath.Join(folder, bellName), now, now); err != nil {
				t.Fatal(err)
			}
		}, false, true},
		"not of a run": {old, remove(runName), false, false},
		"for others, too": {old, func(t *testing.T, folder string) {
			if err := os.Chmod(folder, 0o750); err != nil {
				t.Fatal(err)
			}
		}, false, false},
		"somebody else's": {old, func(t *testing.T, folder string) {
			if os.Getuid() != 0 {
				t.Skip("only root can give a folder away")
			}
			if err := os.Chown(folder, 65534, 65534); err != nil {
				t.Fatal(err)
			}
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			folder := leave(t, t.TempDir(), prefix+"x", c.age)
			if c.change != nil {
				c.change(t, folder)
			}
			if gone, unread := swept(t, folder); gone != c.gone || unread != c.unread {
				t.Errorf("gone %v, unread %v; want %v, %v", gone, unread, c.gone, c.unread)
			}
		})
	}
}

// A folder of another name is nobody's business, and a link to one leads out of the parent.
func TestSweepFollowsNothing(t *testing.T) {
	parent, other := t.TempDir(), t.TempDir()
	target := leave(t, other, prefix+"target", 2*keepUnread)
	foreign := leave(t, parent, "other", 2*keepUnread)
	if err := os.Symlink(target, filepath.Join(parent, prefix+"link")); err != nil {
		t.Fatal(err)
	}
	// Nor does what is removed lead to what a link in it names.
	mine := leave(t, parent, prefix+"mine", 2*keepUnread)
	for name, to := range map[string]string{"8.0": filepath.Join(target, runName), "9.0": target} {
		if err := os.Symlink(to, filepath.Join(mine, name)); err != nil {
			t.Fatal(err)
		}
	}
	grow(t, mine, 2*keepUnread)
	if gone, _ := swept(t, mine); !gone {
		t.Error("what is ours was left")
	}
	for _, path := range []string{filepath.Join(target, runName), filepath.Join(foreign, runName), filepath.Join(parent, prefix+"link")} {
		if _, err := os.Lstat(path); err != nil {
			t.Error(err)
		}
	}
}

// A folder that somebody runs or reads stays, however old: the lock says so, and it ends with
// its holder. Twice the same folder, held and then not.
func TestSweepAndTheLock(t *testing.T) {
	for name, how := range map[string]int{"a run": unix.LOCK_SH, "a sweep": unix.LOCK_EX} {
		t.Run(name, func(t *testing.T) {
			folder := leave(t, t.TempDir(), prefix+"x", 2*keepUnread)
			held, err := lockFolder(folder, how)
			if err != nil {
				t.Fatal(err)
			}
			if gone, unread := swept(t, folder); gone || unread {
				t.Errorf("held: gone %v, unread %v", gone, unread)
			}
			held.close()
			if gone, _ := swept(t, folder); !gone {
				t.Error("given up, and not swept")
			}
		})
	}
	t.Run("a reader", func(t *testing.T) {
		folder := leave(t, t.TempDir(), prefix+"x", 2*keepUnread)
		first, second := Open(folder), Open(folder)
		if alone, err := first.Hold(); !alone || err != nil {
			t.Errorf("the first: alone %v, %v", alone, err)
		}
		if alone, err := second.Hold(); alone || err != nil {
			t.Errorf("the second: alone %v, %v", alone, err)
		}
		first.Release()
		if gone, _ := swept(t, folder); gone {
			t.Error("swept under the second reader")
		}
		second.Release()
		if gone, _ := swept(t, folder); !gone {
			t.Error("read to the end, and not swept")
		}
	})
}

// A reader waits for a sweep that looks at the folder, and is alone then.
func TestHoldDuringASweep(t *testing.T) {
	folder := leave(t, t.TempDir(), prefix+"x", 0)
	held, err := lockFolder(folder, unix.LOCK_EX)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(5*sweepCheck, held.close)
	reader := Open(folder)
	if alone, err := reader.Hold(); !alone || err != nil {
		t.Errorf("alone %v, %v", alone, err)
	}
	reader.Release()
}

// The lock of a process that was killed is no lock: flock's holder is util-linux's.
func TestSweepAfterADeadOwner(t *testing.T) {
	folder := leave(t, t.TempDir(), prefix+"x", 2*keepUnread)
	cmd := exec.Command("flock", "--shared", "--no-fork", folder, "sh", "-c", "echo held; read _")
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip(err)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if gone, _ := swept(t, folder); gone {
		t.Error("swept under a live owner")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if gone, _ := swept(t, folder); !gone {
		t.Error("its owner is dead, and it was not swept")
	}
}

// A process that would load the shim keeps its folder.
func TestSweepLeavesWhatIsPreloaded(t *testing.T) {
	folder := leave(t, t.TempDir(), prefix+"x", 2*keepUnread)
	cmd := exec.Command("sh", "-c", "echo ready; read _")
	cmd.Env = append(os.Environ(), "LD_PRELOAD="+filepath.Join(folder, ShimName))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	if gone, _ := swept(t, folder); gone {
		t.Error("swept under a process that preloads the shim")
	}
	stdin.Close()
	cmd.Wait()
	if gone, _ := swept(t, folder); !gone {
		t.Error("the process has ended, and it was not swept")
	}
}

// The name cannot be guessed: 130 bits of the system's generator; and what somebody made
// before is not taken.
func TestFolderName(t *testing.T) {
	needShim(t)
	parent := t.TempDir()
	var names []string
	for range 3 {
		s, err := New(Options{Parent: parent})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		name, ok := strings.CutPrefix(filepath.Base(s.Folder), prefix)
		if !ok || len(name) != randomName || slices.Contains(names, name) {
			t.Errorf("%q after %q", name, names)
		}
		names = append(names, name)
	}
}

// What the folder says of its run is read from a file alone.
func TestReadRunOfNoFile(t *testing.T) {
	good := leave(t, t.TempDir(), prefix+"good", 0)
	if _, err := Open(good).ReadRun(); err != nil {
		t.Fatal(err)
	}
	for name, put := range map[string]func(path string) error{
		"a link": func(path string) error { return os.Symlink(filepath.Join(good, runName), path) },
		"a FIFO": func(path string) error { return unix.Mkfifo(path, 0o600) },
		"a FIFO with a writer": func(path string) error {
			if err := unix.Mkfifo(path, 0o600); err != nil {
				return err
			}
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err == nil {
				t.Cleanup(func() { f.Close() })
			}
			return err
		},
	} {
		folder := t.TempDir()
		if err := put(filepath.Join(folder, runName)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(folder).ReadRun(); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
