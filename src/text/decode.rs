//! Bytes to text.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// What the bytes of a document stand for (scikit-learn's `encoding`, of which these two are offered).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, scikit-learn's default.
    #[default]
    Utf8,
    /// ISO 8859-1: a byte is the character of the same number, so nothing is ever invalid.
    Latin1,
}

/// What to do with bytes that are not valid in the [`Encoding`] (scikit-learn's `decode_error`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DecodeError {
    /// Report an error of kind [`ErrorKind::Decode`].
    #[default]
    Strict,
    /// Leave them out.
    Ignore,
    /// Put U+FFFD in place of each invalid sequence.
    Replace,
}

/// The text of `bytes`: borrowed where they are the text already, else written to `buffer`.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    encoding: Encoding,
    errors: DecodeError,
    buffer: &'a mut String,
) -> Result<&'a str> {
    buffer.clear();
    match encoding {
        Encoding::Latin1 if bytes.is_ascii() => {}
        Encoding::Latin1 => {
            buffer.extend(bytes.iter().map(|&byte| char::from(byte)));
            return Ok(buffer);
        }
        Encoding::Utf8 => {}
    }
    match (std::str::from_utf8(bytes), errors) {
        (Ok(text), _) => Ok(text),
        (Err(invalid), DecodeError::Strict) => {
            let position = invalid.valid_up_to();
            Err(Error::new(ErrorKind::Decode { encoding: "utf-8", position }).caused_by(invalid))
        }
        (Err(_), DecodeError::Ignore | DecodeError::Replace) => {
            for chunk in bytes.utf8_chunks() {
                buffer.push_str(chunk.valid());
                if errors == DecodeError::Replace && !chunk.invalid().is_empty() {
                    buffer.push(char::REPLACEMENT_CHARACTER);
                }
            }
            Ok(buffer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], encoding: Encoding, errors: DecodeError) -> Result<String> {
        decode(bytes, encoding, errors, &mut String::from("left over")).map(str::to_owned)
    }

    /// The expected texts are what CPython's `bytes.decode` returns.
    #[test]
    fn invalid_bytes_are_treated_as_python_does() {
        for (bytes, ignored, replaced) in [
            (b"plain".as_slice(), "plain", "plain"),
            (b"caf\xc3\xa9", "café", "café"),
            (b"bad \xff\xfe bytes", "bad  bytes", "bad \u{fffd}\u{fffd} bytes"),
            (b"cut \xe6\x9d", "cut ", "cut \u{fffd}"),
            (b"\xed\xa0\x80 surrogate", " surrogate", "\u{fffd}\u{fffd}\u{fffd} surrogate"),
            (b"\xf0\x9f\x98x", "x", "\u{fffd}x"),
        ] {
            assert_eq!(decoded(bytes, Encoding::Utf8, DecodeError::Ignore).unwrap(), ignored);
            assert_eq!(decoded(bytes, Encoding::Utf8, DecodeError::Replace).unwrap(), replaced);
        }
        assert_eq!(decoded(b"caf\xe9\x85", Encoding::Latin1, DecodeError::Strict).unwrap(), "café\u{85}");
    }

    #[test]
    fn strict_names_the_first_bad_byte() {
        let error = decoded(b"caf\xe9", Encoding::Utf8, DecodeError::Strict).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Decode { encoding: "utf-8", position: 3 });
    }
}
