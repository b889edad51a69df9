#include "sys.h"

#include <dlfcn.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "birth.h"
#include "exec.h"
#include "hooks.h"
#include "lookup.h"
#include "shell.h"

const struct gw_hook gw_hooks[] = {
    {"dlsym", (void *)dlsym, (void *)gw_lookup_dlsym},
    {"dlopen", (void *)dlopen, (void *)gw_lookup_dlopen},
    {"execve", (void *)execve, (void *)gw_execve},
    {"execv", (void *)execv, (void *)gw_execv},
    {"execvp", (void *)execvp, (void *)gw_execvp},
    {"execvpe", (void *)execvpe, (void *)gw_execvpe},
    {"fexecve", (void *)fexecve, (void *)gw_fexecve},
    {"posix_spawn", (void *)posix_spawn, (void *)gw_posix_spawn},
    {"posix_spawnp", (void *)posix_spawnp, (void *)gw_posix_spawnp},
    {"execl", (void *)execl, (void *)gw_execl},
    {"execle", (void *)execle, (void *)gw_execle},
    {"execlp", (void *)execlp, (void *)gw_execlp},
    {"system", (void *)system, (void *)gw_system},
    {"popen", (void *)popen, (void *)gw_popen},
    {"pthread_create", (void *)pthread_create, (void *)gw_birth_hook},
    {NULL, NULL, NULL},
};
