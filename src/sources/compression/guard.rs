//! Limits on the content of compressed files.

use std::io::{self, Read};

use super::decoder::explain;

/// Contents up to this size, 1 GiB, may be any number of times as large as their file.
const FREE_BYTES: u64 = 1 << 30;

/// The most that the content of a compressed file may be.
#[derive(Clone, Copy, Debug)]
pub(in crate::sources) struct Limits {
    pub max_content_bytes: Option<u64>,
    /// For contents above 1 GiB.
    pub max_compression_ratio: u64,
    /// The most that is decompressed into one chunk.
    pub max_chunk_bytes: Option<u64>,
}

impl Limits {
    pub(super) const NONE: Limits =
        Limits { max_content_bytes: None, max_compression_ratio: u64::MAX, max_chunk_bytes: None };

    /// Fails if a content of so many bytes, of a file of so many, is beyond the limits.
    pub(in crate::sources) fn check(&self, content: u64, file: u64) -> io::Result<()> {
        if let Some(max) = self.max_content_bytes.filter(|&max| content > max) {
            return Err(io::Error::other(format!(
                "its {file} bytes hold a content of {content} bytes or more, where max_content_bytes of the source allows {max}"
            )));
        }
        let ratio = self.max_compression_ratio;
        if content > FREE_BYTES && content > file.saturating_mul(ratio) {
            return Err(io::Error::other(format!(
                "its {file} bytes hold a content of {content} bytes or more, more than {ratio} times as many, which is what \
                 max_compression_ratio of the source allows above 1 GiB: raise it if the file is what you expect"
            )));
        }
        match self.max_chunk_bytes.filter(|&max| content > max) {
            Some(max) => Err(io::Error::other(format!(
                "its {file} bytes hold a content of more than {max} bytes, too large for one chunk, which its name and size \
                 did not tell: give its name the ending of its compression (.gz, .zst, .bz2, .xz) or compress it anew, so \
                 that it is cut into chunks"
            ))),
            None => Ok(()),
        }
    }
}

/// Reads a content up to its limits.
pub(in crate::sources) struct Guard<R> {
    content: R,
    file_bytes: u64,
    limits: Limits,
    read: u64,
}

impl<R: Read> Guard<R> {
    /// Of a file of so many bytes.
    pub(in crate::sources) fn new(content: R, file_bytes: u64, limits: Limits) -> Self {
        Guard { content, file_bytes, limits, read: 0 }
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.content.read(buffer).map_err(explain)?;
        self.read += n as u64;
        self.limits.check(self.read, self.file_bytes)?;
        Ok(n)
    }
}
