//! Decoder of gzip files: members in a row, and zeros behind the last one.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Decodes all members of a stream. Zeros behind the last one are passed over, as `gzip` does: tapes and some block devices
/// fill up with them. Anything else there is an error.
pub(super) struct GzipDecoder<R> {
    /// None at the end.
    member: Option<Box<GzDecoder<R>>>,
}

impl<R: BufRead> GzipDecoder<R> {
    pub(super) fn new(input: R) -> Self {
        GzipDecoder { member: Some(Box::new(GzDecoder::new(input))) }
    }
}

impl<R: BufRead> Read for GzipDecoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            // After an error it is still there, and not at its end.
            let n = member.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            let next = member.get_mut().fill_buf()?.first().copied();
            let Some(member) = self.member.take() else { break };
            match next {
                None => {}
                Some(0) => pass_zeros(member.into_inner())?,
                Some(_) => *self = GzipDecoder::new(member.into_inner()),
            }
        }
        Ok(0)
    }
}

fn pass_zeros(mut input: impl BufRead) -> io::Result<()> {
    loop {
        let buffer = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.iter().any(|&byte| byte != 0) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "there is something else behind the compressed content",
            ));
        }
        match buffer.len() {
            0 => return Ok(()),
            n => input.consume(n),
        }
    }
}
