package tree

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gilwatch/gilwatch/tests/pythons"
	"github.com/gilwatch/gilwatch/tests/watch"
)

// What was preloaded before stays, in front, and works: a sanitizer's runtime must be the first.
func TestPreloadedBefore(t *testing.T) {
	const code = `
import os, runpy, sys
maps = open("/proc/self/maps").read()
print(os.environ["LD_PRELOAD"].rsplit(":", 1)[0], *(name in maps for name in ("libasan", "libubsan", "jemalloc")))
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
`
	const jemalloc = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"
	if !exists(jemalloc) {
		missing(t, "no jemalloc (package libjemalloc2)")
	}
	asan, ubsan := runtimeOf(t, "libasan.so"), runtimeOf(t, "libubsan.so")
	for name, preload := range map[string]string{
		"jemalloc":                 jemalloc,
		"asan":                     asan,
		"ubsan":                    ubsan,
		"asan and jemalloc":        asan + ":" + jemalloc,
		"ubsan and jemalloc":       ubsan + ":" + jemalloc,
		"asan, ubsan and jemalloc": asan + ":" + ubsan + ":" + jemalloc,
	} {
		t.Run(name, func(t *testing.T) {
			onTwo(t, func(t *testing.T, py pythons.Python) {
				for _, function := range []string{"wrong_truth", "right_truth"} {
					out := filepath.Join(t.TempDir(), "out")
					command := watch.Command{
						Args: []string{py.Path, "-c", code, file(t, "leaf.py"), calls(t, py).Dir, function, out, "preloaded"},
						Env:  []string{"LD_PRELOAD=" + preload, "ASAN_OPTIONS=detect_leaks=0"},
					}
					result := watch.Run(t, command)
					each(t, result, leaves(t, out), function)
					want := preload
					for _, library := range []string{"asan", "ubsan", "jemalloc"} {
						want += map[bool]string{true: " True", false: " False"}[strings.Contains(name, library)]
					}
					result.Prints(t, want+"\n")
				}
			})
		})
	}
}

// runtimeOf is the path of a sanitizer's runtime.
func runtimeOf(t *testing.T, library string) string {
	t.Helper()
	path, err := exec.Command("cc", "-print-file-name="+library).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(string(path)) {
		missing(t, "the compiler has no "+library)
	}
	return filepath.Clean(strings.TrimSpace(string(path)))
}
