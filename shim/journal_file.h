/* This process's journal: making, mapping and growing the file. Nothing here locks,
 * allocates or touches errno; all of it may run in a forked child. */
#ifndef GILWATCH_JOURNAL_FILE_H
#define GILWATCH_JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journal.h"

/* The header of this process's journal; NULL while there is none. */
extern struct gw_journal *volatile gw_journal;

/* gw_journal_create makes FOLDER/PID.N for the first N that is free, and maps it. */
bool gw_journal_create(void);

/* gw_journal_ours is false in a forked child that still has its parent's journal. A
 * vfork child shares its parent's memory and so its journal. */
bool gw_journal_ours(void);

/* gw_journal_renew makes a journal for a forked child and lets the parent's go. False:
 * it could not be made, and the child goes on in its parent's. */
bool gw_journal_renew(void);

/* gw_journal_claim reserves an entry of at least size bytes and returns it zeroed but
 * for its size; NULL if there is no room. Lock-free; any thread may call it. */
void *gw_journal_claim(size_t size);

/* gw_journal_commit makes a claimed entry visible to readers. */
void gw_journal_commit(void *entry, enum gw_entry_type type);

/* gw_journal_at is the entry at an offset; NULL if nothing in use lies there. */
void *gw_journal_at(uint64_t offset);

/* gw_journal_offset is an entry's place in the file. */
uint64_t gw_journal_offset(const void *entry);

#endif
