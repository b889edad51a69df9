/* Unwinding this thread's stack through .eh_frame, in the thread itself: no malloc, no
 * lock, no libc. Sources: DWARF 5, section 6.4; LSB Core, chapter 10.6 (.eh_frame,
 * .eh_frame_hdr); System V ABI AMD64, 3.6.2 (register numbers). */
#ifndef GILWATCH_UNWIND_H
#define GILWATCH_UNWIND_H

#include <stdbool.h>
#include <stdint.h>

#include "gate.h"
#include "journal.h"

/* DWARF register numbers of x86-64. */
#define GW_REG_RBX 3
#define GW_REG_RBP 6
#define GW_REG_SP  7
#define GW_REG_R12 12
#define GW_REG_RA  16
#define GW_REGS    17

struct gw_trace {
    uint32_t frames;
    bool truncated;             /* there were more than GW_FRAMES_MAX */
    bool far;                   /* a frame lies on another stack: `at` does not tell where */
    uint64_t pc[GW_FRAMES_MAX]; /* return addresses, innermost first */
    uint32_t at[GW_FRAMES_MAX]; /* where they stand, in words above the entry's stack pointer */
    uint64_t regs[GW_REGS];     /* at the gate's entry */
};

/* gw_unwind walks from the gate's entry outwards. */
void gw_unwind(const struct gw_frame *frame, struct gw_trace *trace);

/* Memory as the unwinder reads it: each page is asked for once (the kernel says EFAULT
 * where we would die), the last few are remembered. */
struct gw_memory {
    uintptr_t page[4];
    uint32_t next;
};

/* gw_memory_read fills *value from an address of this process; false if it cannot. */
bool gw_memory_read(struct gw_memory *memory, uintptr_t address, uint64_t *value);

/* How the caller's registers are found: one rule per register, DWARF 5, 6.4.1. */
enum gw_rule_type {
    GW_SAME_VALUE = 0,
    GW_UNDEFINED,
    GW_OFFSET,     /* saved at CFA + value */
    GW_VAL_OFFSET, /* is CFA + value */
    GW_REGISTER,   /* is register `value` */
    GW_EXPRESSION, /* saved where the expression says */
    GW_VAL_EXPRESSION,
};

struct gw_register_rule {
    uint8_t type;
    int64_t value;
    const uint8_t *expression; /* begins with its ULEB128 length */
};

struct gw_row {
    struct gw_register_rule reg[GW_REGS];
    uint64_t cfa_reg;
    int64_t cfa_offset;
    const uint8_t *cfa_expression; /* NULL: register and offset */
};

/* The frame description of one function. */
struct gw_fde {
    uintptr_t start, end; /* of the function */
    const uint8_t *initial, *initial_end;
    const uint8_t *program, *program_end;
    uint64_t code_align;
    int64_t data_align;
    uint64_t return_reg;
    uint8_t encoding;
    bool signal_frame; /* the pc is the next instruction, not a return address */
    bool augmented;    /* the FDE has augmentation data */
};

/* gw_fde_find looks the address up in an object's .eh_frame_hdr. */
bool gw_fde_find(const uint8_t *hdr, uintptr_t pc, struct gw_fde *fde);

/* gw_row_of runs the frame description's program up to the address. */
bool gw_row_of(const struct gw_fde *fde, uintptr_t pc, struct gw_row *row);

/* gw_expression evaluates a DWARF expression with `first` on the stack. */
bool gw_expression(const uint8_t *expression, const uint64_t regs[GW_REGS], uint64_t first,
                   bool push_first, struct gw_memory *memory, uint64_t *result);

/* gw_uleb and gw_sleb read a LEB128 number and move *at; they stop at `end`. */
uint64_t gw_uleb(const uint8_t **at, const uint8_t *end);
int64_t gw_sleb(const uint8_t **at, const uint8_t *end);

/* gw_encoded reads a pointer in a DW_EH_PE_* encoding and moves *at. */
bool gw_encoded(const uint8_t **at, const uint8_t *end, uint8_t encoding, uintptr_t data_base,
                uintptr_t *value);

#endif
