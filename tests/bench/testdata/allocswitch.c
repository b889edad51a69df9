/* Chooses what stands in this process's allocators: nothing, a jump, or the alloc sensor. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Addresses in a table are the interpreter's own functions: R_X86_64_64 is not touched.
 * Volatile, or the compiler calls them by their names. */
static void (*volatile direct_get[])(PyMemAllocatorDomain,
                                     PyMemAllocatorEx *) = {PyMem_GetAllocator};
static void (*volatile direct_set[])(PyMemAllocatorDomain,
                                     PyMemAllocatorEx *) = {PyMem_SetAllocator};

#define DOMAINS   2
#define FUNCTIONS 4 /* malloc, calloc, realloc, free: what follows the context */
static const PyMemAllocatorDomain domains[DOMAINS] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};

union allocator {
    PyMemAllocatorEx all;
    void *word[1 + FUNCTIONS];
};

/* The floor of anything that stands in an allocator: it asks nothing and jumps on. */
extern char jumps[];
__attribute__((used)) static void *jump_target[DOMAINS * FUNCTIONS];
#define JUMP_SIZE 64
__asm__(".text\n"
        ".p2align 6\n"
        ".globl jumps\n"
        ".hidden jumps\n"
        "jumps:\n"
        ".cfi_startproc\n"
        ".set i, 0\n"
        ".rept 8\n"
        ".p2align 6\n"
        "endbr64\n"                        /* called indirectly */
        "jmp *jump_target + 8 * i(%rip)\n" /* the allocator itself */
        ".set i, i + 1\n"
        ".endr\n"
        ".cfi_endproc\n");

/* What alloc.py calls them. BARE stands there twice: its two ratios to itself are what the
 * machine's noise is. */
enum { BARE, BARE_AGAIN, JUMP, SENSOR, ARMS };
static union allocator arms[ARMS][DOMAINS];

/* True if the sensor is in this process. */
static PyObject *prepare(PyObject *self, PyObject *unused) {
    int differ = 0;
    for (int d = 0; d < DOMAINS; d++) {
        direct_get[0](domains[d], &arms[SENSOR][d].all);
        PyMem_GetAllocator(domains[d], &arms[BARE][d].all); /* what the program would see */
        arms[BARE_AGAIN][d] = arms[JUMP][d] = arms[BARE][d];
        for (int f = 0; f < FUNCTIONS; f++) {
            int i = d * FUNCTIONS + f;
            jump_target[i] = arms[BARE][d].word[1 + f];
            arms[JUMP][d].word[1 + f] = jumps + i * JUMP_SIZE;
            differ += arms[SENSOR][d].word[1 + f] != jump_target[i];
        }
    }
    return PyBool_FromLong(differ == DOMAINS * FUNCTIONS);
}

static PyObject *use(PyObject *self, PyObject *arm) {
    long i = PyLong_AsLong(arm);
    if (i < 0 || i >= ARMS)
        return PyErr_Format(PyExc_ValueError, "no such arm");
    for (int d = 0; d < DOMAINS; d++)
        direct_set[0](domains[d], &arms[i][d].all);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"prepare", prepare, METH_NOARGS, NULL},
    {"use", use, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "allocswitch",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_allocswitch(void) {
    return PyModule_Create(&definition);
}
