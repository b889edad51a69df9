// A Python instance of a C++ class, made on a thread of the library's own.
#include <thread>

#include <pybind11/pybind11.h>

namespace py = pybind11;

struct Item {
    double value;
};

static py::object *made;

__attribute__((noinline)) static void make() {
    made = new py::object(py::cast(Item{2.5})); // MARK instance
}

static py::object thread_made(bool attach) {
    auto work = [attach] {
        if (attach) {
            py::gil_scoped_acquire acquire;
            make();
        } else {
            make();
        }
    };
    {
        py::gil_scoped_release release;
        std::thread worker(work); // MARK thread
        worker.join();
    }
    py::object result = std::move(*made);
    delete made;
    return result;
}

PYBIND11_MODULE(instance_fixture, m) {
    py::class_<Item>(m, "Item").def(
        "__repr__", [](const Item &item) { return py::str("Item {}").format(item.value); });
    m.def("wrong", [] { return thread_made(false); });
    m.def("right", [] { return thread_made(true); });
}
