package pystack

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// ProcessMemory returns the memory of process pid, which the caller must be allowed to
// trace (ptrace(2), PTRACE_MODE_ATTACH_REALCREDS): of the same user, and an ancestor where
// Yama restricts. It reads with process_vm_readv(2), and where that is refused or missing,
// as in some containers, from /proc/PID/mem. The error wraps the system's: ESRCH when the
// process is gone, EPERM when it may not be read.
func ProcessMemory(pid int) (Memory, io.Closer, error) {
	p := &processMemory{pid: pid}
	// The signal 0 is not sent. EPERM means that the process is there.
	if err := unix.Kill(pid, 0); err != nil && err != unix.EPERM {
		return nil, nil, fmt.Errorf("find process %d: %w", pid, err)
	}
	return p, p, nil
}

// processMemory is safe for use by several goroutines.
type processMemory struct {
	pid int

	mutex  sync.Mutex
	file   *os.File // /proc/PID/mem, once process_vm_readv was refused
	closed bool
}

// ReadAt implements Memory.
func (p *processMemory) ReadAt(b []byte, address uint64) error {
	if len(b) == 0 {
		return nil
	}
	file, err := p.fallback(false)
	if err != nil {
		return err
	}
	if file == nil {
		err := p.readv(b, address)
		if err == nil {
			return nil
		}
		if err != unix.EPERM && err != unix.ENOSYS {
			return p.failed(b, address, err)
		}
		if file, err = p.fallback(true); err != nil {
			return p.failed(b, address, err)
		}
	}
	if _, err := file.ReadAt(b, int64(address)); err != nil {
		return p.failed(b, address, err)
	}
	return nil
}

// readv reads all of b or fails. The kernel stops short at the first page that is not there.
func (p *processMemory) readv(b []byte, address uint64) error {
	local := []unix.Iovec{{Base: &b[0]}}
	local[0].SetLen(len(b))
	remote := []unix.RemoteIovec{{Base: uintptr(address), Len: len(b)}}
	n, err := unix.ProcessVMReadv(p.pid, local, remote, 0)
	if err == nil && n < len(b) {
		err = unix.EFAULT
	}
	return err
}

// fallback returns /proc/PID/mem if it is in use, and opens it if it is wanted.
func (p *processMemory) fallback(wanted bool) (*os.File, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return nil, os.ErrClosed
	}
	if p.file == nil && wanted {
		file, err := os.Open(fmt.Sprintf("/proc/%d/mem", p.pid))
		if err != nil {
			return nil, err
		}
		p.file = file
	}
	return p.file, nil
}

func (p *processMemory) failed(b []byte, address uint64, err error) error {
	return fmt.Errorf("read %d bytes at %#x of process %d: %w", len(b), address, p.pid, err)
}

// Close ends the use of the process's memory.
func (p *processMemory) Close() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.closed = true
	if p.file == nil {
		return nil
	}
	file := p.file
	p.file = nil
	return file.Close()
}
