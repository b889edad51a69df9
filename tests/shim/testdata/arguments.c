/* A gate passes every argument on, whatever the signature, attached or not, and whatever C
 * does to the registers meanwhile. The same call without a gate says what is right. */
#include "check.h"
#include "gated.h"
#include "thread.h"

#include <string.h>

#define GATE 9

struct wide {
    long v[5];
};

static struct wide mixed(long a, double b, struct wide c, float d, long e, long f, long g, long h,
                         long double i, const double *j) {
    struct wide w = {{a + c.v[4], (long)(b * 8) + e, (long)(d * 4) + f, g * h, (long)(i * *j)}};
    return w;
}

static double eight(double a, double b, double c, double d, double e, double f, double g,
                    double h) {
    return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f + 64 * g + 128 * h;
}

/* The gate for a function; each of the types is called through a pointer of its own. */
static void *gate(char *table, void *function) {
    gw_gate_target[GATE] = function;
    return table + GATE * GW_GATE_SIZE;
}

static void calls(char *table) {
    char want[200], got[200];
    const char *format = "%d %s %g %g %ld %g %c %Lg %g %g %d %d %g %g %g %g";
#define PRINT(print, to)                                                                           \
    (print)(to, sizeof(want), format, 1, "two", 3.5, 4.25, 5L, 6.125, '7', 8.5L, 9.75, 10.5, 11,   \
            12, 13.5, 14.5, 15.5, 16.5)
    int n = PRINT(snprintf, want);
    int (*print)(char *, size_t, const char *, ...) = gate(table, (void *)snprintf);
    CHECK(PRINT(print, got) == n, "snprintf returns %d", n);
    CHECK(strcmp(want, got) == 0, "\"%s\", want \"%s\"", got, want);

    double two = 2;
    struct wide in = {{1, 2, 3, 4, 5}}, a = mixed(1, 2.5, in, 3.5f, 4, 5, 6, 7, 8.5L, &two), b;
    struct wide (*mix)(long, double, struct wide, float, long, long, long, long, long double,
                       const double *) = gate(table, (void *)mixed);
    b = mix(1, 2.5, in, 3.5f, 4, 5, 6, 7, 8.5L, &two);
    CHECK(memcmp(&a, &b, sizeof a) == 0, "a struct by value, on the stack and returned");

    double (*add)(double, double, double, double, double, double, double, double) =
        gate(table, (void *)eight);
    CHECK(add(1, 2, 3, 4, 5, 6, 7, 8) == eight(1, 2, 3, 4, 5, 6, 7, 8), "eight doubles");
}

static __thread void *state;
static void *volatile current;

int main(void) {
    gated_open();
    gw_oracle_tls_offset = (char *)&state - (char *)__builtin_thread_pointer();
    gw_oracle_current = &current;
    state = current = &state;
    gw_thread.own = (uintptr_t)current;
    calls(gw_gates_tls);
    calls(gw_gates_global);
    CHECK(gated_entered == 0, "attached, but C was entered %d times", gated_entered);

    state = NULL;
    gw_thread.own = GW_OWN_UNKNOWN;
    calls(gw_gates_tls);
    calls(gw_gates_global);
    calls(gw_gates_slow);
    CHECK(gated_entered == 9, "detached, and C was entered %d times", gated_entered);
    return 0;
}
