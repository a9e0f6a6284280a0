//! New Arrow columns, as the buffers that they consist of.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// A buffer of a new column. pyarrow reads it in place and keeps the object, so that nothing is copied under the GIL.
#[pyclass(frozen, module = "deskpro_contact._native")]
pub(crate) struct Buffer(Contents);

/// Numbers have their own vector, because readers of Arrow expect them at addresses that are multiples of eight.
enum Contents {
    Bytes(Vec<u8>),
    Numbers(Vec<i64>),
}

#[pymethods]
impl Buffer {
    /// Where the buffer begins in memory. The memory never moves while the object lives.
    #[getter]
    fn address(&self) -> usize {
        match &self.0 {
            Contents::Bytes(bytes) => bytes.as_ptr().addr(),
            Contents::Numbers(numbers) => numbers.as_ptr().addr(),
        }
    }

    /// The size in bytes.
    #[getter]
    fn size(&self) -> usize {
        match &self.0 {
            Contents::Bytes(bytes) => size_of_val(bytes.as_slice()),
            Contents::Numbers(numbers) => size_of_val(numbers.as_slice()),
        }
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(mut bytes: Vec<u8>) -> Self {
        bytes.shrink_to_fit();
        Self(Contents::Bytes(bytes))
    }
}

impl From<Vec<i64>> for Buffer {
    fn from(mut numbers: Vec<i64>) -> Self {
        numbers.shrink_to_fit();
        Self(Contents::Numbers(numbers))
    }
}

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
    pub(super) fn into_buffer(self) -> (usize, Option<Buffer>) {
        (self.null_count, (self.null_count > 0).then(|| self.bits.into()))
    }
}

/// A column of the type `large_string`.
pub(super) struct TextBuilder {
    validity: Validity,
    offsets: Vec<i64>,
    data: Vec<u8>,
}

impl TextBuilder {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
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
        self.offsets.push(end);
    }

    /// The number of nulls, and the three buffers.
    pub(super) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_buffer();
        (null_count, (validity, Buffer::from(self.offsets), Buffer::from(self.data))).into_pyobject(py)
    }
}

/// A column of the type `int64`.
#[derive(Default)]
pub(super) struct NumberBuilder {
    validity: Validity,
    numbers: Vec<i64>,
}

impl NumberBuilder {
    pub(super) fn push(&mut self, number: Option<usize>) {
        self.validity.push(number.is_some());
        // The number of a null is not read.
        let number = number.map_or(0, |number| i64::try_from(number).expect("payloads are short"));
        self.numbers.push(number);
    }

    /// The number of nulls, and the two buffers.
    pub(super) fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        let (null_count, validity) = self.validity.into_buffer();
        (null_count, (validity, Buffer::from(self.numbers))).into_pyobject(py)
    }
}
