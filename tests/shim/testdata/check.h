/* What the test programs have in common: a check that says what was wrong, and ends. */
#ifndef GILWATCH_TEST_CHECK_H
#define GILWATCH_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define CHECK(holds, ...)                                                                          \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: %s does not hold: ", __FILE__, __LINE__, #holds);              \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* A generator of the same numbers in every run: xorshift64* (Vigna, 2016). */
static inline unsigned long next_random(unsigned long *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dul;
}

#endif
