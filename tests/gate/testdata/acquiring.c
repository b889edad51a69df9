/* Violating calls, and what must hold of them when they are made with the GIL held. Each
 * function has the argument `detached`: with 0 it is its own right twin. */
#include "cthread.h"
#include "fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

static PyThreadState *release(int detached) {
    return detached ? PyEval_SaveThread() : NULL;
}

static void attach(PyThreadState *saved) {
    if (saved)
        PyEval_RestoreThread(saved);
}

/* Every register that a function of the C API returns in. */
static PyObject *returns(PyObject *self, PyObject *number) {
    int detached = PyObject_IsTrue(number), overflow;
    PyObject *f = PyFloat_FromDouble(2.5), *c = PyComplex_FromDoubles(3.5, 4.5);
    PyObject *l = PyLong_FromLong(5);
    PyThreadState *saved = release(detached);
    double real = PyFloat_AsDouble(f);
    Py_complex complex = PyComplex_AsCComplex(c);
    long long whole = PyLong_AsLongLongAndOverflow(l, &overflow);
    PyObject *made = PyComplex_FromCComplex(complex);
    attach(saved);
    PyObject *result = Py_BuildValue("(ddddLN)", real, complex.real, complex.imag,
                                     PyComplex_ImagAsDouble(made), whole, made);
    Py_DECREF(f);
    Py_DECREF(c);
    Py_DECREF(l);
    return result;
}

/* A call that comes back here, where the GIL is given up and misused once more. */
static PyObject *inner(PyObject *self, PyObject *args) {
    PyThreadState *saved = PyEval_SaveThread();
    PyObject *text = PyUnicode_FromString("inner");
    PyEval_RestoreThread(saved);
    return text;
}

static PyObject *outer(PyObject *self, PyObject *args) {
    PyObject *callable;
    int detached;
    if (!PyArg_ParseTuple(args, "Oi", &callable, &detached))
        return NULL;
    PyThreadState *saved = release(detached);
    PyObject *result = PyObject_CallObject(callable, NULL);
    attach(saved);
    return result;
}

/* The state that a violating call runs with is the one that was given up. */
static PyObject *same_state(PyObject *self, PyObject *number) {
    int detached = PyObject_IsTrue(number);
    PyThreadState *mine = PyThreadState_Get(), *saved = release(detached);
    PyThreadState *got = PyThreadState_Get();
    attach(saved);
    return PyBool_FromLong(got == mine);
}

static int states(void) {
    int n = 0;
    PyThreadState *t = PyInterpreterState_ThreadHead(PyThreadState_Get()->interp);
    for (; t; t = PyThreadState_Next(t))
        n++;
    return n;
}

static void *make_text(void *result) {
    *(PyObject **)result = PyUnicode_FromString("made by a foreign thread");
    return NULL;
}

static void *make_text_right(void *result) {
    PyGILState_STATE state = PyGILState_Ensure();
    make_text(result);
    PyGILState_Release(state);
    return NULL;
}

/* A thread that never had a state: one is made for the call, and is gone afterwards. */
static PyObject *foreign(PyObject *self, PyObject *number) {
    int detached = PyObject_IsTrue(number), before = states();
    PyObject *text = NULL;
    PyThreadState *saved = PyEval_SaveThread();
    run_thread(detached ? make_text : make_text_right, &text);
    PyEval_RestoreThread(saved);
    return Py_BuildValue("(Ni)", text, states() - before);
}

struct deleting {
    int detached;
    int by_another; /* thread, of which CPython does not tell the state's own */
    PyInterpreterState *interpreter;
    int got; /* the state that a call was made with is the one that was deleted */
};

static void *delete_state(void *state) {
    PyThreadState_Delete(state);
    return NULL;
}

/* A thread uses a state of its own, clears it and deletes it, all by the rules; its memory
 * serves for something else. Then it calls. */
static void *outlive_state(void *argument) {
    struct deleting *d = argument;
    PyThreadState *mine = PyThreadState_New(d->interpreter);
    PyEval_AcquireThread(mine);
    touch();
    PyThreadState_Clear(mine);
    PyEval_ReleaseThread(mine);
    if (d->by_another)
        run_thread(delete_state, mine);
    else
        PyThreadState_Delete(mine);
    void *other = PyMem_RawMalloc(sizeof *mine);
    memset(other, 0xee, sizeof *mine);
    for (int i = 0; i < 2 && d->detached; i++) {
        if (d->by_another)
            touch();
        else
            d->got += PyThreadState_Get() == mine;
    }
    if (!d->detached && !d->by_another) {
        PyGILState_STATE state = PyGILState_Ensure();
        d->got += PyThreadState_Get() == mine;
        PyGILState_Release(state);
    }
    PyMem_RawFree(other);
    return NULL;
}

static PyObject *deleted(PyObject *self, PyObject *args) {
    struct deleting d = {.interpreter = PyThreadState_Get()->interp};
    if (!PyArg_ParseTuple(args, "ii", &d.by_another, &d.detached))
        return NULL;
    int before = states();
    PyThreadState *saved = PyEval_SaveThread();
    run_thread(outlive_state, &d);
    PyEval_RestoreThread(saved);
    return Py_BuildValue("(ii)", d.got, states() - before);
}

static void *touch_once(void *detached) {
    if (*(int *)detached)
        touch();
    return NULL;
}

