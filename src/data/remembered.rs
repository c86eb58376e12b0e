//! What follows from the rest of a value.

use std::sync::OnceLock;

/// What follows from the rest of a value, computed when it is first asked for. It does not count in
/// comparisons, and copies compute their own.
#[derive(Debug)]
pub(crate) struct Remembered<T>(OnceLock<T>);

impl<T> Remembered<T> {
    /// To be called whenever the rest changes.
    pub(crate) fn forget(&mut self) {
        self.0.take();
    }

    /// The value, if it was made.
    pub(crate) fn into_made(self) -> Option<T> {
        self.0.into_inner()
    }

    /// The value, made now if it was not yet.
    pub(crate) fn get_or_make<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(value) = self.0.get() {
            return Ok(value);
        }
        let made = make()?;
        Ok(self.0.get_or_init(|| made))
    }
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Remembered(OnceLock::new())
    }
}

impl<T> Clone for Remembered<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> PartialEq for Remembered<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
