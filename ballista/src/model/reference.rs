//! References to models in queries.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use datafusion::error::{DataFusionError, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::error::refused;
use crate::label::LabelKind;

/// The most bytes that stand in a plan themselves: 1 MB. Ballista repeats them for every occurrence and every
/// task, and drops messages that grow too large.
pub const MOST_EMBEDDED: usize = 1 << 20;

/// A model, or the state of a fit between two passes, as a query refers to it.
///
/// The text form, which `predict` and `score` take in SQL, is the address, the SHA-256 of the content and the
/// type of the labels: `file:///models/0af1….safetensors#sha256=0af1…&label=bool`. Whoever reads the content
/// checks it against the hash.
///
/// ```
/// use chunkfit_ballista::model::ModelRef;
/// let hash = "5e".repeat(32);
/// let reference: ModelRef = format!("s3://models/m.safetensors#sha256={hash}&label=str").parse()?;
/// assert_eq!(reference.to_string(), format!("s3://models/m.safetensors#sha256={hash}&label=str"));
/// assert!("s3://models/m.safetensors".parse::<ModelRef>().is_err());
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ModelRef {
    /// The bytes of a model file, [`MOST_EMBEDDED`] or fewer.
    Embedded(#[serde(with = "plain_bytes")] Bytes),
    /// A file in an object store.
    Stored {
        /// Where it is, without a fragment.
        url: String,
        /// The SHA-256 of the content.
        sha256: [u8; 32],
        /// The type of the labels.
        label: LabelKind,
    },
}

impl ModelRef {
    /// Bytes that travel in the plan.
    ///
    /// # Errors
    /// More than [`MOST_EMBEDDED`]: put them into a store.
    pub fn embedded(bytes: impl Into<Bytes>) -> Result<Self> {
        let bytes = bytes.into();
        if bytes.len() > MOST_EMBEDDED {
            return Err(refused(format!(
                "a model of {} bytes does not go into a plan, which takes {MOST_EMBEDDED}: put it into a store that \
                 all nodes reach (Stores::put) and give the reference",
                bytes.len()
            )));
        }
        Ok(ModelRef::Embedded(bytes))
    }
}

impl ModelRef {
    /// Bytes of any number, for a plan that does not leave this process.
    pub(crate) fn in_process(bytes: Bytes) -> Self {
        ModelRef::Embedded(bytes)
    }
}

/// Bytes as serde knows them.
mod plain_bytes {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        bytes.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        Vec::<u8>::deserialize(deserializer).map(Bytes::from)
    }
}

/// The SHA-256 of some content.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// In hexadecimal.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut hash = [0; 32];
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelRef::Embedded(bytes) => write!(f, "{} bytes#sha256={}", bytes.len(), hex(&sha256(bytes))),
            ModelRef::Stored { url, sha256, label } => {
                write!(f, "{url}#sha256={}&label={}", hex(sha256), label.name())
            }
        }
    }
}

/// Bytes by their number: a plan that is printed shall not hold a model.
impl fmt::Debug for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ModelRef {
    type Err = DataFusionError;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |problem: &str| {
            refused(format!(
                "`{text}` is no reference to a model, {problem}: one is `address#sha256=hash&label=bool`, with int or \
                 str for other labels, as Stores::put gives it"
            ))
        };
        let (address, fragment) = text.split_once('#').ok_or_else(|| wrong("it has no hash"))?;
        let url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
        let (mut hash, mut label) = (None, None);
        for pair in fragment.split('&') {
            match pair.split_once('=') {
                Some(("sha256", digits)) => hash = unhex(digits),
                Some(("label", name)) => label = LabelKind::by_name(name),
                _ => return Err(wrong(&format!("it says `{pair}`"))),
            }
        }
        let sha256 = hash.ok_or_else(|| wrong("it has no SHA-256 of 64 hexadecimal digits"))?;
        let label = label.ok_or_else(|| wrong("it does not name the labels' type"))?;
        Ok(ModelRef::Stored { url: url.into(), sha256, label })
    }
}
