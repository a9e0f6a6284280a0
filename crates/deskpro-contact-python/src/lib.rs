//! The library [`deskpro_contact`] for Python: the module `deskpro_contact._native`.
//!
//! The folder `python` has the rest of the package: the public functions, the reading of files, and the code that takes
//! pyarrow's arrays apart.
//!
//! | module | contents |
//! |---|---|
//! | `converter` | the class `Converter`: options, and a stock of engines for any number of threads |
//! | `converted` | the class `Converted`: the result for one payload |
//! | `options` | options from keyword arguments |
//! | `texts` | bytes of Python's objects; the lines of a file |
//! | `errors` | the package's exceptions |
//! | `arrow` | columns of Arrow: reading (`column`), writing (`builder`), converting (`rows`) |
//!
//! There is no `unsafe` code. All memory of Python that is read without the GIL belongs to `bytes` objects, which
//! cannot change. pyarrow reads the memory of a result in place: a `Buffer` never changes, and pyarrow keeps it as long
//! as it reads it.

mod arrow;
mod converted;
mod converter;
mod errors;
mod options;
mod texts;

/// The allocator of this library's own memory. A column of results takes megabytes, and the allocator of the C library
/// makes threads wait for each other while it asks the system for them and gives them back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The classes of the package that are written in Rust.
#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::arrow::Buffer;
    #[pymodule_export]
    use crate::arrow::Column;
    #[pymodule_export]
    use crate::converted::Converted;
    #[pymodule_export]
    use crate::converter::Converter;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
