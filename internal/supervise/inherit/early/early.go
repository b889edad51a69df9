// Package early reads the limit of open files before package syscall raises it
// (syscall/rlimit.go). It imports nothing, so by the order that the language
// specification lays down ("Package initialization": sorted by import path, as
// soon as all imports are initialised) its init runs before that of syscall.
package early

// NoFile is RLIMIT_NOFILE as this process inherited it, soft and hard limit.
// Both are zero where it could not be read.
var NoFile [2]uint64

const rlimitNoFile = 7 // RLIMIT_NOFILE, asm-generic/resource.h

func init() {
	if getrlimit(rlimitNoFile, &NoFile) != 0 {
		NoFile = [2]uint64{}
	}
}
