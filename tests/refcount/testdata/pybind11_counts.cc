// What pybind11 does to reference counts, with and without the GIL.
#include <pybind11/pybind11.h>

namespace py = pybind11;

static py::object copied(const py::object &object) {
    return object; // MARK copied
}

static void dropped(py::object *object) {
    delete object; // MARK dropped
}

static bool first(const py::list &list) {
    return PyList_GET_ITEM(list.ptr(), 0) == Py_True; // MARK first
}

static bool use(const py::list &list) {
    auto *copy = new py::object(copied(list));
    dropped(copy);
    return first(list);
}

PYBIND11_MODULE(pybind11_counts, m) {
    m.def("right", [](const py::list &list) { return use(list); });
    m.def("wrong", [](const py::list &list) {
        py::gil_scoped_release release;
        return use(list);
    });
}
