/* Laying a struct gw_frame on the stack at a function's entry, where the unwinder begins. */
#ifndef GILWATCH_FRAME_AMD64_H
#define GILWATCH_FRAME_AMD64_H

#include "gate.h"

// clang-format off
/* Opens a frame of our own; %rsp is the struct gw_frame afterwards, 16-byte aligned, and
 * %rax is lost. No vector register is saved: for functions without such arguments. */
.macro LAY_FRAME
    pushq   %rbp                        /* the caller's frame pointer */
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp                  /* ours */
    .cfi_def_cfa_register %rbp
    subq    $GW_FRAME_SIZE, %rsp        /* struct gw_frame; 16-byte aligned, as %rbp is */
    movq    %rax, GW_FRAME_RAX(%rsp)    /* of no meaning: not variadic */
    movq    %rdi, GW_FRAME_RDI(%rsp)    /* argument 1 */
    movq    %rsi, GW_FRAME_RSI(%rsp)    /* argument 2 */
    movq    %rdx, GW_FRAME_RDX(%rsp)    /* argument 3 */
    movq    %rcx, GW_FRAME_RCX(%rsp)    /* argument 4 */
    movq    %r8, GW_FRAME_R8(%rsp)      /* not an argument: for the unwinder alone */
    movq    %r9, GW_FRAME_R9(%rsp)      /* likewise */
    movq    %r10, GW_FRAME_R10(%rsp)    /* likewise */
    movq    %rbx, GW_FRAME_RBX(%rsp)    /* callee-saved: where unwinding begins */
    movq    %r12, GW_FRAME_R12(%rsp)    /* likewise */
    movq    %r13, GW_FRAME_R13(%rsp)    /* likewise */
    movq    %r14, GW_FRAME_R14(%rsp)    /* likewise */
    movq    %r15, GW_FRAME_R15(%rsp)    /* likewise */
    movq    (%rbp), %rax                /* the caller's %rbp */
    movq    %rax, GW_FRAME_RBP(%rsp)    /* likewise */
    leaq    8(%rbp), %rax               /* the entry: at the return address */
    movq    %rax, GW_FRAME_SP(%rsp)     /* likewise */
.endm

/* Closes it. */
.macro LEAVE_FRAME
    leave                               /* the stack as at the entry */
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
.endm

// clang-format on
#endif
