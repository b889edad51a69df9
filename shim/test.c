#include "sys.h"

#include <stdlib.h>
#include <unistd.h>

#include "birth.h"
#include "clock.h"
#include "journal_file.h"
#include "test.h"

#define VARIABLE "PYTEST_CURRENT_TEST"

/* The last values of the variable. A thread that violates copies one into the journal
 * without the GIL and without a lock: it sees by the number whether the place was used
 * again meanwhile. Most tests have no violation, and are never written down. */
#define KEPT 16

struct value {
    uint32_t number;
    uint32_t length;
    char text[GW_TEST_MAX];
};

static struct value kept[KEPT];
static uint32_t written[KEPT]; /* the number, if it stands in this journal */
static uint32_t newest = GW_TEST_NONE;
static uint32_t oldest; /* of those given since this journal was begun */

uint32_t gw_test_current = GW_TEST_NONE;

static bool is_current(const char *text, size_t n) {
    uint32_t test = __atomic_load_n(&gw_test_current, __ATOMIC_ACQUIRE);
    const struct value *v = &kept[test % KEPT];
    if (test == GW_TEST_NONE || v->number != test || v->length != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (v->text[i] != text[i]) {
            return false;
        }
    }
    return true;
}

static void begin_test(const char *text) {
    size_t n = gw_length(text);
    n = n < GW_TEST_MAX ? n : GW_TEST_MAX;
    if (is_current(text, n)) {
        return;
    }
    uint32_t number = __atomic_add_fetch(&newest, 1, __ATOMIC_ACQ_REL);
    struct value *v = &kept[number % KEPT];
    __atomic_store_n(&v->number, 0, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    v->length = (uint32_t)n;
    gw_copy(v->text, text, n);
    __atomic_store_n(&v->number, number, __ATOMIC_RELEASE);
    __atomic_store_n(&gw_test_current, n ? number : GW_TEST_NONE, __ATOMIC_RELEASE);
}

static void end_test(void) {
    __atomic_store_n(&gw_test_current, GW_TEST_NONE, __ATOMIC_RELEASE);
}

/* The value in "PYTEST_CURRENT_TEST=value"; NULL: another variable's. */
static const char *value_in(const char *variable) {
    return gw_has_prefix(variable, VARIABLE "=") ? variable + sizeof VARIABLE : NULL;
}

void gw_test_begin(void) {
    for (char *const *v = environ; v && *v; v++) {
        const char *value = value_in(*v);
        if (value) {
            begin_test(value);
            return;
        }
    }
}

int gw_setenv(const char *name, const char *value, int overwrite) {
    bool ours = name && value && gw_equal(name, VARIABLE);
    bool sets = ours && (overwrite || !getenv(name));
    int result = setenv(name, value, overwrite);
    if (sets && result == 0) {
        begin_test(value);
    }
    return result;
}

int gw_putenv(char *string) {
    const char *value = string ? value_in(string) : NULL;
    int result = putenv(string);
    if (value && result == 0) {
        begin_test(value);
    } else if (string && gw_equal(string, VARIABLE)) {
        end_test(); /* glibc takes a name alone out of the environment */
    }
    return result;
}

int gw_unsetenv(const char *name) {
    int result = unsetenv(name);
    if (name && result == 0 && gw_equal(name, VARIABLE)) {
        end_test();
    }
    return result;
}

/* Writes the test's name into the journal, once. False: no room, or the name is gone. */
static bool write_test(uint32_t number) {
    const struct value *v = &kept[number % KEPT];
    if (__atomic_load_n(&written[number % KEPT], __ATOMIC_ACQUIRE) == number) {
        return true;
    }
    uint32_t length = v->length;
    if (__atomic_load_n(&v->number, __ATOMIC_ACQUIRE) != number || length > GW_TEST_MAX) {
        return false;
    }
    struct gw_test_entry *e = gw_journal_claim(sizeof *e + length);
    if (!e) {
        return false;
    }
    gw_copy(e + 1, v->text, length);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    bool whole = __atomic_load_n(&v->number, __ATOMIC_RELAXED) == number;
    e->number = whole ? number : GW_TEST_NONE;
    e->length = length;
    gw_journal_commit(e, GW_ENTRY_TEST);
    if (whole) {
        __atomic_store_n(&written[number % KEPT], number, __ATOMIC_RELEASE);
    }
    return whole;
}

void gw_test_forked(void) {
    for (uint32_t i = 0; i < KEPT; i++) {
        written[i] = 0;
    }
    oldest = newest + 1;
    gw_thread.born = GW_TEST_UNASKED;
}

/* The test that this thread was made in. A name that a parent process has written down
 * does not stand in this journal. */
static uint32_t born(void) {
    uint32_t test = GW_TEST_NONE;
    if (gw_thread.born != GW_TEST_UNASKED) {
        return gw_thread.born;
    }
    if (__atomic_load_n(&newest, __ATOMIC_ACQUIRE) != GW_TEST_NONE) {
        struct gw_birth birth;
        gw_birth_of_this(&birth);
        test = birth.test;
        if (test != GW_TEST_NONE && test < oldest && !write_test(test)) {
            test = GW_TEST_NONE;
        }
    }
    return gw_thread.born = test;
}

uint32_t gw_test_of_new_thread(void) {
    uint32_t test = born();
    if (test == GW_TEST_NONE) {
        test = __atomic_load_n(&gw_test_current, __ATOMIC_ACQUIRE);
    }
    return gw_journal && test != GW_TEST_NONE && (test == gw_thread.born || write_test(test))
               ? test
               : GW_TEST_NONE;
}

/* Shares of a violation that are looked through, newest first: the running test's stands
 * among the first. An older one that is not found again is made a second time. */
#define LOOKED_THROUGH 64

static struct gw_share_entry *find(const struct gw_violation_entry *violation, uint32_t test,
                                   uint32_t own) {
    uint64_t at = __atomic_load_n(&violation->shares, __ATOMIC_ACQUIRE);
    for (uint32_t i = 0; at && i < LOOKED_THROUGH; i++) {
        struct gw_share_entry *share = gw_journal_at(at);
        if (!share) {
            break;
        }
        if (share->test == test && share->born == own) {
            return share;
        }
        at = share->next;
    }
    return NULL;
}

static struct gw_share_entry *make(struct gw_violation_entry *violation, uint32_t test,
                                   uint32_t own) {
    struct gw_share_entry *share = gw_journal_claim(sizeof *share);
    if (!share) {
        return NULL;
    }
    share->violation = gw_journal_offset(violation);
    share->test = test;
    share->born = own;
    share->first = gw_now(CLOCK_REALTIME);
    gw_journal_commit(share, GW_ENTRY_SHARE);
    uint64_t at = gw_journal_offset(share);
    share->next = __atomic_load_n(&violation->shares, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(&violation->shares, &share->next, at, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
    }
    return share;
}

struct gw_share_entry *gw_test_share(struct gw_violation_entry *violation) {
    uint32_t test = __atomic_load_n(&gw_test_current, __ATOMIC_ACQUIRE), own = born();
    if (test == GW_TEST_NONE && own == GW_TEST_NONE) {
        return NULL;
    }
    struct gw_share_entry *share = find(violation, test, own);
    if (!share && (test == GW_TEST_NONE || write_test(test))) {
        share = make(violation, test, own);
    }
    if (!share) {
        __atomic_add_fetch(&gw_journal->untold, 1, __ATOMIC_RELAXED);
    }
    return share;
}
