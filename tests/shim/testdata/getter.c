/* gw_getter_decode on the code that compilers make, on the same with a byte wrong, and on
 * bytes that are no code. */
#include "check.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "oracle.h"

/* A page of data and a page of code behind it, and nothing mapped for 2 GiB around. */
static uint8_t *code;
static uint64_t *data;

struct form {
    const char *name;
    const char *bytes; /* D is a displacement to data[0], E to data[2] */
    enum gw_getter_form form;
    intptr_t value; /* counted from data[0], for GW_GETTER_GLOBAL from its address */
    bool by_address;
};

#define ENDBR "\xf3\x0f\x1e\xfa"
#define FRAME "\x55\x48\x89\xe5"
#define D     "DDDD"
#define E     "EEEE"

static const struct form forms[] = {
    {"executable", "\x48\x8b\x05" D "\xc3", GW_GETTER_GLOBAL, 0, true},
    {"executable, endbr64", ENDBR "\x48\x8b\x05" D "\xc3", GW_GETTER_GLOBAL, 0, true},
    {"executable, frame", FRAME "\x48\x8b\x05" D "\x5d\xc3", GW_GETTER_GLOBAL, 0, true},
    {"executable, the other mov %rsp", "\x55\x48\x8b\xec\x48\x8b\x05" D "\xc9\xc3",
     GW_GETTER_GLOBAL, 0, true},
    {"GOT", "\x48\x8b\x05" D "\x48\x8b\x00\xc3", GW_GETTER_GLOBAL, 0x10000, false},
    {"GOT, disp8", "\x48\x8b\x05" D "\x48\x8b\x40\x78\xc3", GW_GETTER_GLOBAL, 0x10078, false},
    {"GOT, disp8 below", "\x48\x8b\x05" D "\x48\x8b\x40\xf8\xc3", GW_GETTER_GLOBAL, 0xfff8, false},
    {"GOT, disp32", ENDBR FRAME "\x48\x8b\x05" D "\x48\x8b\x80\x38\x02\x00\x00\x5d\xc3",
     GW_GETTER_GLOBAL, 0x10238, false},
    {"local-exec", "\x64\x48\x8b\x04\x25\xf8\xff\xff\xff\xc3", GW_GETTER_TP_OFFSET, -8, false},
    {"local-exec, frame", ENDBR FRAME "\x64\x48\x8b\x04\x25\x00\xff\xff\xff\x5d\xc3",
     GW_GETTER_TP_OFFSET, -256, false},
    {"initial-exec", "\x48\x8b\x05" E "\x64\x48\x8b\x00\xc3", GW_GETTER_TP_OFFSET, -64, false},
    {"initial-exec, endbr64", ENDBR "\x48\x8b\x05" E "\x64\x48\x8b\x00\xc3", GW_GETTER_TP_OFFSET,
     -64, false},
    {"general dynamic",
     "\x48\x83\xec\x08\x66\x48\x8d\x3d" D "\x66\x66\x48\xe8\0\0\0\0\x48\x8b\x00"
     "\x48\x83\xc4\x08\xc3",
     GW_GETTER_TLS_INDEX, 0x20, false},
    {"general dynamic, frame",
     ENDBR FRAME "\x66\x48\x8d\x3d" D "\x66\x66\x48\xe8\0\0\0\0\x48\x8b\x00\x5d\xc3",
     GW_GETTER_TLS_INDEX, 0x20, false},
    {"general dynamic, no PLT",
     "\x48\x83\xec\x08\x66\x48\x8d\x3d" D
     "\x66\x48\xff\x15\0\0\0\0\x48\x8b\x00\x48\x83\xc4\x08\xc3",
     GW_GETTER_TLS_INDEX, 0x20, false},
    {"local dynamic",
     "\x48\x83\xec\x08\x48\x8d\x3d" D "\xe8\0\0\0\0\x48\x8b\x80\x10\x01\x00\x00"
     "\x48\x83\xc4\x08\xc3",
     GW_GETTER_TLS_INDEX, 0x130, false},
};

/* The size of each is that of its literal without the NUL; these hold NULs inside. */
static size_t size_of(const struct form *f) {
    const char *end = f->bytes;
    while (*end != '\xc3' || end[1]) {
        end++;
    }
    return (size_t)(end + 1 - f->bytes);
}

static void displace(uint8_t *at, size_t n, char mark, const void *to) {
    for (size_t i = 0; i + 4 <= n; i++) {
        if (at[i] == mark && at[i + 1] == mark && at[i + 2] == mark && at[i + 3] == mark) {
            int32_t disp = (int32_t)((const uint8_t *)to - (at + i + 4));
            memcpy(at + i, &disp, 4);
        }
    }
}

/* Writes the form at the end of the page, so that a read beyond 64 bytes faults. */
static uint8_t *place(const struct form *f) {
    size_t n = size_of(f);
    uint8_t *at = code + 4096 - 64;
    memset(at, 0xcc, 64);
    memcpy(at, f->bytes, n);
    displace(at, n, 'D', data);
    displace(at, n, 'E', data + 2);
    return at;
}

static void good_ones(void) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const struct form *f = &forms[i];
        intptr_t value = 0, want = f->by_address ? (intptr_t)data : f->value;
        enum gw_getter_form form = gw_getter_decode(place(f), &value);
        CHECK(form == f->form, "%s: form %d, want %d", f->name, form, f->form);
        CHECK(value == want, "%s: %#lx, want %#lx", f->name, value, want);
    }
}

/* Without its return it may go on with anything: not to be trusted. The words that it
 * names are not read then; the displacement leads to where nothing is mapped. */
static void unfinished_ones(void) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        uint8_t *at = place(&forms[i]);
        intptr_t value;
        at[size_of(&forms[i]) - 1] = 0x90;
        CHECK(gw_getter_decode(at, &value) == GW_GETTER_UNKNOWN, "%s without its return",
              forms[i].name);
        memset(at, 0xcc, 64);
        memcpy(at, forms[i].bytes, size_of(&forms[i]) - 1); /* D and E: 1 GiB ahead */
        CHECK(gw_getter_decode(at, &value) == GW_GETTER_UNKNOWN, "%s, going nowhere",
              forms[i].name);
    }
}

static void garbage(void) {
    unsigned long random = 7;
    uint8_t *at = code + 4096 - 64;
    for (int n = 0; n < 200000; n++) {
        const struct form *f = &forms[next_random(&random) % (sizeof forms / sizeof forms[0])];
        size_t size = size_of(f), keep = next_random(&random) % size;
        for (int i = 0; i < 64; i++) {
            at[i] = (uint8_t)next_random(&random);
        }
        memcpy(at, f->bytes, keep); /* begins as a getter does */
        bool returns = memchr(at + keep, 0xc3, 64 - keep) != NULL;
        intptr_t value;
        CHECK(returns || gw_getter_decode(at, &value) == GW_GETTER_UNKNOWN, "round %d", n);
    }
}

int main(void) {
    size_t room = 5ul << 30;
    uint8_t *base = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(base != MAP_FAILED, "address space");
    code = base + room / 2 / 4096 * 4096;
    data = (uint64_t *)(code - 4096);
    CHECK(!mprotect(code - 4096, 8192, PROT_READ | PROT_WRITE), "two pages");
    data[0] = 0x10000; /* an address in a GOT slot, or the module of a tls_index */
    data[1] = 0x20;    /* its offset */
    data[2] = (uint64_t)-64;
    good_ones();
    unfinished_ones();
    garbage();
    return 0;
}
