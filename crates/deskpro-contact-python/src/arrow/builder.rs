//! New Arrow columns, as the buffers that they consist of.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

/// One bit for each value of a column: whether it is not null.
#[derive(Default)]
pub(super) struct Validity {
    bits: Vec<u8>,
    length: usize,
    null_count: usize,
}

impl Validity {
    pub(super) fn push(&mut self, is_valid: bool) {
        if self.length.is_multiple_of(8) {
            self.bits.push(0);
        }
        let last = self.bits.len() - 1;
        self.bits[last] |= u8::from(is_valid) << (self.length % 8);
        self.length += 1;
        self.null_count += usize::from(!is_valid);
    }

    /// The number of nulls, and the bits; without nulls there are none.
    pub(super) fn into_python(self, py: Python<'_>) -> (usize, Option<Bound<'_, PyBytes>>) {
        (self.null_count, (self.null_count > 0).then(|| PyBytes::new(py, &self.bits)))
    }
}

/// A column of the type `large_string`.
pub(super) struct TextBuilder {
    validity: Validity,
    offsets: Vec<u8>,
    data: Vec<u8>,
}

impl TextBuilder {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity((rows + 1) * size_of::<i64>());
        offsets.extend_from_slice(&0_i64.to_ne_bytes());
        Self { validity: Validity::default(), offsets, data: Vec::new() }
    }

    /// Adds the text that `write` appends.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.data);
        self.end(true);
    }

    pub(super) fn push(&mut self, text: &[u8]) {
        self.push_with(|data| data.extend_from_slice(text));
    }

    pub(super) fn push_null(&mut self) {
        self.end(false);
    }

    fn end(&mut self, is_valid: bool) {
        self.validity.push(is_valid);
        let end = i64::try_from(self.data.len()).expect("a vector has at most `isize::MAX` bytes");
        self.offsets.extend_from_slice(&end.to_ne_bytes());
    }

    /// The number of nulls, and the three buffers.
    pub(super) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_python(py);
        let buffers = (validity, PyBytes::new(py, &self.offsets), PyBytes::new(py, &self.data));
        (null_count, buffers).into_pyobject(py)
    }
}

/// A column of the type `int64`.
#[derive(Default)]
pub(super) struct NumberBuilder {
    validity: Validity,
    numbers: Vec<u8>,
}

impl NumberBuilder {
    pub(super) fn push(&mut self, number: Option<usize>) {
        self.validity.push(number.is_some());
        // The number of a null is not read.
        let number = number.map_or(0, |number| i64::try_from(number).expect("payloads are short"));
        self.numbers.extend_from_slice(&number.to_ne_bytes());
    }

    /// The number of nulls, and the two buffers.
    pub(super) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_python(py);
        (null_count, (validity, PyBytes::new(py, &self.numbers))).into_pyobject(py)
    }
}
