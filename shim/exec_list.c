/* The exec functions that take the arguments one by one. libc's end in a call of its own
 * execve, past every slot. */
#include "sys.h"

#include <stdarg.h>
#include <unistd.h>

#include "exec.h"

/* The arguments from the first to the NULL, which ends them; ap stands behind it then. As
 * libc does (posix/execl.c), they are laid on the stack: the caller has them there too. */
#define COLLECT(argv, first, ap, last)                                                             \
    size_t n = 1;                                                                                  \
    va_start(ap, last);                                                                            \
    for (const char *a = first; a; n++) {                                                          \
        a = va_arg(ap, const char *);                                                              \
    }                                                                                              \
    va_end(ap);                                                                                    \
    char *argv[n];                                                                                 \
    va_start(ap, last);                                                                            \
    argv[0] = (char *)(uintptr_t)first;                                                            \
    for (size_t i = 1; i < n; i++) {                                                               \
        argv[i] = va_arg(ap, char *);                                                              \
    }

int gw_execl(const char *path, const char *arg, ...) {
    va_list ap;
    COLLECT(argv, arg, ap, arg)
    va_end(ap);
    return gw_execve(path, argv, environ);
}

int gw_execle(const char *path, const char *arg, ...) {
    va_list ap;
    COLLECT(argv, arg, ap, arg)
    char *const *envp = va_arg(ap, char *const *);
    va_end(ap);
    return gw_execve(path, argv, envp);
}

int gw_execlp(const char *file, const char *arg, ...) {
    va_list ap;
    COLLECT(argv, arg, ap, arg)
    va_end(ap);
    return gw_execvpe(file, argv, environ);
}
