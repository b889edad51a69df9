/* Whose journal is it? A child of fork(), one of a bare clone(2), and a grandchild have
 * their parent's until they make their own; a vfork child shares it. Prints the pids. */
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journals.h"

static pid_t bare_clone(void) {
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void ended(pid_t pid) {
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "child %d ended with %#x", pid, status);
}

/* In a child: not ours, and once renewed, one of its own. Where none can be made the child
 * goes on in its parent's. */
static void become_own(uint32_t writer, uint32_t entries) {
    CHECK(!gw_journal_ours(), "a child takes its parent's journal for its own");
    CHECK(gw_journal_renew() && gw_journal_ours(), "the child's own journal");
    CHECK(gw_journal->pid == getpid() && gw_journal->ppid == getppid(), "pids");
    for (uint32_t n = 0; n < entries; n++) {
        CHECK(write_entry(writer, n), "entry %u", n);
    }
    printf("%d\n", getpid());
    fflush(stdout);
}

static void stay_in_parents(void) {
    struct gw_journal *parents = gw_journal;
    CHECK(!gw_journal_ours(), "a child takes its parent's journal for its own");
    strcat(gw_session_folder, "/missing");
    CHECK(!gw_journal_renew() && gw_journal_ours(), "a journal in no folder");
    CHECK(gw_journal == parents && write_entry(0, 1), "the parent's journal");
}

static int shared_was_ours = -1;

static int vforked(void *unused) {
    shared_was_ours = gw_journal_ours();
    return 0;
}

int main(int argc, char **argv) {
    static _Alignas(16) char stack[65536];
    CHECK(argc == 2, "usage: forks FOLDER");
    session_in(argv[1], 1u << 20);
    CHECK(gw_journal_create() && gw_journal_ours(), "the first journal");
    CHECK(write_entry(0, 0), "an entry");
    printf("%d\n", getpid());
    fflush(stdout);

    pid_t pid = fork();
    if (!pid) {
        become_own(1, 3);
        pid_t grandchild = bare_clone();
        if (!grandchild) {
            become_own(2, 5);
            _exit(0);
        }
        ended(grandchild);
        CHECK(gw_journal_ours() && write_entry(1, 3), "the child's journal after its child");
        _exit(0);
    }
    ended(pid);
    pid = bare_clone();
    if (!pid) {
        become_own(3, 2000); /* into the grown part */
        _exit(0);
    }
    ended(pid);
    pid = fork();
    if (!pid) {
        stay_in_parents();
        _exit(0);
    }
    ended(pid);
    pid = clone(vforked, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
    ended(pid);
    CHECK(shared_was_ours == 1, "a vfork child shares the journal");
    CHECK(gw_journal_ours() && write_entry(0, 2), "the first journal, at the end");
    return 0;
}
