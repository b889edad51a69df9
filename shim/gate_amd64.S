/* The gates for x86-64. Rules that hold for every line of this file:
 *   - a gate is entered by a call (or a tail call) of a C-API function and leaves by a
 *     jump to that function, with the stack, every argument register and %al (the
 *     number of vector registers of a variadic call) as they were;
 *   - %r10 and %r11 are free at a function's entry (System V ABI AMD64, 3.2.3: %r10 is
 *     the static chain, which no exported C function has);
 *   - between the entry and the jump the CFA is %rsp+8 throughout, so a gate unwinds
 *     like the first instruction of any function. */
#include "attached_amd64.h"
#include "gate.h"

    .text

/* ---- plain gates ---- */

/* A table of GW_GATES gates; `check` jumps where the thread is not attached. Without a
 * check every call takes the slow way. */
.macro GATE_TABLE name, check
    .p2align 6
    .globl  \name
    .hidden \name
    .type   \name, @function
\name:
    .cfi_startproc
    .set    i, 0
    .rept   GW_GATES
    .p2align 6                          /* one gate, one cache line */
    endbr64                             /* a gate's address may be called indirectly */
    .ifnb   \check
    \check 1f
    jmp     *gw_gate_target+8*i(%rip)   /* attached: the real function */
    .endif
1:  SLOW    i
    .set    i, i + 1
    .endr
    .p2align 6
    .cfi_endproc
    .size   \name, . - \name
.endm

    GATE_TABLE gw_gates_tls, UNLESS_ATTACHED_TLS
    GATE_TABLE gw_gates_global, UNLESS_ATTACHED_GLOBAL
    GATE_TABLE gw_gates_slow

/* ---- light gates: the functions that attach and release ---- */

/* Jumps to `label` if the words that KEEP_RELEASE copies reach into the next page, which
 * might not be there: C asks. */
.macro UNLESS_SAME_PAGE label
    movl    %esp, %eax                  /* where the words begin */
    andl    $4095, %eax                 /* in their page */
    cmpl    $4096-GW_RELEASE_KEPT, %eax /* the last place with room for all */
    ja      \label
.endm

/* The offset from the thread pointer of the %r11d-th struct gw_release, but for the ring's own. */
.macro PLACE_OF_RELEASE
    leal    (%r11,%r11,4), %r11d        /* five */
    shll    $4, %r11d                   /* times sixteen bytes: GW_RELEASE_SIZE */
    addq    %r10, %r11                  /* from this thread's gw_thread */
.endm

/* Fills the %r11d-th struct gw_release, a word at a time: a load that is wider than the
 * stores before it, of the return address and the caller's registers, waits for them. */
.macro KEEP_RELEASE
    PLACE_OF_RELEASE
    movq    %rsp, %fs:GW_THREAD_RELEASED+GW_RELEASE_SP(%r11) /* where the words stand */
    movq    %rbp, %fs:GW_THREAD_RELEASED+GW_RELEASE_RBP(%r11) /* which may address the frame */
    .set    j, 0
    .rept   GW_RELEASE_KEPT/8
    movq    8*j(%rsp), %rax             /* a word of the stack, the return address first */
    movq    %rax, %fs:GW_THREAD_RELEASED+GW_RELEASE_WORD+8*j(%r11) /* kept there */
    .set    j, j + 1
    .endr
.endm

/* Keeps where an inner release is made: depth goes up by one. */
.macro PUSH_RELEASED
    movl    %fs:GW_THREAD_DEPTH(%r10), %r11d /* open releases */
    incl    %r11d                       /* one more release */
    movl    %r11d, %fs:GW_THREAD_DEPTH(%r10) /* kept */
    movq    $0, %fs:GW_THREAD_INNER+GW_RELEASE_WORD(%r10) /* nothing was let go inside of it */
    andl    $GW_RELEASED_RING-1, %r11d  /* its place in the ring */
    KEEP_RELEASE
.endm

/* Forgets the innermost release site, if one is open: depth goes down by one. What a
 * PyThreadState_Swap(NULL) allows is over. */
.macro POP_RELEASED
    movl    $0, %fs:GW_THREAD_SWAPPED(%r10) /* it has a thread state again */
    movl    %fs:GW_THREAD_DEPTH(%r10), %r11d /* open releases */
    testl   %r11d, %r11d                /* none: this attach ends no release of ours */
    jle     2f
    decl    %fs:GW_THREAD_DEPTH(%r10)   /* one less */
    andl    $GW_RELEASED_RING-1, %r11d  /* place of the site that ends here */
    PLACE_OF_RELEASE
    movq    $0, %fs:GW_THREAD_RELEASED+GW_RELEASE_WORD(%r11) /* it explains nothing any more */
