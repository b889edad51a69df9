package journal

import (
	"time"
	"unsafe"
)

// Settings is what a session tells its processes.
type Settings struct {
	Wait       time.Duration // how long a thread waits for the collector at a new stack
	JournalMax uint64        // bytes a journal may grow to
	Embedded   bool          // a process may start the collector inside the shim
}

// Bytes is the content of the session folder's file `settings`.
func (s Settings) Bytes() []byte {
	r := rawSettings{
		Magic: settingsMagic, Version: layoutVersion,
		Wait_ms: uint32(s.Wait.Milliseconds()), Journal_max: s.JournalMax,
	}
	if s.Embedded {
		r.Embedded = 1
	}
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&r)), unsafe.Sizeof(r))...)
}
