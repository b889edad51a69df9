/* Rewriting the GOT slots of one object. Sources: System V ABI AMD64, 4.4 (relocation
 * types); glibc's elf/dl-reloc.c (_dl_protect_relro). */
#ifndef GILWATCH_GOT_H
#define GILWATCH_GOT_H

#include <stdbool.h>
#include <stdint.h>

#include "module.h"

/* What stands in a slot that is not the C API's: GW_GATE_HOOK plus the index in
 * gw_hooks. */
#define GW_GATE_HOOK 0x10000

/* gw_got_patch takes a module's slots under watch: those of gw_hooks, and with `api`
 * the C API's. A slot that does not hold the interpreter's function (an extension's own
 * definition, another tool's hook) is left alone. */
void gw_got_patch(struct gw_module *module, bool api);

/* gw_got_verify puts gates back where the real function's address stands again.
 * Returns how many. */
uint32_t gw_got_verify(struct gw_module *module);

/* gw_got_restore gives every slot its function back. */
void gw_got_restore(struct gw_module *module);

/* gw_got_set_executable tells which object comes first in the search order: a slot not
 * bound yet would be bound to what that defines. */
void gw_got_set_executable(const struct gw_object *object);

#endif
