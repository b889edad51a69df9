/* The question of the gates and of the allocators' thunks, in assembly: is this thread
 * attached? Clobbers %r10 and %r11, which are free at a function's entry. */
#ifndef GILWATCH_ATTACHED_AMD64_H
#define GILWATCH_ATTACHED_AMD64_H

#include "thread.h"

#ifdef __ASSEMBLER__
// clang-format off

/* The slow way of gate i: %r11d = i, then the common code. */
.macro SLOW index
    movl    $\index, %r11d              /* which function was called */
    jmp     gw_slow_amd64               /* save registers, ask C */
.endm

/* Jumps to `label` unless this thread is attached, 3.12 and later. */
.macro UNLESS_ATTACHED_TLS label
    movq    gw_oracle_tls_offset(%rip), %r11 /* where the interpreter keeps its state */
    cmpq    $0, %fs:(%r11)              /* NULL: this thread has none attached */
    je      \label
.endm

/* The same for 3.8 to 3.11; leaves the address of gw_thread's offset in %r10. */
.macro UNLESS_ATTACHED_GLOBAL label
    movq    gw_oracle_current(%rip), %r11 /* address of the runtime's current state */
    movq    gw_thread@gottpoff(%rip), %r10 /* offset of this thread's gw_thread */
    movq    (%r11), %r11                /* the state of whoever holds the GIL */
    cmpq    %fs:GW_THREAD_OWN(%r10), %r11 /* is it the one this thread attached? */
    jne     \label
.endm

// clang-format on
#endif
#endif
