/* Finding and reading a frame description: .eh_frame_hdr's table, FDE and CIE. */
#include "sys.h"

#include "cfi.h"

#define PE_OMIT      0xff
#define PE_PCREL     0x10
#define PE_DATAREL   0x30
#define PE_INDIRECT  0x80
#define TABLE_NORMAL 0x3b /* DW_EH_PE_datarel | DW_EH_PE_sdata4: what every linker writes */

uint64_t gw_uleb(const uint8_t **at, const uint8_t *end) {
    uint64_t v = 0;
    for (unsigned shift = 0; *at < end; shift += 7) {
        uint8_t b = *(*at)++;
        if (shift < 64) {
            v |= (uint64_t)(b & 0x7f) << shift;
        }
        if (!(b & 0x80)) {
            break;
        }
    }
    return v;
}

int64_t gw_sleb(const uint8_t **at, const uint8_t *end) {
    uint64_t v = 0;
    unsigned shift = 0;
    uint8_t b = 0;
    while (*at < end) {
        b = *(*at)++;
        if (shift < 64) {
            v |= (uint64_t)(b & 0x7f) << shift;
        }
        shift += 7;
        if (!(b & 0x80)) {
            break;
        }
    }
    if (shift < 64 && (b & 0x40)) {
        v |= ~0ull << shift;
    }
    return (int64_t)v;
}

static uint64_t fixed(const uint8_t **at, size_t size, bool is_signed) {
    uint64_t v = 0;
    gw_copy(&v, *at, size);
    *at += size;
    if (is_signed && size < 8 && (v >> (size * 8 - 1))) {
        v |= ~0ull << (size * 8);
    }
    return v;
}

bool gw_encoded(const uint8_t **at, const uint8_t *end, uint8_t encoding, uintptr_t data_base,
                uintptr_t *value) {
    static const uint8_t sizes[16] = {8, 0, 2, 4, 8, 0, 0, 0, 8, 0, 2, 4, 8, 0, 0, 0};
    uintptr_t here = (uintptr_t)*at;
    uint8_t format = encoding & 0x0f;
    if (encoding == PE_OMIT || *at > end || (size_t)(end - *at) < sizes[format]) {
        return false;
    }
    if (format == 1) { /* DW_EH_PE_uleb128 */
        *value = gw_uleb(at, end);
    } else if (format == 9) { /* DW_EH_PE_sleb128 */
        *value = (uintptr_t)gw_sleb(at, end);
    } else if (sizes[format]) {
        *value = fixed(at, sizes[format], format & 8);
    } else {
        return false;
    }
    if ((encoding & 0x70) == PE_PCREL) {
        *value += here;
    } else if ((encoding & 0x70) == PE_DATAREL) {
        *value += data_base;
    }
    /* An indirect pointer (a personality routine) is skipped by all who call this. */
    return true;
}

/* A table row: both 32-bit offsets count from the start of .eh_frame_hdr. */
struct table_row {
    int32_t start;
    int32_t fde;
};

static const uint8_t *search(struct gw_memory *memory, const uint8_t *hdr, uintptr_t pc) {
    if (!gw_memory_has(memory, (uintptr_t)hdr, 24) || hdr[0] != 1 || hdr[3] != TABLE_NORMAL) {
        return NULL;
    }
    const uint8_t *at = hdr + 4;
    uintptr_t ignored, count;
    if (!gw_encoded(&at, at + 16, hdr[1], (uintptr_t)hdr, &ignored) ||
        !gw_encoded(&at, at + 16, hdr[2], (uintptr_t)hdr, &count) || count == 0 ||
        count > UINT32_MAX) {
        return NULL;
    }
    const struct table_row *rows = (const void *)at;
    int64_t wanted = (int64_t)(pc - (uintptr_t)hdr);
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (!gw_memory_has(memory, (uintptr_t)&rows[middle], sizeof rows[0])) {
            return NULL;
        }
        if (rows[middle].start <= wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return gw_memory_has(memory, (uintptr_t)&rows[low], sizeof rows[0]) && rows[low].start <= wanted
               ? hdr + rows[low].fde
               : NULL;
}

/* A CIE or FDE: its length in *length, all of it readable. */
static bool whole(struct gw_memory *memory, const uint8_t *entry, uint32_t *length) {
    if (!gw_memory_has(memory, (uintptr_t)entry, 8)) {
        return false;
    }
    gw_copy(length, entry, 4);
    /* 64-bit DWARF is not used in .eh_frame; a length of megabytes is damage. */
    return *length >= 9 && *length < (1u << 20) &&
           gw_memory_has(memory, (uintptr_t)entry, 4ul + *length);
}

/* The part of a CIE behind its augmentation string. */
static bool read_cie(struct gw_memory *memory, const uint8_t *cie, struct gw_fde *fde) {
    uint32_t length;
    if (!whole(memory, cie, &length)) {
        return false;
    }
    const uint8_t *end = cie + 4 + length, *at = cie + 8;
    uint8_t version = *at++;
    const char *augmentation = (const char *)at;
    while (at < end && *at) {
        at++;
    }
    if (at == end) {
        return false;
    }
    at++;
    fde->code_align = gw_uleb(&at, end);
    fde->data_align = gw_sleb(&at, end);
    fde->return_reg = version == 1 && at < end ? *at++ : gw_uleb(&at, end);
    fde->encoding = 0;
    if (*augmentation == 'z') {
        uint64_t size = gw_uleb(&at, end);
        if (size > (uint64_t)(end - at)) {
            return false;
        }
        const uint8_t *data = at, *data_end = at + size;
        uintptr_t ignored;
        fde->augmented = true;
        for (const char *a = augmentation + 1; *a; a++) {
            if (*a == 'S') {
                fde->signal_frame = true;
            } else if (data == data_end) {
                return false;
            } else if (*a == 'R') {
                fde->encoding = *data++;
            } else if (*a == 'P') {
                uint8_t encoding = *data++;
                if (!gw_encoded(&data, data_end, encoding, 0, &ignored)) {
                    return false;
                }
            } else if (*a == 'L') {
                data++;
            }
        }
        at += size;
    } else if (*augmentation) {
        return false;
    }
    fde->initial = at;
    fde->initial_end = end;
    return at <= end;
}

bool gw_fde_find(struct gw_memory *memory, const uint8_t *hdr, uintptr_t pc, struct gw_fde *fde) {
    const uint8_t *start = search(memory, hdr, pc);
    uint32_t length, back;
    if (!start || !whole(memory, start, &length)) {
        return false;
    }
    gw_clear(fde, sizeof *fde);
    gw_copy(&back, start + 4, 4);
    if (back == 0) {
        return false;
    }
    const uint8_t *at = start + 8, *end = start + 4 + length;
    uintptr_t size;
    if (!read_cie(memory, start + 4 - back, fde) ||
        !gw_encoded(&at, end, fde->encoding, 0, &fde->start) ||
        !gw_encoded(&at, end, fde->encoding & 0x0f, 0, &size)) {
        return false;
    }
    fde->end = fde->start + size;
    if (fde->augmented) {
        uint64_t augmentation = gw_uleb(&at, end);
        if (augmentation > (uint64_t)(end - at)) {
            return false;
        }
        at += augmentation;
    }
    fde->program = at;
    fde->program_end = end;
    return at <= end && pc >= fde->start && pc < fde->end;
}
