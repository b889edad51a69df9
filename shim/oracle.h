/* The oracle: is this thread attached? Up to 3.11 that means "does it hold the GIL",
 * and CPython keeps one current thread state for the whole process; from 3.12 on it is
 * a thread-local. Sources: Python/pystate.c (_PyThreadState_UncheckedGet,
 * PyThreadState_GetUnchecked, PyGILState_GetThisThreadState), Python/ceval_gil.c. */
#ifndef GILWATCH_ORACLE_H
#define GILWATCH_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "journal.h"

extern enum gw_oracle gw_oracle_kind;

/* What the oracle says of the calling thread. */
enum gw_attached {
    GW_ATTACHED,
    GW_DETACHED,       /* nobody's, or no thread state at all */
    GW_OTHER_ATTACHED, /* 3.8 to 3.11: another thread holds the GIL */
};

/* gw_oracle_open finds the place of the current thread state in gw_interpreter. */
bool gw_oracle_open(const char **reason);

/* gw_oracle_verify compares with the exported getter, in a thread that may be attached:
 * false if the two disagree. Called when a module has been imported. */
bool gw_oracle_verify(void);

/* gw_oracle_ask is the whole question; the gates ask its first part. */
enum gw_attached gw_oracle_ask(void);

/* gw_oracle_read is the current thread state as this thread sees it. */
uintptr_t gw_oracle_read(void);

/* What the machine code of the getter says about where it reads. */
enum gw_getter_form {
    GW_GETTER_UNKNOWN,
    GW_GETTER_GLOBAL,    /* value: address of the word */
    GW_GETTER_TP_OFFSET, /* value: offset from the thread pointer */
    GW_GETTER_TLS_INDEX, /* value: offset in the object's TLS block */
};

/* gw_getter_decode reads the getter's code, CPU by CPU. */
enum gw_getter_form gw_getter_decode(const uint8_t *code, intptr_t *value);

#endif
