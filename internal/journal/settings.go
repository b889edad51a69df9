package journal

import (
	"time"
	"unsafe"
)

// Sensors is a set of sensors.
type Sensors uint32

// The sensors of a watched process.
const (
	SensorCalls Sensors = sensorCalls // calls through the GOT: the gates
	SensorAlloc Sensors = sensorAlloc // the memory allocators of the MEM and OBJ domains
	AllSensors          = SensorCalls | SensorAlloc
)

// Settings is what a session tells its processes.
type Settings struct {
	Wait       time.Duration // how long a thread waits for the collector at a new stack
	JournalMax uint64        // bytes a journal may grow to
	Embedded   bool          // a process may start the collector inside the shim
	Sensors    Sensors       // those in use
	Action     Action        // what is done at a violation
	Acquire    time.Duration // how long a thread waits for the GIL that it is to acquire
}

// Bytes is the content of the session folder's file `settings`.
func (s Settings) Bytes() []byte {
	r := rawSettings{
		Magic: settingsMagic, Version: layoutVersion,
		Wait_ms: uint32(s.Wait.Milliseconds()), Journal_max: s.JournalMax,
		Sensors: uint32(s.Sensors), Action: uint32(s.Action), Acquire_ms: uint32(s.Acquire.Milliseconds()),
	}
	if s.Embedded {
		r.Embedded = 1
	}
	return append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&r)), unsafe.Sizeof(r))...)
}
