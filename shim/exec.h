/* The exec and spawn functions as the watched program sees them: a child that can take
 * the shim gets LD_PRELOAD, one that would die of it does not. The signatures are
 * libc's. */
#ifndef GILWATCH_EXEC_H
#define GILWATCH_EXEC_H

#include <spawn.h>

int gw_execve(const char *path, char *const argv[], char *const envp[]);
int gw_execv(const char *path, char *const argv[]);
int gw_fexecve(int fd, char *const argv[], char *const envp[]);
int gw_execvp(const char *file, char *const argv[]);
int gw_execvpe(const char *file, char *const argv[], char *const envp[]);
int gw_execl(const char *path, const char *arg, ...);
int gw_execle(const char *path, const char *arg, ...);
int gw_execlp(const char *file, const char *arg, ...);
int gw_posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                   const posix_spawnattr_t *attr, char *const argv[], char *const envp[]);
int gw_posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                    const posix_spawnattr_t *attr, char *const argv[], char *const envp[]);

#endif
