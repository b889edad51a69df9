/* A loaded ELF object as its program headers and dynamic section describe it.
 * Sources: System V gABI, chapter 5; glibc's elf/dl-lookup.c for DT_GNU_HASH. */
#ifndef GILWATCH_OBJECT_H
#define GILWATCH_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_object {
    const char *name; /* as the dynamic loader has it; "" for the executable */
    uintptr_t bias;
    const ElfW(Phdr) * phdr; /* with bias, what tells one loading from another */
    uintptr_t start, end;    /* of the PT_LOAD segments */
    uintptr_t relro, relro_end;
    const uint8_t *eh_frame_hdr;
    const uint8_t *build_id;
    size_t build_id_size;
    void *tls; /* this thread's block, NULL unknown */
    const ElfW(Sym) * symtab;
    const char *strtab;
    const uint32_t *gnu_hash;
    const uint32_t *sysv_hash;
    const ElfW(Rela) * rela, *plt_rela;
    size_t rela_n, plt_rela_n;
};

/* gw_object_read fills `object` from what dl_iterate_phdr tells. False if there is no
 * dynamic section that can be used. */
bool gw_object_read(struct gw_object *object, const struct dl_phdr_info *info);

/* gw_object_contains tells whether the address lies in the object's segments. */
static inline bool gw_object_contains(const struct gw_object *object, uintptr_t address) {
    return address >= object->start && address < object->end;
}

/* gw_symbol_hash is the hash of DT_GNU_HASH. */
uint32_t gw_symbol_hash(const char *name);

/* gw_object_symbol finds a symbol that the object defines; NULL if it does not. */
const ElfW(Sym) * gw_object_symbol(const struct gw_object *object, const char *name);

/* gw_object_address is the address of what gw_object_symbol finds, or NULL. */
void *gw_object_address(const struct gw_object *object, const char *name);

/* gw_object_symbols is the number of entries of the symbol table, as far as the hash
 * table tells it. */
uint32_t gw_object_symbols(const struct gw_object *object);

#endif
