// Destructors that call the API when a thread or the process ends, with nothing attached.
#include "cthread.h"
#include "fixture.h"

namespace {

struct AtThreadEnd {
    bool careful = false;
    ~AtThreadEnd() {
        if (!careful) {
            touch();
            return;
        }
        PyGILState_STATE state = PyGILState_Ensure();
        touch();
        PyGILState_Release(state);
    }
};

thread_local AtThreadEnd at_thread_end; // made by the thread's first use: never in the main thread
char careful;                           // its address says which twin runs

void *end_thread(void *twin) {
    PyGILState_STATE state = PyGILState_Ensure();
    touch();
    at_thread_end.careful = twin == &careful;
    PyGILState_Release(state);
    return nullptr;
}

PyObject *run(void *twin) {
    Py_BEGIN_ALLOW_THREADS;
    run_thread(end_thread, twin);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
}

PyObject *wrong_thread_end(PyObject *, PyObject *) {
    return run(nullptr);
}

PyObject *right_thread_end(PyObject *, PyObject *) {
    return run(&careful);
}

struct AtProcessEnd {
    bool armed = false;
    ~AtProcessEnd() {
        if (armed)
            touch();
    }
};

AtProcessEnd at_process_end;

PyObject *wrong_process_end(PyObject *, PyObject *) {
    at_process_end.armed = true;
    Py_RETURN_NONE;
}

PyMethodDef methods[] = {
    {"wrong_thread_end", wrong_thread_end, METH_NOARGS, nullptr},
    {"right_thread_end", right_thread_end, METH_NOARGS, nullptr},
    {"wrong_process_end", wrong_process_end, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

} // namespace

FIXTURE_MODULE(destructors, methods)
