#include "sys.h"

#include <link.h>
#include <linux/futex.h>
#include <sys/auxv.h>

#include "fork.h"
#include "gate.h"
#include "got.h"
#include "interpreter.h"
#include "journal_file.h"
#include "module.h"
#include "oracle.h"
#include "process.h"
#include "session.h"
#include "watch.h"

volatile uint32_t gw_watch_off;
volatile uint32_t gw_watch_was_initialized;

/* 0 free, 1 held, 2 held and waited for: Drepper, "Futexes Are Tricky", mutex 2. Not
 * pthread's: a signal handler that looks a symbol up while this thread refreshes must
 * be told, not deadlock. */
static uint32_t lock_word;
static int32_t lock_owner;

bool gw_watch_locked_here(void) {
    return __atomic_load_n(&lock_owner, __ATOMIC_RELAXED) == (int32_t)GW_SYS(gettid, 0, 0, 0, 0);
}

void gw_watch_lock(void) {
    uint32_t was = 0;
    if (!__atomic_compare_exchange_n(&lock_word, &was, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        while (__atomic_exchange_n(&lock_word, 2, __ATOMIC_ACQUIRE) != 0) {
            GW_SYS(futex, &lock_word, FUTEX_WAIT_PRIVATE, 2, 0);
        }
    }
    __atomic_store_n(&lock_owner, (int32_t)GW_SYS(gettid, 0, 0, 0, 0), __ATOMIC_RELAXED);
}

void gw_watch_unlock(void) {
    __atomic_store_n(&lock_owner, 0, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(&lock_word, 0, __ATOMIC_RELEASE) == 2) {
        GW_SYS(futex, &lock_word, FUTEX_WAKE_PRIVATE, 1, 0);
    }
}

/* What dl_iterate_phdr counted at the last pass. */
static unsigned long long adds, subs;

/* One pass over the loaded objects. */
struct pass {
    bool late;
    bool unloaded;    /* something was dlclosed since the last pass */
    bool changed;     /* the journal's counters have to be made anew */
    bool opened;      /* the interpreter was found in this pass */
    const char *fail; /* why it could not be opened */
    uint32_t next;    /* index in the table where the next object is looked for first */
};

/* The dynamic loader, the vdso and the shim call no C API, and the first two must not be
 * written to at this point. */
static bool is_own_or_system(const struct gw_object *o) {
    uintptr_t loader = getauxval(AT_BASE); /* 0: the loader was run as a program */
    return gw_object_contains(o, (uintptr_t)gw_gates_tls) || (loader && o->bias == loader) ||
           gw_object_contains(o, getauxval(AT_SYSINFO_EHDR));
}

/* The same object as the one in the table? dlclose and dlopen may put another file, or
 * the same one with fresh slots, at the same place. */
static bool same_object(const struct gw_module *m, const struct gw_object *o) {
    if (m->object.bias != o->bias || m->object.phdr != o->phdr || m->end != o->end ||
        m->build_id_size !=
            (o->build_id_size > GW_BUILD_ID_MAX ? GW_BUILD_ID_MAX : o->build_id_size)) {
        return false;
    }
    for (uint32_t i = 0; i < m->build_id_size; i++) {
        if (m->build_id[i] != o->build_id[i]) {
            return false;
        }
    }
    return true;
}

/* The objects come in the order of the last pass, so the next in the table is the first
 * guess. */
static struct gw_module *known(const struct gw_object *o, struct pass *pass) {
    uint32_t n = gw_modules_len();
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = (pass->next + k) % n;
        struct gw_module *m = gw_module_at(i);
        if (m->start != o->start || m->seen) {
            continue;
        }
        if (same_object(m, o) && !(pass->unloaded && m->build_id_size == 0)) {
            pass->next = i + 1;
            return m;
        }
        gw_module_unload(m);
    }
    return NULL;
}

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    struct pass *pass = context;
    struct gw_object object;
    (void)size;
    if (!gw_object_read(&object, info)) {
        return 0;
    }
    struct gw_module *m = known(&object, pass);
    if (m) {
        m->object.name = object.name; /* the loader may have moved the text */
    } else {
        m = gw_module_add(&object);
        pass->changed = true;
    }
    if (!m) {
        return 0;
    }
    m->seen = true;
    if (gw_modules_len() == 1) {
        gw_got_set_executable(&object);
    }
    if (!gw_interpreter.gate_of && !pass->fail && gw_interpreter_is(&object)) {
        pass->opened = gw_interpreter_open(&object, pass->late, &pass->fail);
    }
    return 0;
}

