// Package procstat reads /proc/PID/stat, the kernel's line on a process (proc_pid_stat(5)).
package procstat

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Numbers of fields, as proc_pid_stat(5) has them.
const (
	fieldState    = 3
	fieldParent   = 4
	fieldStart    = 22
	fieldEnvStart = 50
	fieldEnvEnd   = 51
	fieldExitCode = 52
)

// Stat is the line's fields from the third one on, the state. The second, the name in
// brackets, may hold brackets and blanks; nothing behind it does. Of a field that is not
// there nothing is known.
type Stat []string

// Read reads the line of a process; it is empty if there is none (any more).
func Read(pid int) Stat {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	return Parse(string(text))
}

// Parse takes a line apart.
func Parse(line string) Stat {
	return strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
}

// State is a letter such as R, T for stopped, Z for a zombie; "" is not known.
func (s Stat) State() string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// Parent is the pid of the parent; 0 is none, or not known.
func (s Stat) Parent() int {
	pid, _ := s.number(fieldParent)
	return int(pid)
}

// Start is when the process began, in ticks since the system did; 0 is not known. It tells
// apart those that have one number after the other, and an exec leaves it.
func (s Stat) Start() uint64 {
	start, _ := s.number(fieldStart)
	return start
}

// Environment is how many bytes of environment the program was started with; false if it has
// none, not even an empty one: a kernel thread, a zombie, and a process in the middle of its
// execve (fs/exec.c switches to the new address space before fs/binfmt_elf.c,
// create_elf_tables, says where the environment ends).
func (s Stat) Environment() (uint64, bool) {
	start, _ := s.number(fieldEnvStart)
	end, _ := s.number(fieldEnvEnd)
	return end - min(start, end), end != 0
}

// Exit is the wait status of a zombie; false if it is none.
func (s Stat) Exit() (unix.WaitStatus, bool) {
	code, ok := s.number(fieldExitCode)
	return unix.WaitStatus(code), ok && s.State() == "Z"
}

func (s Stat) number(field int) (uint64, bool) {
	if len(s) <= field-fieldState {
		return 0, false
	}
	n, err := strconv.ParseUint(s[field-fieldState], 10, 64)
	return n, err == nil
}
