//! Options from keyword arguments.

use deskpro_contact_bindings::Settings;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};

use crate::errors;

/// The settings for keyword arguments. An option that is None keeps its default.
pub(crate) fn settings(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Settings> {
    let mut settings = Settings::default();
    for (argument, value) in arguments.into_iter().flatten() {
        let keyword: String = argument.extract()?;
        let Some(name) = Settings::names().find(|name| keyword_of(name) == keyword) else {
            let keywords: Vec<String> = Settings::names().map(keyword_of).collect();
            let message = format!("expected one of the options {}, found {keyword:?}", keywords.join(", "));
            return Err(PyTypeError::new_err(message));
        };
        for text in texts(name, &keyword, &value)? {
            settings = settings.with(name.as_bytes(), text.as_bytes()).map_err(|mut failure| {
                failure.path.clone_from(&keyword);
                errors::raised(value.py(), &failure)
            })?;
        }
    }
    Ok(settings)
}

/// The keyword of an option: `max_payload` for `max-payload`, and `from_` for `from`, which is a word of Python's
/// syntax.
fn keyword_of(name: &str) -> String {
    match name {
        "from" => "from_".to_owned(),
        name => name.replace('-', "_"),
    }
}

/// A value as the texts that the option is set to, one after the other.
fn texts(name: &str, keyword: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    if let Some(text) = text(value)? {
        return Ok(vec![text]);
    }
    let is_list = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
    if is_list && Settings::is_repeatable(name) {
        let texts: Option<Vec<String>> =
            value.try_iter()?.map(|value| text(&value?)).collect::<PyResult<_>>()?;
        if let Some(texts) = texts {
            return Ok(texts);
        }
    }
    let expected = if Settings::is_repeatable(name) { "str, or a list of str," } else { "str, bool or int," };
    let message = format!("{keyword}: expected {expected} found {}", value.repr()?);
    Err(PyTypeError::new_err(message))
}

/// A single value as a text; `None` if it has another type.
fn text(value: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    // First, because each bool is an int.
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Some(flag.is_true().to_string()));
    }
    // The text itself: `str()` of an enumeration of texts is the member's name.
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Some(text.to_str()?.to_owned()));
    }
    if value.is_instance_of::<PyInt>() {
        return Ok(Some(value.str()?.to_str()?.to_owned()));
    }
    Ok(None)
}
