//! Codecs: values to bytes and back, for checkpoints and caches.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::footprint::Footprint;
use crate::data::Shared;
use crate::error::{Error, ErrorKind, Result};

/// Bytes of a value; none if it is not to be kept.
pub(crate) type Encode<T> = dyn Fn(&T) -> Result<Option<Vec<u8>>> + Send + Sync;
/// A value of bytes.
pub(crate) type Decode<T> = dyn Fn(&[u8]) -> Result<T> + Send + Sync;

/// The conversion of a value to bytes in a checkpoint, and back: see [`Lazy::kept`](crate::Lazy::kept).
///
/// What is decoded must do as the original does, to the last bit of whatever is made from it: mind
/// what a format leaves out, such as the memory order of an array.
pub struct Codec<T> {
    encode: Arc<Encode<T>>,
    decode: Arc<Decode<T>>,
}

impl<T> Clone for Codec<T> {
    fn clone(&self) -> Self {
        Codec { encode: self.encode.clone(), decode: self.decode.clone() }
    }
}

impl<T> fmt::Debug for Codec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Codec<{}>", std::any::type_name::<T>())
    }
}

impl<T> Codec<T> {
    /// Two functions, each the other's inverse. `encode` gives nothing where a value is not to be
    /// kept, such as one that stands for a failure; its error stops the run. Bytes that `decode`
    /// refuses are done without: the value is made anew.
    pub fn new(
        encode: impl Fn(&T) -> Result<Option<Vec<u8>>> + Shared,
        decode: impl Fn(&[u8]) -> Result<T> + Shared,
    ) -> Self {
        Codec { encode: Arc::new(encode), decode: Arc::new(decode) }
    }

    /// The value as bytes; nothing if it is not to be kept.
    ///
    /// # Errors
    /// The codec's own.
    pub fn encode(&self, value: &T) -> Result<Option<Vec<u8>>> {
        (self.encode)(value)
    }

    /// The value that these bytes are of.
    ///
    /// # Errors
    /// Bytes that are of no such value.
    pub fn decode(&self, bytes: &[u8]) -> Result<T> {
        (self.decode)(bytes)
    }
}

impl<T: Serialize + DeserializeOwned + 'static> Codec<T> {
    /// Any value that serializes, in the [postcard](https://docs.rs/postcard) format: floats come
    /// back with all their bits.
    pub fn serialized() -> Self {
        let malformed =
            |problem: &str| Error::new(ErrorKind::Malformed { format: "postcard", problem: problem.into() });
        let encode = move |value: &T| {
            let bytes = postcard::to_stdvec(value);
            bytes.map(Some).map_err(|error| malformed("the value does not serialize").caused_by(error))
        };
        let decode = move |bytes: &[u8]| match postcard::take_from_bytes(bytes) {
            Ok((value, [])) => Ok(value),
            Ok(_) => Err(malformed("bytes are left over")),
            Err(error) => Err(malformed("the value does not deserialize").caused_by(error)),
        };
        Codec::new(encode, decode)
    }
}

impl<T: Footprint + 'static> Codec<T> {
    /// A chunk in its [`Compact`](crate::data::Compact) form, if it has one.
    pub fn compact() -> Option<Self> {
        let form = T::COMPACT?;
        let problem = || format!("the bytes are of no {}", std::any::type_name::<T>());
        let malformed = move || Error::new(ErrorKind::Malformed { format: "chunk", problem: problem() });
        let decode = move |bytes: &[u8]| form.from_bytes(bytes).ok_or_else(malformed);
        Some(Codec::new(move |value| Ok(Some(form.to_bytes(value))), decode))
    }
}

pub(crate) fn to_bytes<S: Serialize>(value: &S) -> Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|error| malformed("the state does not serialize").caused_by(error))
}

pub(crate) fn from_bytes<S: DeserializeOwned>(bytes: &[u8]) -> Result<S> {
    postcard::from_bytes(bytes).map_err(|error| malformed("the state does not deserialize").caused_by(error))
}

pub(crate) fn foreign() -> Error {
    malformed("this is the state of another estimator")
}

fn malformed(problem: &str) -> Error {
    Error::new(ErrorKind::Malformed { format: "postcard", problem: problem.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serializes_comes_back_with_all_its_bits_and_nothing_else_does() {
        let codec = Codec::<Vec<f64>>::serialized();
        let value = vec![f64::from_bits(0x7ff8_0000_dead_beef), -0.0, 1e-310, 0.1];
        let bytes = (codec.encode)(&value).unwrap().unwrap();
        let back = (codec.decode)(&bytes).unwrap();
        assert!(value.iter().zip(&back).all(|(a, b)| a.to_bits() == b.to_bits()) && value.len() == back.len());
        assert!((codec.decode)(&bytes[..bytes.len() - 1]).is_err());
        assert!((codec.decode)(&[&bytes[..], &[0]].concat()).is_err());
    }
}
