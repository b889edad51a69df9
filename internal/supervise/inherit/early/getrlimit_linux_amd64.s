#include "textflag.h"

#define SYS_getrlimit 97

// func getrlimit(resource uint64, limit *[2]uint64) int64
TEXT ·getrlimit(SB), NOSPLIT, $0-24
	MOVQ $SYS_getrlimit, AX
	MOVQ resource+0(FP), DI
	MOVQ limit+8(FP), SI
	SYSCALL
	MOVQ AX, ret+16(FP)
	RET
