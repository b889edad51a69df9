/* Each function returns a new reference to a str, as an address. */
#pragma once

#include <stdint.h>

uintptr_t make_wrong(void);
uintptr_t make_right(void);
/* The same once callback, which attaches and detaches again, has run. */
uintptr_t make_wrong_after(void (*callback)(void));
uintptr_t make_right_after(void (*callback)(void));
