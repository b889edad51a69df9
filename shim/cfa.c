/* The program of a frame description, run up to one address: DWARF 5, 6.4.2 and 6.4.3. */
#include "sys.h"

#include "cfi.h"

enum {
    CFA_ADVANCE_LOC = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0,
    CFA_NOP = 0x00,
    CFA_SET_LOC = 0x01,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
    CFA_DEF_CFA_REGISTER = 0x0d,
    CFA_DEF_CFA_OFFSET = 0x0e,
    CFA_DEF_CFA_EXPRESSION = 0x0f,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_CFA_SF = 0x12,
    CFA_DEF_CFA_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2e,
};

static void set(struct gw_cfa_machine *m, uint64_t reg, uint8_t type, int64_t value) {
    if (reg < GW_REGS) {
        m->row.reg[reg] = (struct gw_register_rule){.type = type, .value = value};
    }
}

/* False if the expression does not end inside the program. */
static bool set_expression(struct gw_cfa_machine *m, uint64_t reg, uint8_t type) {
    const uint8_t *expression = m->at;
    uint64_t size = gw_uleb(&m->at, m->end);
    if (size > (uint64_t)(m->end - m->at)) {
        return false;
    }
    m->at += size;
    if (reg < GW_REGS) {
        m->row.reg[reg] = (struct gw_register_rule){.type = type, .expression = expression};
    }
    return true;
}

/* A factored offset; without overflow, whatever stands there. */
static int64_t scaled(const struct gw_cfa_machine *m, uint64_t v) {
    return (int64_t)(v * (uint64_t)m->fde->data_align);
}

static void restore(struct gw_cfa_machine *m, uint64_t reg) {
    if (reg < GW_REGS) {
        gw_copy(&m->row.reg[reg], &m->initial.reg[reg], sizeof m->initial.reg[reg]);
    }
}

static uint64_t fixed(struct gw_cfa_machine *m, size_t size) {
    uint64_t v = 0;
    if ((size_t)(m->end - m->at) < size) {
        m->at = m->end;
        return 0;
    }
    gw_copy(&v, m->at, size);
    m->at += size;
    return v;
}

static void define_cfa(struct gw_cfa_machine *m, uint64_t reg, int64_t offset) {
    m->row.cfa_reg = reg;
    m->row.cfa_offset = offset;
    m->row.cfa_expression = NULL;
}

/* The instructions that set rules; false: unknown, so the row cannot be trusted. */
static bool step_rule(struct gw_cfa_machine *m, uint8_t op) {
    uint64_t reg;
    const uint8_t **at = &m->at, *end = m->end;
    switch (op) {
    case CFA_NOP:
        return true;
    case CFA_GNU_ARGS_SIZE:
        (void)gw_uleb(at, end);
        return true;
    case CFA_DEF_CFA:
        reg = gw_uleb(at, end);
        define_cfa(m, reg, (int64_t)gw_uleb(at, end));
        return true;
    case CFA_DEF_CFA_SF:
        reg = gw_uleb(at, end);
        define_cfa(m, reg, scaled(m, (uint64_t)gw_sleb(at, end)));
        return true;
    case CFA_DEF_CFA_REGISTER:
        define_cfa(m, gw_uleb(at, end), m->row.cfa_offset);
        return true;
    case CFA_DEF_CFA_OFFSET:
        define_cfa(m, m->row.cfa_reg, (int64_t)gw_uleb(at, end));
        return true;
    case CFA_DEF_CFA_OFFSET_SF:
        define_cfa(m, m->row.cfa_reg, scaled(m, (uint64_t)gw_sleb(at, end)));
        return true;
    case CFA_DEF_CFA_EXPRESSION:
        return set_expression(m, GW_REGS, 0); /* only moves past it */
    case CFA_OFFSET_EXTENDED:
        reg = gw_uleb(at, end);
        set(m, reg, GW_OFFSET, scaled(m, gw_uleb(at, end)));
        return true;
    case CFA_OFFSET_EXTENDED_SF:
        reg = gw_uleb(at, end);
        set(m, reg, GW_OFFSET, scaled(m, (uint64_t)gw_sleb(at, end)));
        return true;
    case CFA_VAL_OFFSET:
        reg = gw_uleb(at, end);
        set(m, reg, GW_VAL_OFFSET, scaled(m, gw_uleb(at, end)));
        return true;
    case CFA_VAL_OFFSET_SF:
        reg = gw_uleb(at, end);
        set(m, reg, GW_VAL_OFFSET, scaled(m, (uint64_t)gw_sleb(at, end)));
        return true;
    case CFA_REGISTER:
        reg = gw_uleb(at, end);
        set(m, reg, GW_REGISTER, (int64_t)gw_uleb(at, end));
        return true;
    case CFA_UNDEFINED:
        set(m, gw_uleb(at, end), GW_UNDEFINED, 0);
        return true;
    case CFA_SAME_VALUE:
        set(m, gw_uleb(at, end), GW_SAME_VALUE, 0);
        return true;
    case CFA_RESTORE_EXTENDED:
        restore(m, gw_uleb(at, end));
        return true;
    case CFA_EXPRESSION:
        reg = gw_uleb(at, end);
        return set_expression(m, reg, GW_EXPRESSION);
    case CFA_VAL_EXPRESSION:
        reg = gw_uleb(at, end);
        return set_expression(m, reg, GW_VAL_EXPRESSION);
    }
    return false;
}

