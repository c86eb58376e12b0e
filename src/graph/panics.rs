//! Catching panics of a user's code, as errors.

use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, ErrorKind, Result};

/// Does some work of the user's. A panic in it is an error like any other, to be given its place by the caller.
///
/// # Errors
/// The work's own; [`ErrorKind::Panicked`].
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch(work).unwrap_or_else(|message| Err(panicked(message)))
}

/// The same for work outside a run: a panic is one of the task of this name.
///
/// # Errors
/// As [`caught`].
pub(crate) fn caught_in<T>(task: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch(work).unwrap_or_else(|message| Err(panicked(message).in_task(task)))
}

/// Does some work of the user's. Fails with the message of a panic in it.
pub(super) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(message)
}

/// Drops a value of the user's type.
///
/// # Errors
/// [`ErrorKind::Panicked`]: its `Drop` did.
pub(super) fn discard(value: impl Sized) -> Result<()> {
    catch(|| drop(value)).map_err(panicked)
}

/// Drops values one after the other, for two panics at once would end the process.
///
/// # Errors
/// [`ErrorKind::Panicked`]: the first one whose `Drop` did.
pub(super) fn discard_all<T>(values: impl IntoIterator<Item = T>) -> Result<()> {
    let mut first = Ok(());
    for value in values {
        first = first.and(discard(value));
    }
    first
}

/// A panic of this message.
pub(super) fn panicked(message: String) -> Error {
    Error::new(ErrorKind::Panicked { message })
}

/// The message of a panic.
pub(super) fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "its payload is no text".into())
}

/// The message of a panic, whose payload is dropped.
pub(super) fn message(payload: Box<dyn Any + Send>) -> String {
    let text = text(&*payload);
    // The payload is a value of the user's, too: dropping it may panic, and so may dropping what that panic leaves.
    if let Err(further) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        mem::forget(further);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    /// Panics whenever it is dropped, with another of its kind.
    struct Hydra;

    impl Drop for Hydra {
        fn drop(&mut self) {
            panic_any(Hydra);
        }
    }

    #[test]
    fn a_panic_is_told_whatever_its_payload() {
        let message = |work: fn()| catch(work).unwrap_err();
        assert_eq!(message(|| panic!("on {}", "purpose")), "on purpose");
        assert_eq!(message(|| panic!("on purpose")), "on purpose");
        assert_eq!(message(|| panic_any(5)), "its payload is no text");
        assert_eq!(message(|| panic_any(Hydra)), "its payload is no text");
        assert!(matches!(discard(Hydra).unwrap_err().kind(), ErrorKind::Panicked { .. }));
        assert!(discard(5).is_ok());
    }
}
