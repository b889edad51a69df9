// The same two bugs in a source that is built in several ways. REORDERED turns the order of
// functions, lambdas and lines around, MORE adds a third bug, HELPER one that a helper of the
// first one's function makes.
#include "../../gate/testdata/fixture.h"

namespace {

struct Released {
    PyThreadState *saved = PyEval_SaveThread();
    ~Released() {
        PyEval_RestoreThread(saved);
    }
};

template <class F> int without_gil(F f) {
    Released released;
    int result = f();
    __asm__ volatile("" : "+r"(result)); // never a tail call
    return result;
}

#ifdef REORDERED
// A few
// lines
// more.
int second(int n) {
    int result = without_gil([=] { return n + 1; });
    return result + without_gil([] { return touch(); });
}
#endif

#ifdef HELPER
__attribute__((noinline)) int helper() {
    int ready = touch();
    __asm__ volatile("" : "+r"(ready));
    return ready;
}
#else
int helper() {
    return 0;
}
#endif

int truth() {
    return touch() + helper();
}

int first(int n) {
    return n + without_gil([] { return truth(); });
}

#ifndef REORDERED
int second(int n) {
    return n + without_gil([] { return touch(); });
}
#endif

#ifdef MORE
int third() {
    return without_gil([] {
        int ready = PyObject_Not(Py_False); // like touch: no version dies of it
        __asm__ volatile("" : "+r"(ready));
        return ready;
    });
}
#else
int third() {
    return 0;
}
#endif

PyObject *work(PyObject *, PyObject *) {
    return PyLong_FromLong(first(1) + second(2) + third());
}

PyMethodDef methods[] = {{"work", work, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};

} // namespace

FIXTURE_MODULE(rebuilt, methods)
