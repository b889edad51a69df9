/* The ways out of an acquired call that are no return: longjmp, and an exception. */
#ifndef GILWATCH_LEAVE_H
#define GILWATCH_LEAVE_H

#include <setjmp.h>
#include <stdint.h>

/* These stand in every object's slots of longjmp and its like. */
_Noreturn void gw_longjmp(jmp_buf place, int value);
_Noreturn void gw_longjmp_chk(jmp_buf place, int value);

/* What _FORTIFY_SOURCE makes of longjmp; glibc declares it nowhere. */
_Noreturn void __longjmp_chk(jmp_buf place, int value);

/* gw_acquired_personality is called by an unwinder that carries an exception or a
 * pthread_exit through gw_acquired_return (Itanium C++ ABI: Exception Handling, 1.6). */
int gw_acquired_personality(int version, int actions, uint64_t class, void *exception,
                            void *context);

#endif
