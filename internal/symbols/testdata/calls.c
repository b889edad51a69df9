/* Call sites for TailCall: each ends in the external function target(), and each
 * leaves a label where the call in question returns to. */
int target(int x);
int other(int x);

int (*volatile pointer)(int) = 0;

__attribute__((noinline)) int direct(int x) {
    return target(x) + 1;
}

/* A tail call with -O2: `jmp target`. */
__attribute__((noinline, noclone)) int jumps(int x) {
    return target(x + 1);
}

/* target() returns here when jumps() is called. */
__attribute__((noinline)) int calls_jumper(int x) {
    return jumps(x) + 2;
}

/* other() is elsewhere, and may tail-call target(). */
__attribute__((noinline)) int calls_other(int x) {
    return other(x) + 3;
}

__attribute__((noinline)) int through_pointer(int x) {
    return pointer(x) + 4;
}

__attribute__((noinline)) int through_argument(int (*f)(int), int x) {
    return f(x) + 5;
}
