/* The table of stacks under load: 200,000 distinct ones from eight threads, and pairs of
 * threads that meet the same ones at the same time. */
#include "check.h"
#include "interpreter.h"
#include "record.h"

#include <pthread.h>
#include <string.h>

#ifndef EACH
#    define EACH 25000 /* stacks of one thread; TSan needs fewer */
#endif
#define THREADS 8
#define SHARED  500 /* stacks of a pair of threads */
#define FRAMES  12

struct gw_function gw_functions[GW_GATES] = {{.name = "PyList_New"}, {.name = "PyDict_New"}};

struct stack {
    uint32_t function, frames;
    uint64_t released;
    uint64_t pc[FRAMES];
};

/* Return addresses as they are: close to each other, few functions, many sites. */
static struct stack stack_of(uint32_t owner, uint32_t n) {
    unsigned long seed = (owner + 1) * 1000003ul + n * 7919ul + 1;
    struct stack s = {.function = n & 1, .frames = 3 + n % (FRAMES - 3)};
    s.released = n % 3 ? 0x7f0000001000 + n % 5 : 0;
    for (uint32_t i = 0; i < s.frames; i++) {
        s.pc[i] = 0x7f0000000000 + next_random(&seed) % 4096;
    }
    s.pc[0] = 0x7f0000000000 + n; /* distinct for its owner */
    s.pc[1] = 0x7f1000000000 + owner * 16;
    return s;
}

static uint64_t hash_of(const struct stack *s) {
    return gw_stack_hash(s->function, GW_KIND_GIL_NOT_HELD, s->released, s->frames, s->pc);
}

static struct gw_violation_entry *find(const struct stack *s) {
    return gw_stacks_find(hash_of(s), s->function, GW_KIND_GIL_NOT_HELD, s->released, s->frames,
                          s->pc);
}

static struct gw_violation_entry *add(const struct stack *s) {
    struct gw_violation_entry *e = calloc(1, sizeof *e + s->frames * sizeof(uint64_t));
    CHECK(e, "memory");
    e->kind = GW_KIND_GIL_NOT_HELD;
    e->released = s->released;
    e->frames = s->frames;
    strcpy(e->function, gw_functions[s->function].name);
    memcpy(e + 1, s->pc, s->frames * sizeof(uint64_t));
    gw_stacks_add(hash_of(s), e);
    return e;
}

static pthread_barrier_t together;
static uint32_t made[THREADS / 2][SHARED]; /* entries for one stack of a pair */

static void *work(void *arg) {
    uint32_t me = (uint32_t)(uintptr_t)arg, pair = me / 2;
    pthread_barrier_wait(&together);
    for (uint32_t n = 0; n < SHARED; n++) {
        struct stack s = stack_of(THREADS + pair, n);
        if (!find(&s)) {
            add(&s);
            __atomic_add_fetch(&made[pair][n], 1, __ATOMIC_RELAXED);
        }
        CHECK(find(&s), "stack %u of pair %u", n, pair);
    }
    for (uint32_t n = 0; n < EACH; n++) {
        struct stack s = stack_of(me, n);
        CHECK(!find(&s), "stack %u of thread %u, not added yet", n, me);
        struct gw_violation_entry *e = add(&s);
        CHECK(find(&s) == e, "stack %u of thread %u", n, me);
    }
    return NULL;
}

/* A stack is told from one that differs in a single thing, even if their hashes did not. */
static void near_ones(void) {
    struct stack s = stack_of(0, 0);
    uint64_t hash = hash_of(&s), pc[FRAMES];
    enum gw_kind kind = GW_KIND_GIL_NOT_HELD;
    memcpy(pc, s.pc, sizeof pc);
    CHECK(gw_stacks_find(hash, s.function, kind, s.released, s.frames, pc), "the stack itself");
    CHECK(!gw_stacks_find(hash, !s.function, kind, s.released, s.frames, pc), "function");
    CHECK(!gw_stacks_find(hash, s.function, kind + 1, s.released, s.frames, pc), "kind");
    CHECK(!gw_stacks_find(hash, s.function, kind, s.released + 1, s.frames, pc), "released");
    CHECK(!gw_stacks_find(hash, s.function, kind, s.released, s.frames - 1, pc), "frames");
    for (uint32_t i = 0; i < s.frames; i++) {
        pc[i]++;
        CHECK(!gw_stacks_find(hash, s.function, kind, s.released, s.frames, pc), "frame %u", i);
        CHECK(gw_stack_hash(s.function, kind, s.released, s.frames, pc) != hash, "frame %u", i);
        pc[i]--;
    }
}

int main(void) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&together, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++) {
        CHECK(!pthread_create(&threads[i], NULL, work, (void *)i), "a thread");
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (uint32_t me = 0; me < THREADS; me++) {
        for (uint32_t n = 0; n < EACH; n++) {
            struct stack s = stack_of(me, n);
            CHECK(find(&s), "stack %u of thread %u, at the end", n, me);
        }
    }
    for (uint32_t pair = 0; pair < THREADS / 2; pair++) {
        for (uint32_t n = 0; n < SHARED; n++) {
            CHECK(made[pair][n] == 1 || made[pair][n] == 2, "stack %u: %u entries", n,
                  made[pair][n]);
        }
    }
    near_ones();
    gw_stacks_forget();
    struct stack s = stack_of(0, 0);
    CHECK(!find(&s), "a stack that was forgotten");
    struct gw_violation_entry *e = add(&s);
    CHECK(find(&s) == e, "a stack of a forked child");
    return 0;
}
