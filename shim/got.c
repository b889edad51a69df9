#include "sys.h"

#include <sys/mman.h>
#include <unistd.h>

#include "gate.h"
#include "got.h"
#include "hooks.h"
#include "interpreter.h"

static struct gw_object executable;

void gw_got_set_executable(const struct gw_object *object) {
    executable = *object;
}

/* What a slot holds unwatched, and what it holds under watch. */
static void *real_of(uint32_t gate) {
    return gate >= GW_GATE_HOOK ? gw_hooks[gate - GW_GATE_HOOK].real : gw_gate_target[gate];
}

static void *watch_of(uint32_t gate) {
    return gate >= GW_GATE_HOOK ? gw_hooks[gate - GW_GATE_HOOK].hook : gw_gate_of(gate);
}

/* The pages of one object's RELRO segment, opened at the first write, closed at the end.
 * The dynamic loader protects whole pages: a first page that is shared with other data
 * from its start, a last one only if the segment fills it. */
struct relro {
    uintptr_t start, end;
    bool open, refused;
};

static struct relro relro_of(const struct gw_object *object) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    return (struct relro){.start = object->relro & ~(page - 1),
                          .end = object->relro_end & ~(page - 1)};
}

static bool protect(const struct relro *relro, int prot) {
    return GW_SYS(mprotect, relro->start, relro->end - relro->start, prot, 0) == 0;
}

static bool set_slot(struct relro *relro, void **at, void *value) {
    uintptr_t address = (uintptr_t)at;
    if (address >= relro->start && address < relro->end && !relro->open) {
        if (relro->refused || !protect(relro, PROT_READ | PROT_WRITE)) {
            relro->refused = true;
            return false;
        }
        relro->open = true;
    }
    __atomic_store_n(at, value, __ATOMIC_RELEASE);
    return true;
}

static void close_relro(const struct relro *relro) {
    if (relro->open) {
        (void)protect(relro, PROT_READ);
    }
}

/* The number of what belongs in the slot of this symbol, or GW_NO_GATE. */
static uint32_t gate_for(const char *name, bool api, bool glob_dat, bool interpreter) {
    int hook = gw_hook_for(name, interpreter);
    if (hook >= 0) {
        return GW_GATE_HOOK + (uint32_t)hook;
    }
    if (!api || !(name[0] == 'P' || (name[0] == '_' && name[1] == 'P'))) {
        return GW_NO_GATE;
    }
    uint32_t gate = gw_interpreter_gate(name);
    /* CPython compares the addresses of some functions (Objects/typeobject.c,
     * add_operators and inherit_slots among others). A JUMP_SLOT only ever carries a
     * call; a GLOB_DAT may carry the address into a type. */
    return gate != GW_NO_GATE && glob_dat && gw_functions[gate].identity ? GW_NO_GATE : gate;
}

/* A slot not bound yet points into its own object's PLT. It would be bound to the first
 * definition in the search order: the executable's, else the interpreter's. */
static bool unbound(const struct gw_object *object, const void *value, const ElfW(Sym) * symbol,
                    const char *name) {
    if (!gw_object_contains(object, (uintptr_t)value) || symbol->st_shndx != SHN_UNDEF) {
        return false;
    }
    return executable.phdr == gw_interpreter.object.phdr || executable.phdr == object->phdr ||
           !executable.symtab || !gw_object_symbol(&executable, name);
}

static void patch_one(struct gw_module *m, struct relro *relro, const ElfW(Rela) * rela, bool api) {
    const struct gw_object *o = &m->object;
    uint32_t type = ELF64_R_TYPE(rela->r_info);
    if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) {
        return; /* R_X86_64_64 and RELATIVE fill tables whose addresses are compared */
    }
    const ElfW(Sym) *symbol = &o->symtab[ELF64_R_SYM(rela->r_info)];
    const char *name = o->strtab + symbol->st_name;
    uint32_t gate =
        gate_for(name, api, type == R_X86_64_GLOB_DAT, o->phdr == gw_interpreter.object.phdr);
    if (gate == GW_NO_GATE) {
        return;
    }
    void **at = (void **)(o->bias + rela->r_offset);
    void *value = __atomic_load_n(at, __ATOMIC_ACQUIRE);
    bool api_slot = gate < GW_GATES;
    bool watched = value == watch_of(gate); /* rewritten in an earlier pass */
    bool ours = watched || value == real_of(gate) ||
                (type == R_X86_64_JUMP_SLOT && unbound(o, value, symbol, name));
    if (ours && gw_module_add_slot(m, at, gate)) {
        if (watched || set_slot(relro, at, watch_of(gate))) {
            m->api_slots += api_slot;
        } else {
            m->slots_n--;
            m->foreign += api_slot;
        }
    } else {
        m->foreign += api_slot;
    }
}

void gw_got_patch(struct gw_module *module, bool api) {
    module->slots_n = module->api_slots = module->foreign = 0;
    struct relro relro = relro_of(&module->object);
    for (size_t i = 0; i < module->object.plt_rela_n; i++) {
        patch_one(module, &relro, &module->object.plt_rela[i], api);
    }
    for (size_t i = 0; i < module->object.rela_n; i++) {
        patch_one(module, &relro, &module->object.rela[i], api);
    }
    close_relro(&relro);
}

uint32_t gw_got_verify(struct gw_module *module) {
    struct relro relro = relro_of(&module->object);
    uint32_t put_back = 0;
    for (uint32_t i = 0; i < module->slots_n; i++) {
        const struct gw_slot *slot = &module->slots[i];
        void *value = __atomic_load_n(slot->at, __ATOMIC_ACQUIRE);
        /* An address in its own object: a library that is bound lazily was closed and
         * opened again at the same place. */
        if (value == real_of(slot->gate) ||
            (value != watch_of(slot->gate) &&
             gw_object_contains(&module->object, (uintptr_t)value))) {
            put_back += set_slot(&relro, slot->at, watch_of(slot->gate));
        }
    }
    close_relro(&relro);
    return put_back;
}

void gw_got_restore(struct gw_module *module) {
    struct relro relro = relro_of(&module->object);
    for (uint32_t i = 0; i < module->slots_n; i++) {
        const struct gw_slot *slot = &module->slots[i];
        if (__atomic_load_n(slot->at, __ATOMIC_ACQUIRE) == watch_of(slot->gate)) {
            (void)set_slot(&relro, slot->at, real_of(slot->gate));
        }
    }
    close_relro(&relro);
}
