// Package main is the shim: the library that gilwatch preloads into a watched process.
//
// What runs on a call's way, in a signal handler or in a forked child is C and assembly;
// Go is asleep until a process that has no collector outside meets its first violation
// (awake.c).
package main

// #cgo CFLAGS: -std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -fvisibility=hidden -ftls-model=initial-exec
// #cgo LDFLAGS: -ldl
import "C"

// gilwatchListen starts the embedded collector for a session folder; 1 when it listens.
//
//export gilwatchListen
func gilwatchListen(folder *C.char) C.int {
	if listen(C.GoString(folder)) != nil {
		return 0
	}
	return 1
}

// gilwatchFinish ends it: what it found is reported when this returns.
//
//export gilwatchFinish
func gilwatchFinish() { finish() }

func main() {}
