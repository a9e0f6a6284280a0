//! Converts and restores columns row by row.

use deskpro_contact::Conversion;
use deskpro_contact_bindings::{Failure, Settings};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::builder::{NumberBuilder, TextBuilder, Validity};
use super::column::Texts;
use crate::converter::Engines;

/// The result: for each row an output and its losses, or an error, or null.
pub(crate) struct Rows {
    length: usize,
    validity: Validity,
    outputs: TextBuilder,
    losses: TextBuilder,
    /// Made for the first error, with a null for each row before.
    errors: Option<Errors>,
}

/// The errors of rows that are rejected, and nulls.
struct Errors {
    validity: Validity,
    codes: TextBuilder,
    paths: TextBuilder,
    messages: TextBuilder,
    starts: NumberBuilder,
    ends: NumberBuilder,
}

/// Converts a column of payloads. Nulls stay null.
pub(crate) fn convert(
    settings: &Settings,
    engines: &mut Engines,
    payloads: &Texts<'_>,
) -> Result<Rows, Failure> {
    let mut rows = Rows::with_capacity(payloads.length());
    for row in 0..payloads.length() {
        match payloads.get(row)? {
            Some(payload) => match engines.convert(settings, payload) {
                Ok(conversion) => rows.push(&conversion),
                Err(error) => rows.push_error(&error),
            },
            None => rows.push_null(),
        }
    }
    Ok(rows)
}

/// Restores a column of outputs with a column of their losses. If both are null, the row stays null.
pub(crate) fn restore(
    settings: &Settings,
    engines: &mut Engines,
    outputs: &Texts<'_>,
    losses: &Texts<'_>,
) -> Result<Rows, Failure> {
    let mut rows = Rows::with_capacity(outputs.length());
    for row in 0..outputs.length() {
        match (outputs.get(row)?, losses.get(row)?) {
            (Some(output), Some(losses)) => match engines.restore(settings, output, losses) {
                Ok(conversion) => rows.push(&conversion),
                Err(error) => rows.push_error(&error),
            },
            (None, None) => rows.push_null(),
            // If a join did not find the losses of an output, the output must not look like one without losses.
            (Some(_), None) => {
                let message = "expected losses, or an empty text if there are none, found null";
                rows.push_error(&Failure::misuse("null-losses", "", message.to_owned()));
            }
            (None, Some(_)) => {
                let message = "expected an output beside its losses, found null";
                rows.push_error(&Failure::misuse("null-output", "", message.to_owned()));
            }
        }
    }
    Ok(rows)
}

impl Rows {
    fn with_capacity(rows: usize) -> Self {
        Self {
            length: 0,
            validity: Validity::default(),
            outputs: TextBuilder::with_capacity(rows),
            losses: TextBuilder::with_capacity(rows),
            errors: None,
        }
    }

    fn push(&mut self, conversion: &Conversion<'_>) {
        self.outputs.push(conversion.output());
        self.losses.push_with(|text| conversion.write_losses_json(text));
        self.end(true, None);
    }

    fn push_error(&mut self, failure: &Failure) {
        self.outputs.push_null();
        self.losses.push_null();
        self.end(true, Some(failure));
    }

    fn push_null(&mut self) {
        self.outputs.push_null();
        self.losses.push_null();
        self.end(false, None);
    }

    fn end(&mut self, is_valid: bool, failure: Option<&Failure>) {
        self.validity.push(is_valid);
        if failure.is_some() || self.errors.is_some() {
            self.errors.get_or_insert_with(|| Errors::nulls(self.length)).push(failure);
        }
        self.length += 1;
    }

    /// The number of nulls, the bits, the outputs, the losses, and the errors if there are any.
    pub(crate) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_buffer();
        let errors = self.errors.map(|errors| errors.into_python(py)).transpose()?;
        let (outputs, losses) = (self.outputs.into_python(py)?, self.losses.into_python(py)?);
        (null_count, validity, outputs, losses, errors).into_pyobject(py)
    }
}

impl Errors {
    fn nulls(rows: usize) -> Self {
        let text = || TextBuilder::with_capacity(rows);
        let mut errors = Self {
            validity: Validity::default(),
            codes: text(),
            paths: text(),
            messages: text(),
            starts: NumberBuilder::default(),
            ends: NumberBuilder::default(),
        };
        (0..rows).for_each(|_| errors.push(None));
        errors
    }

    fn push(&mut self, failure: Option<&Failure>) {
        self.validity.push(failure.is_some());
        let Self { codes, paths, messages, .. } = self;
        match failure {
            Some(failure) => {
                codes.push(failure.code.as_bytes());
                paths.push(failure.path.as_bytes());
                messages.push(failure.message.as_bytes());
            }
            None => [codes, paths, messages].into_iter().for_each(TextBuilder::push_null),
        }
        let span = failure.and_then(|failure| failure.span.as_ref());
        self.starts.push(span.map(|span| span.start));
        self.ends.push(span.map(|span| span.end));
    }

    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_buffer();
        let texts = [self.codes, self.paths, self.messages];
        let members = PyList::empty(py);
        for text in texts {
            members.append(text.into_python(py)?)?;
        }
        for numbers in [self.starts, self.ends] {
            members.append(numbers.into_python(py)?)?;
        }
        (null_count, validity, members).into_pyobject(py)
    }
}
