#include "sys.h"

#include "exec.h"

const struct gw_exec_gate gw_exec_gates[] = {{NULL, NULL, NULL}};
