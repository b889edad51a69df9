package pystack

import (
	"encoding/binary"
	"fmt"
	"os"
)

// Where glibc keeps a thread's ids, on x86-64: pthread_self is the address of its struct
// pthread (nptl/descr.h), which begins with a tcbhead_t (sysdeps/x86_64/nptl/tls.h).
const (
	tcbSelf    = 16  // tcbhead_t.self
	pthreadTid = 720 // struct pthread.tid
	pthreadEnd = pthreadTid + 4
)

// Tid returns the id by which the kernel knows a thread of process pid, 0 if it does not
// know the thread: it has ended, or what says so is damaged. It goes by pthread_self, which
// stays right in a forked child, and by NativeID only where the C library is another.
func (t Thread) Tid(m Memory, pid int) int {
	for _, tid := range []int{t.fromPthread(m), int(min(t.NativeID, 1<<31-1))} {
		if tid <= 0 {
			continue
		}
		if _, err := os.Stat(fmt.Sprintf("/proc/%d/task/%d", pid, tid)); err == nil {
			return tid
		}
	}
	return 0
}

// fromPthread reads the id out of the thread's struct pthread, 0 where there is none.
func (t Thread) fromPthread(m Memory) int {
	raw := make([]byte, pthreadEnd)
	if t.ID == 0 || m.ReadAt(raw, t.ID) != nil || binary.NativeEndian.Uint64(raw[tcbSelf:]) != t.ID {
		return 0
	}
	return integer(raw, pthreadTid)
}

// Word returns the word of the thread's own storage that lies offset bytes from its thread
// pointer, which pthread_self returns on x86-64.
func (t Thread) Word(m Memory, offset int64) (uint64, error) {
	raw := make([]byte, 8)
	if err := m.ReadAt(raw, t.ID+uint64(offset)); err != nil {
		return 0, err
	}
	return word(raw, 0), nil
}
