/* Which test runs. pytest keeps it in the variable PYTEST_CURRENT_TEST of the process's
 * environment, "file.py::test[x] (call)", and CPython's os.environ writes that with
 * setenv and unsetenv, before 3.9 with putenv: their slots are hooked. A child inherits
 * the variable, and with it the test. */
#ifndef GILWATCH_TEST_H
#define GILWATCH_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"
#include "thread.h"

/* Each value that the variable is given has the next number; GW_TEST_NONE: it is unset. */
extern uint32_t gw_test_current;

/* gw_test_begin takes the inherited variable over; called once, at load. */
void gw_test_begin(void);

/* gw_test_forked: this process has a new journal, in which no test stands yet. */
void gw_test_forked(void);

/* gw_test_of_new_thread is the test that a thread belongs to which the calling one makes
 * now: its own, or the one that runs. */
uint32_t gw_test_of_new_thread(void);

/* gw_test_share returns the running test's share of a violation by the calling thread,
 * new if it has to be; NULL if there is no test, or no room. Lock-free; equal shares that
 * two threads make at once are added up by who reads them. */
struct gw_share_entry *gw_test_share(struct gw_violation_entry *violation);

/* gw_test_is_share tells whether the share that this thread found last is still the one. */
static inline bool gw_test_is_share(const struct gw_share_entry *share) {
    uint32_t test = __atomic_load_n(&gw_test_current, __ATOMIC_RELAXED);
    return share ? share->test == test : test == GW_TEST_NONE && gw_thread.born == GW_TEST_NONE;
}

/* What stands in the slots of setenv, putenv and unsetenv. */
int gw_setenv(const char *name, const char *value, int overwrite);
int gw_putenv(char *string);
int gw_unsetenv(const char *name);

#endif
