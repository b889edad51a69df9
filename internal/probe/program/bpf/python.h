/* A Python stack, as raw memory: the frames' chain and what their code objects say. Walking
 * it is internal/pystack's business; it is copied here because the violating call may be the
 * process's last. */
#ifndef GILWATCH_PYTHON_H
#define GILWATCH_PYTHON_H

static __noinline __u64 word_at(__u64 address) {
    __u64 value = 0;
    if (address) {
        bpf_probe_read_user(&value, 8, (void *)address);
    }
    return value;
}

/* The address of a state's newest Python frame; 0 if it runs none. */
static __always_inline __u64 newest_frame(struct process *p, __u64 state) {
    if (!p->places.thread_cframe) {
        return word_at(state + p->places.thread_frame);
    }
    __u64 cframe = word_at(state + p->places.thread_cframe);
    return cframe ? word_at(cframe + p->places.cframe_frame) : 0;
}

struct search {
    struct process *p;
    __u64 interpreter, state, found;
};

static __always_inline __u64 first_state(struct process *p, __u64 interpreter) {
    return interpreter ? word_at(interpreter + p->places.interpreter_threads) : 0;
}

static long look_at_state(__u32 i, struct search *s) {
    if (!s->state) {
        s->interpreter = word_at(s->interpreter + s->p->places.interpreter_next);
        s->state = first_state(s->p, s->interpreter);
        return !s->interpreter;
    }
    if (word_at(s->state + s->p->places.thread_id) == bpf_get_current_task_btf()->thread.fsbase) {
        if (newest_frame(s->p, s->state)) {
            s->found = s->state;
            return 1;
        }
        if (!s->found) {
            s->found = s->state; /* unless another runs Python */
        }
    }
    s->state = word_at(s->state + s->p->places.thread_next);
    return 0;
}

/* The state that bears this thread's id: of those that have Python frames the first, as in
 * pystack.ThreadState. */
__noinline __u64 find_state(struct process *p) {
    if (!p) {
        return 0;
    }
    struct search s = {.p = p};
    s.interpreter = word_at(p->runtime + p->places.interpreters);
    s.state = first_state(p, s.interpreter);
    bpf_loop(MAX_STATES, look_at_state, &s, 0);
    return s.found;
}

/* Copies `size` bytes, a power of two, or what there is of them up to the end of the page;
 * returns how many. */
#define COPY_SOME(to, from)                                                                        \
    ({                                                                                             \
        __u64 at_ = (from);                                                                        \
        __u32 n_ = sizeof(to);                                                                     \
        if (bpf_probe_read_user(to, sizeof(to), (void *)at_)) {                                    \
            n_ = (PAGE - (at_ & (PAGE - 1))) & (sizeof(to) - 1);                                   \
            if (bpf_probe_read_user(to, n_, (void *)at_)) {                                        \
                n_ = 0;                                                                            \
            }                                                                                      \
        }                                                                                          \
        n_;                                                                                        \
    })

__noinline int copy_code(struct process *p, struct py_code *c, __u64 address) {
    if (!p || !c) {
        return 0;
    }
    c->at = address;
    c->name_at = c->file_at = c->lines_at = 0;
    if (address) {
        c->code_len = COPY_SOME(c->code, address);
        c->name_at = word_at(address + p->places.code_name);
        c->file_at = word_at(address + p->places.code_file);
        c->lines_at = word_at(address + p->places.code_lines);
        c->name_len = COPY_SOME(c->name, c->name_at);
        c->file_len = COPY_SOME(c->file, c->file_at);
        c->lines_len = COPY_SOME(c->lines, c->lines_at);
    }
    return 0;
}

struct chain {
    struct process *p;
    struct violation_record *v;
    __u64 frame;
};

static long copy_frame(__u32 i, struct chain *c) {
    if (i >= PY_FRAMES) {
        return 1;
    }
    struct py_frame *f = &c->v->frames[i];
    f->at = c->frame;
    if (c->frame) {
        f->len = COPY_SOME(f->bytes, c->frame);
        c->frame = word_at(c->frame + c->p->places.frame_back);
    }
    return 0;
}

__noinline int copy_python(struct process *p, struct violation_record *v) {
    if (!p || !v) {
        return 0;
    }
    v->cframe_at = v->cframe = v->frame = 0;
    v->frame_at = v->state + p->places.thread_frame;
    if (p->places.thread_cframe) {
        v->cframe_at = v->state + p->places.thread_cframe;
        v->cframe = word_at(v->cframe_at);
        v->frame_at = v->cframe + p->places.cframe_frame;
    }
    __u64 frame = 0;
    if (v->state && p->places.known) {
        frame = v->frame = word_at(v->frame_at);
    }
    struct chain c = {.p = p, .v = v, .frame = frame};
    bpf_loop(PY_FRAMES, copy_frame, &c, 0);
    for (int i = 0; i < PY_CODES; i++) {
        __u64 at = v->frames[i].at;
        copy_code(p, &v->codes[i], at ? word_at(at + p->places.frame_code) & ~3ull : 0);
    }
    return 0;
}

#endif
