// An exception that passes a violating call: the call comes back into this module, which throws.
#include "fixture.h"

#include <stdexcept>

namespace {

PyObject *thrower(PyObject *, PyObject *) {
    throw std::runtime_error("passed the interpreter");
}

// The destructor runs on the exception's way, between the call and the handler: nothing is
// attached there, as without gilwatch.
struct Touch {
    ~Touch() {
        touch();
    }
};

OUT_OF_LINE PyObject *call(PyObject *callable) {
    Touch touch;
    return PyObject_CallObject(callable, nullptr);
}

PyObject *wrong(PyObject *, PyObject *callable) {
    PyThreadState *saved = PyEval_SaveThread();
    std::string what;
    try {
        call(callable);
    } catch (const std::runtime_error &error) {
        what = error.what();
    }
    PyEval_RestoreThread(saved);
    return PyUnicode_FromString(what.c_str());
}

// The function that calls is the one that catches: no frame lies between the call and the
// handler, where nothing is attached either.
PyObject *wrong_here(PyObject *, PyObject *callable) {
    PyThreadState *saved = PyEval_SaveThread();
    std::string what;
    try {
        PyObject_CallObject(callable, nullptr);
    } catch (const std::runtime_error &error) {
        touch();
        what = error.what();
    }
    PyEval_RestoreThread(saved);
    return PyUnicode_FromString(what.c_str());
}

PyObject *right_here(PyObject *, PyObject *callable) {
    try {
        PyObject_CallObject(callable, nullptr);
    } catch (const std::runtime_error &error) {
        return PyUnicode_FromString(error.what());
    }
    Py_RETURN_NONE;
}

PyObject *right(PyObject *, PyObject *callable) {
    try {
        call(callable);
    } catch (const std::runtime_error &error) {
        return PyUnicode_FromString(error.what());
    }
    Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"thrower", thrower, METH_NOARGS, nullptr},  {"wrong", wrong, METH_O, nullptr},
    {"right", right, METH_O, nullptr},           {"wrong_here", wrong_here, METH_O, nullptr},
    {"right_here", right_here, METH_O, nullptr}, {nullptr, nullptr, 0, nullptr},
};

} // namespace

FIXTURE_MODULE(acquirethrow, methods)
