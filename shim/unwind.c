#include "sys.h"

#include "acquire.h"
#include "module.h"
#include "unwind.h"

#define GW_STACK_MAX (256ul << 20) /* more than this above the gate is another stack */

static bool find_cfa(const struct gw_row *row, const uint64_t *regs, struct gw_memory *memory,
                     uint64_t *cfa) {
    if (row->cfa_expression) {
        return gw_expression(row->cfa_expression, regs, 0, false, memory, cfa);
    }
    if (row->cfa_reg >= GW_REGS) {
        return false;
    }
    *cfa = regs[row->cfa_reg] + (uint64_t)row->cfa_offset;
    return true;
}

/* One register of the caller. *at is where it was saved, 0 if in a register. */
static bool restore_register(const struct gw_register_rule *rule, uint32_t number,
                             const uint64_t *regs, uint64_t cfa, struct gw_memory *memory,
                             uint64_t *value, uint64_t *at) {
    *at = 0;
    switch (rule->type) {
    case GW_SAME_VALUE:
        *value = number == GW_REG_SP ? cfa : regs[number];
        return true;
    case GW_OFFSET:
        *at = cfa + (uint64_t)rule->value;
        return gw_memory_read(memory, *at, value);
    case GW_VAL_OFFSET:
        *value = cfa + (uint64_t)rule->value;
        return true;
    case GW_REGISTER:
        *value = rule->value >= 0 && rule->value < GW_REGS ? regs[rule->value] : 0;
        return true;
    case GW_EXPRESSION:
        return gw_expression(rule->expression, regs, cfa, true, memory, at) &&
               gw_memory_read(memory, *at, value);
    case GW_VAL_EXPRESSION:
        return gw_expression(rule->expression, regs, cfa, true, memory, value);
    }
    *value = 0;
    return number != GW_REG_RA; /* an undefined return address: the outermost frame */
}

static bool step_described(struct gw_walk *w, const struct gw_module *module) {
    const uint8_t *hdr = module->object.eh_frame_hdr;
    uintptr_t pc = w->regs[GW_REG_RA] - (w->exact ? 0 : 1);
    uint64_t cfa, at;
    if (!hdr || !gw_fde_find(&w->memory, hdr, pc, &w->fde) || w->fde.return_reg != GW_REG_RA ||
        !gw_row_of(&w->machine, &w->fde, pc) ||
        !find_cfa(&w->machine.row, w->regs, &w->memory, &cfa)) {
        return false;
    }
    for (uint32_t i = 0; i < GW_REGS; i++) {
        if (!restore_register(&w->machine.row.reg[i], i, w->regs, cfa, &w->memory, &w->next[i],
                              &at)) {
            return false;
        }
    }
    bool moved = w->next[GW_REG_SP] > w->regs[GW_REG_SP] || w->fde.signal_frame;
    gw_copy(w->regs, w->next, sizeof w->next);
    w->ra_at = at; /* GW_REG_RA is the last register */
    w->exact = w->fde.signal_frame;
    w->trace.handler |= w->exact;
    return moved; /* a stack that does not shrink would be walked for ever */
}

/* Code without a frame description (JIT, assembly): if it keeps a frame pointer, the
 * caller's is above. */
static bool step_frame_pointer(struct gw_walk *w) {
    uint64_t bp = w->regs[GW_REG_RBP], sp = w->regs[GW_REG_SP], next_bp, ra;
    if (bp < sp || bp - sp > (1u << 20) || !gw_memory_read(&w->memory, bp, &next_bp) ||
        !gw_memory_read(&w->memory, bp + 8, &ra) || !gw_module_of(ra)) {
        return false;
    }
    w->regs[GW_REG_RBP] = next_bp;
    w->regs[GW_REG_SP] = bp + 16;
    w->regs[GW_REG_RA] = ra;
    w->ra_at = bp + 8;
    w->exact = false;
    return true;
}

/* The return address of a call that runs with an acquired GIL has been replaced. Its
 * place stays what it is: that is the stack's. */
static void pass_acquired(struct gw_walk *w) {
    const struct gw_acquired *call;
    while (w->regs[GW_REG_RA] == (uintptr_t)gw_acquired_return &&
           (call = gw_acquired_at(w->regs[GW_REG_RBX]))) {
        w->regs[GW_REG_RA] = call->return_address;
        w->regs[GW_REG_RBX] = call->rbx;
    }
}

void gw_walk_start(struct gw_walk *w, const struct gw_frame *f) {
    gw_clear(w->regs, sizeof w->regs);
    gw_clear(&w->memory, sizeof w->memory);
    w->exact = false;
    w->regs[0] = f->rax;
    w->regs[1] = f->rdx;
    w->regs[2] = f->rcx;
    w->regs[GW_REG_RBX] = f->rbx;
    w->regs[4] = f->rsi;
    w->regs[5] = f->rdi;
    w->regs[GW_REG_RBP] = f->rbp;
    w->regs[8] = f->r8;
    w->regs[9] = f->r9;
    w->regs[10] = f->r10;
    w->regs[GW_REG_R12] = f->r12;
    w->regs[13] = f->r13;
    w->regs[14] = f->r14;
    w->regs[15] = f->r15;
    w->regs[GW_REG_RA] = *(const uint64_t *)f->sp;
    w->regs[GW_REG_SP] = f->sp + 8; /* as it is after the return */
    w->ra_at = f->sp;
    pass_acquired(w);
}

bool gw_walk_step(struct gw_walk *w) {
    const struct gw_module *module = gw_module_of(w->regs[GW_REG_RA] - (w->exact ? 0 : 1));
    if (!(module && step_described(w, module)) && !step_frame_pointer(w)) {
        return false;
    }
    pass_acquired(w);
    return true;
}

void gw_unwind(const struct gw_frame *frame, uint32_t limit, struct gw_walk *w) {
    struct gw_trace *trace = &w->trace;
    gw_walk_start(w, frame);
    gw_copy(trace->regs, w->regs, sizeof trace->regs);
    trace->regs[GW_REG_SP] = frame->sp;
    trace->frames = 0;
    trace->truncated = trace->far = trace->handler = false;
    while (w->regs[GW_REG_RA]) {
        if (trace->frames == limit) {
            trace->truncated = true;
            return;
        }
        trace->pc[trace->frames] = w->regs[GW_REG_RA];
        trace->far |= w->ra_at - frame->sp > GW_STACK_MAX;
        trace->at[trace->frames++] = (uint32_t)((w->ra_at - frame->sp) / 8);
        if (!gw_walk_step(w)) {
            return;
        }
    }
}
