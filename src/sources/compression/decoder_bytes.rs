//! Memory that decoders take, read from the first header of a file.

use super::frames::zstandard_window;
use super::kind::Kind;

/// The memory that a decoder takes beside its input and output, about: its window, or dictionary. The first bytes of the
/// file say it.
pub(in crate::sources) fn decoder_bytes(kind: Kind, head: &[u8]) -> u64 {
    /// The window of the programs' own defaults, for a header that does not say it.
    const USUAL: u64 = 8 << 20;
    match kind {
        Kind::Plain => 0,
        // A window of 32 KiB, and tables.
        Kind::Gzip => 256 << 10,
        // A block of 900 kB, four bytes each.
        Kind::Bzip2 => 4 << 20,
        Kind::Zstandard => zstandard_window(head).unwrap_or(USUAL),
        Kind::Xz => xz_dictionary(head).unwrap_or(USUAL),
    }
}

/// The dictionary of the first block of a file (the .xz file format, 3.1 and 5.3.1).
fn xz_dictionary(head: &[u8]) -> Option<u64> {
    let block = head.get(12..)?;
    let flags = *block.get(1)?;
    let mut rest = &block[2..];
    // The sizes of the block, if they are stated.
    for stated in [flags & 0x40, flags & 0x80] {
        if stated != 0 {
            rest = behind_number(rest)?;
        }
    }
    let mut filters = (flags & 3) + 1;
    loop {
        let (id, properties) = (*rest.first()?, behind_number(rest)?);
        let property_bytes = usize::from(*properties.first()?);
        filters -= 1;
        match properties.get(1)? {
            &bits if id == 0x21 && bits < 40 => return Some((2 | u64::from(bits & 1)) << (bits / 2 + 11)),
            _ if filters == 0 => return None,
            _ => rest = properties.get(1 + property_bytes..)?,
        }
    }
}

/// The bytes behind a number of which every byte but the last has its highest bit set.
fn behind_number(bytes: &[u8]) -> Option<&[u8]> {
    let last = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    bytes.get(last + 1..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn windows_and_dictionaries_are_those_that_were_asked_for() {
        for (level, mib) in [(0, 0), (1, 1), (6, 8), (9, 64)] {
            let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), level);
            encoder.write_all(b"text").unwrap();
            let packed = encoder.finish().unwrap();
            assert_eq!(decoder_bytes(Kind::of(&packed).unwrap(), &packed) >> 20, mib, "level {level}");
        }
        for log in [10, 17, 22] {
            let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
            encoder.window_log(log).unwrap();
            encoder.write_all(b"text").unwrap();
            encoder.flush().unwrap();
            let packed = encoder.finish().unwrap();
            assert_eq!(decoder_bytes(Kind::of(&packed).unwrap(), &packed), 1 << log);
        }
        for head in [&b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46"[..], b"\xfd7zXZ\0"] {
            assert_eq!(decoder_bytes(Kind::Xz, head), 8 << 20);
        }
    }
}
