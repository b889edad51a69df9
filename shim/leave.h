/* The ways out of an acquired call that are no return: longjmp, and an exception. */
#ifndef GILWATCH_LEAVE_H
#define GILWATCH_LEAVE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>

/* These stand in every object's slots of longjmp and its like. */
_Noreturn void gw_longjmp(jmp_buf place, int value);
_Noreturn void gw_longjmp_chk(jmp_buf place, int value);

/* What _FORTIFY_SOURCE makes of longjmp; glibc declares it nowhere. */
_Noreturn void __longjmp_chk(jmp_buf place, int value);

/* This stands in those of the function that goes on after a pthread_cleanup_push's handler. */
_Noreturn void gw_unwind_next(__pthread_unwind_buf_t *place);

/* gw_acquired_personality is called by an unwinder that carries an exception or a
 * pthread_exit through gw_acquired_return (Itanium C++ ABI: Exception Handling, 1.6). */
int gw_acquired_personality(int version, int actions, uint64_t class, void *exception,
                            void *context);

#endif
