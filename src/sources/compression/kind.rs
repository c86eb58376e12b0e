//! Kinds of files, by their first bytes and not by their names.

use std::io;

/// The compression of a file that is read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sources) enum Kind {
    Plain,
    Gzip,
    Zstandard,
    Bzip2,
    Xz,
}

/// The number of bytes that are looked at: a tar archive says what it is in byte 257.
pub(in crate::sources) const HEAD: u64 = 512;

/// Formats that are not read, by their first bytes. No text begins with these: they are control characters, or not UTF-8.
const OTHERS: [(&[u8], &str, &str); 12] = [
    (b"PK\x03\x04", "a zip archive", "unpack it"),
    (b"PK\x05\x06", "an empty zip archive", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"Rar!\x1a\x07", "a rar archive", "unpack it"),
    (b"\x04\x22\x4d\x18", "compressed by LZ4", "unpack it with `lz4 -d`, or compress it by gzip or Zstandard"),
    (b"\x02\x21\x4c\x18", "compressed by LZ4", "unpack it with `lz4 -d`, or compress it by gzip or Zstandard"),
    (b"\xff\x06\x00\x00sNaPpY", "compressed by Snappy", "unpack it, or compress it by gzip or Zstandard"),
    (b"\x1f\x9d", "compressed by `compress`", "unpack it with `gzip -d`"),
    (b"\x5d\x00\x00\x80\x00", "compressed by LZMA", "unpack it with `xz -d --format=lzma`"),
    (b"\x5d\x00\x00\x00\x04", "compressed by LZMA", "unpack it with `xz -d --format=lzma`"),
    (b"Obj\x01", "an Avro file", "convert it to Parquet"),
    (b"SQLite format 3\0", "a SQLite database", "export its tables as CSV or Parquet"),
];

impl Kind {
    /// The kind of a file that begins with these bytes: [`HEAD`] of them, or all.
    ///
    /// # Errors
    /// It is of a kind that is not read; the error says which one and what to do.
    pub(in crate::sources) fn of(head: &[u8]) -> io::Result<Self> {
        if let Some((_, name, remedy)) = OTHERS.iter().find(|(magic, ..)| head.starts_with(magic)) {
            return Err(io::Error::other(format!("it is {name}, not a text: {remedy}")));
        }
        if head.get(257..).is_some_and(|rest| rest.starts_with(b"ustar\0") || rest.starts_with(b"ustar  \0")) {
            return Err(io::Error::other("it is a tar archive, not a text: unpack it, and open the files in it"));
        }
        Ok(match head {
            [0x1f, 0x8b, ..] => Kind::Gzip,
            // A frame, or one to be skipped, as parallel compressors write it first.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Kind::Zstandard,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Kind::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Xz,
            _ => Kind::Plain,
        })
    }

    pub(in crate::sources) fn is_plain(self) -> bool {
        self == Kind::Plain
    }

    /// The name of the program.
    #[cfg(not(feature = "compression"))]
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Plain => "nothing",
            Kind::Gzip => "gzip",
            Kind::Zstandard => "Zstandard",
            Kind::Bzip2 => "bzip2",
            Kind::Xz => "xz",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_resemble_archives_are_texts() {
        for text in
            ["PK", "PKZ", "7z", "Rar! said he", "BZh9 is a word", "Obj", "SQLite format 3", "ustar", "\u{feff}a"]
        {
            assert_eq!(Kind::of(text.as_bytes()).unwrap(), Kind::Plain, "{text}");
        }
        let at_257 = format!("{}ustar and more", "x".repeat(257));
        assert_eq!(Kind::of(at_257.as_bytes()).unwrap(), Kind::Plain);
    }
}
