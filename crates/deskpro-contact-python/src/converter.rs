//! A converter of Python: its options, and engines for any number of threads.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, MutexGuard};

use deskpro_contact::Conversion;
use deskpro_contact_bindings::{Engine, Failure, Settings};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::arrow::{self, Column};
use crate::converted::Converted;
use crate::{errors, options, texts};

/// The length in bytes from which the conversion of a single payload releases the GIL. A shorter one takes some
/// microseconds, which is less than handing the GIL to another thread and getting it back.
const RELEASING_LENGTH: usize = 2048;

/// Converts payloads, and restores them. Its options never change, and any number of threads may use it.
#[pyclass(frozen, subclass, module = "deskpro_contact._native")]
pub(crate) struct Converter {
    settings: Settings,
    /// The keyword arguments, to make an equal converter in another process.
    options: Py<PyDict>,
    /// Engines that no call uses. A call takes one, or makes one, and puts it back: each has large buffers.
    ///
    /// Nobody waits for the lock. In a process that `fork` made while another thread held it, it is never released.
    idle: Mutex<Vec<Engines>>,
}

/// The engines of one call. Each is made when it is first needed.
#[derive(Default, Debug)]
pub(crate) struct Engines {
    converting: Option<Engine>,
    restoring: Option<Engine>,
}

impl Engines {
    pub(crate) fn convert<'e>(
        &'e mut self,
        settings: &Settings,
        payload: &'e [u8],
    ) -> Result<Conversion<'e>, Failure> {
        settings.check_payload(payload)?;
        self.converting.get_or_insert_with(|| Engine::converting(settings)).convert(payload)
    }

    pub(crate) fn restore<'e>(
        &'e mut self,
        settings: &Settings,
        output: &'e [u8],
        losses: &[u8],
    ) -> Result<Conversion<'e>, Failure> {
        settings.check_output(output, losses)?;
        let engine = self.restoring.get_or_insert_with(|| Engine::restoring(settings));
        Ok(engine.restore(output, losses)?)
    }
}

impl Converter {
    /// The stock of engines; `None` if it is locked.
    fn idle(&self) -> Option<MutexGuard<'_, Vec<Engines>>> {
        self.idle.try_lock().ok()
    }

    /// Does work with engines. A panic becomes an error, and the engines, which it may leave incomplete, are dropped.
    fn work<T>(
        &self,
        work: impl FnOnce(&Settings, &mut Engines) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut engines = self.idle().and_then(|mut idle| idle.pop()).unwrap_or_default();
        match panic::catch_unwind(AssertUnwindSafe(|| work(&self.settings, &mut engines))) {
            Ok(result) => {
                if let Some(mut idle) = self.idle() {
                    idle.push(engines);
                }
                result
            }
            Err(panic) => Err(Failure::bug(&*panic)),
        }
    }

    /// Does work for a single payload, without the GIL if it takes long.
    fn work_for_one<T: Send>(
        &self,
        py: Python<'_>,
        length: usize,
        work: impl FnOnce(&Settings, &mut Engines) -> Result<T, Failure> + Send,
    ) -> PyResult<T> {
        let result = if length < RELEASING_LENGTH { self.work(work) } else { py.detach(|| self.work(work)) };
        result.map_err(|failure| errors::raised(py, &failure))
    }

    /// Converts payloads without the GIL. The list has for each of them its result, or the exception and the payload.
    fn convert_all<'py, 'p>(
        &self,
        py: Python<'py>,
        payloads: impl Iterator<Item = &'p [u8]> + Send,
    ) -> PyResult<Bound<'py, PyList>> {
        let results = py.detach(|| {
            self.work(|settings, engines| {
                let has_id_field = settings.has_id_field();
                Ok(payloads
                    .map(|payload| match engines.convert(settings, payload) {
                        Ok(conversion) => Ok(Converted::of(&conversion, has_id_field)),
                        Err(error) => Err((error, payload)),
                    })
                    .collect::<Vec<_>>())
            })
        });
        let results = results.map_err(|failure| errors::raised(py, &failure))?;
        let list = PyList::empty(py);
        for result in results {
            match result {
                Ok(converted) => list.append(converted)?,
                Err((failure, payload)) => {
                    list.append((errors::exception(py, &failure)?, PyBytes::new(py, payload)))?;
                }
            }
        }
        Ok(list)
    }
}

