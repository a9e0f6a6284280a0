//! Texts of an Arrow array, read from copies of its buffers.

use deskpro_contact_bindings::Failure;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// An Arrow array of texts: a part of each of its buffers, copied into `bytes`. The numbers in the buffers are not trusted.
#[pyclass(frozen, module = "deskpro_contact._native")]
pub(crate) struct Column {
    length: usize,
    validity: Option<Validity>,
    layout: Layout,
}

/// Which values are not null: one bit for each, from the lowest.
struct Validity {
    bits: Py<PyBytes>,
    /// The bit of the first value.
    first: usize,
}

/// Where the texts stand.
enum Layout {
    /// One more offset than there are texts, each of four or eight bytes. `base` is subtracted from each.
    Offsets { offsets: Py<PyBytes>, width: Width, base: i64, data: Py<PyBytes> },
    /// For each text sixteen bytes, which hold a short text, or the number of a buffer and the place in it. `bases` has for
    /// each buffer the number of bytes before its copied part.
    Views { views: Py<PyBytes>, buffers: Vec<Py<PyBytes>>, bases: Vec<i64> },
    /// For each text the position of its value, as eight bytes.
    Dictionary { indices: Py<PyBytes>, values: Py<Column> },
}

/// The width of an offset.
#[derive(Clone, Copy)]
enum Width {
    Four,
    Eight,
}

#[pymethods]
impl Column {
    /// A column of the layout of `string` (`width` 4) or `large_string` (8).
    #[staticmethod]
    fn from_offsets(
        length: usize,
        validity: Option<(Py<PyBytes>, usize)>,
        offsets: Py<PyBytes>,
        width: usize,
        base: i64,
        data: Py<PyBytes>,
    ) -> PyResult<Self> {
        let width = match width {
            4 => Width::Four,
            8 => Width::Eight,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "expected offsets of 4 or 8 bytes, found {width}"
                )));
            }
        };
        Ok(Self::new(length, validity, Layout::Offsets { offsets, width, base, data }))
    }

    /// A column of the layout of `string_view`.
    #[staticmethod]
    fn from_views(
        length: usize,
        validity: Option<(Py<PyBytes>, usize)>,
        views: Py<PyBytes>,
        buffers: Vec<Py<PyBytes>>,
        bases: Vec<i64>,
    ) -> Self {
        Self::new(length, validity, Layout::Views { views, buffers, bases })
    }

    /// A column of the layout of `dictionary`, with indices of eight bytes.
    #[staticmethod]
    fn from_dictionary(
        length: usize,
        validity: Option<(Py<PyBytes>, usize)>,
        indices: Py<PyBytes>,
        values: Py<Self>,
    ) -> Self {
        Self::new(length, validity, Layout::Dictionary { indices, values })
    }

    /// For each of a number of buffers, the start and the end of the part to which views refer; 0 and 0 if no view does.
    /// The view of a null may be any bytes.
    #[staticmethod]
    fn used_parts(
        views: &[u8],
        validity: Option<(&[u8], usize)>,
        buffers: usize,
    ) -> PyResult<Vec<(i64, i64)>> {
        let mut parts: Vec<Option<(i64, i64)>> = vec![None; buffers];
        for (row, view) in views.as_chunks::<16>().0.iter().enumerate() {
            if is_valid(validity, row) == Some(false) {
                continue;
            }
            let View::Elsewhere { buffer, begin, length } = View::read(view) else { continue };
            let part = usize::try_from(buffer).ok().and_then(|buffer| parts.get_mut(buffer));
            let part = part.ok_or_else(|| PyValueError::new_err("expected a view of an existing buffer"))?;
            let end = begin + length;
            *part = Some(part.map_or((begin, end), |(first, last)| (first.min(begin), last.max(end))));
        }
        Ok(parts.into_iter().map(Option::unwrap_or_default).collect())
    }
}

impl Column {
    fn new(length: usize, validity: Option<(Py<PyBytes>, usize)>, layout: Layout) -> Self {
        Self { length, validity: validity.map(|(bits, first)| Validity { bits, first }), layout }
    }

    /// The column for reading without the GIL.
    pub(crate) fn view<'a>(&'a self, py: Python<'a>) -> PyResult<Texts<'a>> {
        let bytes = |bytes: &'a Py<PyBytes>| bytes.as_bytes(py);
        let validity = self.validity.as_ref().map(|validity| (bytes(&validity.bits), validity.first));
        let places = match &self.layout {
            Layout::Offsets { offsets, width, base, data } => {
                Places::Offsets { offsets: bytes(offsets), width: *width, base: *base, data: bytes(data) }
            }
            Layout::Views { views, buffers, bases } => {
                let buffers =
                    buffers.iter().zip(bases).map(|(buffer, base)| (bytes(buffer), *base)).collect();
                Places::Views { views: bytes(views), buffers }
            }
            Layout::Dictionary { indices, values } => {
                Places::Dictionary { indices: bytes(indices), values: Box::new(values.get().view(py)?) }
            }
        };
        Ok(Texts { length: self.length, validity, places })
    }
}

