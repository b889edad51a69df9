#include "made.h"

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "early", .m_methods = methods};

PyMODINIT_FUNC PyInit_early(void) {
    return PyModule_Create(&module);
}
