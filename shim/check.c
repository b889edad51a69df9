#include "sys.h"

#include "check.h"
#include "interpreter.h"
#include "oracle.h"

/* Where gilwatch_check goes on (check_amd64.S). */
void *gw_check_way = gw_check_none;

void gw_check_begin(void) {
    gw_check_way = gw_oracle_kind == GW_ORACLE_TLS      ? gw_check_tls
                   : gw_oracle_kind == GW_ORACLE_GLOBAL ? gw_check_global
                                                        : gw_check_slow;
}

/* Copies: a name lies in a module, which may be unloaded before the report is made. */
static char names[GW_MACROS][24];

enum { FREE, BEING_WRITTEN, WRITTEN };

static uint32_t states[GW_MACROS];

static void write_name(uint32_t i, const char *macro) {
    gw_put(names[i], sizeof names[i], macro);
    gw_functions[GW_FIRST_MACRO + i] = (struct gw_function){.name = names[i], .macro = true};
    __atomic_store_n(&states[i], WRITTEN, __ATOMIC_RELEASE);
}

/* The number of a macro's name, the first time or again; GW_NO_GATE if there are too many.
 * A name that another thread is writing just now may get a second number, which makes no
 * difference to the report. */
static uint32_t number_of(const char *macro) {
    for (uint32_t i = 0; i < GW_MACROS; i++) {
        uint32_t state = FREE;
        if (__atomic_compare_exchange_n(&states[i], &state, BEING_WRITTEN, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
            write_name(i, macro);
            return GW_FIRST_MACRO + i;
        }
        if (state == WRITTEN && gw_equal(names[i], macro)) {
            return GW_FIRST_MACRO + i;
        }
    }
    return GW_NO_GATE;
}

void *gw_check_enter(struct gw_frame *frame) {
    uint32_t number = number_of((const char *)frame->rdi);
    return number == GW_NO_GATE ? NULL : gw_gate_enter(number, frame); /* a macro has no target */
}
