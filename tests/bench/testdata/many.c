/* A module with 8,192 call sites, in 64 functions: attaching to a large program. None runs. */
#include <Python.h>

#define FOUR(call)       call call call call
#define SIXTY_FOUR(call) FOUR(FOUR(FOUR(call)))

#define FUNCTION(name)                                                                             \
    __attribute__((noinline, used)) static void *name(PyObject *o) {                               \
        void *last = NULL;                                                                         \
        SIXTY_FOUR(last = PyErr_Occurred(); PyObject_IsTrue(o);)                                   \
        return last;                                                                               \
    }

#define EIGHT(n)                                                                                   \
    FUNCTION(n##0)                                                                                 \
    FUNCTION(n##1)                                                                                 \
    FUNCTION(n##2) FUNCTION(n##3) FUNCTION(n##4) FUNCTION(n##5) FUNCTION(n##6) FUNCTION(n##7)

EIGHT(a)
EIGHT(b)
EIGHT(c)
EIGHT(d)
EIGHT(e)
EIGHT(f)
EIGHT(g)
EIGHT(h)

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "many", .m_size = -1};

PyMODINIT_FUNC PyInit_many(void) {
    return PyModule_Create(&definition);
}
