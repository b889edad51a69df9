/* A frame without a description: passed by its frame pointer where it keeps one, and the
 * end of the trace where it does not. */
#include "check.h"
#include "gated.h"
#include "journal.h"

#include <execinfo.h>
#include <string.h>

void undescribed(void (*f)(void));
void pointerless(void (*f)(void));

static volatile int sink;

__attribute__((noinline)) static void here(void) {
    HERE();
    sink++;
}

int main(void) {
    gated_open();
    gated_longer = 1;
    HERE();
    uint64_t outer[GW_FRAMES_MAX];
    uint32_t n = gated_frames;
    memcpy(outer, gated_pc, sizeof outer);

    undescribed(here);
    /* here(), undescribed, main() at another call, and from there on the same. */
    CHECK(gated_frames == n + 2, "%u frames, at main() %u", gated_frames, n);
    CHECK(gated_pc[1] - (uint64_t)(uintptr_t)undescribed < 16, "%#lx", gated_pc[1]);
    CHECK(memcmp(gated_pc + 3, outer + 1, (n - 1) * sizeof outer[0]) == 0, "the outer frames");

    pointerless(here);
    CHECK(gated_frames == 2, "%u frames", gated_frames);
    CHECK(gated_pc[1] - (uint64_t)(uintptr_t)pointerless < 24, "%#lx", gated_pc[1]);
    printf("%d\n", gated_comparisons);
    return 0;
}
