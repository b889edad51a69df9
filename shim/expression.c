/* DWARF expressions (DWARF 5, 2.5), as far as frame descriptions use them: PLT entries
 * compute their CFA so, and libc's signal trampoline all its registers. */
#include "sys.h"

#include "cfi.h"

enum {
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08,
    OP_CONST1S = 0x09,
    OP_CONST2U = 0x0a,
    OP_CONST2S = 0x0b,
    OP_CONST4U = 0x0c,
    OP_CONST4S = 0x0d,
    OP_CONST8U = 0x0e,
    OP_CONSTU = 0x10,
    OP_CONSTS = 0x11,
    OP_DUP = 0x12,
    OP_DROP = 0x13,
    OP_AND = 0x1a,
    OP_MINUS = 0x1c,
    OP_MUL = 0x1e,
    OP_NEG = 0x1f,
    OP_OR = 0x21,
    OP_PLUS = 0x22,
    OP_PLUS_UCONST = 0x23,
    OP_SHL = 0x24,
    OP_SHR = 0x25,
    OP_EQ = 0x29,
    OP_GE = 0x2a,
    OP_GT = 0x2b,
    OP_LE = 0x2c,
    OP_LT = 0x2d,
    OP_NE = 0x2e,
    OP_LIT0 = 0x30,
    OP_LIT31 = 0x4f,
    OP_BREG0 = 0x70,
    OP_BREG31 = 0x8f,
};

#define DEPTH 16

struct stack {
    uint64_t v[DEPTH];
    uint32_t n;
};

static bool push(struct stack *s, uint64_t v) {
    if (s->n == DEPTH) {
        return false;
    }
    s->v[s->n++] = v;
    return true;
}

static bool constant(const uint8_t **at, const uint8_t *end, uint8_t op, uint64_t *v) {
    static const uint8_t sizes[] = {1, 1, 2, 2, 4, 4, 8};
    size_t size = sizes[op - OP_CONST1U];
    if ((size_t)(end - *at) < size) {
        return false;
    }
    *v = 0;
    gw_copy(v, *at, size);
    *at += size;
    if ((op & 1) && (*v >> (size * 8 - 1))) { /* the odd ones are signed */
        *v |= size < 8 ? ~0ull << (size * 8) : 0;
    }
    return true;
}

static bool binary(struct stack *s, uint8_t op) {
    if (s->n < 2) {
        return false;
    }
    uint64_t b = s->v[--s->n], a = s->v[--s->n];
    switch (op) {
    case OP_AND:
        return push(s, a & b);
    case OP_OR:
        return push(s, a | b);
    case OP_PLUS:
        return push(s, a + b);
    case OP_MINUS:
        return push(s, a - b);
    case OP_MUL:
        return push(s, a * b);
    case OP_SHL:
        return push(s, b < 64 ? a << b : 0);
    case OP_SHR:
        return push(s, b < 64 ? a >> b : 0);
    case OP_EQ:
        return push(s, a == b);
    case OP_NE:
        return push(s, a != b);
    case OP_GE:
        return push(s, (int64_t)a >= (int64_t)b);
    case OP_GT:
        return push(s, (int64_t)a > (int64_t)b);
    case OP_LE:
        return push(s, (int64_t)a <= (int64_t)b);
    case OP_LT:
        return push(s, (int64_t)a < (int64_t)b);
    }
    return false;
}

static bool step(struct stack *s, const uint8_t **at, const uint8_t *end, const uint64_t *regs,
                 struct gw_memory *memory) {
    uint8_t op = *(*at)++;
    uint64_t v;
    if (op >= OP_LIT0 && op <= OP_LIT31) {
        return push(s, op - OP_LIT0);
    }
    if (op >= OP_BREG0 && op <= OP_BREG31) {
        int64_t offset = gw_sleb(at, end);
        return op - OP_BREG0 < GW_REGS && push(s, regs[op - OP_BREG0] + (uint64_t)offset);
    }
    if (op >= OP_CONST1U && op <= OP_CONST8U) {
        return constant(at, end, op, &v) && push(s, v);
    }
    switch (op) {
    case OP_CONSTU:
        return push(s, gw_uleb(at, end));
    case OP_CONSTS:
        return push(s, (uint64_t)gw_sleb(at, end));
    case OP_PLUS_UCONST:
        return s->n && (s->v[s->n - 1] += gw_uleb(at, end), true);
    case OP_DEREF:
        return s->n && gw_memory_read(memory, s->v[s->n - 1], &s->v[s->n - 1]);
    case OP_DUP:
        return s->n && push(s, s->v[s->n - 1]);
    case OP_DROP:
        return s->n && (s->n--, true);
    case OP_NEG:
        return s->n && (s->v[s->n - 1] = -s->v[s->n - 1], true);
    }
    return binary(s, op);
}

bool gw_expression(const uint8_t *expression, const uint64_t regs[GW_REGS], uint64_t first,
                   bool push_first, struct gw_memory *memory, uint64_t *result) {
    const uint8_t *at = expression;
    uint64_t size = gw_uleb(&at, at + 10);
    if (size > 4096) {
        return false;
    }
    const uint8_t *end = at + size;
    struct stack s;
    s.n = 0;
    if (push_first) {
        (void)push(&s, first);
    }
    while (at < end) {
        if (!step(&s, &at, end, regs, memory)) {
            return false;
        }
    }
    if (s.n == 0) {
        return false;
    }
    *result = s.v[s.n - 1];
    return true;
}
