#include "loaded.h"
#include "check.h"

#include "interpreter.h"
#include "journal_file.h"
#include "module.h"

/* What module.c refers to and no test of the unwinder needs. */
struct gw_interpreter gw_interpreter;
struct gw_journal *volatile gw_journal;

void *gw_journal_claim(size_t size) {
    return NULL;
}

void gw_journal_commit(void *entry, enum gw_entry_type type) {
    CHECK(entry, "an entry of type %d that was never claimed", type);
}

uint64_t gw_journal_offset(const void *entry) {
    return (uintptr_t)entry;
}

static int add(struct dl_phdr_info *info, size_t size, void *unused) {
    struct gw_object object;
    if (gw_object_read(&object, info)) {
        CHECK(gw_module_add(&object), "no room for %s", info->dlpi_name);
    }
    return 0;
}

void loaded_read(void) {
    dl_iterate_phdr(add, NULL);
}
