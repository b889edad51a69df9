#include "sys.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include "alloc.h"
#include "fork.h"
#include "gate.h"
#include "got.h"
#include "interpreter.h"
#include "journal_file.h"
#include "lock.h"
#include "lookup.h"
#include "module.h"
#include "oracle.h"
#include "process.h"
#include "session.h"
#include "watch.h"

volatile uint32_t gw_watch_off;
volatile uint32_t gw_watch_was_initialized;

/* How often objects were loaded and unloaded, by the dynamic loader's count. */
struct counts {
    unsigned long long adds, subs;
};

static struct counts last_pass;
static bool forked;

/* One pass over the loaded objects, under the lock. */
struct pass {
    bool late;
    bool unloaded;    /* something was dlclosed since the last pass */
    bool changed;     /* the journal's counters have to be made anew */
    bool pending;     /* an object is still being loaded by another thread */
    const char *fail; /* why the interpreter could not be opened */
    const char *off;  /* why watching has to end */
    uint32_t next;    /* index in the table where the next object is looked for first */
};

/* The dynamic loader, the vdso and the shim call no C API, and the first two must not be
 * written to at this point. */
static bool is_own_or_system(const struct gw_object *o) {
    uintptr_t loader = getauxval(AT_BASE); /* 0: the loader was run as a program */
    return gw_object_contains(o, (uintptr_t)gw_gates_tls) || (loader && o->bias == loader) ||
           gw_object_contains(o, getauxval(AT_SYSINFO_EHDR));
}

/* The module of the object, new if it has to be. The objects come in the order of the
 * last pass, so the next in the table is the first guess. */
static struct gw_module *module_of(const struct gw_object *o, struct pass *pass) {
    uint32_t n = gw_modules_len();
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = (pass->next + k) % n;
        struct gw_module *m = gw_module_at(i);
        if (m->start != o->start || m->seen) {
            continue;
        }
        /* dlclose and dlopen may put another file at the same place. */
        if (gw_module_is(m, o) && !(pass->unloaded && m->build_id_size == 0)) {
            pass->next = i + 1;
            return m;
        }
        gw_module_unload(m);
    }
    pass->changed = true;
    return gw_module_add(o);
}

static int find_interpreter(struct dl_phdr_info *info, size_t size, void *context) {
    struct pass *pass = context;
    struct gw_object object;
    (void)size;
    if (!gw_object_read(&object, info) || !gw_interpreter_is(&object)) {
        return 0;
    }
    struct gw_module *m = module_of(&object, pass);
    if (!m || (pass->late && !m->settled)) {
        pass->pending = true; /* its code cannot be called before it is relocated */
        return 1;
    }
    (void)gw_interpreter_open(&object, pass->late, &pass->fail);
    return 1;
}

/* Takes one object under watch. The dynamic loader's list is locked meanwhile, so the
 * object stays mapped. */
static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    struct pass *pass = context;
    struct gw_object object;
    (void)size;
    if (!gw_object_read(&object, info)) {
        return 0;
    }
    struct gw_module *m = module_of(&object, pass);
    if (!m) {
        return 0;
    }
    m->seen = true;
    if (pass->late && !m->settled) {
        pass->pending = true;
        return 0;
    }
    if (object.name[0] == 0) {
        gw_got_set_executable(&object);
    }
    if (is_own_or_system(&object)) {
        return 0;
    }
    bool api = gw_interpreter.gate_of && !gw_watch_off && (gw_settings.sensors & GW_SENSOR_CALLS);
    if (!m->patched || m->api != api) {
        gw_got_patch(m, api && m->object.phdr != gw_interpreter.object.phdr);
        m->patched = true;
        m->api = api;
        pass->changed = true;
    } else {
        pass->changed |= gw_got_verify(m) != 0;
    }
    return 0;
}

