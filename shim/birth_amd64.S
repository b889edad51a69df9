/* The hook of pthread_create: lays the caller's registers out for the unwinder and lets
 * C make the call. */
#include "gate.h"

    .text
    .p2align 4
    .globl  gw_birth_hook
    .hidden gw_birth_hook
    .type   gw_birth_hook, @function
gw_birth_hook:
    .cfi_startproc
    endbr64                             /* a slot's value is called indirectly */
    pushq   %rbp                        /* the caller's frame pointer */
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp                  /* ours */
    .cfi_def_cfa_register %rbp
    subq    $GW_FRAME_SIZE, %rsp        /* struct gw_frame; 16-byte aligned, as %rbp is */
    movq    %rax, GW_FRAME_RAX(%rsp)    /* of no meaning: pthread_create is not variadic */
    movq    %rdi, GW_FRAME_RDI(%rsp)    /* pthread_t *thread */
    movq    %rsi, GW_FRAME_RSI(%rsp)    /* const pthread_attr_t *attr */
    movq    %rdx, GW_FRAME_RDX(%rsp)    /* void *(*start)(void *) */
    movq    %rcx, GW_FRAME_RCX(%rsp)    /* void *argument */
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
    leaq    8(%rbp), %rax               /* the hook's entry: at the return address */
    movq    %rax, GW_FRAME_SP(%rsp)     /* likewise */
    movq    %rsp, %rdi                  /* the frame */
    call    gw_birth_create             /* unwinds, and creates the thread */
    leave                               /* the stack as at the hook's entry */
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    ret                                 /* pthread_create's result in %eax */
    .cfi_endproc
    .size   gw_birth_hook, . - gw_birth_hook

    .section .note.GNU-stack, "", @progbits
