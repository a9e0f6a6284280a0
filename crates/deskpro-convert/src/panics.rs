//! Catches panics, which are bugs, at the border of each thread.
//!
//! No input may make the library or the command panic. If a bug does, nothing of the batch is written in which it
//! occurs: the run ends with status 70 and one message, no file is put in place, and no temporary file is left.
//!
//! A hook replaces Rust's standard panic message, which has two lines and is not JSON under `--error-format json`. The
//! message that ends the run holds the place and the text of the panic.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// A caught panic: its place, if known, and its message.
#[derive(Debug)]
pub struct Panic(String);

thread_local! {
    /// The place and message of the last panic of this thread, set by the hook.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installs a hook that records each panic for [`catch`] and prints nothing.
pub(crate) fn install_hook() {
    set_hook(Box::new(|panic| {
        let message = message(panic.payload());
        let text = panic.location().map_or_else(|| message.to_owned(), |place| format!("{place}: {message}"));
        LAST.set(Some(text));
    }));
}

/// Calls `work`. After a panic, the caller must discard everything that `work` may have changed.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|payload| Panic(LAST.take().unwrap_or_else(|| message(&*payload).to_owned())))
}

impl Panic {
    /// The message that ends the run, with the current line of the input if it is known.
    pub(crate) fn sentence(&self, line: Option<u64>) -> String {
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{place}a bug of convert ended the run, please report it: {}", self.0)
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (None, Some(text)) => text,
        (None, None) => "a panic without a message",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_with_its_message() {
        assert_eq!(catch(|| 7).unwrap(), 7);
        let panic = catch(|| panic!("no {}", "way")).unwrap_err();
        assert_eq!(
            panic.sentence(Some(3)),
            "line 3: a bug of convert ended the run, please report it: no way"
        );
        let panic = catch(|| std::panic::panic_any(7)).unwrap_err();
        assert!(panic.sentence(None).ends_with("report it: a panic without a message"));
    }
}
