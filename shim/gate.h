/* The gates: one piece of machine code per watched function, between a GOT slot and
 * the function. A clean call costs a load, a compare and the jump. */
#ifndef GILWATCH_GATE_H
#define GILWATCH_GATE_H

/* Gates per table; 3.15 exports about 1,900 functions that match ^_?Py. */
#define GW_GATES     3072
#define GW_GATE_SIZE 64

/* The functions that attach and release all the time have gates of their own. Their
 * indexes are these; gw_gates_* begins with the same numbers and is not used there. */
#define GW_LIGHT_SAVE           0 /* PyEval_SaveThread */
#define GW_LIGHT_RELEASE        1 /* PyEval_ReleaseThread */
#define GW_LIGHT_RESTORE        2 /* PyEval_RestoreThread */
#define GW_LIGHT_ACQUIRE        3 /* PyEval_AcquireThread */
#define GW_LIGHT_ENSURE         4 /* PyGILState_Ensure */
#define GW_LIGHT_ENSURE_RELEASE 5 /* PyGILState_Release */
#define GW_LIGHT_GATES          6
#define GW_LIGHT_SIZE           256

/* struct gw_frame, as the slow way lays it on the stack. */
#define GW_FRAME_RAX  0
#define GW_FRAME_RDI  8
#define GW_FRAME_RSI  16
#define GW_FRAME_RDX  24
#define GW_FRAME_RCX  32
#define GW_FRAME_R8   40
#define GW_FRAME_R9   48
#define GW_FRAME_R10  56
#define GW_FRAME_RBX  64
#define GW_FRAME_RBP  72
#define GW_FRAME_R12  80
#define GW_FRAME_R13  88
#define GW_FRAME_R14  96
#define GW_FRAME_R15  104
#define GW_FRAME_SP   112
#define GW_FRAME_XMM  128
#define GW_FRAME_SIZE 256

#ifndef __ASSEMBLER__

#    include <stdbool.h>
#    include <stdint.h>

/* The caller's registers at the gate's entry: sp points at the return address. */
struct gw_frame {
    uint64_t rax, rdi, rsi, rdx, rcx, r8, r9, r10;
    uint64_t rbx, rbp, r12, r13, r14, r15;
    uint64_t sp;
    uint64_t unused;
    uint64_t xmm[16];
};

extern char gw_gates_tls[], gw_gates_global[], gw_gates_slow[];
extern char gw_light_tls[], gw_light_global[];

/* Where each gate jumps: the real functions. */
extern void *gw_gate_target[GW_GATES];
/* 3.12 and later: offset of the current thread state from the thread pointer. */
extern intptr_t gw_oracle_tls_offset;
/* 3.8 to 3.11: address of the runtime's current thread state. */
extern void *volatile *gw_oracle_current;

/* gw_gate_enter is the slow way: called where the quick check did not say "attached",
 * and for the functions that change the thread's state. Returns where to jump. */
void *gw_gate_enter(uint32_t function, struct gw_frame *frame);

/* gw_gate_of tells the gate of a function for the oracle in use. */
void *gw_gate_of(uint32_t function);

/* gw_gate_contains tells whether the address is a gate's. */
bool gw_gate_contains(uintptr_t address);

#endif
#endif
