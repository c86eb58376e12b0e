//! Text in other encodings than UTF-8: recognized by its byte order mark, or named, and decoded in pieces.

use std::io::{self, Read};

use crate::error::{Error, Result};

/// True for a text whose beginning or named encoding is not UTF-8: it has to be decoded.
///
/// # Errors
/// It is UTF-32.
pub(super) fn is_foreign(named: Option<&str>, head: &[u8]) -> io::Result<bool> {
    Ok(mark(head)?.is_some() || named.is_some_and(|name| !is_utf_8(name)))
}

fn is_utf_8(name: &str) -> bool {
    ["utf-8", "utf8"].iter().any(|utf_8| name.trim().eq_ignore_ascii_case(utf_8))
}

/// The encoding that the byte order mark of a text tells, if that is not UTF-8.
fn mark(head: &[u8]) -> io::Result<Option<&'static str>> {
    match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            Err(io::Error::other("it is a text in UTF-32, which is not read: convert it to UTF-8"))
        }
        [0xff, 0xfe, ..] => Ok(Some("UTF-16LE")),
        [0xfe, 0xff, ..] => Ok(Some("UTF-16BE")),
        _ => Ok(None),
    }
}

/// Fails if an encoding of this name is not read.
pub(super) fn check(named: Option<&str>) -> Result<()> {
    match named {
        Some(name) if !is_utf_8(name) && !is_known(name) => {
            let expected = match cfg!(feature = "encodings") {
                true => "the name of an encoding of the WHATWG standard, such as utf-16, windows-1252 or shift_jis",
                false => "utf-8; others need the feature encodings of chunkfit",
            };
            Err(Error::parameter("encoding", name, expected))
        }
        _ => Ok(()),
    }
}

#[cfg(feature = "encodings")]
fn is_known(name: &str) -> bool {
    encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()).is_some()
}

#[cfg(not(feature = "encodings"))]
fn is_known(_: &str) -> bool {
    false
}

/// The text in UTF-8. It begins with `head`, which `text` begins with, too. A byte order mark counts more than the name.
#[cfg(feature = "encodings")]
pub(super) fn decode(named: Option<&str>, head: &[u8], text: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    if !is_foreign(named, head)? {
        return Ok(text);
    }
    let name = mark(head)?.or(named).unwrap_or("utf-8");
    let Some(encoding) = encoding_rs::Encoding::for_label_no_replacement(name.as_bytes()) else { return Ok(text) };
    Ok(Box::new(decoded::Decoded::new(encoding, text)))
}

/// The text in UTF-8, or an error that names the feature which reads it.
#[cfg(not(feature = "encodings"))]
pub(super) fn decode(named: Option<&str>, head: &[u8], text: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    match mark(head)?.or(named.filter(|name| !is_utf_8(name))) {
        Some(name) => Err(io::Error::other(format!(
            "it is a text in {name}: build chunkfit with the feature encodings, or convert it to UTF-8"
        ))),
        None => Ok(text),
    }
}

#[cfg(feature = "encodings")]
mod decoded {
    use std::io::{self, Read};

    use encoding_rs::{Decoder, DecoderResult, Encoding};

    use crate::sources::read_some::read_some;

    /// Bytes that are decoded at once: 64 KiB.
    const PIECE: usize = 64 << 10;

    /// Decodes a text piece by piece, its byte order mark left out.
    pub(super) struct Decoded {
        encoding: &'static Encoding,
        decoder: Decoder,
        text: Box<dyn Read>,
        input: Piece,
        output: Piece,
        /// Bytes of the text that were decoded.
        passed: u64,
        is_done: bool,
    }

    /// A buffer of which a part is still to be used.
    struct Piece {
        bytes: Vec<u8>,
        at: usize,
        end: usize,
    }

    impl Piece {
        fn new() -> Self {
            Piece { bytes: vec![0; PIECE], at: 0, end: 0 }
        }

        fn rest(&self) -> &[u8] {
            &self.bytes[self.at..self.end]
        }
    }

    impl Decoded {
        pub(super) fn new(encoding: &'static Encoding, text: Box<dyn Read>) -> Self {
            let decoder = encoding.new_decoder();
            Decoded { encoding, decoder, text, input: Piece::new(), output: Piece::new(), passed: 0, is_done: false }
        }

        /// Fills the output, if there is anything left.
        fn fill(&mut self) -> io::Result<()> {
            let mut is_last = false;
            if self.input.rest().is_empty() {
                self.input.at = 0;
                self.input.end = read_some(&mut self.text, &mut self.input.bytes)?;
                is_last = self.input.end == 0;
            }
            let output = &mut self.output;
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(self.input.rest(), &mut output.bytes, is_last);
            self.input.at += read;
            self.passed += read as u64;
            (output.at, output.end) = (0, written);
            match result {
                DecoderResult::InputEmpty => self.is_done = is_last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(bytes, behind) => {
                    let at = self.passed.saturating_sub(u64::from(bytes) + u64::from(behind));
                    let name = self.encoding.name();
                    let problem = format!("the bytes of its content from {at} on are not {name}");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
                }
            }
            Ok(())
        }
    }

    impl Read for Decoded {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            while self.output.rest().is_empty() && !self.is_done {
                self.fill()?;
            }
            let n = self.output.rest().read(buffer)?;
            self.output.at += n;
            Ok(n)
        }
    }
}
