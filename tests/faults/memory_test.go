package faults

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// memoryLimit is what a dying process may use: an interpreter fits into it.
const memoryLimit = 64 << 20

// memoryGroup makes a memory cgroup with a limit, and returns the file that a process
// writes itself into.
func memoryGroup(t *testing.T) string {
	t.Helper()
	const v1, v2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"
	parent, limit := v1, "memory.limit_in_bytes"
	if _, err := os.Stat(filepath.Join(v2, "cgroup.controllers")); err == nil {
		parent, limit = v2, "memory.max"
	}
	folder, err := os.MkdirTemp(parent, "gilwatch-test-")
	if err != nil {
		t.Skip("a memory cgroup cannot be made here:", err)
	}
	t.Cleanup(func() { _ = os.Remove(folder) }) // empty: all its processes have died
	if err := os.WriteFile(filepath.Join(folder, limit), []byte(strconv.Itoa(memoryLimit)), 0); err != nil {
		t.Skip("memory cannot be limited here:", err)
	}
	return filepath.Join(folder, "cgroup.procs")
}
