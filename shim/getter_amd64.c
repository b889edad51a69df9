/* Where does _PyThreadState_UncheckedGet or PyThreadState_GetUnchecked read? The forms
 * that compilers make of `return current`, seen in CPython 3.8 to 3.15, shared and
 * static, of pyenv, Debian and python-build-standalone:
 *
 *   mov GOT(%rip),%rax; mov disp(%rax),%rax            _PyRuntime in a libpython, <= 3.11
 *   mov disp(%rip),%rax                                _PyRuntime in an executable, <= 3.11
 *   mov %fs:disp,%rax                                  local-exec TLS, static
 *   mov GOT(%rip),%rax; mov %fs:(%rax),%rax            initial-exec TLS
 *   lea X(%rip),%rdi; call __tls_get_addr; mov [d](%rax),%rax   general and local dynamic
 *
 * around which endbr64, a frame (push %rbp; mov %rsp,%rbp), sub $8,%rsp and the padding
 * prefixes of the TLS sequences may stand. */
#include "sys.h"

#include "oracle.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static bool take(struct cursor *c, const char *bytes, size_t n) {
    if ((size_t)(c->end - c->at) < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (c->at[i] != (uint8_t)bytes[i]) {
            return false;
        }
    }
    c->at += n;
    return true;
}

#define TAKE(c, bytes) take(c, bytes, sizeof(bytes) - 1)

static int32_t disp32(struct cursor *c) {
    int32_t v = 0;
    if (c->end - c->at >= 4) {
        gw_copy(&v, c->at, 4);
        c->at += 4;
    }
    return v;
}

static void skip_prologue(struct cursor *c) {
    (void)TAKE(c, "\xf3\x0f\x1e\xfa");                              /* endbr64 */
    if (TAKE(c, "\x55")) {                                          /* push %rbp */
        (void)(TAKE(c, "\x48\x89\xe5") || TAKE(c, "\x48\x8b\xec")); /* mov %rsp,%rbp */
    }
    (void)TAKE(c, "\x48\x83\xec\x08"); /* sub $8,%rsp */
}

/* mov (%rax),%rax or with a displacement of 8 or 32 bits. */
static bool take_load(struct cursor *c, intptr_t *disp) {
    if (TAKE(c, "\x48\x8b\x00")) {
        *disp = 0;
        return true;
    }
    if (TAKE(c, "\x48\x8b\x40") && c->at < c->end) {
        *disp = (int8_t)*c->at++;
        return true;
    }
    if (TAKE(c, "\x48\x8b\x80")) {
        *disp = disp32(c);
        return true;
    }
    return false;
}

/* The function ends here: whatever is read has been read. */
static bool take_return(struct cursor *c) {
    (void)TAKE(c, "\x48\x83\xc4\x08");          /* add $8,%rsp */
    (void)(TAKE(c, "\x5d") || TAKE(c, "\xc9")); /* pop %rbp, leave */
    return TAKE(c, "\xc3");
}

static enum gw_getter_form decode_dynamic(struct cursor c, intptr_t *value) {
    (void)TAKE(&c, "\x66"); /* the padding of the general-dynamic sequence */
    if (!TAKE(&c, "\x48\x8d\x3d")) {
        return GW_GETTER_UNKNOWN;
    }
    int32_t disp = disp32(&c);
    const uintptr_t *index = (const void *)(c.at + disp); /* {module, offset} */
    (void)TAKE(&c, "\x66\x66\x48");
    (void)TAKE(&c, "\x66\x48"); /* the same with call *GOT(%rip) */
    if (TAKE(&c, "\xe8") || TAKE(&c, "\xff\x15")) {
        (void)disp32(&c);
        intptr_t more;
        if (take_load(&c, &more) && take_return(&c)) {
            *value = (intptr_t)index[1] + more;
            return GW_GETTER_TLS_INDEX;
        }
    }
    return GW_GETTER_UNKNOWN;
}

enum gw_getter_form gw_getter_decode(const uint8_t *code, intptr_t *value) {
    struct cursor c = {code, code + 64};
    skip_prologue(&c);
    if (TAKE(&c, "\x64\x48\x8b\x04\x25")) { /* mov %fs:disp32,%rax */
        *value = disp32(&c);
        return take_return(&c) ? GW_GETTER_TP_OFFSET : GW_GETTER_UNKNOWN;
    }
    if (!TAKE(&c, "\x48\x8b\x05")) { /* mov disp(%rip),%rax */
        return decode_dynamic(c, value);
    }
    int32_t disp = disp32(&c);
    const uintptr_t *word = (const void *)(c.at + disp);
    intptr_t more;
    if (take_load(&c, &more)) {
        if (!take_return(&c)) { /* before the word is read: this may be no getter */
            return GW_GETTER_UNKNOWN;
        }
        *value = (intptr_t)*word + more;
        return GW_GETTER_GLOBAL;
    }
    if (TAKE(&c, "\x64\x48\x8b\x00")) { /* mov %fs:(%rax),%rax */
        if (!take_return(&c)) {
            return GW_GETTER_UNKNOWN;
        }
        *value = (intptr_t)*word;
        return GW_GETTER_TP_OFFSET;
    }
    *value = (intptr_t)word;
    return take_return(&c) ? GW_GETTER_GLOBAL : GW_GETTER_UNKNOWN;
}
