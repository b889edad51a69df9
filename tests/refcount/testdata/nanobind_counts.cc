// What nanobind does to reference counts, with and without the GIL.
#include <nanobind/nanobind.h>

namespace nb = nanobind;

static nb::object copied(const nb::object &object) {
    return object; // MARK copied
}

static void dropped(nb::object *object) {
    delete object; // MARK dropped
}

static bool first(const nb::list &list) {
    return PyList_GET_ITEM(list.ptr(), 0) == Py_True; // MARK first
}

static bool use(const nb::list &list) {
    auto *copy = new nb::object(copied(list));
    dropped(copy);
    return first(list);
}

NB_MODULE(nanobind_counts, m) {
    m.def("right", [](const nb::list &list) { return use(list); });
    m.def("wrong", [](const nb::list &list) {
        nb::gil_scoped_release release;
        return use(list);
    });
}
