/* One violation in several tests: which share a call is counted in, up to a full journal. */
#include <stdlib.h>
#include <string.h>

#include "birth.h"
#include "journals.h"
#include "test.h"
#include "thread.h"

#define VARIABLE "PYTEST_CURRENT_TEST"

__thread struct gw_thread gw_thread;

void gw_birth_of_this(struct gw_birth *birth) {
    birth->test = GW_TEST_NONE;
}

static struct gw_violation_entry *violation;

/* A call, as record.c counts it: by what the thread found last, or anew. */
static struct gw_share_entry *call(struct gw_share_entry *found) {
    if (!gw_test_is_share(found)) {
        found = gw_test_share(violation);
    }
    ++*(found ? &found->count : &violation->count);
    return found;
}

static void set(const char *value) {
    CHECK(!gw_setenv(VARIABLE, value, 1) && !strcmp(getenv(VARIABLE), value), "set to %s", value);
}

int main(int argc, char **argv) {
    static char string[] = VARIABLE "=t.py::put (call)", name[] = VARIABLE, longest[3000];
    CHECK(argc == 2, "usage: tests FOLDER");
    session_in(argv[1], 128u << 10);
    CHECK(!unsetenv(VARIABLE), "unset");
    gw_test_begin();
    fresh_journal();
    violation = gw_journal_claim(sizeof *violation);
    CHECK(violation, "a violation");
    violation->kind = GW_KIND_GIL_NOT_HELD;
    gw_journal_commit(violation, GW_ENTRY_VIOLATION);

    struct gw_share_entry *none = call(NULL), *share;
    CHECK(!none && gw_test_is_share(none), "no test, no share");
    set("t.py::a (setup)");
    set("t.py::a (call)"); /* the setup has no call, and is not written down */
    share = call(none);
    CHECK(share && share != none && call(share) == share, "the test's share, twice");
    uint32_t a = gw_test_current;
    set("t.py::a (call)");
    CHECK(gw_test_current == a && call(NULL) == share, "the same value is the same test");
    CHECK(!gw_setenv(VARIABLE, "t.py::other", 0) && gw_test_current == a, "set already");
    CHECK(!gw_setenv("PYTEST", "t.py::other", 1) && gw_test_current == a, "another variable");

    CHECK(!gw_putenv(string), "put");
    CHECK(!gw_test_is_share(share) && call(share) != share, "another test");
    gw_thread.born = a;
    share = call(NULL);
    CHECK(share && share->born == a, "a thread of another test");
    CHECK(!gw_putenv(name) && gw_test_current == GW_TEST_NONE, "a name alone unsets");
    share = call(share);
    CHECK(share && share->born == a && share->test == GW_TEST_NONE, "after all tests");
    gw_thread.born = GW_TEST_NONE;

    memset(longest, 'x', sizeof longest - 1);
    set(longest);
    share = call(NULL);
    CHECK(!gw_unsetenv(VARIABLE) && !call(share), "unset");

    while (gw_journal_claim(8)) {
    }
    set("t.py::late (call)");
    CHECK(!call(NULL) && !call(NULL), "a full journal");
    return 0;
}
