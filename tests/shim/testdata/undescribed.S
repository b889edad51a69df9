/* Functions without a frame description, as JIT compilers and old assembly make them. */
    .text

/* Keeps a frame pointer: undescribed(f) calls f. */
    .globl  undescribed
    .type   undescribed, @function
undescribed:
    pushq   %rbp                        /* the caller's frame pointer */
    movq    %rsp, %rbp                  /* ours */
    call    *%rdi                       /* f */
    popq    %rbp                        /* the caller's */
    ret
    .size   undescribed, . - undescribed

/* Keeps none, and has a word in %rbp that is no address. */
    .globl  pointerless
    .type   pointerless, @function
pointerless:
    pushq   %rbp                        /* saved, but not for us */
    movq    $-8, %rbp                   /* reading from here faults */
    call    *%rdi                       /* f */
    popq    %rbp                        /* the caller's */
    ret
    .size   pointerless, . - pointerless

    .section .note.GNU-stack, "", @progbits
