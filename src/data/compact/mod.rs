//! Compact binary form of chunks, as a chunk cache holds them.
//!
//! - [`Compact`]: the two functions, by type; [`Footprint::COMPACT`](super::Footprint::COMPACT) names
//!   those of a type.
//! - `bytes`: numbers of few bytes, lengths that are checked against what is there.
//! - `numbers`: single values. `containers`: vectors, arrays, data sets, made of such.
//! - `documents`: text. `sparse_rows`: the rows of a [`Csr`](super::Csr).
//!
//! Reading believes nothing: bytes of another kind give `None`, or some value, but never a panic, nor
//! more memory than some times their own length.

mod bytes;
pub(super) mod containers;
pub(super) mod documents;
pub(super) mod numbers;
pub(super) mod sparse_rows;

pub(super) use bytes::{read_bytes, write_bytes};

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The compact binary form of a type's values, for [`Footprint::COMPACT`](super::Footprint::COMPACT).
///
/// What is read must do as what was written does, to the last bit of whatever is made from it.
pub struct Compact<T> {
    /// Appends the value.
    pub write: fn(&T, &mut Vec<u8>),
    /// Takes a value off the front of the bytes. `None` where they begin with no such value.
    pub read: fn(&mut &[u8]) -> Option<T>,
}

impl<T> Compact<T> {
    /// The value's bytes.
    pub fn to_bytes(&self, value: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        (self.write)(value, &mut bytes);
        bytes
    }

    /// The value that these are the bytes of, all of them.
    pub fn from_bytes(&self, mut bytes: &[u8]) -> Option<T> {
        let value = (self.read)(&mut bytes)?;
        bytes.is_empty().then_some(value)
    }
}

impl<T: Serialize + DeserializeOwned> Compact<T> {
    /// As the value serializes, in the [postcard](https://docs.rs/postcard) format: for labels and keys of
    /// one's own. The type has to deserialize without being asked what it is (no `deserialize_any`).
    ///
    /// ```
    /// use chunkfit::data::{Compact, Footprint};
    /// #[derive(serde::Serialize, serde::Deserialize)]
    /// enum Language { English, German }
    /// impl Footprint for Language {
    ///     const COMPACT: Option<Compact<Self>> = Some(Compact::serialized());
    /// }
    /// ```
    pub const fn serialized() -> Self {
        Compact {
            // What does not serialize leaves bytes that are of no value, and is made anew.
            write: |value, out| out.extend(postcard::to_stdvec(value).unwrap_or_default()),
            read: |bytes| {
                let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
                *bytes = rest;
                Some(value)
            },
        }
    }
}

impl<T> Clone for Compact<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Compact<T> {}

impl<T> fmt::Debug for Compact<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Compact<{}>", std::any::type_name::<T>())
    }
}

#[cfg(test)]
mod tests;
