/* A library that takes long to relocate. Its users are relocated after it. */
#include "slowresolver.h"

int library_successor(int x) {
    return slow_successor(x);
}
