//! Files that are compressed, told by their first bytes, not by their names.

use std::io::{self, Read};
use std::path::Path;

use super::source_file::SourceFile;
use crate::error::Result;

/// How a file's bytes lie on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstandard,
}

/// How endings of compressed files look.
const ENDINGS: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// The name of a file without the ending of compression, if it has one.
pub(crate) fn without_compression_ending(name: &Path) -> &Path {
    let ends = name.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)));
    if ends { Path::new(name.file_stem().unwrap_or_default()) } else { name }
}

impl Compression {
    /// No text begins with these bytes: they are control characters, and not UTF-8.
    pub(super) fn of(file: &SourceFile) -> Result<Self> {
        Ok(match file.range(0..file.bytes().min(4))?[..] {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd] => Compression::Zstandard,
            _ => Compression::None,
        })
    }

    pub(super) fn is_none(self) -> bool {
        self == Compression::None
    }

    /// The file's content, as it was before it was compressed. So many bytes of the file will be read in any case.
    pub(super) fn reader(self, file: &SourceFile, wanted: u64) -> Result<Box<dyn Read>> {
        let opened = file.reader(0..wanted.min(file.bytes()));
        opened.and_then(|bytes| self.decoder(bytes)).map_err(|error| file.failed(error))
    }

    /// Files put together of several compressed ones are read to the end.
    #[cfg(feature = "compression")]
    fn decoder(self, file: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Compression::None => file,
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::new(file))),
            Compression::Zstandard => Box::new(zstd::Decoder::new(file)?),
        })
    }

    #[cfg(not(feature = "compression"))]
    fn decoder(self, file: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
        match self {
            Compression::None => Ok(file),
            _ => Err(io::Error::other(format!(
                "it is compressed ({self:?}): build chunkfit with the feature compression"
            ))),
        }
    }
}
