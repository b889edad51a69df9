/* The cases as C. */
#include "counts.h"
