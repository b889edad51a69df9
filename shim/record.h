/* Recording a violation: it stands complete in the journal before the call goes on. */
#ifndef GILWATCH_RECORD_H
#define GILWATCH_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"
#include "journal.h"

/* What gw_record has found. */
struct gw_recorded {
    struct gw_violation_entry *entry; /* NULL: it is none after all, or found no room */
    bool is_new;                      /* it was met first */
};

/* gw_record counts the violation if this stack was met before, else unwinds it, writes
 * it down and waits (bounded) until the collector has looked at this thread. */
struct gw_recorded gw_record(uint32_t function, enum gw_kind kind, const struct gw_frame *frame,
                             enum gw_sensor sensor);

/* gw_record_spared tells whether the collector answered that the user knows of what was
 * recorded; where another thread has asked, it waits (bounded) for that answer. */
bool gw_record_spared(struct gw_recorded found);

/* gw_stacks_find returns the violation with this stack, or NULL; gw_stacks_add lets
 * later ones find it. The table is this process's own memory, made at the first use,
 * lock-free: two threads that add an equal stack at once make two violations, which the
 * collector folds. */
struct gw_violation_entry *gw_stacks_find(uint64_t hash, uint32_t function, enum gw_kind kind,
                                          uint64_t released, uint32_t frames, const uint64_t *pc);
void gw_stacks_add(uint64_t hash, struct gw_violation_entry *entry);

/* gw_stacks_forget empties the table, in a forked child. */
void gw_stacks_forget(void);

/* gw_stack_hash is the key of the table. */
uint64_t gw_stack_hash(uint32_t function, enum gw_kind kind, uint64_t released, uint32_t frames,
                       const uint64_t *pc);

#endif
