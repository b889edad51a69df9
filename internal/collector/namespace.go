package collector

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/gilwatch/gilwatch/internal/journal"
	"github.com/gilwatch/gilwatch/internal/report"
)

// places are the processes that see other pids, or other files, than we do. A process in
// another pid namespace writes the pids of that one; /proc shows the same process under
// ours, as long as it runs.
type places struct {
	mu sync.Mutex
	of map[file]place

	trees Trees
}

// place is where a process runs.
type place struct {
	pid  int32  // as we see it; 0 not found
	ppid int32  // the same
	root string // stands before the paths of its files; "" is our own tree
}

// find learns where the process runs that says hello, and returns its pid as we see it.
// The error says that there is none.
func (p *places) find(folder string, n journal.Note) (int32, error) {
	j, err := journal.ReadHeader(n.Path(folder))
	if err != nil || j.Pid != n.Pid || j.Serial != n.Serial {
		// A process says hello when it has its journal. Anybody can say it of any other's pid.
		return 0, fmt.Errorf("process %d said hello without a journal of its own", n.Pid)
	}
	at := place{pid: n.Pid}
	if own, ok := inode("/proc/self/ns/pid"); ok && j.PidNamespace != 0 && j.PidNamespace != uint32(own) {
		at.pid = outerPid(j.PidNamespace, n.Pid)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if at.pid > 0 {
		at.ppid = parentOf(int(at.pid))
		at.root = p.trees.Of(int(at.pid))
	}
	if p.of == nil {
		p.of = map[file]place{}
	}
	p.of[file{n.Pid, n.Serial}] = at
	if at.pid == 0 {
		return 0, fmt.Errorf("process %d of pid namespace %d is not to be found", n.Pid, j.PidNamespace)
	}
	return at.pid, nil
}

// outerPid looks for the process that has that pid in that namespace.
func outerPid(namespace uint32, pid int32) int32 {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	want := strconv.Itoa(int(pid))
	for _, e := range entries {
		number, err := strconv.ParseInt(e.Name(), 10, 32)
		if err != nil {
			continue
		}
		at, ok := inode(filepath.Join("/proc", e.Name(), "ns/pid"))
		if !ok || uint32(at) != namespace {
			continue
		}
		status, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "status"))
		for _, line := range strings.Split(string(status), "\n") {
			if pids, ok := strings.CutPrefix(line, "NSpid:"); ok {
				if fields := strings.Fields(pids); len(fields) > 0 && fields[len(fields)-1] == want {
					return int32(number)
				}
			}
		}
	}
	return 0
}

// parentOf is a process's parent; 0 is not known.
func parentOf(pid int) int32 {
	p := report.Process{PID: pid}
	if !readProcess(&p) || p.PPID == nil {
		return 0
	}
	return int32(*p.PPID)
}

func inode(path string) (uint64, bool) {
	var stat unix.Stat_t
	err := unix.Stat(path, &stat)
	return stat.Ino, err == nil
}

// translate puts our pids into a journal, and returns what stands before its paths. Other
// threads than the first keep the numbers that they have there.
func (p *places) translate(j *journal.Journal) (root string) {
	if p == nil {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := p.of[file{j.Pid, j.Serial}]
	if at.pid == 0 || at.pid == j.Pid {
		return at.root
	}
	inner := j.Pid
	for i := range j.Violations {
		v := &j.Violations[i]
		if v.Tid == inner {
			v.Tid = at.pid
		}
		if v.Pid == inner {
			v.Pid = at.pid
		}
	}
	for i := range j.Children {
		if j.Children[i].Pid == inner {
			j.Children[i].Pid = at.pid
		}
	}
	j.Pid, j.Ppid = at.pid, at.ppid
	return at.root
}

func (p *places) close() { p.trees.Close() }
