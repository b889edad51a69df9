// The cases as C++.
#include "accepted.h"
