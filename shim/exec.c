#include "sys.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

#include "another.h"
#include "child.h"
#include "exec.h"
#include "journal_file.h"
#include "preload.h"
#include "program.h"
#include "session.h"

/* Pointers that are laid on the stack; a larger environment gets pages of its own, but
 * not in a vfork child, whose pages would stay with its parent when it is gone. */
#define ON_STACK 512

static size_t count(char *const envp[]) {
    size_t n = 0;
    while (envp && envp[n]) {
        n++;
    }
    return n;
}

/* The environment for the program: `to` has room for two more than envp. NULL: as it is. */
static char *const *adapt(char *const envp[], char **to, char value[GW_PRELOAD_MAX], bool with) {
    size_t n = 0;
    const char *had = gw_preload_in(envp);
    with = with && !gw_another_in(had);
    if (gw_preload_names_shim(had) == with || !gw_preload_write(value, had, with)) {
        return NULL;
    }
    for (size_t i = 0; envp && envp[i]; i++) {
        if (!gw_has_prefix(envp[i], GW_PRELOAD)) {
            to[n++] = envp[i];
        }
    }
    if (value[sizeof GW_PRELOAD - 1]) {
        to[n++] = value;
    }
    to[n] = NULL;
    return to;
}

/* The program cannot be watched: why, or NULL. A shim that this user cannot open (any
 * more) is one that the dynamic loader would complain of. */
static const char *refuses_to(const char *path) {
    const char *refuses = gw_program_refuses(path);
    if (refuses) {
        return refuses;
    }
    long fd = GW_OPEN(gw_session_shim, O_RDONLY, 0);
    if (fd == -13 /* EACCES */ || fd == -1 /* EPERM */) {
        return "the session folder cannot be read by the user it runs as";
    }
    if (fd == -2 /* ENOENT */) {
        return "the session has ended, or its folder is out of reach";
    }
    if (fd >= 0) {
        GW_SYS(close, fd, 0, 0, 0);
    }
    return NULL;
}

static int32_t own_pid(void) {
    return (int32_t)GW_SYS(getpid, 0, 0, 0, 0);
}

/* An environment under way to a program: storage for the adapted copy. */
struct handover {
    const char *refuses;
    char *const *env; /* what to hand over */
    char **room;
    size_t mapped; /* bytes of room that are pages of their own */
    char value[GW_PRELOAD_MAX];
};

static void adapt_into(struct handover *h, char **stack, const char *path, char *const envp[]) {
    size_t need = (count(envp) + 2) * sizeof(char *);
    h->refuses = refuses_to(path);
    h->env = envp;
    h->mapped = 0;
    h->room = stack;
    if (need > ON_STACK * sizeof(char *)) {
        bool vforked = gw_journal && gw_journal->pid != own_pid();
        h->mapped = need;
        h->room =
            vforked ? NULL : gw_map(need, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    }
    char *const *adapted = h->room ? adapt(envp, h->room, h->value, !h->refuses) : NULL;
    h->env = adapted ? adapted : envp;
}

static void finish(struct handover *h, int32_t child, const char *path) {
    if (h->refuses && child > 0) {
        gw_child_note(child, path, h->refuses);
    }
}

/* An exec has come back, so it has failed. */
static void take_back(struct handover *h, const char *path) {
    if (h->refuses) {
        gw_child_note(own_pid(), path, "");
    }
}

static void drop(const struct handover *h) {
    if (h->mapped && h->room) {
        GW_SYS(munmap, h->room, h->mapped, 0, 0);
    }
}

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
            if (GW_SYS(faccessat, AT_FDCWD, path, X_OK, 0) == 0) {
                return path;
            }
        }
        list += folder + (list[folder] == ':');
    }
    return file;
}

int gw_execve(const char *path, char *const argv[], char *const envp[]) {
    struct handover h;
    char *stack[ON_STACK];
    adapt_into(&h, stack, path, envp);
    finish(&h, own_pid(), path);
    int result = execve(path, argv, h.env);
    take_back(&h, path);
    drop(&h);
    return result;
}

int gw_execv(const char *path, char *const argv[]) {
    return gw_execve(path, argv, environ);
}

int gw_fexecve(int fd, char *const argv[], char *const envp[]) {
    struct handover h;
    char *stack[ON_STACK];
    char path[sizeof "/proc/self/fd/0000000000"] = "/proc/self/fd/";
    (void)gw_put_number(path + gw_length(path), (uint32_t)fd);
    adapt_into(&h, stack, path, envp);
    finish(&h, own_pid(), path);
    int result = fexecve(fd, argv, h.env);
    take_back(&h, path);
    drop(&h);
    return result;
}

int gw_execvpe(const char *file, char *const argv[], char *const envp[]) {
    struct handover h;
    char *stack[ON_STACK];
    char found[GW_PATH_MAX];
    const char *path = search(file, found, environ);
    adapt_into(&h, stack, path, envp);
    finish(&h, own_pid(), path);
    int result = execvpe(file, argv, h.env);
    take_back(&h, path);
    drop(&h);
    return result;
}

int gw_execvp(const char *file, char *const argv[]) {
    return gw_execvpe(file, argv, environ);
}

int gw_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                   const posix_spawnattr_t *attr, char *const argv[], char *const envp[]) {
    struct handover h;
    char *stack[ON_STACK];
    pid_t child = 0;
    adapt_into(&h, stack, path, envp);
    int result = posix_spawn(&child, path, actions, attr, argv, h.env);
    finish(&h, result == 0 ? child : 0, path);
    drop(&h);
    if (result == 0 && pid) {
        *pid = child;
    }
    return result;
}

int gw_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                    const posix_spawnattr_t *attr, char *const argv[], char *const envp[]) {
    struct handover h;
    char *stack[ON_STACK];
    char found[GW_PATH_MAX];
    pid_t child = 0;
    const char *path = search(file, found, environ);
    adapt_into(&h, stack, path, envp);
    int result = posix_spawnp(&child, file, actions, attr, argv, h.env);
    finish(&h, result == 0 ? child : 0, path);
    drop(&h);
    if (result == 0 && pid) {
        *pid = child;
    }
    return result;
}
