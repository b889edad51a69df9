package tree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// refused is a 32-bit program, which cannot take the shim, and which nobody may execute.
func refused(t *testing.T) string {
	t.Helper()
	header := make([]byte, 64)
	copy(header, "\x7fELF\x01\x01\x01") // ELFCLASS32
	header[16], header[18] = 2, 3       // ET_EXEC, EM_386
	path := filepath.Join(t.TempDir(), "refused")
	if err := os.WriteFile(path, header, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A program that cannot be watched and that the kernel refuses has not run: the process that
// tried goes on as itself, and no other is named.
func TestRefusedExec(t *testing.T) {
	tries := map[string]string{
		"execv":   "os.execv(path, [path])",
		"execve":  "os.execve(path, [path], {})",
		"execvp":  "os.execvp(path, [path])",
		"fexecve": "os.execve(os.open(path, os.O_RDONLY), [path], {})",
		"fork":    "subprocess.call([path])",
		"vfork":   "subprocess.call([path], close_fds=False)",
		"spawn":   "os.posix_spawn(path, [path], {})",
	}
	onTwo(t, func(t *testing.T, py pythons.Python) {
		path := refused(t)
		for name, try := range tries {
			for _, then := range []string{"os._exit(0)", "os.execv(sys.executable, [sys.executable, '-c', 'pass'])"} {
				code := "import os, subprocess, sys\npath = sys.argv[1]\ntry: " + try + "\nexcept OSError as e: print(e.errno)\n" + then
				result := watch.Run(t, watch.Command{Args: []string{py.Path, "-u", "-c", code, path}})
				result.Exit(t, 0)
				if result.Stdout != "13\n" {
					t.Errorf("%s: %q, want EACCES", name, result.Stdout)
				}
				if p := result.Report.Processes; len(p) != 1 || !p[0].Watched {
					t.Errorf("%s, %s: %d processes, want the one, watched\n%s", name, then, len(p), result)
				}
			}
		}
		for _, script := range []string{`"$1" || exec "$2" -c pass`, `(exec "$1") ; exec "$2" -c pass`} {
			result := watch.Run(t, watch.Command{Args: []string{"sh", "-c", script, "sh", path, py.Path}})
			if p := result.Report.Processes; len(p) != 1 || !p[0].Watched {
				t.Errorf("%s: %d processes, want the one, watched\n%s", script, len(p), result)
			}
		}
	})
}
