//! Reading a stream, again where a signal interrupts it.

use std::io::{self, Read};

/// Reads what there is, up to the buffer's length; nothing at the end.
pub(super) fn read_some(stream: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match stream.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
