#include "sys.h"

#include <spawn.h>
#include <unistd.h>

#include "exec.h"
#include "journal_file.h"
#include "program.h"
#include "session.h"

/* A larger environment is handed on as it is. */
#define VARIABLES_MAX 8192
#define VALUE_MAX     4096

#define PRELOAD "LD_PRELOAD="

static size_t count(char *const envp[]) {
    size_t n = 0;
    while (envp && envp[n]) {
        n++;
    }
    return n;
}

/* Where the shim's path stands in a list separated by colons or blanks; NULL: nowhere. */
static const char *find_shim(const char *list) {
    size_t n = gw_length(gw_session_shim);
    for (const char *p = list; *p;) {
        if (gw_has_prefix(p, gw_session_shim) && (!p[n] || p[n] == ':' || p[n] == ' ')) {
            return p;
        }
        while (*p && *p != ':' && *p != ' ') {
            p++;
        }
        p += *p != 0;
    }
    return NULL;
}

/* The variable with the shim behind what it names, or without the shim. */
static bool write_preload(char value[VALUE_MAX], const char *had, bool with) {
    size_t shim = gw_length(gw_session_shim), len = gw_length(had);
    const char *at = find_shim(had);
    if (len + shim + sizeof PRELOAD + 1 > VALUE_MAX) {
        return false;
    }
    gw_copy(value, PRELOAD, sizeof PRELOAD - 1);
    char *to = value + sizeof PRELOAD - 1;
    if (with) {
        gw_copy(to, had, len);
        to += len;
        if (len) {
            *to++ = ':';
        }
        gw_copy(to, gw_session_shim, shim + 1);
        return true;
    }
    size_t before = (size_t)(at - had), after = len - before - shim;
    gw_copy(to, had, before);
    gw_copy(to + before, at + shim, after + 1);
    return true;
}

/* The environment for the program: `to` has room for two more than envp. NULL: as it is. */
static char *const *adapt(char *const envp[], char **to, char value[VALUE_MAX], bool with) {
    size_t n = 0;
    const char *had = "";
    for (size_t i = 0; envp && envp[i]; i++) {
        if (gw_has_prefix(envp[i], PRELOAD)) {
            had = envp[i] + sizeof PRELOAD - 1;
        } else {
            to[n++] = envp[i];
        }
    }
    if ((find_shim(had) != NULL) == with || !write_preload(value, had, with)) {
        return NULL;
    }
    if (value[sizeof PRELOAD - 1]) {
        to[n++] = value;
    }
    to[n] = NULL;
    return to;
}

static void note_child(int32_t pid, const char *path, const char *reason) {
    size_t reason_size = gw_length(reason) + 1, path_size = gw_length(path) + 1;
    struct gw_child_entry *e = gw_journal_claim(sizeof *e + reason_size + path_size);
    if (e) {
        e->pid = pid;
        e->reason_size = (uint32_t)reason_size;
        e->path_size = (uint32_t)path_size;
        gw_copy(e + 1, reason, reason_size);
        gw_copy((char *)(e + 1) + reason_size, path, path_size);
        gw_journal_commit(e, GW_ENTRY_CHILD);
    }
}

/* Runs `call` with `env` naming the environment to hand over and `refuses` saying why
 * the program cannot be watched. All on the stack: the caller may be a vfork child. */
#define WITH_ENVIRONMENT(path, envp, call)                                                         \
    do {                                                                                           \
        size_t variables = count(envp);                                                            \
        char *const *env = (envp);                                                                 \
        const char *refuses = gw_program_refuses(path);                                            \
        char value[VALUE_MAX];                                                                     \
        if (variables <= VARIABLES_MAX) {                                                          \
            char **room = __builtin_alloca((variables + 2) * sizeof *room);                        \
            char *const *adapted = adapt(envp, room, value, !refuses);                             \
            env = adapted ? adapted : env;                                                         \
        }                                                                                          \
        call;                                                                                      \
    } while (0)

/* The file that execvp would find; the name itself where it finds none. */
static const char *search(const char *file, char path[GW_PATH_MAX], char *const envp[]) {
    const char *list = "/bin:/usr/bin"; /* confstr(_CS_PATH) */
    for (const char *c = file; *c; c++) {
        if (*c == '/') {
            return file;
        }
    }
    for (size_t i = 0; envp && envp[i]; i++) {
        if (gw_has_prefix(envp[i], "PATH=")) {
            list = envp[i] + 5;
        }
    }
    size_t name = gw_length(file);
    while (*list) {
        size_t folder = 0;
        while (list[folder] && list[folder] != ':') {
            folder++;
        }
        if (folder + name + 2 <= GW_PATH_MAX) {
            gw_copy(path, list, folder);
            path[folder] = '/';
            gw_copy(path + folder + (folder > 0), file, name + 1);
            if (GW_SYS(access, path, X_OK, 0, 0) == 0) {
                return path;
            }
        }
        list += folder + (list[folder] == ':');
    }
    return file;
}

static int32_t own_pid(void) {
    return (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
}

static int gate_execve(const char *path, char *const argv[], char *const envp[]) {
    WITH_ENVIRONMENT(path, envp, {
        if (refuses) {
            note_child(own_pid(), path, refuses);
        }
        return execve(path, argv, env);
    });
}

static int gate_execv(const char *path, char *const argv[]) {
    return gate_execve(path, argv, environ);
}

static int gate_execvpe(const char *file, char *const argv[], char *const envp[]) {
    char found[GW_PATH_MAX];
    const char *path = search(file, found, environ);
    WITH_ENVIRONMENT(path, envp, {
        if (refuses) {
            note_child(own_pid(), path, refuses);
        }
        return execvpe(file, argv, env);
    });
}

static int gate_execvp(const char *file, char *const argv[]) {
    return gate_execvpe(file, argv, environ);
}

static int gate_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                            const posix_spawnattr_t *attr, char *const argv[], char *const envp[]) {
    pid_t child = 0;
    int result;
    WITH_ENVIRONMENT(path, envp, {
        result = posix_spawn(&child, path, actions, attr, argv, env);
        if (result == 0 && refuses) {
            note_child(child, path, refuses);
        }
    });
    if (result == 0 && pid) {
        *pid = child;
    }
    return result;
}

static int gate_posix_spawnp(pid_t *pid, const char *file,
                             const posix_spawn_file_actions_t *actions,
                             const posix_spawnattr_t *attr, char *const argv[],
                             char *const envp[]) {
    char found[GW_PATH_MAX];
    pid_t child = 0;
    int result;
    const char *path = search(file, found, environ);
    WITH_ENVIRONMENT(path, envp, {
        result = posix_spawnp(&child, file, actions, attr, argv, env);
        if (result == 0 && refuses) {
            note_child(child, path, refuses);
        }
    });
    if (result == 0 && pid) {
        *pid = child;
    }
    return result;
}

const struct gw_exec_gate gw_exec_gates[] = {
    {"execve", (void *)execve, (void *)gate_execve},
    {"execv", (void *)execv, (void *)gate_execv},
    {"execvp", (void *)execvp, (void *)gate_execvp},
    {"execvpe", (void *)execvpe, (void *)gate_execvpe},
    {"posix_spawn", (void *)posix_spawn, (void *)gate_posix_spawn},
    {"posix_spawnp", (void *)posix_spawnp, (void *)gate_posix_spawnp},
    {NULL, NULL, NULL},
};
