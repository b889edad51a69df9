/* Frames with rules that compilers rarely write; see rules.S. */
#include "check.h"
#include "gated.h"

void by_rbx(void (*f)(void (*)(void)), void (*g)(void));
void restored(void (*f)(void));
void in_register(void (*f)(void));
void val_offset(void (*f)(void));

static volatile int sink;

__attribute__((noinline)) static void here(void) {
    HERE();
    sink++;
}

int main(void) {
    gated_open();
    here();
    uint32_t outer = gated_frames;
    void (*const functions[])(void (*)(void)) = {restored, in_register, val_offset};
    for (int i = 0; i < 3; i++) {
        by_rbx(functions[i], here);
        CHECK(gated_frames == outer + 2, "function %d: %u frames, in main() %u", i, gated_frames,
              outer);
    }
    printf("%d\n", gated_comparisons);
    return 0;
}
