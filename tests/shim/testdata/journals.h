/* A session folder for a test program: what session.c reads from the shim's own place. */
#ifndef GILWATCH_TEST_JOURNALS_H
#define GILWATCH_TEST_JOURNALS_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "journal_file.h"
#include "session.h"

static inline void session_in(const char *folder, uint64_t journal_max) {
    CHECK(strlen(folder) < GW_PATH_MAX, "the folder's name");
    strcpy(gw_session_folder, folder);
    gw_settings.journal_max = journal_max;
    char settings[GW_PATH_MAX + 32]; /* as long as they are there the session lasts */
    snprintf(settings, sizeof settings, "%s/settings", folder);
    FILE *f = fopen(settings, "w");
    CHECK(f && !fclose(f), "%s", settings);
}

/* An empty journal; the file of the one before, if there was one, goes. */
static inline void fresh_journal(void) {
    if (!gw_journal) {
        CHECK(gw_journal_create(), "the first journal");
        return;
    }
    char path[GW_PATH_MAX + 32];
    snprintf(path, sizeof path, "%s/%d.%u", gw_session_folder, gw_journal->pid, gw_journal->serial);
    CHECK(!unlink(path) && gw_journal_renew(), "a journal after %s", path);
}

/* Writes one entry that tells whose it is; false if there is no room. */
static inline bool write_entry(uint32_t writer, uint32_t n) {
    static const char reason[] = "a test"; /* an entry without one takes another back */
    char path[256];
    int path_size = snprintf(path, sizeof path, "%u.%u.%0*d", writer, n, 1 + (int)(n % 200), 0) + 1;
    struct gw_child_entry *e = gw_journal_claim(sizeof *e + sizeof reason + (size_t)path_size);
    if (!e) {
        return false;
    }
    uint64_t at = gw_journal_offset(e),
             cursor = __atomic_load_n(&gw_journal->cursor, __ATOMIC_ACQUIRE);
    CHECK(at >= GW_JOURNAL_ENTRIES && at % 8 == 0 && at + e->entry.size <= cursor,
          "entry at %lu of %u bytes, cursor %lu", at, e->entry.size, cursor);
    CHECK(e->entry.type == 0 && e->path_size == 0, "a claimed entry is zeroed");
    e->pid = (int32_t)n;
    e->reason_size = sizeof reason;
    e->path_size = (uint32_t)path_size;
    memcpy(e + 1, reason, sizeof reason);
    memcpy((char *)(e + 1) + sizeof reason, path, (size_t)path_size);
    gw_journal_commit(e, GW_ENTRY_CHILD);
    return true;
}

#endif
