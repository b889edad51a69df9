/* Calls through a slot in every form and at every alignment. Each table has eight sites,
 * 16 bytes apart but for the first byte, so that their return addresses differ in the low
 * three bits. None is ever run: only its bytes are read. */
    .text

/* Eight sites named by `table`: `site` is assembled behind 0 to 7 bytes more. */
.macro TABLE table, site:vararg
    .globl  \table
    .p2align 3
\table:
    .set    k, 0
    .rept   8
    .p2align 3                          /* the same residue ... */
    .skip   k, 0x90                     /* ... and k more: nop */
    \site
9:
    .pushsection .rodata.ends, "a", @progbits
    .quad   9b                          /* the return address */
    .popsection
    .set    k, k + 1
    .endr
.endm

/* Eight stubs of a PLT, each at another alignment, and a call of each. */
.macro STUBS table, stub:vararg
    .set    k, 0
    .rept   8
    .p2align 3
    .skip   k, 0x90
7:  \stub
    jmp     *slot(%rip)                 /* what every stub comes to */
    call    7b
9:
    .pushsection .rodata.ends, "a", @progbits
    .quad   9b
    .popsection
    .set    k, k + 1
    .endr
.endm

    TABLE   direct, call *slot(%rip)    /* -fno-plt, Rust */
    STUBS   plain, nop                  /* not a stub: an instruction stands before the jump */
    STUBS   lazy                        /* jmp *slot(%rip) */
    STUBS   cet, endbr64
    STUBS   mpx, .byte 0xf2             /* bnd */
    TABLE   register, call *%rax        /* tells nothing */

    .globl  ends
    .section .rodata.ends, "a", @progbits
    .set    ends, .rodata.ends

    .data
    .p2align 3
    .globl  slot
slot:
    .quad   0x123456789abc              /* what the slot holds */

    .section .note.GNU-stack, "", @progbits