/// A copy of options and of their lists, so that a caller who changes a list does not change the options.
fn deep_copy<'py>(options: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let copy = options.py().import("copy")?.call_method1("deepcopy", (options,))?;
    Ok(copy.cast_into::<PyDict>()?)
}

#[pymethods]
impl Converter {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let settings = options::settings(options)?;
        let options = match options {
            Some(options) => deep_copy(options)?,
            None => PyDict::new(py),
        };
        Ok(Self { settings, options: options.unbind(), idle: Mutex::default() })
    }

    /// Converts a payload.
    fn convert(&self, payload: &Bound<'_, PyAny>) -> PyResult<Converted> {
        let bytes = texts::bytes("payload", payload)?;
        self.work_for_one(payload.py(), bytes.len(), |settings, engines| {
            let conversion = engines.convert(settings, &bytes)?;
            Ok(Converted::of(&conversion, settings.has_id_field()))
        })
    }

    /// Restores the payload of an output and its losses.
    #[pyo3(signature = (output, losses = None))]
    fn restore(&self, output: &Bound<'_, PyAny>, losses: Option<&Bound<'_, PyAny>>) -> PyResult<Converted> {
        let bytes = texts::bytes("output", output)?;
        let losses = losses.map(|losses| texts::bytes("losses", losses)).transpose()?.unwrap_or_default();
        self.work_for_one(output.py(), bytes.len() + losses.len(), |settings, engines| {
            let conversion = engines.restore(settings, &bytes, &losses)?;
            Ok(Converted::of(&conversion, settings.has_id_field()))
        })
    }

    /// Converts the lines of a text.
    fn _convert_block<'py>(&self, block: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyList>> {
        self.convert_all(block.py(), texts::lines(block.as_bytes()))
    }

    /// Converts a list of payloads, each with or without a line end.
    fn _convert_batch<'py>(&self, batch: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
        let items: Vec<_> = batch.iter().collect();
        let payloads: Vec<_> =
            items.iter().map(|item| texts::bytes("line", item)).collect::<PyResult<_>>()?;
        self.convert_all(batch.py(), payloads.iter().map(|payload| texts::without_end(payload)))
    }

    /// Converts a column of payloads.
    fn _convert_column<'py>(&self, payloads: &Bound<'py, Column>) -> PyResult<Bound<'py, PyTuple>> {
        let py = payloads.py();
        let payloads = payloads.get().view(py)?;
        let rows = py.detach(|| self.work(|settings, engines| arrow::convert(settings, engines, &payloads)));
        rows.map_err(|failure| errors::raised(py, &failure))?.into_python(py)
    }

    /// Restores a column of outputs with the column of their losses.
    fn _restore_column<'py>(
        &self,
        outputs: &Bound<'py, Column>,
        losses: &Bound<'py, Column>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = outputs.py();
        let (outputs, losses) = (outputs.get().view(py)?, losses.get().view(py)?);
        let rows =
            py.detach(|| self.work(|settings, engines| arrow::restore(settings, engines, &outputs, &losses)));
        rows.map_err(|failure| errors::raised(py, &failure))?.into_python(py)
    }

    /// For copies and pickles.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        Ok((PyTuple::empty(py), deep_copy(self.options.bind(py))?))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let options: Vec<String> = self
            .options
            .bind(py)
            .iter()
            .map(|(name, value)| Ok(format!("{name}={}", value.repr()?)))
            .collect::<PyResult<_>>()?;
        Ok(format!("Converter({})", options.join(", ")))
    }
}
