/* The exec and spawn functions as the watched program sees them: a child that can take
 * the shim gets LD_PRELOAD, one that would die of it does not. */
#ifndef GILWATCH_EXEC_H
#define GILWATCH_EXEC_H

struct gw_exec_gate {
    const char *name;
    void *real;
    void *gate;
};

/* Ended by an entry without a name. */
extern const struct gw_exec_gate gw_exec_gates[];

#endif
