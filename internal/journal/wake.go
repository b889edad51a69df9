package journal

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const futexWake = 1 // FUTEX_WAKE, linux/futex.h; not private, the word is in a shared mapping

// wake sets the word at an offset of the file and wakes the threads that wait on it.
// It is set by a write and only named through the mapping: storing through a mapping of a
// file that another process cuts short would be a SIGBUS here.
func wake(f *os.File, offset int64, value uint32) error {
	if _, err := f.WriteAt(binary.NativeEndian.AppendUint32(nil, value), offset); err != nil {
		return err
	}
	page := offset &^ int64(os.Getpagesize()-1)
	m, err := unix.Mmap(int(f.Fd()), page, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mapping it: %w", err)
	}
	defer unix.Munmap(m)
	word := unsafe.Pointer(&m[offset-page])
	if _, _, errno := unix.Syscall(unix.SYS_FUTEX, uintptr(word), futexWake, math.MaxInt32); errno != 0 {
		return fmt.Errorf("waking it: %w", errno)
	}
	return nil
}
