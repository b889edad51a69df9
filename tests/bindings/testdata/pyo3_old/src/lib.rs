//! What the other fixture does, with the names that PyO3 had before 0.26.

use pyo3::ffi;
use pyo3::prelude::*;

/// The new reference that PyUnicode_FromString returned, as an integer.
struct Made(usize);

impl Made {
    #[inline(always)]
    fn new() -> Self {
        Made(unsafe { ffi::PyUnicode_FromString("made in PyO3\0".as_ptr().cast()) } as usize) // MARK make
    }

    fn into_object(self, py: Python<'_>) -> PyResult<PyObject> {
        unsafe { PyObject::from_owned_ptr_or_err(py, self.0 as *mut ffi::PyObject) }
    }
}

#[pyfunction]
fn wrong(py: Python<'_>) -> PyResult<PyObject> {
    py.allow_threads(|| Made::new()) // MARK wrong
        .into_object(py)
}

#[pyfunction]
fn right(py: Python<'_>) -> PyResult<PyObject> {
    py.allow_threads(|| ());
    Made::new().into_object(py)
}

#[pyfunction]
fn acquired_right(py: Python<'_>) -> PyResult<PyObject> {
    py.allow_threads(|| Python::with_gil(|_| Made::new())).into_object(py)
}

/// The thread never had a thread state, and its creator waits without the GIL.
#[pyfunction]
fn thread_wrong(py: Python<'_>) -> PyResult<PyObject> {
    let run = || std::thread::spawn(|| Made::new()).join(); // MARK thread
    py.allow_threads(run).expect("the thread panicked").into_object(py)
}

#[pyfunction]
fn thread_right(py: Python<'_>) -> PyResult<PyObject> {
    let run = || std::thread::spawn(|| Python::with_gil(|_| Made::new())).join();
    py.allow_threads(run).expect("the thread panicked").into_object(py)
}

#[pymodule]
fn pyo3_old_fixture(_py: Python<'_>, module: &PyModule) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(wrong, module)?)?;
    module.add_function(wrap_pyfunction!(right, module)?)?;
    module.add_function(wrap_pyfunction!(acquired_right, module)?)?;
    module.add_function(wrap_pyfunction!(thread_wrong, module)?)?;
    module.add_function(wrap_pyfunction!(thread_right, module)?)
}
