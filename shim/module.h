/* The table of loaded objects. One thread at a time writes it (watch.c holds the lock);
 * the unwinder reads it at any time, without a lock: an object that was
 * unloaded becomes an entry that contains no address, until another takes its place. */
#ifndef GILWATCH_MODULE_H
#define GILWATCH_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"
#include "object.h"

/* A GOT slot under watch. */
struct gw_slot {
    void **at;
    uint32_t gate;
};

struct gw_module {
    uintptr_t start, end; /* both 0: unloaded */
    struct gw_object object;
    struct gw_slot *slots;
    uint32_t slots_n, slots_room;
    uint32_t api_slots; /* of them, the C API's */
    uint32_t foreign;   /* slots of watched functions that hold another's address */
    bool seen;          /* in the pass under way */
    bool settled;       /* loaded to the end: relocated, nobody else writes to it */
    bool settling;      /* will be, when the dynamic loader has let its lock go */
    bool patched;       /* its slots were looked at */
    bool api;           /* with the interpreter known */
    uint8_t build_id[GW_BUILD_ID_MAX];
    uint32_t build_id_size;
    struct gw_file file; /* if there is no build id */
    const char *path;    /* our own copy; "" for the executable */
    uint64_t entry;      /* its offset in the journal; 0 none */
};

#define GW_MODULES_MAX 8192

/* gw_modules_len is the number of entries, unloaded ones included. */
uint32_t gw_modules_len(void);
struct gw_module *gw_module_at(uint32_t i);

/* gw_module_of finds the object that contains the address, or NULL. */
const struct gw_module *gw_module_of(uintptr_t address);

/* gw_module_is tells whether the entry is of this very object. */
bool gw_module_is(const struct gw_module *module, const struct gw_object *object);

/* gw_module_add takes an object in; NULL when the table is full or memory is out. */
struct gw_module *gw_module_add(const struct gw_object *object);

/* gw_module_add_slot remembers a slot. */
bool gw_module_add_slot(struct gw_module *module, void **at, uint32_t gate);

/* gw_module_unload marks an object as gone. */
void gw_module_unload(struct gw_module *module);

/* gw_module_journal writes the object's entry into this process's journal. */
void gw_module_journal(struct gw_module *module);

#endif
