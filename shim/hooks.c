#include "sys.h"

#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "birth.h"
#include "exec.h"
#include "hooks.h"
#include "leave.h"
#include "lookup.h"
#include "session.h"
#include "shell.h"
#include "take.h"
#include "test.h"

const struct gw_hook gw_hooks[] = {
    {"dlsym", (void *)dlsym, (void *)gw_lookup_dlsym, 0},
    {"dlopen", (void *)dlopen, (void *)gw_lookup_dlopen, 0},
    {"execve", (void *)execve, (void *)gw_execve, 0},
    {"execv", (void *)execv, (void *)gw_execv, 0},
    {"execvp", (void *)execvp, (void *)gw_execvp, 0},
    {"execvpe", (void *)execvpe, (void *)gw_execvpe, 0},
    {"fexecve", (void *)fexecve, (void *)gw_fexecve, 0},
    {"posix_spawn", (void *)posix_spawn, (void *)gw_posix_spawn, 0},
    {"posix_spawnp", (void *)posix_spawnp, (void *)gw_posix_spawnp, 0},
    {"execl", (void *)execl, (void *)gw_execl, 0},
    {"execle", (void *)execle, (void *)gw_execle, 0},
    {"execlp", (void *)execlp, (void *)gw_execlp, 0},
    {"system", (void *)system, (void *)gw_system, 0},
    {"popen", (void *)popen, (void *)gw_popen, 0},
    {"pthread_create", (void *)pthread_create, (void *)gw_birth_hook, 0},
    {"setenv", (void *)setenv, (void *)gw_setenv, 0},
    {"putenv", (void *)putenv, (void *)gw_putenv, 0},
    {"unsetenv", (void *)unsetenv, (void *)gw_unsetenv, 0},
    {"longjmp", (void *)longjmp, (void *)gw_longjmp, GW_HOOK_ACQUIRING},
    {"_longjmp", (void *)_longjmp, (void *)gw_longjmp, GW_HOOK_ACQUIRING},
    {"siglongjmp", (void *)siglongjmp, (void *)gw_longjmp, GW_HOOK_ACQUIRING},
    {"__longjmp_chk", (void *)__longjmp_chk, (void *)gw_longjmp_chk, GW_HOOK_ACQUIRING},
    {"__pthread_unwind_next", (void *)__pthread_unwind_next, (void *)gw_unwind_next,
     GW_HOOK_ACQUIRING},
    {"pthread_cond_timedwait", (void *)pthread_cond_timedwait, (void *)gw_cond_timedwait,
     GW_HOOK_INTERPRETER},
    {"pthread_exit", (void *)pthread_exit, (void *)gw_pthread_exit, GW_HOOK_INTERPRETER},
    {NULL, NULL, NULL, 0},
};

/* Most symbols are told from all names above by a letter or two. */
static bool may_be_hooked(const char *name) {
    switch (name[0]) {
    case '_':
        return name[1] == 'l' || name[1] == '_';
    case 'd':
    case 'e':
    case 'f':
    case 'l':
    case 'p':
    case 's':
    case 'u':
        return true;
    }
    return false;
}

int gw_hook_for(const char *name, bool interpreter) {
    if (!may_be_hooked(name)) {
        return -1;
    }
    bool acquiring = gw_settings.action == GW_ACTION_ACQUIRE;
    for (int i = 0; gw_hooks[i].name; i++) {
        if (gw_equal(name, gw_hooks[i].name)) {
            enum gw_hook_place place = gw_hooks[i].place;
            return place == GW_HOOK_EVERYWHERE || (acquiring && place == GW_HOOK_ACQUIRING) ||
                           (acquiring && interpreter)
                       ? i
                       : -1;
        }
    }
    return -1;
}
