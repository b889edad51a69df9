/* Where threads were created, and in which test: a creation is held up on its way by a
 * pthread_create of our own (--wrap), which the shim's hook calls. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "birth.h"
#include "check.h"
#include "memory.h"
#include "test.h"
#include "thread.h"
#include "unwind.h"

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *),
                          void *arg);

static uint32_t test; /* the one that threads are created in */
static void (*created)(void);
static sem_t done;

uint32_t gw_test_of_new_thread(void) {
    return test;
}

struct gw_walk *gw_walk_begin(void) {
    return NULL;
}

void gw_walk_end(struct gw_walk *walk) {
    (void)walk;
}

void gw_unwind(const struct gw_frame *frame, uint32_t most, struct gw_walk *walk) {
    (void)frame, (void)most, (void)walk;
}

bool gw_memory_read(struct gw_memory *memory, uintptr_t address, uint64_t *value) {
    (void)memory;
    *value = *(volatile uint64_t *)address;
    return true;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *),
                          void *arg) {
    int result = __real_pthread_create(thread, attr, body, arg);
    if (created) {
        created();
    }
    return result;
}

static void create(pthread_t *thread, void *(*body)(void *), void *arg) {
    struct gw_frame frame = {
        .rdi = (uintptr_t)thread, .rdx = (uintptr_t)body, .rcx = (uintptr_t)arg};
    CHECK(gw_birth_create(&frame) == 0, "no thread");
}

static long waits(void) {
    struct rusage usage;
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
}

/* The thread has its number where the program wants it as soon as it runs, and what it
 * leaves there is not written over. */
static pthread_t number;

static void *overwrite(void *unused) {
    (void)unused;
    CHECK(pthread_equal(number, pthread_self()), "another number than its own");
    number = 0;
    sem_post(&done);
    return NULL;
}

static void wait_for_it(void) {
    sem_wait(&done);
}

static void numbers(void) {
    created = wait_for_it;
    create(&number, overwrite, NULL);
    CHECK(number == 0, "%#lx was written after the thread had run", number);
}

/* A thread with the number of one that has ended is not taken for that one while its own
 * creation is under way: until it is noted it waits, asleep. */
static pid_t asking;
static bool answered;

static void *ask(void *wanted) {
    struct gw_birth birth;
    __atomic_store_n(&asking, gettid(), __ATOMIC_RELEASE);
    gw_birth_of_this(&birth);
    __atomic_store_n(&answered, true, __ATOMIC_RELEASE);
    CHECK(birth.test == (uintptr_t)wanted, "test %u, want %lu", birth.test, (uintptr_t)wanted);
    return (void *)pthread_self();
}

static bool is_asleep(pid_t thread) {
    char path[64], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *stat = fopen(path, "r");
    CHECK(stat && fscanf(stat, "%*d (%*[^)]) %c", &state) == 1, "%s", path);
    fclose(stat);
    return state == 'S';
}

static void until_it_waits(void) {
    pid_t thread = 0;
    while (!(thread = __atomic_load_n(&asking, __ATOMIC_ACQUIRE))) {
        sched_yield();
    }
    while (!__atomic_load_n(&answered, __ATOMIC_ACQUIRE) && !is_asleep(thread)) {
        sched_yield();
    }
}

static void reused(void) {
    void *had = NULL;
    created = until_it_waits;
    for (uintptr_t i = 1; i < 10; i++) {
        pthread_t thread;
        void *has;
        asking = 0;
        answered = false;
        test = (uint32_t)i;
        create(&thread, ask, (void *)i);
        pthread_join(thread, &has);
        CHECK(i == 1 || has == had, "the number is not used again");
        had = has;
    }
}

/* A child that was forked while a thread was created, by another or by the creator itself,
 * does not wait for what never comes. */
static void fork_and_ask(void) {
    pid_t child = fork();
    if (child == 0) {
        struct gw_birth birth;
        gw_birth_forked();
        long before = waits();
        gw_birth_of_this(&birth);
        _exit(waits() != before);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0, "the child waited");
}

static void *forking(void *unused) {
    (void)unused;
    fork_and_ask();
    sem_post(&done);
    return NULL;
}

static void *nothing(void *unused) {
    return unused;
}

static void forks(void) {
    pthread_t thread;
    created = wait_for_it;
    create(&thread, forking, NULL);
    pthread_join(thread, NULL);
    created = fork_and_ask;
    create(&thread, nothing, NULL);
    pthread_join(thread, NULL);
}

int main(void) {
    sem_init(&done, 0, 0);
    numbers();
    reused();
    forks();
    return 0;
}
