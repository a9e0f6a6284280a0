//! The converter of the C interface: its options, its last result, its last error.

use std::any::Any;
use std::ffi::c_char;
use std::mem;
use std::panic::{self, AssertUnwindSafe};

use deskpro_contact::{Conversion, Severity};
use deskpro_contact_bindings::{Engine, Failure, Settings};

use crate::held::Held;
use crate::types::Status;

/// A converter: its options, and the result of the last call.
#[derive(Default, Debug)]
pub struct Handle {
    settings: Settings,
    /// Copies of the caller's texts: the payload or the output, and the losses to put back. The caller may free them
    /// before the losses are read, or may pass the result of the last call, which the work of this one overwrites.
    input: Vec<u8>,
    given_losses: Vec<u8>,
    /// Made by the first call after an option was set.
    converting: Option<Held<Buffers>>,
    restoring: Option<Held<Buffers>>,
    last: Last,
    /// The output of the last call with a NUL at its end, if that call made it.
    text: Vec<u8>,
    /// The losses of the last call, after they were read.
    losses: Vec<u8>,
    has_losses_text: bool,
    losses_line: Vec<u8>,
    error: Option<Failure>,
}

/// Which call made the result.
#[derive(Clone, Copy, Default, Debug)]
enum Last {
    #[default]
    None,
    Convert,
    Restore,
}

/// Everything that a conversion borrows from.
#[derive(Debug)]
struct Buffers {
    engine: Engine,
    input: Vec<u8>,
}

impl Buffers {
    fn new(engine: Engine) -> Self {
        Self { engine, input: Vec::new() }
    }
}

/// Copies a text.
fn copy(text: &[u8], to: &mut Vec<u8>) {
    to.clear();
    to.extend_from_slice(text);
}

impl Handle {
    /// Drops the last result and error, does the work, and stores its error. A panic becomes an error.
    pub(crate) fn attempt(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Status {
        // Kept until the work is done: the caller may have passed a text of the last error as an argument.
        let _last_error = self.error.take();
        self.clear();
        let failure = match panic::catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(())) => return Status::Ok,
            Ok(Err(failure)) => failure,
            Err(panic) => return self.stop_after(&*panic),
        };
        self.clear();
        Status::from(self.error.insert(failure).kind)
    }

    /// Discards the result after a panic, and the buffers, which may be incomplete.
    pub(crate) fn stop_after(&mut self, panic: &(dyn Any + Send)) -> Status {
        self.clear();
        self.converting = None;
        self.restoring = None;
        Status::from(self.error.insert(Failure::bug(panic)).kind)
    }

    /// Discards the last result and error.
    fn clear(&mut self) {
        self.error = None;
        self.last = Last::None;
        self.has_losses_text = false;
    }

    pub(crate) fn set(&mut self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        self.settings = self.settings.with(name, value)?;
        self.converting = None;
        self.restoring = None;
        Ok(())
    }

    /// Copies what `convert` converts.
    pub(crate) fn take_payload(&mut self, payload: &[u8]) -> Result<(), Failure> {
        self.settings.check_payload(payload)?;
        copy(payload, &mut self.input);
        Ok(())
    }

    /// Copies what `restore` restores.
    pub(crate) fn take_output(&mut self, output: &[u8], losses: &[u8]) -> Result<(), Failure> {
        self.settings.check_output(output, losses)?;
        copy(output, &mut self.input);
        copy(losses, &mut self.given_losses);
        Ok(())
    }

    pub(crate) fn convert(&mut self) -> Result<(), Failure> {
        let Self { settings, input, converting, .. } = self;
        let held = converting.get_or_insert_with(|| Held::new(Buffers::new(Engine::converting(settings))));
        held.renew(|buffers| {
            mem::swap(&mut buffers.input, input);
            buffers.engine.convert(&buffers.input)
        })?;
        self.last = Last::Convert;
        Ok(())
    }

    pub(crate) fn restore(&mut self) -> Result<(), Failure> {
        let Self { settings, input, given_losses: losses, restoring, .. } = self;
        let held = restoring.get_or_insert_with(|| Held::new(Buffers::new(Engine::restoring(settings))));
        held.renew(|buffers| {
            mem::swap(&mut buffers.input, input);
            buffers.engine.restore(&buffers.input, losses)
        })?;
        self.last = Last::Restore;
        Ok(())
    }

    fn conversion(&self) -> Option<&Conversion<'_>> {
        let held = match self.last {
            Last::None => return None,
            Last::Convert => &self.converting,
            Last::Restore => &self.restoring,
        };
        held.as_ref().and_then(Held::conversion)
    }

    pub(crate) fn output(&self) -> Option<&[u8]> {
        self.conversion().map(Conversion::output)
    }

    /// Copies the output, and puts a NUL at its end.
    pub(crate) fn make_text(&mut self) -> Result<(), Failure> {
        let mut text = mem::take(&mut self.text);
        text.clear();
        text.extend_from_slice(self.output().expect("the call has just made an output"));
        assert!(
            memchr::memchr(0, &text).is_none(),
            "the output holds NUL, so that a caller would see a part of it"
        );
        text.push(0);
        self.text = text;
        Ok(())
    }

    /// The address of the text that [`Handle::make_text`] made.
    pub(crate) fn text(&self) -> *const c_char {
        self.text.as_ptr().cast()
    }

    /// The losses as one object; empty if there are none.
    pub(crate) fn losses(&mut self) -> Option<&[u8]> {
        let mut text = mem::take(&mut self.losses);
        let is_made = self.conversion().map(|conversion| {
            // An earlier read of the same result may still be in use.
            if !self.has_losses_text {
                text.clear();
                conversion.write_losses_json(&mut text);
            }
        });
        self.losses = text;
        self.has_losses_text = is_made.is_some();
        is_made.map(|()| &*self.losses)
    }

    /// The line of a losses file; empty if the losses file has no line for this payload.
    pub(crate) fn losses_line(&mut self, line: u64) -> Option<&[u8]> {
        let has_id_field = self.settings.has_id_field();
        let mut text = mem::take(&mut self.losses_line);
        text.clear();
        let is_made = self.conversion().map(|conversion| {
            if conversion.has_losses() || has_id_field {
                conversion.write_losses_line(line, &mut text);
            }
        });
        self.losses_line = text;
        is_made.map(|()| &*self.losses_line)
    }

    /// The number of losses of a severity. `None` if there is no result: 0 would look like a result without losses.
    pub(crate) fn count(&self, severity: Severity) -> Option<usize> {
        let codes = self.conversion()?.codes();
        Some(codes.filter(|(_, own)| *own == severity).count())
    }

    pub(crate) fn error(&self) -> Option<&Failure> {
        self.error.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bindings_catch_panics() {
        fn convert(handle: &mut Handle) -> Result<(), Failure> {
            handle.take_payload(b"a=1")?;
            handle.convert()
        }

        let mut handle = Handle::default();
        assert_eq!(handle.attempt(convert), Status::Ok);
        assert_eq!(handle.attempt(|_| panic!("out of {}", "luck")), Status::Bug);
        let error = handle.error().unwrap();
        assert_eq!((error.code, error.span.clone()), ("bug", None));
        assert_eq!(error.message, "expected a result, found a bug in the library: out of luck");
        assert!(handle.conversion().is_none());
        assert_eq!(handle.losses(), None);
        assert_eq!(handle.losses_line(1), None);
        // The converter can be used again.
        assert_eq!(handle.attempt(convert), Status::Ok);
        assert_eq!(handle.output(), Some(&br#"{"a":"1","contact_data":{}}"#[..]));
    }
}
