/* The check that modules built with the headers of `gilwatch cflags` make before they count
 * references in place. */
#ifndef GILWATCH_CHECK_H
#define GILWATCH_CHECK_H

/* Names of macros that can be told apart; internal/refcount has thirteen. They have the
 * last numbers of gw_functions, and no gate. */
#define GW_MACROS      64
#define GW_FIRST_MACRO (GW_GATES - GW_MACROS)

#ifndef __ASSEMBLER__

#    include "gate.h"

/* gilwatch_check is exported: modules refer to it weakly. */
__attribute__((visibility("default"))) void gilwatch_check(const char *macro);

/* Where it goes on: back, until gw_check_begin has chosen the check for the oracle. */
extern char gw_check_none[], gw_check_tls[], gw_check_global[], gw_check_slow[];

void gw_check_begin(void);

/* gw_check_enter is called where the quick check did not say "attached". Returns what is
 * to be called instead of going on, or NULL. */
void *gw_check_enter(struct gw_frame *frame);

#endif
#endif
