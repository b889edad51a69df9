/* Symbol look-up in one object, by DT_GNU_HASH where there is one, else by DT_HASH. */
#include "sys.h"

#include "object.h"

uint32_t gw_symbol_hash(const char *name) {
    uint32_t h = 5381;
    while (*name) {
        h = h * 33 + (uint8_t)*name++;
    }
    return h;
}

static uint32_t sysv_hash(const char *name) {
    uint32_t h = 0;
    while (*name) {
        h = (h << 4) + (uint8_t)*name++;
        uint32_t g = h & 0xf0000000u;
        h ^= g >> 24;
        h &= ~g;
    }
    return h;
}

/* The words of a DT_GNU_HASH section: header, bloom filter, buckets, chains. */
struct gnu_table {
    uint32_t buckets_n, first;
    const uint32_t *buckets, *chains;
};

static struct gnu_table gnu_table(const uint32_t *words) {
    struct gnu_table t = {.buckets_n = words[0], .first = words[1]};
    const ElfW(Addr) *bloom = (const void *)(words + 4);
    t.buckets = (const void *)(bloom + words[2]);
    t.chains = t.buckets + t.buckets_n;
    return t;
}

static bool defines(const struct gw_object *object, uint32_t i, const char *name) {
    const ElfW(Sym) *s = &object->symtab[i];
    return s->st_shndx != SHN_UNDEF && gw_equal(object->strtab + s->st_name, name);
}

static const ElfW(Sym) * find_gnu(const struct gw_object *object, const char *name) {
    struct gnu_table t = gnu_table(object->gnu_hash);
    uint32_t hash = gw_symbol_hash(name);
    if (t.buckets_n == 0) {
        return NULL;
    }
    uint32_t i = t.buckets[hash % t.buckets_n];
    if (i < t.first) {
        return NULL;
    }
    for (;; i++) {
        uint32_t h = t.chains[i - t.first];
        if ((h | 1) == (hash | 1) && defines(object, i, name)) {
            return &object->symtab[i];
        }
        if (h & 1) {
            return NULL;
        }
    }
}

static const ElfW(Sym) * find_sysv(const struct gw_object *object, const char *name) {
    uint32_t buckets = object->sysv_hash[0], chains = object->sysv_hash[1];
    if (buckets == 0) {
        return NULL;
    }
    const uint32_t *bucket = object->sysv_hash + 2, *chain = bucket + buckets;
    uint32_t i = bucket[sysv_hash(name) % buckets];
    for (uint32_t steps = 0; i != 0 && i < chains && steps < chains; steps++, i = chain[i]) {
        if (defines(object, i, name)) {
            return &object->symtab[i];
        }
    }
    return NULL;
}

const ElfW(Sym) * gw_object_symbol(const struct gw_object *object, const char *name) {
    if (object->gnu_hash) {
        return find_gnu(object, name);
    }
    return object->sysv_hash ? find_sysv(object, name) : NULL;
}

void *gw_object_address(const struct gw_object *object, const char *name) {
    const ElfW(Sym) *s = gw_object_symbol(object, name);
    return s ? (void *)(object->bias + s->st_value) : NULL;
}

uint32_t gw_object_symbols(const struct gw_object *object) {
    if (object->sysv_hash) {
        return object->sysv_hash[1];
    }
    if (!object->gnu_hash) {
        return 0;
    }
    struct gnu_table t = gnu_table(object->gnu_hash);
    uint32_t last = 0;
    for (uint32_t b = 0; b < t.buckets_n; b++) {
        last = t.buckets[b] > last ? t.buckets[b] : last;
    }
    if (last < t.first) {
        return t.first;
    }
    while (!(t.chains[last - t.first] & 1)) {
        last++;
    }
    return last + 1;
}
