/* Call frame information: how an object's .eh_frame describes where a function's caller
 * left its registers. Sources: DWARF 5, section 6.4; LSB Core, chapter 10.6 (.eh_frame,
 * .eh_frame_hdr); System V ABI AMD64, 3.6.2 (register numbers). */
#ifndef GILWATCH_CFI_H
#define GILWATCH_CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "memory.h"

/* DWARF register numbers of x86-64. */
#define GW_REG_RBX 3
#define GW_REG_RBP 6
#define GW_REG_SP  7
#define GW_REG_R12 12
#define GW_REG_RA  16
#define GW_REGS    17

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

/* gw_fde_find looks the address up in an object's .eh_frame_hdr. Everything is read
 * through `memory`: the object may have been unloaded meanwhile. */
bool gw_fde_find(struct gw_memory *memory, const uint8_t *hdr, uintptr_t pc, struct gw_fde *fde);

/* Compilers nest remember/restore once; hand-written assembly rarely deeper. */
#define GW_REMEMBERED 4

/* What running a frame description's program takes; too much for a small stack. */
struct gw_cfa_machine {
    const struct gw_fde *fde;
    const uint8_t *at, *end;
    uintptr_t loc, pc;
    struct gw_row row;     /* the result */
    struct gw_row initial; /* what the CIE set, for DW_CFA_restore */
    struct gw_row remembered[GW_REMEMBERED];
    uint32_t remembered_n;
};

/* gw_row_of runs the frame description's program up to the address; the result is in
 * m->row. */
bool gw_row_of(struct gw_cfa_machine *m, const struct gw_fde *fde, uintptr_t pc);

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
