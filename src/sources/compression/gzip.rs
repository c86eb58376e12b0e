//! Decoder of gzip files: members in a row, and zeros behind the last one.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Decodes all members of a stream. Zeros behind the last one are passed over, as `gzip` does: tapes and some block devices
/// fill up with them. Anything else there is an error.
pub(super) struct GzipDecoder<R> {
    state: State<R>,
}

enum State<R> {
    Member(GzDecoder<R>),
    End,
}

impl<R: BufRead> GzipDecoder<R> {
    pub(super) fn new(input: R) -> Self {
        GzipDecoder { state: State::Member(GzDecoder::new(input)) }
    }
}

impl<R: BufRead> Read for GzipDecoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let State::Member(member) = &mut self.state else { return Ok(0) };
            match member.read(buffer)? {
                0 => {}
                n => return Ok(n),
            }
            let State::Member(member) = std::mem::replace(&mut self.state, State::End) else { return Ok(0) };
            let mut input = member.into_inner();
            match input.fill_buf()?.first() {
                None => {}
                Some(0) => pass_zeros(input)?,
                Some(_) => self.state = State::Member(GzDecoder::new(input)),
            }
        }
    }
}

fn pass_zeros(mut input: impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
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
