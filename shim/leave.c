#include "sys.h"

#include <dlfcn.h>

#include "acquire.h"
#include "cfi.h"
#include "leave.h"

/* From the Itanium C++ ABI: Exception Handling, 1.2. */
#define CLEANUP_PHASE   2
#define CONTINUE_UNWIND 8

/* The stack pointer in a jmp_buf: the seventh word, exclusive-ored with the thread's guard
 * and turned left by 17 bits (glibc's sysdeps/unix/sysv/linux/x86_64/pointer_guard.h,
 * PTR_MANGLE; sysdeps/x86_64/jmpbuf-offsets.h, JB_RSP). */
static uintptr_t stack_pointer(jmp_buf place) {
    uint64_t mangled = ((uint64_t *)place)[6], guard;
    __asm__("movq %%fs:0x30, %0" : "=r"(guard));
    return (mangled >> 17 | mangled << 47) ^ guard;
}

static void left(jmp_buf place) {
    gw_acquire_jumped((uintptr_t)__builtin_frame_address(0), stack_pointer(place));
}

void gw_longjmp(jmp_buf place, int value) {
    left(place);
    siglongjmp(place, value);
}

void gw_longjmp_chk(jmp_buf place, int value) {
    left(place);
    __longjmp_chk(place, value);
}

/* In C pthread_cleanup_push keeps a jmp_buf. glibc jumps there at the first frame whose callee's
 * CFA is not below the buffer's stack pointer (nptl/unwind.c, unwind_stop): for a call that the
 * same function makes that is ours, before its personality is asked. From here the unwinding
 * goes on when the handlers have run, which is the first that we hear of it. */
void gw_unwind_next(__pthread_unwind_buf_t *place) {
    gw_acquire_jumped(0, (uintptr_t)__builtin_frame_address(0) + 16);
    __pthread_unwind_next(place);
}

typedef uint64_t get_register(void *context, int number);

/* The unwinder's own function, of the object that called: the shim is linked with none.
 * NULL where libgcc is linked in and hidden. What a library that this object needs has is
 * another unwinder, which may never have run and then has no sizes of registers yet. */
static get_register *register_getter(void *unwinder) {
    Dl_info info, found_in;
    if (!dladdr(unwinder, &info) || !info.dli_fname) {
        return NULL;
    }
    void *object = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (!object) {
        return NULL;
    }
    void *found = dlsym(object, "_Unwind_GetGR");
    dlclose(object);
    bool own = found && dladdr(found, &found_in) && found_in.dli_fbase == info.dli_fbase;
    return own ? (get_register *)found : NULL;
}

int gw_acquired_personality(int version, int actions, uint64_t class, void *exception,
                            void *context) {
    (void)version;
    (void)class;
    (void)exception;
    if (actions & CLEANUP_PHASE) {
        get_register *get = register_getter(__builtin_return_address(0));
        const struct gw_acquired *call =
            get ? gw_acquired_at(get(context, GW_REG_RBX))
                : gw_acquired_above((uintptr_t)__builtin_frame_address(0));
        if (call) {
            gw_acquire_passed((struct gw_acquired *)call);
        }
    }
    return CONTINUE_UNWIND;
}
