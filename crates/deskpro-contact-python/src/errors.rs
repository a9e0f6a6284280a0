//! The exceptions of the package. They are classes of Python, so that they can be pickled.

use deskpro_contact_bindings::{Failure, FailureKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// The module in which they are defined.
const MODULE: &str = "deskpro_contact._errors";

/// The exception for an error.
pub(crate) fn exception<'py>(py: Python<'py>, failure: &Failure) -> PyResult<Bound<'py, PyAny>> {
    static REJECTED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static WRONG_CALL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static ANY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let (class, name) = match failure.kind {
        FailureKind::Rejected => (&REJECTED, "RejectedPayload"),
        FailureKind::Misuse => (&WRONG_CALL, "WrongCall"),
        FailureKind::Bug => (&ANY, "ContactError"),
    };
    let span = failure.span.as_ref().map(|span| (span.start, span.end));
    class.import(py, MODULE, name)?.call1((failure.code, &failure.path, &failure.message, span))
}

/// The exception for an error, as Python raises it.
pub(crate) fn raised(py: Python<'_>, failure: &Failure) -> PyErr {
    match exception(py, failure) {
        Ok(exception) => PyErr::from_value(exception),
        Err(other) => other,
    }
}
