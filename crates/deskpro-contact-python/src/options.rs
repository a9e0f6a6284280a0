//! Options from keyword arguments.

use deskpro_contact_bindings::{Settings, ValueType};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};

use crate::errors;

/// The settings for keyword arguments. An option that is None keeps its default.
pub(crate) fn settings(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<Settings> {
    let mut settings = Settings::default();
    for (argument, value) in arguments.into_iter().flatten() {
        let keyword: String = argument.extract()?;
        let Some((name, value_type)) = Settings::names().find(|(name, _)| keyword_of(name) == keyword) else {
            let keywords: Vec<String> = Settings::names().map(|(name, _)| keyword_of(name)).collect();
            let message = format!("expected one of the options {}, found {keyword:?}", keywords.join(", "));
            return Err(PyTypeError::new_err(message));
        };
        for text in texts(value_type, &keyword, &value)? {
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
fn texts(value_type: ValueType, keyword: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    let is_list = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
    if is_list && value_type == ValueType::Texts {
        return value.try_iter()?.map(|item| text(value_type, keyword, &item?)).collect();
    }
    Ok(vec![text(value_type, keyword, value)?])
}

/// A single value as a text.
fn text(value_type: ValueType, keyword: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let flag = value.cast::<PyBool>().ok();
    let expected = match value_type {
        ValueType::Text | ValueType::Texts => {
            // The text itself: `str()` of an enumeration of texts is the member's name.
            if let Ok(text) = value.cast::<PyString>() {
                return Ok(text.to_str()?.to_owned());
            }
            if value_type == ValueType::Text { "str" } else { "str, or a list or tuple of str" }
        }
        ValueType::Flag => {
            if let Some(flag) = flag {
                return Ok(flag.is_true().to_string());
            }
            "bool"
        }
        ValueType::Number => {
            // A bool is an int of Python, too, but it is never meant as a number.
            if value.is_instance_of::<PyInt>() && flag.is_none() {
                return match value.extract::<i64>() {
                    Ok(number) => Ok(number.to_string()),
                    // Python refuses to write a very long number in decimal digits. The option refuses it, too.
                    Err(_) => Ok(value.call_method1("__format__", ("#x",))?.extract()?),
                };
            }
            "int"
        }
    };
    let message = format!("{keyword}: expected {expected}, found {}", value.get_type().name()?);
    Err(PyTypeError::new_err(message))
}
