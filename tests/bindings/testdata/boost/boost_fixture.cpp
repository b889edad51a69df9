// A string made by Boost.Python while the GIL is released, and the same string made right.
#include <boost/python.hpp>

namespace py = boost::python;

// Released is the guard that users of Boost.Python write themselves: it has none.
class Released {
  public:
    Released() : state(PyEval_SaveThread()) {} // MARK save
    ~Released() {
        PyEval_RestoreThread(state);
    }

  private:
    PyThreadState *state;
};

__attribute__((always_inline)) static inline py::object make() {
    return py::object("made in Boost.Python"); // MARK make
}

static py::object wrong() {
    Released released; // MARK released
    return make();     // MARK wrong
}

static py::object right() {
    { Released released; }
    return make();
}

static py::object acquired() {
    Released released;
    PyGILState_STATE gil = PyGILState_Ensure();
    py::object made = make();
    PyGILState_Release(gil);
    return made;
}

BOOST_PYTHON_MODULE(boost_fixture) {
    py::def("wrong", wrong);
    py::def("right", right);
    py::def("acquired_right", acquired);
}
