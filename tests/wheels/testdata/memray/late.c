#include "made.h"

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "late", .m_methods = methods};

PyMODINIT_FUNC PyInit_late(void) {
    return PyModule_Create(&module);
}