/* Patches what is new, verifies what is known. Runs with the dynamic loader's list
 * locked (in a callback that ends at the first object), so nothing is unmapped under it. */
static int patch_all(struct dl_phdr_info *info, size_t size, void *context) {
    struct pass *pass = context;
    bool api = gw_interpreter.gate_of && !gw_watch_off;
    (void)info;
    (void)size;
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        struct gw_module *m = gw_module_at(i);
        if (!m->start || is_own_or_system(&m->object)) {
            continue;
        }
        if (!m->patched || (api && !m->api)) {
            bool interpreter = m->object.phdr == gw_interpreter.object.phdr;
            gw_got_patch(m, api && !interpreter);
            m->patched = true;
            m->api = api;
            pass->changed = true;
        } else {
            pass->changed |= gw_got_verify(m) != 0;
        }
    }
    return 1;
}

static void forget_gone(struct pass *pass) {
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        struct gw_module *m = gw_module_at(i);
        if (m->start && !m->seen) {
            if (m->object.phdr == gw_interpreter.object.phdr) {
                gw_watch_switch_off("the interpreter was unloaded");
            }
            gw_module_unload(m);
            pass->changed = true;
        }
        m->seen = false;
    }
}

static void write_counts(void) {
    struct gw_journal *j = gw_journal;
    uint32_t modules = 0, slots = 0, foreign = 0;
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        const struct gw_module *m = gw_module_at(i);
        modules += m->start && m->api_slots;
        slots += m->start ? m->api_slots : 0;
        foreign += m->start ? m->foreign : 0;
    }
    j->modules = modules > j->modules ? modules : j->modules;
    j->slots = slots > j->slots ? slots : j->slots;
    j->slots_foreign = foreign;
}

static void write_new_modules(void) {
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        struct gw_module *m = gw_module_at(i);
        if (m->start && !m->entry) {
            gw_module_journal(m);
        }
    }
}

static void finish_pass(const struct pass *pass) {
    if ((pass->opened || pass->fail) && !gw_journal) {
        gw_process_begin();
    }
    if (!gw_journal) {
        return;
    }
    if (pass->fail) {
        gw_process_off(pass->fail);
    }
    if (pass->changed) {
        write_new_modules();
        write_counts();
    }
}

/* In a thread that has just imported something: it must be attached. */
static void verify_oracle(bool late) {
    if (!late || gw_watch_off || !gw_interpreter.gate_of || !gw_interpreter.is_initialized()) {
        return;
    }
    gw_watch_was_initialized = 1;
    if (!gw_oracle_verify()) {
        gw_watch_switch_off("the place of the current thread state was read wrong from the "
                            "interpreter's machine code");
    }
}

static int read_counts(struct dl_phdr_info *info, size_t size, void *context) {
    unsigned long long *counts = context;
    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs) {
        counts[0] = info->dlpi_adds;
        counts[1] = info->dlpi_subs;
    }
    return 1;
}

void gw_watch_refresh(bool late) {
    if (gw_watch_locked_here()) {
        return; /* a signal handler's look-up during this thread's own pass */
    }
    gw_watch_lock();
    if (!gw_journal_ours()) {
        gw_fork_child();
    }
    unsigned long long counts[2] = {0, 0};
    dl_iterate_phdr(read_counts, counts);
    struct pass pass = {.late = late, .unloaded = counts[1] != subs};
    dl_iterate_phdr(visit, &pass);
    forget_gone(&pass);
    dl_iterate_phdr(patch_all, &pass);
    finish_pass(&pass);
    adds = counts[0];
    subs = counts[1];
    gw_watch_unlock();
    verify_oracle(late);
}

void gw_watch_catch_up(void) {
    unsigned long long counts[2] = {0, 0};
    dl_iterate_phdr(read_counts, counts);
    if (counts[0] != adds || counts[1] != subs) {
        gw_watch_refresh(true);
    }
}

void gw_watch_switch_off(const char *reason) {
    gw_watch_off = 1;
    gw_process_off(reason);
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        struct gw_module *m = gw_module_at(i);
        if (m->start) {
            gw_got_restore(m);
        }
    }
}

void gw_watch_journal(void) {
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        gw_module_at(i)->entry = 0;
    }
    write_new_modules();
    write_counts();
}