2:
.endm

/* PyGILState_Release ends what Ensure began: nothing, if the thread was attached before
 * (PyGILState_LOCKED, 0; Include/pystate.h). Inside a release of an outer scope both may be
 * the explanation; else this is where the thread let go. */
.macro NOTE_ENSURE_RELEASE unchanged, slow
    testl   %edi, %edi                  /* PyGILState_LOCKED? */
    je      \unchanged
    UNLESS_SAME_PAGE \slow
    movl    %fs:GW_THREAD_DEPTH(%r10), %eax /* open releases */
    movl    $GW_RELEASED_RING, %r11d    /* the place behind the ring */
    testl   %eax, %eax                  /* is an outer release open? */
    jg      2f                          /* yes: keep its site, too */
    andl    $GW_RELEASED_RING-1, %eax   /* no: this thread's outermost place */
    movl    %eax, %r11d                 /* is this one's */
2:  KEEP_RELEASE
.endm

/* An attach ends a violating call that was still marked open: C clears the mark. */
.macro UNLESS_MARK_CLOSED label
    movq    gw_thread@gottpoff(%rip), %r10 /* offset of this thread's gw_thread */
    cmpq    $0, %fs:GW_THREAD_OPEN(%r10) /* a mark that is open? */
    jne     \label
.endm

    .p2align 8
    .globl  gw_light_tls
    .hidden gw_light_tls
    .type   gw_light_tls, @function
gw_light_tls:
    .cfi_startproc
    .set    i, GW_LIGHT_SAVE
    .rept   2                           /* GW_LIGHT_SAVE, GW_LIGHT_RELEASE */
    .p2align 8
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_ATTACHED_TLS 1f
    UNLESS_SAME_PAGE 1f
    movq    gw_thread@gottpoff(%rip), %r10 /* offset of this thread's gw_thread */
    PUSH_RELEASED
    jmp     *gw_gate_target+8*i(%rip)   /* give the GIL up */
1:  SLOW    i
    .set    i, i + 1
    .endr
    .rept   2                           /* GW_LIGHT_RESTORE, GW_LIGHT_ACQUIRE */
    .p2align 8
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_MARK_CLOSED 1f
    POP_RELEASED
    jmp     *gw_gate_target+8*i(%rip)   /* attach; may pthread_exit from there */
1:  SLOW    i
    .set    i, i + 1
    .endr
    .p2align 8                          /* GW_LIGHT_ENSURE */
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_MARK_CLOSED 1f
    jmp     *gw_gate_target+8*GW_LIGHT_ENSURE(%rip) /* attach; may pthread_exit from there */
1:  SLOW    GW_LIGHT_ENSURE
    .p2align 8                          /* GW_LIGHT_ENSURE_RELEASE */
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_ATTACHED_TLS 1f
    movq    gw_thread@gottpoff(%rip), %r10 /* offset of this thread's gw_thread */
    NOTE_ENSURE_RELEASE 3f, 1f
3:  jmp     *gw_gate_target+8*GW_LIGHT_ENSURE_RELEASE(%rip) /* give the GIL up */
1:  SLOW    GW_LIGHT_ENSURE_RELEASE
    .p2align 8
    .cfi_endproc
    .size   gw_light_tls, . - gw_light_tls

    .p2align 8
    .globl  gw_light_global
    .hidden gw_light_global
    .type   gw_light_global, @function
gw_light_global:
    .cfi_startproc
    .set    i, GW_LIGHT_SAVE
    .rept   2                           /* GW_LIGHT_SAVE, GW_LIGHT_RELEASE */
    .p2align 8
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_ATTACHED_GLOBAL 1f
    UNLESS_SAME_PAGE 1f
    PUSH_RELEASED
    movq    $GW_OWN_GIVEN_UP, %fs:GW_THREAD_OWN(%r10) /* another thread may have it next */
    jmp     *gw_gate_target+8*i(%rip)   /* give the GIL up */
