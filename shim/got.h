/* Rewriting the GOT slots of one object. Sources: System V ABI AMD64, 4.4 (relocation
 * types); glibc's elf/dl-reloc.c (_dl_protect_relro). */
#ifndef GILWATCH_GOT_H
#define GILWATCH_GOT_H

#include <stdbool.h>
#include <stdint.h>

#include "module.h"

/* Numbers of what stands in slots that are not the C API's. */
#define GW_GATE_DLSYM 0x10000
#define GW_GATE_EXEC  0x10001 /* and following: gw_exec_gates */

/* gw_got_patch takes a module's slots under watch: dlsym's and exec's, and with `api`
 * the C API's. A slot that does not hold the interpreter's function (an extension's own
 * definition, another tool's hook) is left alone. */
void gw_got_patch(struct gw_module *module, bool api);

/* gw_got_verify puts gates back where the real function's address stands again.
 * Returns how many. */
uint32_t gw_got_verify(struct gw_module *module);

/* gw_got_restore gives every slot its function back. */
void gw_got_restore(struct gw_module *module);

/* gw_got_lazy_owner tells whether the executable defines the name, so that a slot not
 * bound yet would be bound to that. */
void gw_got_set_executable(const struct gw_object *object);

#endif
