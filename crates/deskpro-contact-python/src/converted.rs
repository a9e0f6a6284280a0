//! The result for one payload.

use deskpro_contact::{Conversion, Severity};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The result of `convert` or `restore` for one payload.
#[pyclass(frozen, eq, module = "deskpro_contact")]
#[derive(PartialEq, Debug)]
pub(crate) struct Converted {
    output: String,
    /// The line that a losses file has for this payload, without the line number. Empty if it has none: with an id
    /// field, it has a line for each payload, otherwise only for payloads with losses.
    numberless_line: String,
    data_count: usize,
    note_count: usize,
}

impl Converted {
    /// Copies a result.
    pub(crate) fn of(conversion: &Conversion<'_>, has_id_field: bool) -> Self {
        let mut line = Vec::new();
        if conversion.has_losses() {
            conversion.write_losses_json(&mut line);
        } else if has_id_field {
            conversion.write_losses_line(0, &mut line);
            line.drain(1..BEGIN.len());
        }
        let count = |severity| conversion.codes().filter(|(_, own)| *own == severity).count();
        Self {
            output: text(conversion.output().to_vec()),
            numberless_line: text(line),
            data_count: count(Severity::Data),
            note_count: count(Severity::Note),
        }
    }
}

/// The start of a line of a losses file with the line number 0.
const BEGIN: &str = r#"{"line":0,"#;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("JSON and forms are UTF-8")
}

#[pymethods]
impl Converted {
    /// For copies and pickles.
    #[new]
    fn new(output: String, numberless_line: String, data_count: usize, note_count: usize) -> Self {
        Self { output, numberless_line, data_count, note_count }
    }

    fn __getnewargs__(&self) -> (&str, &str, usize, usize) {
        (&self.output, &self.numberless_line, self.data_count, self.note_count)
    }

    /// The output: JSON or a form.
    #[getter]
    fn output(&self) -> &str {
        &self.output
    }

    /// The losses as one JSON object, for `restore`; empty if there are no losses. After `restore`: the losses that
    /// could not be put back.
    #[getter]
    fn losses(&self) -> &str {
        if self.data_count + self.note_count == 0 { "" } else { &self.numberless_line }
    }

    /// How many losses are data, which a person would miss.
    #[getter]
    fn data_count(&self) -> usize {
        self.data_count
    }

    /// How many losses are notes, which only `restore` needs.
    #[getter]
    fn note_count(&self) -> usize {
        self.note_count
    }

    /// The line of a losses file for this payload, without a line end; empty if the losses file has no line for this
    /// payload. `line` is the number of the payload's line in its file, counted from 1.
    fn losses_line(&self, line: u64) -> String {
        match self.numberless_line.strip_prefix('{') {
            Some(members) => format!("{{\"line\":{line},{members}"),
            None => String::new(),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let Self { output, data_count, note_count, .. } = self;
        let output = PyString::new(py, output).repr()?;
        Ok(format!("Converted(output={output}, data_count={data_count}, note_count={note_count})"))
    }
}