1:  SLOW    i
    .set    i, i + 1
    .endr
    .rept   2                           /* GW_LIGHT_RESTORE, GW_LIGHT_ACQUIRE */
    .p2align 8
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_MARK_CLOSED 1f
    cmpq    %fs:GW_THREAD_HOME(%r10), %rdi /* the state that it had before, as ever? */
    jne     1f                          /* no: C notes that it is here now */
    POP_RELEASED
    movq    %rdi, %fs:GW_THREAD_OWN(%r10) /* the state that this thread will have */
    jmp     *gw_gate_target+8*i(%rip)   /* attach; may pthread_exit from there */
1:  SLOW    i
    .set    i, i + 1
    .endr
    .p2align 8                          /* GW_LIGHT_ENSURE */
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_MARK_CLOSED 1f
    jmp     *gw_gate_target+8*GW_LIGHT_ENSURE(%rip) /* attach; may pthread_exit from there */
1:  SLOW    GW_LIGHT_ENSURE
    .p2align 8                          /* GW_LIGHT_ENSURE_RELEASE */
    endbr64                             /* a gate's address may be called indirectly */
    UNLESS_ATTACHED_GLOBAL 1f
    NOTE_ENSURE_RELEASE 3f, 1f
    movq    $GW_OWN_UNKNOWN, %fs:GW_THREAD_OWN(%r10) /* the state may be deleted */
3:  jmp     *gw_gate_target+8*GW_LIGHT_ENSURE_RELEASE(%rip) /* give the GIL up */
1:  SLOW    GW_LIGHT_ENSURE_RELEASE
    .p2align 8
    .cfi_endproc
    .size   gw_light_global, . - gw_light_global

/* ---- the slow way ---- */

/* Saves what a caller may have in registers, calls gw_gate_enter(%r11d, frame), puts
 * everything back and jumps to what it returned. */
    .p2align 4
    .globl  gw_slow_amd64
    .hidden gw_slow_amd64
    .type   gw_slow_amd64, @function
gw_slow_amd64:
    .cfi_startproc
    pushq   %rbp                        /* the caller's frame pointer */
    .cfi_def_cfa_offset 16
    .cfi_offset %rbp, -16
    movq    %rsp, %rbp                  /* ours */
    .cfi_def_cfa_register %rbp
    subq    $GW_FRAME_SIZE, %rsp        /* struct gw_frame */
    andq    $-64, %rsp                  /* aligned, whatever the caller's stack is */
    movq    %rax, GW_FRAME_RAX(%rsp)    /* %al: vector registers of a variadic call */
    movq    %rdi, GW_FRAME_RDI(%rsp)    /* argument 1 */
    movq    %rsi, GW_FRAME_RSI(%rsp)    /* argument 2 */
    movq    %rdx, GW_FRAME_RDX(%rsp)    /* argument 3 */
    movq    %rcx, GW_FRAME_RCX(%rsp)    /* argument 4 */
    movq    %r8, GW_FRAME_R8(%rsp)      /* argument 5 */
    movq    %r9, GW_FRAME_R9(%rsp)      /* argument 6 */
    movq    %r10, GW_FRAME_R10(%rsp)    /* static chain */
    movq    %rbx, GW_FRAME_RBX(%rsp)    /* callee-saved: where unwinding begins */
    movq    %r12, GW_FRAME_R12(%rsp)    /* likewise */
    movq    %r13, GW_FRAME_R13(%rsp)    /* likewise */
    movq    %r14, GW_FRAME_R14(%rsp)    /* likewise */
    movq    %r15, GW_FRAME_R15(%rsp)    /* likewise */
    movq    (%rbp), %rax                /* the caller's %rbp */
    movq    %rax, GW_FRAME_RBP(%rsp)    /* likewise */
    leaq    8(%rbp), %rax               /* the gate's entry: at the return address */
    movq    %rax, GW_FRAME_SP(%rsp)     /* likewise */
    movaps  %xmm0, GW_FRAME_XMM+0(%rsp) /* floating-point argument 1: our own code uses */
    movaps  %xmm1, GW_FRAME_XMM+16(%rsp) /* no vector register, but the interpreter's */
    movaps  %xmm2, GW_FRAME_XMM+32(%rsp) /* getter, which C may have to call, might */
    movaps  %xmm3, GW_FRAME_XMM+48(%rsp) /* argument 4 */
    movaps  %xmm4, GW_FRAME_XMM+64(%rsp) /* argument 5 */
    movaps  %xmm5, GW_FRAME_XMM+80(%rsp) /* argument 6 */
    movaps  %xmm6, GW_FRAME_XMM+96(%rsp) /* argument 7 */
    movaps  %xmm7, GW_FRAME_XMM+112(%rsp) /* argument 8 */
    movl    %r11d, %edi                 /* which function */
    movq    %rsp, %rsi                  /* the frame */
    call    gw_gate_enter               /* may record, may wait for the collector */
    movq    GW_FRAME_RBX(%rsp), %rbx    /* an acquired call has its record there */
    movq    %rax, %r11                  /* where to go on */
    movaps  GW_FRAME_XMM+0(%rsp), %xmm0 /* and everything back */
    movaps  GW_FRAME_XMM+16(%rsp), %xmm1 /* argument 2 */
    movaps  GW_FRAME_XMM+32(%rsp), %xmm2 /* argument 3 */
    movaps  GW_FRAME_XMM+48(%rsp), %xmm3 /* argument 4 */
    movaps  GW_FRAME_XMM+64(%rsp), %xmm4 /* argument 5 */
    movaps  GW_FRAME_XMM+80(%rsp), %xmm5 /* argument 6 */
    movaps  GW_FRAME_XMM+96(%rsp), %xmm6 /* argument 7 */
    movaps  GW_FRAME_XMM+112(%rsp), %xmm7 /* argument 8 */
    movq    GW_FRAME_RAX(%rsp), %rax    /* %al */
    movq    GW_FRAME_RDI(%rsp), %rdi    /* argument 1 */
    movq    GW_FRAME_RSI(%rsp), %rsi    /* argument 2 */
    movq    GW_FRAME_RDX(%rsp), %rdx    /* argument 3 */
    movq    GW_FRAME_RCX(%rsp), %rcx    /* argument 4 */
    movq    GW_FRAME_R8(%rsp), %r8      /* argument 5 */
    movq    GW_FRAME_R9(%rsp), %r9      /* argument 6 */
    movq    GW_FRAME_R10(%rsp), %r10    /* static chain; the others C has preserved */
    leave                               /* the stack as at the gate's entry */
    .cfi_def_cfa %rsp, 8
    .cfi_restore %rbp
    jmp     *%r11                       /* the real function returns to our caller */
    .cfi_endproc
    .size   gw_slow_amd64, . - gw_slow_amd64

