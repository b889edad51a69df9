package collector

import (
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// Trees are the file trees of processes that have another than ours, by mount namespace and root
// folder. They stay at hand when the processes have ended. The zero value is ready.
type Trees struct {
	mu    sync.Mutex
	roots map[tree]string
	held  []int // descriptors that keep them, since they go with their last process
}

type tree struct{ namespace, device, inode uint64 }

// maxTrees bounds the descriptors: containers of a session, not processes.
const maxTrees = 32

// noTree is the root of a tree that cannot be kept: nothing lies below it. Our own files are not
// the process's, whatever their names are.
const noTree = "/dev/null"

// Of returns what stands before a process's paths so that we reach the same files; "" is our own
// tree.
func (t *Trees) Of(pid int) string {
	folder := "/proc/" + strconv.Itoa(pid)
	theirs, ok := treeOf(folder)
	ours, known := treeOf("/proc/self")
	if !ok || !known || theirs == ours {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if root, ok := t.roots[theirs]; ok {
		return root
	}
	if len(t.roots) >= maxTrees {
		return noTree
	}
	root, err := unix.Open(folder+"/root", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return noTree
	}
	t.held = append(t.held, root)
	if namespace, err := unix.Open(folder+"/ns/mnt", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		t.held = append(t.held, namespace) // or its mounts come apart
	}
	if t.roots == nil {
		t.roots = map[tree]string{}
	}
	t.roots[theirs] = "/proc/self/fd/" + strconv.Itoa(root)
	return t.roots[theirs]
}

// Close lets them go.
func (t *Trees) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, fd := range t.held {
		unix.Close(fd)
	}
	t.held, t.roots = nil, nil
}

// treeOf tells file trees apart.
func treeOf(process string) (tree, bool) {
	var root unix.Stat_t
	namespace, ok := inode(process + "/ns/mnt")
	if !ok || unix.Stat(process+"/root", &root) != nil {
		return tree{}, false
	}
	return tree{namespace, root.Dev, root.Ino}, true
}
