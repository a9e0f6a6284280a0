//! Panics: bugs of ours, caught at the border of a thread.
//!
//! That no input makes the library or the command panic is a law. Where a bug breaks it, nothing that was made of the
//! panicking batch is written: the run ends with status 70 and one sentence, no file is put in place, and no temporary
//! file is left.
//!
//! A hook of ours replaces the standard message, which would stand on standard error as two lines of its own, not JSON
//! where JSON was asked for, and before the sentence that says what it means. Place and message go into that sentence.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// A panic that was caught: where it was, where that is known, and what it said.
#[derive(Debug)]
pub struct Panic(String);

thread_local! {
    /// The last panic of this thread, as the hook saw it.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the place of each panic for [`catch`], and silences the standard message.
pub(crate) fn install_hook() {
    set_hook(Box::new(|panic| {
        let message = message(panic.payload());
        let text = panic.location().map_or_else(|| message.to_owned(), |place| format!("{place}: {message}"));
        LAST.set(Some(text));
    }));
}

/// Calls `work`. What it changed before a panic is in an unknown state, and is for the caller to throw away.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|payload| Panic(LAST.take().unwrap_or_else(|| message(&*payload).to_owned())))
}

impl Panic {
    /// The sentence that ends the run, about the line of the input that was being worked on, where that is known.
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
