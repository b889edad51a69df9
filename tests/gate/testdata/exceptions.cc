// C++ exceptions that pass frames from which a gate was called.
#include "fixture.h"

#include <stdexcept>

namespace {

// Released is a scope without the GIL. Its destructor runs while an exception passes.
class Released {
  public:
    Released() : saved_(PyEval_SaveThread()) {}
    ~Released() {
        PyEval_RestoreThread(saved_);
    }

  private:
    PyThreadState *saved_;
};

// Reference calls the API from a destructor, so a gate is called during unwinding.
class Reference {
  public:
    explicit Reference(PyObject *object) : object_(object) {}
    ~Reference() {
        Py_DecRef(object_);
    }

  private:
    PyObject *object_;
};

OUT_OF_LINE int touch_then_throw(int depth) {
    int truth = PyObject_IsTrue(Py_True);
    if (depth == 0)
        throw std::runtime_error("thrown");
    return touch_then_throw(depth - 1) + truth;
}

PyObject *wrong_throw(PyObject *, PyObject *) {
    try {
        Released released;
        touch_then_throw(0);
    } catch (const std::runtime_error &error) {
        return PyUnicode_FromString(error.what());
    }
    Py_RETURN_NONE;
}

PyObject *right_throw(PyObject *, PyObject *) {
    try {
        Reference one(PyLong_FromLong(100000));
        touch_then_throw(20);
    } catch (const std::runtime_error &error) {
        return PyUnicode_FromString(error.what());
    }
    Py_RETURN_NONE;
}

// The right twin with a release: thrown in it, attached again when caught.
PyObject *right_released_throw(PyObject *, PyObject *) {
    try {
        Reference one(PyLong_FromLong(100000));
        Released released;
        throw std::runtime_error("thrown");
    } catch (const std::runtime_error &error) {
        return PyUnicode_FromString(error.what());
    }
}

PyMethodDef methods[] = {
    {"wrong_throw", wrong_throw, METH_NOARGS, nullptr},
    {"right_throw", right_throw, METH_NOARGS, nullptr},
    {"right_released_throw", right_released_throw, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

} // namespace

FIXTURE_MODULE(exceptions, methods)
