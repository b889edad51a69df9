/* The hook of pthread_create: lays the caller's registers out for the unwinder and lets
 * C make the call. */
#include "frame_amd64.h"

    .text
    .p2align 4
    .globl  gw_birth_hook
    .hidden gw_birth_hook
    .type   gw_birth_hook, @function
gw_birth_hook:
    .cfi_startproc
    endbr64                             /* a slot's value is called indirectly */
    LAY_FRAME                           /* pthread_create's four arguments in it */
    movq    %rsp, %rdi                  /* the frame */
    call    gw_birth_create             /* unwinds, and creates the thread */
    LEAVE_FRAME
    ret                                 /* pthread_create's result in %eax */
    .cfi_endproc
    .size   gw_birth_hook, . - gw_birth_hook

    .section .note.GNU-stack, "", @progbits
