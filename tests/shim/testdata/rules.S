/* Frame descriptions with the rules that compilers rarely write. Each function calls its
 * first argument; restored() calls its second too. The CFA of by_rbx() is in %rbx, so that
 * the trace ends in nonsense if an inner frame gets that register wrong. */
    .text

/* by_rbx(f, g) calls f(g). */
    .globl  by_rbx
    .type   by_rbx, @function
by_rbx:
    .cfi_startproc
    pushq   %rbx                        /* the caller's */
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    movq    %rsp, %rbx                  /* the frame is found by it */
    .cfi_def_cfa_register %rbx
    movq    %rdi, %rax                  /* f */
    movq    %rsi, %rdi                  /* g, its argument */
    call    *%rax
    .cfi_remember_state
    popq    %rbx                        /* the caller's */
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbx
    ret
    .cfi_restore_state
    ud2                                 /* never reached: the state above holds here */
    .cfi_endproc
    .size   by_rbx, . - by_rbx

/* DW_CFA_restore: the place where %rbx was saved holds something else by now. */
    .globl  restored
    .type   restored, @function
restored:
    .cfi_startproc
    pushq   %rbx                        /* saved */
    .cfi_adjust_cfa_offset 8
    .cfi_offset %rbx, -16
    popq    %rbx                        /* and restored */
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    pushq   $-1                         /* alignment, and over the saved one */
    .cfi_adjust_cfa_offset 8
    call    *%rdi
    addq    $8, %rsp                    /* alignment */
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size   restored, . - restored

/* DW_CFA_register: %rbx is kept in %r12, which the callee saves. */
    .globl  in_register
    .type   in_register, @function
in_register:
    .cfi_startproc
    pushq   %r12                        /* the caller's */
    .cfi_adjust_cfa_offset 8
    .cfi_offset %r12, -16
    movq    %rbx, %r12                  /* kept */
    .cfi_register %rbx, %r12
    xorl    %ebx, %ebx                  /* and gone */
    call    *%rdi
    movq    %r12, %rbx                  /* back */
    popq    %r12                        /* the caller's */
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    .cfi_restore %r12
    ret
    .cfi_endproc
    .size   in_register, . - in_register

/* DW_CFA_val_offset: %rbx is the CFA, which in by_rbx() it is when it calls. */
    .globl  val_offset
    .type   val_offset, @function
val_offset:
    .cfi_startproc
    .cfi_val_offset %rbx, 0
    pushq   %rbx                        /* saved, but nobody is told where */
    .cfi_adjust_cfa_offset 8
    xorl    %ebx, %ebx                  /* and gone */
    call    *%rdi
    popq    %rbx                        /* back */
    .cfi_adjust_cfa_offset -8
    .cfi_same_value %rbx
    ret
    .cfi_endproc
    .size   val_offset, . - val_offset

    .section .note.GNU-stack, "", @progbits
