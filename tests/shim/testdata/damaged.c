/* Unwinding by damaged frame descriptions and over stacks of random words. A copy of this
 * program's image, up to the end of .eh_frame, stands at another address, right below a
 * page that cannot be read; its .eh_frame_hdr and .eh_frame are overwritten at random places. The
 * unwinder may say what it likes, but must come back and must not read outside of the object. */
#include "check.h"

#include <string.h>
#include <sys/mman.h>

#include "module.h"
#include "sys_amd64.h"
#include "unwind.h"

#define PAGE        4096ul
#define STACK_WORDS 512

static struct gw_module copy;
static uint8_t *tables, *tables_end; /* .eh_frame_hdr and .eh_frame in the copy */
static const uint8_t *original;      /* the same, undamaged */

const struct gw_module *gw_module_of(uintptr_t address) {
    return address >= copy.start && address < copy.end ? &copy : NULL;
}

/* The end of .eh_frame: the entry of length 0. */
static uint8_t *end_of_tables(const uint8_t *hdr) {
    int32_t to_frames;
    uint32_t length;
    CHECK(hdr[1] == 0x1b, "eh_frame_ptr in encoding %#x", hdr[1]);
    memcpy(&to_frames, hdr + 4, 4);
    const uint8_t *at = hdr + 4 + to_frames;
    CHECK(to_frames > 0, ".eh_frame lies below its header");
    do {
        memcpy(&length, at, 4);
        at += 4 + length;
    } while (length);
    return (uint8_t *)at;
}

static int copy_executable(struct dl_phdr_info *info, size_t size, void *unused) {
    struct gw_object o;
    CHECK(gw_object_read(&o, info), "the program itself");
    size_t whole = (uintptr_t)end_of_tables(o.eh_frame_hdr) - o.start,
           room = (whole + PAGE - 1) / PAGE * PAGE;
    uint8_t *base = mmap(NULL, room + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(base != MAP_FAILED && !mprotect(base + PAGE, room, PROT_READ | PROT_WRITE), "memory");
    uint8_t *to = base + PAGE + (room - whole) / 4 * 4;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && at < o.start + whole) {
            size_t n = at + p->p_memsz > o.start + whole ? o.start + whole - at : p->p_memsz;
            gw_copy(to + (at - o.start), (const void *)at, n); /* red zones, too */
        }
    }
    copy.object = o;
    copy.start = copy.object.start = (uintptr_t)to;
    copy.end = copy.object.end = (uintptr_t)to + whole;
    copy.object.eh_frame_hdr = to + ((uintptr_t)o.eh_frame_hdr - o.start);
    tables = (uint8_t *)copy.object.eh_frame_hdr;
    tables_end = end_of_tables(tables);
    original = o.eh_frame_hdr;
    return 1; /* the executable is the first */
}

/* Where functions begin, as the undamaged header has it. */
static uintptr_t some_function(unsigned long *random) {
    uint32_t count;
    int32_t start;
    memcpy(&count, original + 8, 4);
    memcpy(&start, original + 12 + next_random(random) % count * 8, 4);
    return (uintptr_t)tables + (uintptr_t)(intptr_t)start;
}

static uint64_t some_word(unsigned long *random, const uint64_t *stack) {
    unsigned long r = next_random(random);
    switch (r >> 61) {
    case 0:
        return r;
    case 1:
        return (uintptr_t)stack + r % (STACK_WORDS * 8);
    case 2:
        return (uintptr_t)stack + r % STACK_WORDS * 8;
    case 3:
        return (uintptr_t)tables + r % (size_t)(tables_end - tables);
    case 4:
        return r % 5000 - 100;
    default:
        return some_function(random) + 1 + r % 60;
    }
}

static uint64_t walk(unsigned long *random) {
    static uint64_t stack[STACK_WORDS];
    static struct gw_walk walk_in;
    struct gw_frame frame;
    for (int i = 0; i < STACK_WORDS; i++) {
        stack[i] = some_word(random, stack);
    }
    for (size_t i = 0; i < sizeof frame / 8; i++) {
        ((uint64_t *)&frame)[i] = some_word(random, stack);
    }
    stack[0] = some_function(random) + 1 + next_random(random) % 60;
    frame.sp = (uintptr_t)stack;
    gw_unwind(&frame, GW_FRAMES_MAX, &walk_in);
    const struct gw_trace *trace = &walk_in.trace;
    CHECK(trace->frames >= 1 && trace->frames <= GW_FRAMES_MAX, "%u frames", trace->frames);
    CHECK(trace->pc[0] == stack[0], "the first is where the call returns to");
    return trace->frames;
}

/* The table's header decides over all the rest, so it is hit more often. */
static void damage(unsigned long *random) {
    size_t size = (size_t)(tables_end - tables);
    for (unsigned long n = 1 + next_random(random) % (size / 16); n; n--) {
        unsigned long r = next_random(random);
        tables[(r >> 32) % size] = (uint8_t)(r & 3 ? r >> 8 : r & 4 ? 0xff : 0x80);
    }
    if (next_random(random) % 8 == 0) {
        tables[next_random(random) % 12] = (uint8_t)next_random(random);
    } else {
        memcpy(tables, original, 12);
    }
}

int main(int argc, char **argv) {
    CHECK(argc == 2, "usage: damaged ROUNDS");
    unsigned long random = 20240229, rounds = strtoul(argv[1], NULL, 10), frames = 0;
    dl_iterate_phdr(copy_executable, NULL);
    for (int i = 0; i < 1000; i++) {
        frames += walk(&random);
    }
    CHECK(frames > 1500, "undamaged, 1000 random stacks have %lu frames", frames);
    for (unsigned long i = 0; i < rounds; i++) {
        damage(&random);
        for (int j = 0; j < 4; j++) {
            frames += walk(&random);
        }
        memcpy(tables, original, (size_t)(tables_end - tables));
    }
    printf("%lu\n", frames);
    return 0;
}
