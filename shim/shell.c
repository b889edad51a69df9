#include "sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "another.h"
#include "preload.h"
#include "program.h"
#include "session.h"
#include "shell.h"

/* A command with what puts the shim back before it: pages of its own. */
struct shell_command {
    char *text; /* NULL: the command as it is */
    size_t size;
};

#define EXPORT "; export LD_PRELOAD; "

/* Quotes for the shell: ' becomes '\\''. */
static char *put_quoted(char *to, const char *from) {
    *to++ = '\'';
    for (; *from; from++) {
        if (*from == '\'') {
            gw_copy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *from;
        }
    }
    *to++ = '\'';
    return to;
}

/* All in one line, so that the shell's messages name the same lines as before. */
static struct shell_command with_shim(const char *command) {
    struct shell_command c = {NULL, 0};
    char value[GW_PRELOAD_MAX];
    const char *had = gw_preload_in(environ);
    if (!command || !gw_session_shim[0] || gw_preload_names_shim(had) || gw_another_in(had) ||
        !gw_session_lasts() || gw_program_refuses("/bin/sh") ||
        !gw_preload_write(value, had, true)) {
        return c;
    }
    size_t length = gw_length(command);
    c.size = sizeof GW_PRELOAD + 4ul * GW_PRELOAD_MAX + sizeof EXPORT + length + 1;
    c.text = gw_map(c.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (c.text) {
        gw_copy(c.text, GW_PRELOAD, sizeof GW_PRELOAD - 1);
        char *to = put_quoted(c.text + sizeof GW_PRELOAD - 1, value + sizeof GW_PRELOAD - 1);
        gw_copy(to, EXPORT, sizeof EXPORT - 1);
        gw_copy(to + sizeof EXPORT - 1, command, length + 1);
    }
    return c;
}

static void drop(const struct shell_command *c) {
    if (c->text) {
        GW_SYS(munmap, c->text, c->size, 0, 0);
    }
}

int gw_system(const char *command) {
    struct shell_command c = with_shim(command);
    int result = system(c.text ? c.text : command);
    drop(&c);
    return result;
}

FILE *gw_popen(const char *command, const char *mode) {
    struct shell_command c = with_shim(command);
    FILE *result = popen(c.text ? c.text : command, mode);
    drop(&c);
    return result;
}
