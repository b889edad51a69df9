package watch

import (
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Binary returns the gilwatch to test: $GILWATCH, else bin/gilwatch of this module.
func Binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("GILWATCH")
	if path == "" {
		path = filepath.Join(moduleRoot(t), "bin", "gilwatch")
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("no gilwatch to test (run make): %v", err)
	}
	withoutCores()
	return path
}

// moduleRoot is the nearest folder above the test's with a go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			t.Fatalf("no go.mod above %s", dir)
		}
	}
}

// withoutCores keeps the crashes that tests provoke from leaving core files. Children
// inherit the limit.
var withoutCores = sync.OnceFunc(func() {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_CORE, &limit) == nil {
		limit.Cur = 0
		_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &limit)
	}
})
