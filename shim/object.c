#include "sys.h"

#include "object.h"

/* glibc relocates the pointers of the dynamic section in place, except the vdso's;
 * musl never does. A value below the load address cannot be one. */
static uintptr_t dynamic_address(const struct gw_object *object, ElfW(Addr) value) {
    return value < object->bias ? object->bias + value : value;
}

static void read_dynamic(struct gw_object *object, const ElfW(Dyn) * dyn) {
    for (; dyn->d_tag != DT_NULL; dyn++) {
        uintptr_t address = dynamic_address(object, dyn->d_un.d_ptr);
        switch (dyn->d_tag) {
        case DT_SYMTAB:
            object->symtab = (const void *)address;
            break;
        case DT_STRTAB:
            object->strtab = (const void *)address;
            break;
        case DT_GNU_HASH:
            object->gnu_hash = (const void *)address;
            break;
        case DT_HASH:
            object->sysv_hash = (const void *)address;
            break;
        case DT_RELA:
            object->rela = (const void *)address;
            break;
        case DT_RELASZ:
            object->rela_n = dyn->d_un.d_val / sizeof(ElfW(Rela));
            break;
        case DT_JMPREL:
            object->plt_rela = (const void *)address;
            break;
        case DT_PLTRELSZ:
            object->plt_rela_n = dyn->d_un.d_val / sizeof(ElfW(Rela));
            break;
        }
    }
}

static void read_build_id(struct gw_object *object, const uint8_t *note, size_t size) {
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *n = (const void *)note;
        size_t name = (n->n_namesz + 3u) & ~3ul, desc = (n->n_descsz + 3u) & ~3ul;
        size_t whole = sizeof *n + name + desc;
        if (whole > size) {
            return;
        }
        if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 &&
            gw_equal((const char *)(n + 1), "GNU")) {
            object->build_id = note + sizeof *n + name;
            object->build_id_size = n->n_descsz;
            return;
        }
        note += whole;
        size -= whole;
    }
}

bool gw_object_read(struct gw_object *object, const struct dl_phdr_info *info) {
    const ElfW(Dyn) *dynamic = NULL;
    gw_clear(object, sizeof *object);
    object->name = info->dlpi_name ? info->dlpi_name : "";
    object->bias = info->dlpi_addr;
    object->phdr = info->dlpi_phdr;
    object->start = UINTPTR_MAX;
    object->tls = info->dlpi_tls_data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + p->p_vaddr;
        switch (p->p_type) {
        case PT_LOAD:
            object->start = at < object->start ? at : object->start;
            object->end = at + p->p_memsz > object->end ? at + p->p_memsz : object->end;
            break;
        case PT_DYNAMIC:
            dynamic = (const void *)at;
            break;
        case PT_GNU_RELRO:
            object->relro = at;
            object->relro_end = at + p->p_memsz;
            break;
        case PT_GNU_EH_FRAME:
            object->eh_frame_hdr = (const void *)at;
            break;
        case PT_NOTE:
            if (!object->build_id) {
                read_build_id(object, (const void *)at, p->p_memsz);
            }
            break;
        }
    }
    if (!dynamic || object->start >= object->end) {
        return false;
    }
    read_dynamic(object, dynamic);
    return object->symtab && object->strtab;
}
