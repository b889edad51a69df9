// The module as C++.
#define PY_SSIZE_T_CLEAN
#define NAME "dropped_cc"
#define INIT PyInit_dropped_cc
#include "dropped.h"
