/* The module as C. */
#define PY_SSIZE_T_CLEAN
#define NAME "dropped_c"
#define INIT PyInit_dropped_c
#include "dropped.h"
