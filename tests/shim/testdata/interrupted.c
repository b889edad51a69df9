/* A claim that grows the journal is interrupted after its first instruction, after its
 * second, and so on, by a handler that claims as well: whatever the one has done by then,
 * the other must get a place that is mapped. */
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "journals.h"

#define TRAP_FLAG 0x100
#define FIRST     (128u * 1024)

static volatile int stepping, steps, interrupt_at;

static void on_trap(int number, siginfo_t *info, void *context) {
    if (stepping && steps++ == interrupt_at) {
        CHECK(write_entry(1, 20), "interrupted after %d instructions", steps);
        stepping = 0;
    }
    if (!stepping) {
        ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
    }
}

static void on_begin(int number, siginfo_t *info, void *context) {
    stepping = 1;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] |= TRAP_FLAG;
}

/* One claim over the end of the first mapping; false: it ended before the interruption. */
static bool interrupted(int after) {
    fresh_journal();
    CHECK(gw_journal_claim(FIRST - gw_journal->cursor) && gw_journal->cursor == FIRST, "filling");
    steps = 0;
    interrupt_at = after;
    raise(SIGUSR1);
    struct gw_entry *e = gw_journal_claim(256);
    bool was = !stepping;
    stepping = 0;
    CHECK(e && gw_journal_offset(e) + 256 <= gw_journal->cursor, "the interrupted claim");
    CHECK(gw_journal->cursor > FIRST && gw_journal->allocated > FIRST, "the journal grew");
    return was;
}

int main(int argc, char **argv) {
    CHECK(argc == 2, "usage: interrupted FOLDER");
    session_in(argv[1], 2u << 20);
    struct sigaction trap = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    struct sigaction begin = {.sa_sigaction = on_begin, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &trap, NULL);
    sigaction(SIGUSR1, &begin, NULL);
    int after = 0;
    while (interrupted(after)) {
        after++;
    }
    CHECK(after > 100, "%d instructions", after);
    printf("%d\n", after);
    return 0;
}
