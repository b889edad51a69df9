// A destructor that gives memory back through a table, on a thread of the library's own.
#include "fixture.h"

#include <thread>

namespace {

struct Memory {
    void *(*allocate)(size_t size);
    void (*release)(void *block);
};
Memory python = {PyMem_Malloc, PyMem_Free};
Memory *volatile memory = &python;

struct Buffer {
    void *block;
    bool attach;
    ~Buffer() {
        PyGILState_STATE state = PyGILState_UNLOCKED;
        if (attach)
            state = PyGILState_Ensure();
        memory->release(block); /* MARK release */
        if (attach)
            PyGILState_Release(state);
    }
};

PyObject *end_thread(bool wrong) {
    void *block = memory->allocate(100);
    Py_BEGIN_ALLOW_THREADS;
    std::thread([=] {
        thread_local Buffer its{block, !wrong};
        (void)its.block;
    }).join();
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

PyObject *wrong_thread_end(PyObject *, PyObject *) {
    return end_thread(true);
}

PyObject *right_thread_end(PyObject *, PyObject *) {
    return end_thread(false);
}

PyMethodDef methods[] = {
    {"wrong_thread_end", wrong_thread_end, METH_NOARGS, nullptr},
    {"right_thread_end", right_thread_end, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

} // namespace

FIXTURE_MODULE(allocthread, methods)
