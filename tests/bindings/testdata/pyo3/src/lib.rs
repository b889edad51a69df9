//! A string made by pyo3::ffi inside Python::detach or in a thread of Rust's, and the same
//! string made right.

use pyo3::ffi;
use pyo3::prelude::*;

/// The new reference that PyUnicode_FromString returned, as an integer: a raw pointer may not
/// leave detach, which is how PyO3 keeps safe code from writing this bug.
struct Made(usize);

impl Made {
    #[inline(always)]
    fn new() -> Self {
        Made(unsafe { ffi::PyUnicode_FromString(c"made in PyO3".as_ptr()) } as usize) // MARK make
    }

    fn into_object(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let owned = unsafe { Bound::from_owned_ptr_or_err(py, self.0 as *mut ffi::PyObject) }?;
        Ok(owned.unbind())
    }
}

#[pyfunction]
fn wrong(py: Python<'_>) -> PyResult<Py<PyAny>> {
    py.detach(|| Made::new()) // MARK wrong
        .into_object(py)
}

#[pyfunction]
fn right(py: Python<'_>) -> PyResult<Py<PyAny>> {
    py.detach(|| ());
    Made::new().into_object(py)
}

#[pyfunction]
fn acquired_right(py: Python<'_>) -> PyResult<Py<PyAny>> {
    py.detach(|| Python::attach(|_| Made::new())).into_object(py)
}

/// The thread never had a thread state, and its creator waits without the GIL.
#[pyfunction]
fn thread_wrong(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let run = || std::thread::spawn(|| Made::new()).join(); // MARK thread
    py.detach(run).expect("the thread panicked").into_object(py)
}

#[pyfunction]
fn thread_right(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let run = || std::thread::spawn(|| Python::attach(|_| Made::new())).join();
    py.detach(run).expect("the thread panicked").into_object(py)
}

#[pymodule]
fn pyo3_fixture(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(wrong, module)?)?;
    module.add_function(wrap_pyfunction!(right, module)?)?;
    module.add_function(wrap_pyfunction!(acquired_right, module)?)?;
    module.add_function(wrap_pyfunction!(thread_wrong, module)?)?;
    module.add_function(wrap_pyfunction!(thread_right, module)?)
}
