#include "sys.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include "program.h"
#include "session.h"

/* The head of a file: the ELF header, the program headers and the interpreter's name
 * all lie in the first page of what linkers make. */
#define HEAD 4096

/* `#!` chains longer than this are refused by the kernel (fs/exec.c, exec_binprm). */
#define SCRIPTS 5

static long read_head(const char *path, char head[HEAD + 1]) {
    long fd = GW_OPEN(path, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0) {
        return fd;
    }
    long n = GW_SYS(read, fd, head, HEAD, 0);
    GW_SYS(close, fd, 0, 0, 0);
    head[n > 0 ? n : 0] = 0;
    return n;
}

/* The interpreter a script names: the first word behind `#!`, ended in place. */
static char *script_interpreter(char *head) {
    char *p = head + 2, *end;
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    for (end = p; *end && *end != ' ' && *end != '\t' && *end != '\n' && *end != '\r'; end++) {
    }
    *end = 0;
    return p;
}

/* The musl loader is named ld-musl-ARCH.so.1 wherever it is installed. */
static bool names_musl(const char *path) {
    for (; *path; path++) {
        if (gw_has_prefix(path, "/ld-musl-")) {
            return true;
        }
    }
    return false;
}

static const char *elf_refuses(const char *head, long n) {
    if (head[EI_CLASS] != ELFCLASS64) {
        return "32-bit program: the shim is 64-bit";
    }
    const Elf64_Ehdr *e = (const void *)head;
    if (e->e_machine != EM_X86_64) {
        return "program for another CPU";
    }
    for (int i = 0; i < e->e_phnum; i++) {
        uint64_t at = e->e_phoff + (uint64_t)i * sizeof(Elf64_Phdr);
        if (at > (uint64_t)n || at + sizeof(Elf64_Phdr) > (uint64_t)n) {
            break;
        }
        const Elf64_Phdr *p = (const void *)(head + at);
        if (p->p_type == PT_INTERP && p->p_offset < (uint64_t)n && names_musl(head + p->p_offset)) {
            return "linked with musl: this shim needs glibc";
        }
    }
    return NULL;
}

/* Would the program gain rights? Then the dynamic loader ignores LD_PRELOAD (AT_SECURE; the
 * rules are those of security/commoncap.c, cap_bprm_creds_from_file). */
static const char *privileges_refuse(const char *path) {
    struct stat s;
    struct statfs mount;
    char capability[64];
    if (GW_SYS(newfstatat, AT_FDCWD, path, &s, 0) < 0) {
        return NULL;
    }
    bool user = s.st_mode & S_ISUID && s.st_uid != (uid_t)GW_SYS(geteuid, 0, 0, 0, 0);
    bool group = s.st_mode & S_ISGID && s.st_mode & S_IXGRP &&
                 s.st_gid != (gid_t)GW_SYS(getegid, 0, 0, 0, 0);
    bool capable = GW_SYS(getuid, 0, 0, 0, 0) != 0 &&
                   GW_SYS(getxattr, path, "security.capability", capability, sizeof capability) > 0;
    if (!(user || group || capable) ||
        gw_sys6(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0, 0) == 1 ||
        (GW_SYS(statfs, path, &mount, 0, 0) == 0 && mount.f_flags & ST_NOSUID)) {
        return NULL;
    }
    return user    ? "setuid program: the dynamic loader ignores LD_PRELOAD"
           : group ? "setgid program: the dynamic loader ignores LD_PRELOAD"
                   : "program with file capabilities: the dynamic loader ignores LD_PRELOAD";
}

const char *gw_program_refuses(const char *path) {
    char head[HEAD + 1], interpreter[256];
    for (int scripts = 0; scripts <= SCRIPTS; scripts++) {
        long n = read_head(path, head);
        if (n >= (long)sizeof(Elf64_Ehdr) && gw_has_prefix(head, ELFMAG)) {
            const char *refuses = elf_refuses(head, n);
            return refuses ? refuses : privileges_refuse(path);
        }
        if (n < 3 || !gw_has_prefix(head, "#!")) {
            return n < 0 ? privileges_refuse(path) : NULL; /* it may be executed, not read */
        }
        gw_put(interpreter, sizeof interpreter, script_interpreter(head));
        path = interpreter;
    }
    return NULL;
}
