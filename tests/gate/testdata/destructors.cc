// Destructors that call the API when a thread or the process ends, with nothing attached.
#include "cthread.h"
#include "fixture.h"

#include <semaphore.h>

namespace {

sem_t ended;

struct AtThreadEnd {
    bool careful = false;
    ~AtThreadEnd() {
        end();
        sem_post(&ended);
    }
    void end() {
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

// keep is called in one of Python's threads, which gave the GIL up and took it again before.
PyObject *keep(bool careful) {
    Py_BEGIN_ALLOW_THREADS;
    Py_END_ALLOW_THREADS;
    at_thread_end.careful = careful;
    Py_RETURN_NONE;
}

PyObject *keep_wrong(PyObject *, PyObject *) {
    return keep(false);
}

PyObject *keep_right(PyObject *, PyObject *) {
    return keep(true);
}

PyObject *wait_end(PyObject *, PyObject *) {
    Py_BEGIN_ALLOW_THREADS;
    sem_wait(&ended);
    Py_END_ALLOW_THREADS;
    Py_RETURN_NONE;
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
    {"keep_wrong", keep_wrong, METH_NOARGS, nullptr},
    {"keep_right", keep_right, METH_NOARGS, nullptr},
    {"wait_end", wait_end, METH_NOARGS, nullptr},
    {"wrong_process_end", wrong_process_end, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

} // namespace

FIXTURE_MODULE(destructors, methods)
