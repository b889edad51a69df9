package early

// getrlimit is the system call, and returns what the kernel returns. It is here
// because package syscall must not be imported.
//
//go:noescape
func getrlimit(resource uint64, limit *[2]uint64) int64
