package journal

import (
	"math"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

const futexWake = 1 // FUTEX_WAKE, linux/futex.h; not private, the word is in a shared mapping

func wake(word unsafe.Pointer) {
	atomic.StoreUint32((*uint32)(word), 1)
	_, _, _ = unix.Syscall(unix.SYS_FUTEX, uintptr(word), futexWake, math.MaxInt32)
}
