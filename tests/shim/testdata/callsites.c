/* gw_callsite_target on every form of a call and every alignment; see callsites.S. */
#include "check.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "callsite.h"
#include "memory.h"

#define ALIGNMENTS 8

extern const uintptr_t ends[]; /* in the order of callsites.S */
extern const uintptr_t slot;

static const struct {
    const char *name;
    bool through_slot;
} forms[] = {
    {"direct", true},   {"another instruction", false},
    {"lazy PLT", true}, {"endbr64", true},
    {"bnd", true},      {"register", false},
};

int main(void) {
    struct gw_memory memory = {.next = 0};
    uint32_t residues = 0;
    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        for (size_t i = 0; i < ALIGNMENTS; i++) {
            uintptr_t ra = ends[f * ALIGNMENTS + i];
            uintptr_t want = forms[f].through_slot ? slot : 0;
            uintptr_t got = gw_callsite_target(&memory, ra);
            CHECK(got == want, "%s, %zu: %#lx, want %#lx", forms[f].name, i, got, want);
            residues |= 1u << (ra & 7);
        }
    }
    CHECK(residues == 0xff, "return addresses with the low bits %#x alone", residues);

    /* Code that is gone, and code whose eight bytes would reach into a page that is. */
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED, "mmap");
    munmap(page, 4096);
    CHECK(!gw_callsite_target(&memory, (uintptr_t)page + 100), "code that is not mapped");
    CHECK(!gw_callsite_target(&memory, (uintptr_t)page + 4096 + 3), "half of it is not mapped");
    puts("ok");
    return 0;
}