static void forget_gone(struct pass *pass) {
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        struct gw_module *m = gw_module_at(i);
        if (m->start && !m->seen) {
            if (gw_interpreter.gate_of && m->object.phdr == gw_interpreter.object.phdr) {
                pass->off = "the interpreter was unloaded";
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
        if (m->start && m->patched && !m->entry) {
            gw_module_journal(m);
        }
    }
}

static void finish_pass(const struct pass *pass) {
    if ((gw_interpreter.gate_of || pass->fail) && !gw_journal && !gw_watch_off) {
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

static int read_counts(struct dl_phdr_info *info, size_t size, void *context) {
    struct counts *counts = context;
    if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs) {
        *counts = (struct counts){info->dlpi_adds, info->dlpi_subs};
    }
    return 1;
}

static int restore(struct dl_phdr_info *info, size_t size, void *context) {
    struct pass *pass = context;
    struct gw_object object;
    (void)size;
    if (gw_object_read(&object, info)) {
        struct gw_module *m = module_of(&object, pass);
        if (m) {
            gw_got_restore(m);
        }
    }
    return 0;
}

static void switch_off(const char *reason) {
    struct pass pass = {.late = true};
    gw_process_off(reason);
    dl_iterate_phdr(restore, &pass);
}

/* The thread has just imported something: it must be attached. */
static const char *oracle_error(void) {
    if (gw_watch_off || !gw_interpreter.gate_of || !gw_interpreter.is_initialized()) {
        return NULL;
    }
    gw_watch_was_initialized = 1;
    /* So that the interpreter's own slots are bound: the loader's resolver saves all vector
     * registers, and a violating thread may have no 2.7 KiB of stack for that. */
    (void)gw_interpreter.gilstate_this();
    return gw_oracle_verify() ? NULL
                              : "the place of the current thread state was read wrong from the "
                                "interpreter's machine code";
}

static void pass_over_objects(bool late) {
    struct counts counts = {0, 0};
    dl_iterate_phdr(read_counts, &counts);
    struct pass pass = {.late = late, .unloaded = counts.subs != last_pass.subs};
    if (!gw_interpreter.gate_of && !gw_watch_off) {
        dl_iterate_phdr(find_interpreter, &pass);
    }
    dl_iterate_phdr(visit, &pass);
    forget_gone(&pass);
    finish_pass(&pass);
    last_pass = counts;
    if (pass.pending) {
        last_pass.adds--; /* so that the next look-up comes again */
    }
    if (pass.off) {
        switch_off(pass.off);
    }
}

static int add_unknown(struct dl_phdr_info *info, size_t size, void *context) {
    struct gw_object object;
    (void)size;
    if (gw_object_read(&object, info)) {
        (void)module_of(&object, context);
    }
    return 0;
}

/* An object stands in the loader's list before it is relocated, and its loading thread
 * goes on writing to it. dladdr passes through the lock that dlopen holds to the end
 * (glibc's dl_load_lock, musl's lock), so what was in the list before is whole after. A
 * constructor that looks something up has the lock itself, and its object is whole. */
static void settle(void) {
    Dl_info ignored;
    struct pass pass = {.late = true};
    gw_lock();
    dl_iterate_phdr(add_unknown, &pass);
    uint32_t n = gw_modules_len(), unsettled = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct gw_module *m = gw_module_at(i);
        m->settling = m->start && !m->settled;
        unsettled += m->settling;
    }
    gw_unlock();
    if (!unsettled) {
        return;
    }
    (void)dladdr((void *)gw_gates_tls, &ignored);
    gw_lock();
    for (uint32_t i = 0; i < n; i++) {
        struct gw_module *m = gw_module_at(i);
        m->settled |= m->settling;
    }
    gw_unlock();
}

void gw_watch_begin(void) {
    gw_lock();
    pass_over_objects(false);
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        gw_module_at(i)->settled = true;
    }
    gw_unlock();
}

void gw_watch_refresh(void) {
    if (gw_locked_here()) {
        return; /* a signal handler's look-up during this thread's own pass */
    }
    settle();
    gw_lock();
    if (!gw_journal_ours()) {
        gw_fork_child();
    }
    pass_over_objects(true);
    const char *wrong = oracle_error();
    if (wrong) {
        gw_alloc_remove(); /* not where a pass found the interpreter gone */
        switch_off(wrong);
    }
    gw_alloc_refresh();
    gw_unlock();
}

void gw_watch_catch_up(void) {
    /* A child may have inherited the loader's list locked by a thread that it has not
     * got. dlsym works there all the same, dlopen does not: so look at the list only
     * where a dlopen has shown that it can be. */
    if (gw_locked_here() || (forked && !gw_lookup_opened)) {
        return;
    }
    struct counts counts = last_pass;
    gw_lock(); /* so that no fork happens while we hold the list's lock */
    dl_iterate_phdr(read_counts, &counts);
    bool moved = counts.adds != last_pass.adds || counts.subs != last_pass.subs;
    gw_unlock();
    if (moved) {
        gw_watch_refresh();
    }
}

void gw_watch_forked(void) {
    forked = true;
    gw_lookup_opened = 0;
}

void gw_watch_journal(void) {
    for (uint32_t i = 0; i < gw_modules_len(); i++) {
        gw_module_at(i)->entry = 0;
    }
    write_new_modules();
    write_counts();
}
