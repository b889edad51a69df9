/* Where an acquired call returns to, and the bounded take of the GIL. */
#include "acquire.h"

    .text

/* ---- the return of an acquired call ---- */

/* The frame that an unwinder finds here: %rbx has the struct gw_acquired, in which the
 * caller's %rbx, its stack pointer and the return address stand. An exception that passes
 * calls the personality, which gives the GIL up.
 *
 * libgcc knows a frame again by the CFA of the one that it called (unwind.inc,
 * uw_identify_context). The real function's CFA is the caller's stack pointer; were ours
 * that as well, the frame of a caller that catches would be found one too early. So the CFA
 * is a word further up, where none can be, and the caller's %rsp is said besides.
 *
 * The bytes are DW_CFA_def_cfa_expression {breg3 SP; deref; lit8; plus}, DW_CFA_val_expression
 * for %rsp {breg3 SP; deref} and DW_CFA_expression {breg3 place} (DWARF 5, 6.4.2). */
    .p2align 4
    .type   gw_acquired_frame, @function
gw_acquired_frame:
    .cfi_startproc
    .cfi_personality 0x1b, gw_acquired_personality
    .cfi_escape 0x0f, 5, 0x73, GW_ACQUIRED_SP, 0x06, 0x38, 0x22
    .cfi_escape 0x16, 7, 3, 0x73, GW_ACQUIRED_SP, 0x06
    .cfi_escape 0x10, 3, 2, 0x73, GW_ACQUIRED_RBX
    .cfi_escape 0x10, 16, 2, 0x73, GW_ACQUIRED_RETURN
    nop                                 /* unwinders look one byte before a return address */
    .globl  gw_acquired_return
    .hidden gw_acquired_return
gw_acquired_return:
    endbr64                             /* reached by ret: for tools that look for it */
    subq    $64, %rsp                   /* what functions of the C API return in */
    andq    $-16, %rsp                  /* aligned, whatever the caller's stack is */
    movq    %rax, 0(%rsp)               /* integer or pointer; address of a struct */
    movq    %rdx, 8(%rsp)               /* its second half */
    movaps  %xmm0, 16(%rsp)             /* double */
    movaps  %xmm1, 32(%rsp)             /* imaginary part of a Py_complex */
    movq    %rbx, %rdi                  /* the call */
    call    gw_acquire_end              /* gives the GIL up; no function returns in st0 */
    movq    0(%rsp), %rax               /* and everything back */
    movq    8(%rsp), %rdx               /* second half */
    movaps  16(%rsp), %xmm0             /* double */
    movaps  32(%rsp), %xmm1             /* imaginary part */
    movq    GW_ACQUIRED_SP(%rbx), %rsp  /* as after a return to the caller */
    movq    GW_ACQUIRED_RETURN(%rbx), %r11 /* where the caller goes on */
    movq    GW_ACQUIRED_RBX(%rbx), %r10 /* the caller's */
    .cfi_def_cfa %rsp, 0
    .cfi_restore %rsp
    .cfi_register %rbx, %r10
    .cfi_register %rip, %r11
    movq    $0, GW_ACQUIRED_OWNER(%rbx) /* another thread may have it now */
    movq    %r10, %rbx                  /* the caller's */
    .cfi_same_value %rbx
    jmp     *%r11                       /* to the caller */
    .cfi_endproc
    .size   gw_acquired_frame, . - gw_acquired_frame

/* ---- the bounded take ---- */

/* int gw_attempt_run(struct gw_attempt *attempt, void *take, void *argument) */
    .p2align 4
    .globl  gw_attempt_run
    .hidden gw_attempt_run
    .type   gw_attempt_run, @function
gw_attempt_run:
    .cfi_startproc
    endbr64                             /* as all entries have */
    pushq   %rbp                        /* the caller's frame pointer */
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp                  /* ours */
    .cfi_def_cfa_register %rbp
    pushq   %rbx                        /* what gw_attempt_abandon has to give back */
    .cfi_offset %rbx, -24
    pushq   %r12                        /* likewise */
    .cfi_offset %r12, -32
    pushq   %r13                        /* likewise */
    .cfi_offset %r13, -40
    pushq   %r14                        /* likewise */
    .cfi_offset %r14, -48
    pushq   %r15                        /* likewise */
    .cfi_offset %r15, -56
    pushq   %rdi                        /* the attempt, at 0(%rsp); aligned now */
    movq    %rsp, GW_ATTEMPT_SP(%rdi)   /* where to come back to */
    movq    %rsi, %rax                  /* take */
    movq    %rdx, %rdi                  /* its argument */
    call    *%rax                       /* PyEval_RestoreThread or PyGILState_Ensure */
    movq    (%rsp), %rdi                /* the attempt */
    movq    %rax, GW_ATTEMPT_RESULT(%rdi) /* what it said */
    xorl    %eax, %eax                  /* 0: taken */
1:  addq    $8, %rsp                    /* the attempt */
    popq    %r15                        /* the caller's registers */
    popq    %r14                        /* likewise */
    popq    %r13                        /* likewise */
    popq    %r12                        /* likewise */
    popq    %rbx                        /* likewise */
    popq    %rbp                        /* likewise */
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbx
    .cfi_restore %rbp
    .cfi_restore %r12
    .cfi_restore %r13
    .cfi_restore %r14
    .cfi_restore %r15
    ret                                 /* to gw_acquire */
    .cfi_endproc
    .size   gw_attempt_run, . - gw_attempt_run

/* void gw_attempt_abandon(struct gw_attempt *attempt): leaves the frames of what the
 * attempt called, as longjmp would. */
    .p2align 4
    .globl  gw_attempt_abandon
    .hidden gw_attempt_abandon
    .type   gw_attempt_abandon, @function
gw_attempt_abandon:
    .cfi_startproc
    endbr64                             /* as all entries have */
    movq    GW_ATTEMPT_SP(%rdi), %rsp   /* gw_attempt_run's */
    leaq    48(%rsp), %rbp              /* and its frame pointer */
    .cfi_def_cfa %rbp, 16
    .cfi_offset %rbp, -16
    movl    $1, %eax                    /* 1: given up */
    jmp     1b                          /* its end */
    .cfi_endproc
    .size   gw_attempt_abandon, . - gw_attempt_abandon

    .section .note.GNU-stack, "", @progbits
