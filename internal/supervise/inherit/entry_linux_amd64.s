#include "textflag.h"

#define SYS_rt_sigaction   13
#define SYS_rt_sigprocmask 14
#define SYS_fcntl          72
#define F_GETFD            1
#define SIG_IGN            1
#define SIGSETSIZE         8

// entry is the program's first instruction when it is linked with EntryFlag. It
// keeps the ignored signals, the signal mask and the closed descriptors, and goes
// on to Go's own entry point with the stack as the kernel left it (SP: argc, argv,
// environment). R12 counts, R13 collects; nothing is live here but SP.
TEXT ·entry(SB), NOSPLIT|NOFRAME, $0
	SUBQ $32, SP              // room for one struct sigaction
	XORQ R13, R13             // no signal is ignored yet
	MOVQ $1, R12              // the first signal
signal:
	MOVQ $SYS_rt_sigaction, AX
	MOVQ R12, DI              // signal
	XORQ SI, SI               // change nothing
	MOVQ SP, DX               // tell what there is
	MOVQ $SIGSETSIZE, R10
	SYSCALL                   // clobbers RCX and R11
	TESTQ AX, AX
	JNE  nextsignal           // no such signal
	CMPQ 0(SP), $SIG_IGN      // sa_handler
	JNE  nextsignal
	LEAQ -1(R12), CX          // signal N is bit N-1
	MOVQ $1, AX
	SHLQ CX, AX
	ORQ  AX, R13
nextsignal:
	INCQ R12
	CMPQ R12, $64             // _NSIG
	JLE  signal
	MOVQ R13, ·entryIgnored(SB)
	ADDQ $32, SP              // the stack as it was

	MOVQ $SYS_rt_sigprocmask, AX
	XORQ DI, DI               // how: of no matter, the set is NULL
	XORQ SI, SI
	LEAQ ·entryBlocked(SB), DX
	MOVQ $SIGSETSIZE, R10
	SYSCALL

	XORQ R13, R13             // no descriptor is closed yet
	XORQ R12, R12             // standard input
descriptor:
	MOVQ $SYS_fcntl, AX
	MOVQ R12, DI
	MOVQ $F_GETFD, SI
	SYSCALL
	TESTQ AX, AX
	JGE  nextdescriptor       // it is open
	BTSQ R12, R13             // fails with nothing but EBADF
nextdescriptor:
	INCQ R12
	CMPQ R12, $2              // standard error
	JLE  descriptor
	MOVQ R13, ·entryClosed(SB)

	MOVQ $1, ·entrySeen(SB)
	JMP  _rt0_amd64_linux(SB)