static bool step_state(struct gw_cfa_machine *m, uint8_t op) {
    if (op == CFA_REMEMBER_STATE) {
        if (m->remembered_n == GW_REMEMBERED) {
            return false;
        }
        gw_copy(&m->remembered[m->remembered_n++], &m->row, sizeof m->row);
        return true;
    }
    if (m->remembered_n == 0) {
        return false;
    }
    gw_copy(&m->row, &m->remembered[--m->remembered_n], sizeof m->row);
    return true;
}

/* Moves the location; false when that passes the address that is asked for. */
static bool advance(struct gw_cfa_machine *m, uint64_t delta) {
    uintptr_t next = m->loc + delta * m->fde->code_align;
    if (next > m->pc) {
        return false;
    }
    m->loc = next;
    return true;
}

static bool run(struct gw_cfa_machine *m, const uint8_t *program, const uint8_t *end) {
    m->at = program;
    m->end = end;
    while (m->at < m->end) {
        uint8_t op = *m->at++, low = op & 0x3f;
        bool go_on = true;
        switch (op & 0xc0) {
        case CFA_ADVANCE_LOC:
            go_on = advance(m, low);
            break;
        case CFA_OFFSET:
            set(m, low, GW_OFFSET, scaled(m, gw_uleb(&m->at, m->end)));
            break;
        case CFA_RESTORE:
            restore(m, low);
            break;
        default:
            if (op == CFA_ADVANCE_LOC1) {
                go_on = advance(m, fixed(m, 1));
            } else if (op == CFA_ADVANCE_LOC2) {
                go_on = advance(m, fixed(m, 2));
            } else if (op == CFA_ADVANCE_LOC4) {
                go_on = advance(m, fixed(m, 4));
            } else if (op == CFA_DEF_CFA_EXPRESSION) {
                m->row.cfa_expression = m->at;
                if (!step_rule(m, op)) {
                    return false;
                }
            } else if (op == CFA_REMEMBER_STATE || op == CFA_RESTORE_STATE) {
                if (!step_state(m, op)) {
                    return false;
                }
            } else if (!step_rule(m, op)) {
                return false; /* DW_CFA_set_loc included: no compiler for this CPU writes it */
            }
        }
        if (!go_on) {
            break;
        }
    }
    return true;
}

bool gw_row_of(struct gw_cfa_machine *m, const struct gw_fde *fde, uintptr_t pc) {
    gw_clear(&m->row, sizeof m->row);
    gw_clear(&m->initial, sizeof m->initial);
    m->fde = fde;
    m->remembered_n = 0;
    m->loc = 0;
    m->pc = pc;
    if (!run(m, fde->initial, fde->initial_end)) {
        return false;
    }
    gw_copy(&m->initial, &m->row, sizeof m->row);
    m->loc = fde->start;
    return run(m, fde->program, fde->program_end);
}
