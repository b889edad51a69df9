/* The module table of a test program, filled as watch.c fills it, and no journal. */
#ifndef GILWATCH_TEST_LOADED_H
#define GILWATCH_TEST_LOADED_H

#ifdef __cplusplus
extern "C" {
#endif

/* loaded_read puts all loaded objects into the table; called once. */
void loaded_read(void);

#ifdef __cplusplus
}
#endif
#endif
