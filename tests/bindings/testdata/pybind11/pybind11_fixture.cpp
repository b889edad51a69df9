// A string made while a gil_scoped_release is in force, and the same string made right.
#include <pybind11/pybind11.h>

namespace py = pybind11;

__attribute__((always_inline)) static inline py::str make() {
    return py::str("made in pybind11"); // MARK make
}

static py::str wrong() {
    py::gil_scoped_release release; // MARK released
    return make();                  // MARK wrong
}

static py::str right() {
    { py::gil_scoped_release release; }
    return make();
}

// acquired makes the string in a nested acquire, which the release around it must survive.
static py::str acquired() {
    py::gil_scoped_release release;
    py::gil_scoped_acquire acquire;
    return make();
}

PYBIND11_MODULE(pybind11_fixture, m) {
    m.def("wrong", wrong);
    m.def(
        "guarded_wrong", [] { return make(); }, // MARK guarded
        py::call_guard<py::gil_scoped_release>());
    m.def("right", right);
    m.def("acquired_right", acquired);
}