/* ---- dlsym ---- */

/* Stands in every object's dlsym slot. gw_lookup_enter may answer itself (a gate);
 * else the real dlsym is entered by a jump, so that it sees the caller's return
 * address: RTLD_NEXT and the caller's search scope depend on it. */
    .p2align 4
    .globl  gw_lookup_dlsym
    .hidden gw_lookup_dlsym
    .type   gw_lookup_dlsym, @function
gw_lookup_dlsym:
    .cfi_startproc
    endbr64                             /* a slot's value is called indirectly */
    pushq   %rdi                        /* handle */
    .cfi_adjust_cfa_offset 8
    pushq   %rsi                        /* name */
    .cfi_adjust_cfa_offset 8
    subq    $8, %rsp                    /* 16-byte alignment for the call */
    .cfi_adjust_cfa_offset 8
    call    gw_lookup_enter             /* catch up with loaded objects; an answer? */
    addq    $8, %rsp                    /* alignment */
    .cfi_adjust_cfa_offset -8
    popq    %rsi                        /* name */
    .cfi_adjust_cfa_offset -8
    popq    %rdi                        /* handle */
    .cfi_adjust_cfa_offset -8
    testq   %rax, %rax                  /* an answer? */
    jne     1f
    jmp     *gw_lookup_real(%rip)       /* no: dlsym itself */
1:  ret                                 /* yes: a gate */
    .cfi_endproc
    .size   gw_lookup_dlsym, . - gw_lookup_dlsym

/* Stands in every object's dlopen slot. */
    .p2align 4
    .globl  gw_lookup_dlopen
    .hidden gw_lookup_dlopen
    .type   gw_lookup_dlopen, @function
gw_lookup_dlopen:
    .cfi_startproc
    endbr64                             /* a slot's value is called indirectly */
    movl    $1, gw_lookup_opened(%rip)  /* the next look-up has something to catch up with */
    jmp     *gw_lookup_real_dlopen(%rip) /* dlopen itself, which sees its caller */
    .cfi_endproc
    .size   gw_lookup_dlopen, . - gw_lookup_dlopen

    .section .note.GNU-stack, "", @progbits
