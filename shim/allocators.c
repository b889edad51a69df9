#include "sys.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "allocators.h"
#include "interpreter.h"

static void (*get)(int domain, struct gw_allocator *allocator);
static void (*set)(int domain, struct gw_allocator *allocator);
static void (*setup_debug)(void);
static const char *(*name)(void);
static int (*print_statistics)(FILE *out);

void gw_allocators_get(int domain, struct gw_allocator *allocator) {
    get(domain, allocator);
}

void gw_allocators_set(int domain, struct gw_allocator *allocator) {
    set(domain, allocator);
}

/* ---- in place of the interpreter's functions, for extensions ---- */

static void get_original(int domain, struct gw_allocator *allocator) {
    get(domain, allocator);
    gw_alloc_original(allocator);
}

static void set_and_refresh(int domain, struct gw_allocator *allocator) {
    set(domain, allocator);
    gw_alloc_refresh();
}

static void setup_debug_under(void) {
    gw_alloc_remove();
    setup_debug();
    gw_alloc_refresh();
}

static const char *name_without(void) {
    gw_alloc_remove();
    const char *answer = name();
    gw_alloc_refresh();
    return answer;
}

static int print_without(FILE *out) {
    gw_alloc_remove();
    int answer = print_statistics(out);
    gw_alloc_refresh();
    return answer;
}

static const struct stand_in {
    const char *name;
    void *own;
    void **real; /* found by gw_allocators_open */
} stand_ins[] = {
    {"PyMem_GetAllocator", (void *)get_original, (void **)&get},
    {"PyMem_SetAllocator", (void *)set_and_refresh, (void **)&set},
    {"PyMem_SetupDebugHooks", (void *)setup_debug_under, (void **)&setup_debug},
    {"_PyMem_GetCurrentAllocatorName", (void *)name_without, (void **)&name},
    {"_PyObject_DebugMallocStats", (void *)print_without, (void **)&print_statistics},
};

#define STAND_INS (sizeof stand_ins / sizeof stand_ins[0])

void *gw_alloc_stand_in(uint32_t function) {
    for (uint32_t i = 0; i < STAND_INS; i++) {
        if (gw_equal(gw_functions[function].name, stand_ins[i].name) && *stand_ins[i].real) {
            return stand_ins[i].own;
        }
    }
    return gw_gate_target[function];
}

/* ---- in place of two functions of the sys module ---- */

/* They ask whether the allocator is pymalloc, or mimalloc, by its address
 * (Objects/obmalloc.c, _PyMem_PymallocEnabled and _PyMem_MimallocEnabled), and nothing
 * but code of the interpreter is between Python and that. */
typedef void *(*method)(void *self, void *arguments);

/* PyMethodDef, of Include/methodobject.h. */
struct method_def {
    const char *name;
    method function;
};

static method print_statistics_method, count_blocks_method;

static void *without(method real, void *self, void *arguments) {
    gw_alloc_remove();
    void *answer = real(self, arguments);
    gw_alloc_refresh();
    return answer;
}

static void *sys_debugmallocstats(void *self, void *arguments) {
    return without(print_statistics_method, self, arguments);
}

static void *sys_getallocatedblocks(void *self, void *arguments) {
    return without(count_blocks_method, self, arguments);
}

/* The definition behind a built-in function of sys, or NULL: sizeof(PyObject) bytes into
 * the function object (Include/cpython/methodobject.h, PyCFunctionObject). */
static struct method_def *method_of_sys(const char *wanted) {
    const struct gw_object *o = &gw_interpreter.object;
    void *(*get_object)(const char *) =
        (void *(*)(const char *))gw_object_address(o, "PySys_GetObject");
    void *type = gw_object_address(o, "PyCFunction_Type");
    void **object = get_object && type ? get_object(wanted) : NULL;
    size_t head = gw_interpreter.free_threaded ? 4 : 2; /* words; the last is the type */
    if (!object || object[head - 1] != type) {
        return NULL;
    }
    struct method_def *def = object[head];
    uintptr_t at = (uintptr_t)def;
    bool ours = gw_object_contains(o, at) && !(at >= o->relro && at < o->relro_end);
    return ours && gw_equal(def->name, wanted) ? def : NULL;
}

static void replace(const char *name_in_sys, method own, method *real) {
    struct method_def *def = method_of_sys(name_in_sys);
    if (def && def->function != own) {
        *real = def->function;
        __atomic_store_n(&def->function, own, __ATOMIC_RELEASE);
    }
}

/* ---- */

/* What CPython does inside, where nothing of ours stands in: with PYTHONMALLOCSTATS it
 * prints pymalloc's figures whenever it gets an arena, and at the end; the collector of a
 * free-threaded build asks by address whether blocks carry the debug allocator's head
 * (Python/gc_free_threading.c, _PyMem_DebugEnabled in 3.13). */
static bool would_be_missed(void) {
    const char *now = name ? name() : NULL;
    const char *suffix = now ? now : "";
    while (*suffix && !gw_equal(suffix, "_debug")) {
        suffix++;
    }
    const char *statistics = getenv("PYTHONMALLOCSTATS");
    return (statistics && *statistics) || (gw_interpreter.free_threaded && (*suffix || !now));
}

bool gw_allocators_open(void) {
    static enum { NOT_ASKED, MAY, MAY_NOT } answer;
    if (answer == NOT_ASKED) {
        for (uint32_t i = 0; i < STAND_INS; i++) {
            *stand_ins[i].real = gw_object_address(&gw_interpreter.object, stand_ins[i].name);
        }
        answer = get && set && !would_be_missed() ? MAY : MAY_NOT;
        if (answer == MAY) {
            replace("_debugmallocstats", sys_debugmallocstats, &print_statistics_method);
            replace("getallocatedblocks", sys_getallocatedblocks, &count_blocks_method);
        }
    }
    return answer == MAY;
}
