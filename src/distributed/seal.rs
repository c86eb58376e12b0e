//! Values as bytes that tell when they are damaged.

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_128;

use super::ordered_merge::OrderedMerge;
use super::ordered_sum::OrderedSum;
use super::{ordered_merge, ordered_sum};
use crate::error::{Error, ErrorKind, Result};

const MAGIC: [u8; 8] = *b"chunkfit";
/// Of this crate, and of the layout of what is sealed. Processes of different versions do not merge each other's states:
/// even where these look alike, two versions may come to other bits.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");
/// Magic, length of the version, version, length of the kind, checksum.
const HEADER: usize = 8 + 1 + VERSION.len() + 2 + 16;

/// A value as bytes: magic, version, checksum, the `kind` of value, and the value in the form of postcard.
///
/// These are for values on the way from one process to another, all of one version of this crate. A model that is to
/// last is saved by `persist`.
///
/// ```
/// use chunkfit::distributed::{seal, unseal};
/// let bytes = seal("pair", &(1_u8, 2.5_f64))?;
/// assert_eq!(unseal::<(u8, f64)>("pair", &bytes)?, (1, 2.5));
/// assert!(unseal::<(u8, f64)>("other", &bytes).is_err());
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Malformed`] for a value that serde cannot write so, or a kind of more than 65,535 bytes.
pub fn seal<T: Serialize + ?Sized>(kind: &str, value: &T) -> Result<Vec<u8>> {
    let length = u16::try_from(kind.len()).map_err(|_| malformed("the name of its kind is too long"))?;
    let mut bytes = Vec::from(MAGIC);
    bytes.push(VERSION.len() as u8);
    bytes.extend_from_slice(VERSION.as_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend_from_slice(kind.as_bytes());
    let mut bytes =
        postcard::to_extend(value, bytes).map_err(|error| malformed("it cannot be written").caused_by(error))?;
    let checksum = xxh3_128(&bytes[HEADER..]);
    bytes[HEADER - 16..HEADER].copy_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

/// The value that was [sealed](seal) as this kind.
///
/// # Errors
/// [`ErrorKind::Malformed`] for bytes that are no sealed value, are cut or damaged, hold another kind, or are of
/// another version.
pub fn unseal<T: DeserializeOwned>(kind: &str, bytes: &[u8]) -> Result<T> {
    let foreign = || malformed("these bytes are not of this library");
    let damaged = || malformed("it was cut or damaged on the way: run the query again");
    let rest = bytes.strip_prefix(&MAGIC).ok_or_else(foreign)?;
    let (&length, rest) = rest.split_first().ok_or_else(damaged)?;
    let (version, rest) = rest.split_at_checked(length.into()).ok_or_else(damaged)?;
    if version != VERSION.as_bytes() {
        let version = version.escape_ascii();
        return Err(malformed(format!(
            "it is of version {version}, and this process is of {VERSION}: run the same version of chunkfit everywhere"
        )));
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
    let (checksum, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
    if xxh3_128(rest) != u128::from_le_bytes(*checksum) {
        return Err(damaged());
    }
    let (found, body) = rest.split_at_checked(u16::from_le_bytes(*length).into()).ok_or_else(damaged)?;
    if found != kind.as_bytes() {
        let found = String::from_utf8_lossy(found);
        return Err(malformed(format!("it is a {found}, where a {kind} is wanted")));
    }
    match postcard::take_from_bytes(body) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(damaged()),
        // The checksum is right: what was sealed is not what any merge makes, or of another type.
        Err(error) => Err(malformed("its parts contradict each other, or are of another type").caused_by(error)),
    }
}

impl<S: Serialize + DeserializeOwned> OrderedMerge<S> {
    /// As bytes that another process can go on with. `kind` says what the states are of.
    ///
    /// # Errors
    /// As [`seal`].
    pub fn to_bytes(&self, kind: &str) -> Result<Vec<u8>> {
        seal(kind, self)
    }

    /// From bytes of this kind.
    ///
    /// # Errors
    /// As [`unseal`].
    pub fn from_bytes(kind: &str, bytes: &[u8]) -> Result<Self> {
        // Read unchecked first: an error while reading would lose what is wrong.
        unseal::<ordered_merge::Unchecked<S>>(kind, bytes)?.try_into()
    }
}

impl<P: Serialize + DeserializeOwned, S: Serialize + DeserializeOwned> OrderedSum<P, S> {
    /// As bytes that another process can go on with. `kind` says what the answers are of.
    ///
    /// # Errors
    /// As [`seal`].
    pub fn to_bytes(&self, kind: &str) -> Result<Vec<u8>> {
        seal(kind, self)
    }

    /// From bytes of this kind.
    ///
    /// # Errors
    /// As [`unseal`].
    pub fn from_bytes(kind: &str, bytes: &[u8]) -> Result<Self> {
        unseal::<ordered_sum::Unchecked<P, S>>(kind, bytes)?.try_into()
    }
}

fn malformed(problem: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed { format: "state", problem: problem.into() })
}
