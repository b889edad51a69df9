/* The calls that compilers and linkers make of a call of another object's function
 * (System V ABI AMD64, 5.2 and appendix B):
 *
 *   call *slot(%rip)         -fno-plt, Rust
 *   call stub                where the stub is [endbr64] [bnd] jmp *slot(%rip) */
#include "sys.h"

#include "callsite.h"
#include "memory.h"

/* Eight bytes of code, which may have been unmapped meanwhile. An instruction stands
 * anywhere, so gw_memory_read, which is for words of the stack, would refuse most. */
static bool read_code(struct gw_memory *memory, uintptr_t at, uint64_t *bytes) {
    if (!gw_memory_has(memory, at, sizeof *bytes)) {
        return false;
    }
    gw_copy(bytes, (const void *)at, sizeof *bytes);
    return true;
}

static uintptr_t relative(uintptr_t next, uint64_t disp) {
    return next + (uintptr_t)(intptr_t)(int32_t)(uint32_t)disp;
}

static uintptr_t in_slot(struct gw_memory *memory, uintptr_t slot) {
    uint64_t value;
    return gw_memory_read(memory, slot, &value) ? value : 0;
}

static uintptr_t through_stub(struct gw_memory *memory, uintptr_t stub) {
    uint64_t code;
    if (!read_code(memory, stub, &code)) {
        return 0;
    }
    if ((uint32_t)code == 0xfa1e0ff3u) { /* endbr64 */
        stub += 4;
        if (!read_code(memory, stub, &code)) {
            return 0;
        }
    }
    if ((uint8_t)code == 0xf2) { /* bnd */
        stub++;
        code >>= 8;
    }
    /* jmp *disp32(%rip) */
    return (uint16_t)code == 0x25ff ? in_slot(memory, relative(stub + 6, code >> 16)) : 0;
}

uintptr_t gw_callsite_target(struct gw_memory *memory, uintptr_t ra) {
    uint64_t code;
    if (!read_code(memory, ra - 8, &code)) {
        return 0;
    }
    if ((uint16_t)(code >> 16) == 0x15ff) { /* call *disp32(%rip) */
        return in_slot(memory, relative(ra, code >> 32));
    }
    if ((uint8_t)(code >> 24) == 0xe8) { /* call disp32 */
        return through_stub(memory, relative(ra, code >> 32));
    }
    return 0;
}
