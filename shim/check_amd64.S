/* gilwatch_check(const char *macro): returns at once where this thread is attached. */
#include "frame_amd64.h"
#include "thread.h"

    .text
    .p2align 4
    .globl  gilwatch_check
    .type   gilwatch_check, @function
gilwatch_check:
    .cfi_startproc
    endbr64                             /* called through a slot */
    jmp     *gw_check_way(%rip)         /* one of the four below */

    .p2align 4
    .globl  gw_check_none
    .hidden gw_check_none
gw_check_none:
    endbr64                             /* reached by an indirect jump */
    ret                                 /* no interpreter is watched */

    .p2align 4
    .globl  gw_check_tls
    .hidden gw_check_tls
gw_check_tls:
    endbr64                             /* reached by an indirect jump */
    movq    gw_oracle_tls_offset(%rip), %r11 /* where the interpreter keeps its state */
    cmpq    $0, %fs:(%r11)              /* NULL: this thread has none attached */
    je      gw_check_slow
    ret                                 /* attached */

    .p2align 4
    .globl  gw_check_global
    .hidden gw_check_global
gw_check_global:
    endbr64                             /* reached by an indirect jump */
    movq    gw_oracle_current(%rip), %r11 /* address of the runtime's current state */
    movq    gw_thread@gottpoff(%rip), %r10 /* offset of this thread's gw_thread */
    movq    (%r11), %r11                /* the state of whoever holds the GIL */
    cmpq    %fs:GW_THREAD_OWN(%r10), %r11 /* is it the one this thread attached? */
    jne     gw_check_slow
    ret                                 /* attached */

    .p2align 4
    .globl  gw_check_slow
    .hidden gw_check_slow
gw_check_slow:
    endbr64                             /* reached by an indirect jump */
    LAY_FRAME
    movq    %rsp, %rdi                  /* the frame, with the macro's name */
    call    gw_check_enter              /* may record, may wait for the collector */
    LEAVE_FRAME
    testq   %rax, %rax                  /* something else to be called? */
    jne     1f
    ret                                 /* no: the references are counted */
1:  jmp     *%rax                       /* abort, as if the caller had called it */
    .cfi_endproc
    .size   gilwatch_check, . - gilwatch_check

    .section .note.GNU-stack, "", @progbits
