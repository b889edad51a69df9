/* A call with every floating-point and vector register filled, and the same bits behind it: x87,
 * MXCSR, and all the width that the CPU has (AVX, AVX-512 and its masks). */
#include "fixture.h"

#include <cpuid.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* Components of the XSAVE image (Intel SDM volume 1, 13.1). */
enum { X87 = 0, SSE = 1, AVX = 2, OPMASK = 5, ZMM_HIGH = 6, ZMM_MORE = 7, COMPONENTS = 8 };
enum { WANTED = 1 << X87 | 1 << SSE | 1 << AVX | 1 << OPMASK | 1 << ZMM_HIGH | 1 << ZMM_MORE };
/* Places in it. */
enum { FCW = 0, TAGS = 4, MXCSR = 24, MXCSR_MASK = 28, ST = 32, XMM = 160, LEGACY = 416, BV = 512 };
enum { IMAGE = 16384, KEPT = 4711 };

struct images {
    _Alignas(64) unsigned char own[IMAGE], before[IMAGE], after[IMAGE];
};

/* Loads `before`, calls PyObject_IsTrue(object), stores `after`. Nothing between may touch what is
 * compared, so it is not C. */
int registers_call(struct images *images, PyObject *object, uint32_t components);
__asm__(".text\n"
        ".type registers_call, @function\n"
        "registers_call:\n"
        "    .cfi_startproc\n"
        "    pushq %rbx\n"
        "    .cfi_def_cfa_offset 16\n"
        "    .cfi_offset %rbx, -16\n"
        "    pushq %r12\n"
        "    .cfi_def_cfa_offset 24\n"
        "    .cfi_offset %r12, -24\n"
        "    pushq %r13\n"
        "    .cfi_def_cfa_offset 32\n"
        "    .cfi_offset %r13, -32\n"
        "    movq %rdi, %rbx\n"
        "    movl %edx, %r12d\n"
        "    movq %rsi, %rdi\n"
        "    movl %r12d, %eax\n"
        "    xorl %edx, %edx\n"
        "    xsave64 (%rbx)\n"
        "    xrstor64 16384(%rbx)\n"
        "    call PyObject_IsTrue@PLT\n"
        "    movl %eax, %r13d\n"
        "    movl %r12d, %eax\n"
        "    xorl %edx, %edx\n"
        "    xsave64 32768(%rbx)\n"
        "    xrstor64 (%rbx)\n"
        "    movl %r13d, %eax\n"
        "    popq %r13\n"
        "    .cfi_def_cfa_offset 24\n"
        "    popq %r12\n"
        "    .cfi_def_cfa_offset 16\n"
        "    popq %rbx\n"
        "    .cfi_def_cfa_offset 8\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size registers_call, . - registers_call\n");

static uint32_t components(void) {
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
        return 0;
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    return a & WANTED;
}

/* Where a component above SSE lies. */
static void place(int component, uint32_t *at, uint32_t *size) {
    uint32_t c, d;
    __cpuid_count(0xd, component, *size, *at, c, d);
}

static void fill(unsigned char *image, uint32_t wanted) {
    memset(image, 0, IMAGE);
    uint64_t random = 0x9e3779b97f4a7c15;
    for (int i = ST; i < IMAGE; i++) {
        random = random * 6364136223846793005 + 1442695040888963407;
        image[i] = random >> 56;
    }
    for (int i = 0; i < 8; i++) { /* normal numbers */
        image[ST + 16 * i + 7] |= 0x80;
        image[ST + 16 * i + 8] = 0xff;
        image[ST + 16 * i + 9] = 0x3f;
        memset(image + ST + 16 * i + 10, 0, 6);
    }
    memset(image + LEGACY, 0, BV - LEGACY + 64);
    memcpy(image + FCW, &(uint16_t){0x027f}, 2);   /* double precision */
    memcpy(image + MXCSR, &(uint32_t){0x7f80}, 4); /* towards zero */
    memcpy(image + BV, &(uint64_t){wanted}, 8);
    image[TAGS] = 0xff;
}

static int differing(const unsigned char *a, const unsigned char *b, size_t from, size_t size) {
    int n = 0;
    for (size_t i = from; i < from + size; i++)
        n += a[i] != b[i];
    return n;
}

static int compare(const struct images *images, uint32_t wanted) {
    const unsigned char *a = images->before, *b = images->after;
    int n = differing(a, b, 0, MXCSR_MASK) + differing(a, b, ST, LEGACY - ST);
    for (int i = AVX; i < COMPONENTS; i++) {
        uint32_t at, size;
        if (wanted & 1u << i) {
            place(i, &at, &size);
            n += differing(a, b, at, size);
        }
    }
    return n;
}

/* (components, bytes that changed, calls that answered 1, calls that changed errno) of four calls:
 * the first is written down, the others are counted. */
static PyObject *call(int released) {
    static struct images images;
    uint32_t wanted = components();
    int changed = 0, answered = 0, errnos = 0;
    fill(images.before, wanted);
    PyThreadState *saved = released ? PyEval_SaveThread() : NULL;
    for (int i = 0; wanted && i < 4; i++) {
        errno = KEPT;
        answered += registers_call(&images, Py_True, wanted);
        errnos += errno != KEPT;
        changed += compare(&images, wanted);
    }
    if (released)
        PyEval_RestoreThread(saved);
    return Py_BuildValue("Iiii", wanted, changed, answered, errnos);
}

static PyObject *wrong_call(PyObject *self, PyObject *args) {
    return call(1);
}

static PyObject *right_call(PyObject *self, PyObject *args) {
    return call(0);
}

static PyMethodDef methods[] = {
    {"wrong_call", wrong_call, METH_NOARGS, NULL},
    {"right_call", right_call, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(registers, methods)