/* The holder of the GIL waits for the thread that is to acquire it. */
static PyObject *joined(PyObject *self, PyObject *number) {
    int detached = PyObject_IsTrue(number);
    run_thread(touch_once, &detached);
    Py_RETURN_NONE;
}

static jmp_buf place;

static PyObject *jump(PyObject *self, PyObject *args) {
    longjmp(place, 1);
}

/* The call is left by a longjmp; nothing is attached then, as without gilwatch. */
static PyObject *jumped(PyObject *self, PyObject *args) {
    PyObject *callable;
    int detached;
    if (!PyArg_ParseTuple(args, "Oi", &callable, &detached))
        return NULL;
    PyThreadState *volatile saved = release(detached);
    if (setjmp(place) == 0)
        PyObject_CallObject(callable, NULL);
    if (saved) {
        touch();
        PyEval_RestoreThread(saved);
    }
    Py_RETURN_NONE;
}

static PyObject *thread_end(PyObject *self, PyObject *args) {
    pthread_exit(NULL);
}

static int ending_detached;

static void *call_and_end(void *callable) {
    PyGILState_Ensure();
    PyThreadState *saved = PyEval_SaveThread();
    if (!ending_detached) {
        PyEval_RestoreThread(saved);
        PyEval_SaveThread();
        return NULL;
    }
    PyObject_CallObject(callable, NULL);
    return NULL;
}

static int cleaned_up;

static void clean_up(void *unused) {
    cleaned_up++;
}

/* The function that calls has a handler for the end of the thread. */
static void *call_and_clean_up(void *callable) {
    PyGILState_Ensure();
    PyThreadState *saved = PyEval_SaveThread();
    pthread_cleanup_push(clean_up, NULL);
    if (ending_detached)
        PyObject_CallObject(callable, NULL);
    pthread_cleanup_pop(1);
    PyEval_RestoreThread(saved);
    PyEval_SaveThread();
    return NULL;
}

/* The call ends its thread; the GIL must be free afterwards. */
static PyObject *ended(PyObject *self, PyObject *args) {
    PyObject *callable;
    if (!PyArg_ParseTuple(args, "Oi", &callable, &ending_detached))
        return NULL;
    PyThreadState *saved = PyEval_SaveThread();
    run_thread(call_and_end, callable);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static PyObject *cleaned(PyObject *self, PyObject *args) {
    PyObject *callable;
    if (!PyArg_ParseTuple(args, "Oi", &callable, &ending_detached))
        return NULL;
    PyThreadState *saved = PyEval_SaveThread();
    run_thread(call_and_clean_up, callable);
    PyEval_RestoreThread(saved);
    return PyLong_FromLong(cleaned_up);
}

static int handler_detached;

static void on_signal(int number) {
    if (handler_detached)
        touch();
}

/* A signal handler may have interrupted anything: it is only reported. */
static PyObject *handled(PyObject *self, PyObject *number) {
    handler_detached = PyObject_IsTrue(number);
    signal(SIGUSR1, on_signal);
    PyThreadState *saved = PyEval_SaveThread();
    raise(SIGUSR1);
    PyEval_RestoreThread(saved);
    Py_RETURN_NONE;
}

static int times_to_make;

static void *make_many(void *result) {
    for (int i = 0; i < times_to_make; i++) {
        PyObject *text = PyUnicode_FromString("one of many");
        *(int *)result += text && PyUnicode_GetLength(text) == 11;
    }
    return NULL;
}

static pthread_t worker;
static int made_in_worker;

/* A thread that makes objects beside the interpreter's own. */
static PyObject *begin(PyObject *self, PyObject *number) {
    times_to_make = (int)PyLong_AsLong(number);
    if (pthread_create(&worker, NULL, make_many, &made_in_worker) != 0)
        abort();
    Py_RETURN_NONE;
}

static PyObject *made(PyObject *self, PyObject *args) {
    return PyLong_FromLong(__atomic_load_n(&made_in_worker, __ATOMIC_RELAXED));
}

static void *touch_for_ever(void *detached) {
    for (;;) {
        if (*(int *)detached)
            touch();
        usleep(200);
    }
    return NULL;
}

/* A thread that violates on and on while the interpreter is finalized. */
static PyObject *outlive(PyObject *self, PyObject *number) {
    static int detached;
    detached = PyObject_IsTrue(number);
    if (pthread_create(&worker, NULL, touch_for_ever, &detached) != 0)
        abort();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"returns", returns, METH_O, NULL},
    {"inner", inner, METH_NOARGS, NULL},
    {"outer", outer, METH_VARARGS, NULL},
    {"same_state", same_state, METH_O, NULL},
    {"foreign", foreign, METH_O, NULL},
    {"deleted", deleted, METH_VARARGS, NULL},
    {"joined", joined, METH_O, NULL},
    {"jump", jump, METH_NOARGS, NULL},
    {"jumped", jumped, METH_VARARGS, NULL},
    {"thread_end", thread_end, METH_NOARGS, NULL},
    {"ended", ended, METH_VARARGS, NULL},
    {"cleaned", cleaned, METH_VARARGS, NULL},
    {"handled", handled, METH_O, NULL},
    {"begin", begin, METH_O, NULL},
    {"made", made, METH_NOARGS, NULL},
    {"outlive", outlive, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

FIXTURE_MODULE(acquiring, methods)
