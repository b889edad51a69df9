/* The alloc sensor's thunks for x86-64. They stand in the interpreter's PyMemAllocatorEx
 * structs; the rules at the top of gate_amd64.S hold here too. No allocator function is
 * variadic, and the allocators' callers keep nothing in %rax. A thunk is half a cache
 * line, and what it does when it finds the thread detached lies elsewhere: malloc and
 * free are the interpreter's hottest calls. */
#include "alloc.h"
#include "attached_amd64.h"

    .text

/* Jumps to `label` unless the interpreter's getter finds a state, 3.12 and later. */
.macro UNLESS_ATTACHED_GETTER label
    pushq   %rdi                        /* context */
    .cfi_adjust_cfa_offset 8
    pushq   %rsi                        /* argument 1 */
    .cfi_adjust_cfa_offset 8
    pushq   %rdx                        /* argument 2; 16-byte alignment for the call */
    .cfi_adjust_cfa_offset 8
    call    *gw_alloc_getter(%rip)      /* this thread's state, wherever that is */
    popq    %rdx                        /* argument 2 */
    .cfi_adjust_cfa_offset -8
    popq    %rsi                        /* argument 1 */
    .cfi_adjust_cfa_offset -8
    popq    %rdi                        /* context */
    .cfi_adjust_cfa_offset -8
    testq   %rax, %rax                  /* NULL: none attached */
    je      \label
.endm

/* A table of GW_ALLOC_THUNKS thunks, `log2` of a thunk's size, then their slow ways. */
.macro THUNK_TABLE name, check, log2
    .p2align 6
    .globl  \name
    .hidden \name
    .type   \name, @function
\name:
    .cfi_startproc
    .set    i, 0
    .rept   GW_ALLOC_THUNKS
    .p2align \log2
    endbr64                             /* called indirectly */
    THUNK   \name, \check, %i
    .set    i, i + 1
    .endr
    .set    i, 0
    .rept   GW_ALLOC_THUNKS
    THUNK_SLOW \name, %i
    .set    i, i + 1
    .endr
    .cfi_endproc
    .size   \name, . - \name
.endm

    .altmacro
.macro THUNK name, check, i
    \check  \name\()_slow\i
    jmp     *gw_alloc_target+8*\i(%rip) /* attached: the allocator itself */
.endm

.macro THUNK_SLOW name, i
\name\()_slow\i:
    SLOW    GW_GATES+\i                 /* numbered behind the gates */
.endm

    THUNK_TABLE gw_alloc_tls, UNLESS_ATTACHED_TLS, 6
    THUNK_TABLE gw_alloc_global, UNLESS_ATTACHED_GLOBAL, 6
    THUNK_TABLE gw_alloc_by_getter, UNLESS_ATTACHED_GETTER, 6

    .section .note.GNU-stack, "", @progbits
