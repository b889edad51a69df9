/* A program at a fixed address: for all modules a C-API function whose address it takes is its
 * own PLT stub. */
#include "fixture.h"

#include <string.h>

typedef int (*truth)(PyObject *);

OUT_OF_LINE static int call(truth function) {
    int result = function(Py_True);
    return result + 1; /* it is no tail call */
}

OUT_OF_LINE static int jump(PyObject *object) {
    return PyObject_IsTrue(object);
}

int main(int argc, char **argv) {
    truth function = argc > 2 && strcmp(argv[2], "jump") == 0 ? jump : PyObject_IsTrue;
    Py_Initialize();
    PyThreadState *saved = PyEval_SaveThread();
    int wrong = argc > 1 && strcmp(argv[1], "wrong") == 0 ? call(function) : 2;
    PyEval_RestoreThread(saved);
    printf("%d %d\n", wrong, call(function));
    return 0;
}
