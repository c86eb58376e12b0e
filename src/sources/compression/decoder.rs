//! Decoders of compressed streams.

use std::io::{self, BufRead, Read};

use super::kind::Kind;

/// Memory that a decoder of Zstandard takes for its window, at most: as the program `zstd` allows without `--long`.
#[cfg(feature = "compression")]
const ZSTANDARD_WINDOW_LOG: u32 = 27;

/// Memory that a decoder of xz takes, at most: `xz -9` needs 65 MiB.
#[cfg(feature = "compression")]
const XZ_BYTES: u64 = 192 << 20;

/// The content of a compressed stream. Streams put together of several compressed ones are read to the end; something else
/// behind them is an error, but for what their own programs pass over (zeros behind gzip and xz, frames of Zstandard to be
/// skipped).
#[cfg(feature = "compression")]
pub(in crate::sources) fn decoder(kind: Kind, input: impl BufRead + 'static) -> io::Result<Box<dyn Read>> {
    use liblzma::stream::{CONCATENATED, Stream};
    Ok(match kind {
        Kind::Plain => Box::new(input),
        Kind::Gzip => Box::new(super::gzip::GzipDecoder::new(input)),
        Kind::Zstandard => {
            let mut decoder = zstd::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTANDARD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        Kind::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Kind::Xz => {
            let stream = Stream::new_stream_decoder(XZ_BYTES, CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(input, stream))
        }
    })
}

/// The content of a compressed stream: an error that names the feature which reads it.
#[cfg(not(feature = "compression"))]
pub(in crate::sources) fn decoder(kind: Kind, input: impl BufRead + 'static) -> io::Result<Box<dyn Read>> {
    if kind.is_plain() {
        return Ok(Box::new(input));
    }
    let name = kind.name();
    Err(io::Error::other(format!(
        "it is compressed by {name}: build chunkfit with the feature compression, or unpack it"
    )))
}

/// The same error, in words that say what to do where a decoder lacks them.
pub(super) fn explain(error: io::Error) -> io::Error {
    let text = error.to_string();
    if text.contains("requires too much memory") {
        return io::Error::other(
            "its window is larger than 128 MiB, the most that decompressing may take: compress it without `--long`, or \
             with `--long=27`",
        );
    }
    if text == "memory limit reached" {
        return io::Error::other(
            "its dictionary needs more than 192 MiB, the most that decompressing may take: compress it with `xz -9` or less",
        );
    }
    error
}