/// A column that is read without the GIL.
pub(crate) struct Texts<'a> {
    length: usize,
    validity: Option<(&'a [u8], usize)>,
    places: Places<'a>,
}

enum Places<'a> {
    Offsets { offsets: &'a [u8], width: Width, base: i64, data: &'a [u8] },
    Views { views: &'a [u8], buffers: Vec<(&'a [u8], i64)> },
    Dictionary { indices: &'a [u8], values: Box<Texts<'a>> },
}

impl<'a> Texts<'a> {
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The text of a row; `None` if it is null.
    ///
    /// # Errors
    ///
    /// A number in a buffer is wrong.
    pub(crate) fn get(&self, row: usize) -> Result<Option<&'a [u8]>, Failure> {
        if !is_valid(self.validity, row).ok_or_else(|| wrong("a bit for each row"))? {
            return Ok(None);
        }
        match &self.places {
            Places::Offsets { offsets, width, base, data } => {
                let offset = |row| width.number(offsets, row)?.checked_sub(*base);
                let text = offset(row).zip(offset(row + 1)).and_then(|(begin, end)| part(data, begin, end));
                text.map(Some).ok_or_else(|| wrong("ascending offsets inside of the data"))
            }
            Places::Views { views, buffers } => {
                let view = row.checked_mul(16).and_then(|at| views.get(at..)?.first_chunk::<16>());
                let text = view.and_then(|view| match View::read(view) {
                    View::Here(length) => view.get(4..4 + length),
                    View::Elsewhere { buffer, begin, length } => {
                        let (bytes, base) = buffers.get(usize::try_from(buffer).ok()?)?;
                        let begin = begin.checked_sub(*base)?;
                        part(bytes, begin, begin.checked_add(length)?)
                    }
                    View::Negative => None,
                });
                text.map(Some).ok_or_else(|| wrong("views inside of the buffers"))
            }
            Places::Dictionary { indices, values } => {
                let index = Width::Eight.number(indices, row).and_then(|index| usize::try_from(index).ok());
                match index.filter(|&index| index < values.length) {
                    Some(index) => values.get(index),
                    None => Err(wrong("indices of the dictionary")),
                }
            }
        }
    }
}

impl Width {
    /// A number of a buffer.
    fn number(self, buffer: &[u8], n: usize) -> Option<i64> {
        match self {
            Self::Four => Some(i32::from_ne_bytes(*buffer.as_chunks().0.get(n)?).into()),
            Self::Eight => Some(i64::from_ne_bytes(*buffer.as_chunks().0.get(n)?)),
        }
    }
}

/// One entry of a `string_view` array.
enum View {
    /// The text follows in the entry itself.
    Here(usize),
    /// The text is a part of a buffer.
    Elsewhere { buffer: i32, begin: i64, length: i64 },
    /// A length below 0, which no text has.
    Negative,
}

impl View {
    /// The longest text that an entry holds.
    const LONGEST_HERE: i32 = 12;

    fn read(view: &[u8; 16]) -> Self {
        let number = |n: usize| i32::from_ne_bytes(view.as_chunks().0[n]);
        let length = number(0);
        match usize::try_from(length) {
            Err(_) => Self::Negative,
            Ok(length) if length <= Self::LONGEST_HERE as usize => Self::Here(length),
            Ok(_) => Self::Elsewhere { buffer: number(2), begin: number(3).into(), length: length.into() },
        }
    }
}

/// Whether a row is not null; `None` if there is no bit for it.
fn is_valid(validity: Option<(&[u8], usize)>, row: usize) -> Option<bool> {
    let Some((bits, first)) = validity else { return Some(true) };
    let bit = first.checked_add(row)?;
    Some(bits.get(bit / 8)? >> (bit % 8) & 1 == 1)
}

fn part(data: &[u8], begin: i64, end: i64) -> Option<&[u8]> {
    data.get(usize::try_from(begin).ok()?..usize::try_from(end).ok()?)
}

fn wrong(expected: &str) -> Failure {
    let message = format!("expected an Arrow array with {expected}, found another number");
    Failure::misuse("wrong-array", "", message)
}
