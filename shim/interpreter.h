/* The interpreter: the loaded object that defines the C API, and its watch list. */
#ifndef GILWATCH_INTERPRETER_H
#define GILWATCH_INTERPRETER_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"
#include "object.h"

/* A watched function; its number is the number of its gate. */
struct gw_function {
    const char *name;
    uint8_t legal; /* enum gw_legal */
    uint8_t event; /* enum gw_event */
    uint8_t identity;
    bool no_acquire; /* it switches or deletes thread states, or forks */
    bool macro;      /* a macro of internal/refcount: no call, and no gate */
};

struct gw_interpreter {
    struct gw_object object;
    bool late; /* loaded after the program had begun: its TLS has no fixed place */
    bool free_threaded;
    int minor;
    const char *version; /* static storage of the interpreter */
    uint32_t functions;  /* on the watch list, so with a gate */
    uint32_t no_gate;    /* that should be, but the gates are used up */
    uint16_t *gate_of;   /* by symbol index; GW_NO_GATE */
    uint32_t gate_of_n;
    uintptr_t end_interpreter, end_interpreter_end; /* the code of Py_EndInterpreter */
    void *(*getter)(void);
    void *(*gilstate_this)(void);
    int (*is_initialized)(void);
    int (*is_finalizing)(void); /* NULL not exported */
};

#define GW_NO_GATE 0xffff

extern struct gw_interpreter gw_interpreter;
extern struct gw_function gw_functions[GW_GATES];

/* gw_interpreter_is tells whether the object defines the C API. */
bool gw_interpreter_is(const struct gw_object *object);

/* gw_interpreter_open makes the watch list for the object and finds the oracle. On
 * failure the reason is a static text and nothing may be gated. */
bool gw_interpreter_open(const struct gw_object *object, bool late, const char **reason);

/* gw_interpreter_gate is the number of the gate for a name that the interpreter
 * exports, or GW_NO_GATE. */
uint32_t gw_interpreter_gate(const char *name);

#endif
