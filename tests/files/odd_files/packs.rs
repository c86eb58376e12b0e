//! Programs that compress, as far as their files matter here.

use std::io::Write;

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Three members in a row, as `cat a.gz b.gz c.gz` makes them.
pub fn members(content: &[u8]) -> Vec<u8> {
    let (first, rest) = content.split_at(content.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    [first, second, third].map(gzip).concat()
}

/// Members that say how long they are, as `bgzip` writes them, and an empty one at the end.
pub fn block_gzip(content: &[u8]) -> Vec<u8> {
    let pieces = content.chunks(content.len() / 50 + 3).chain([&b""[..]]);
    pieces.flat_map(block_gzip_member).collect()
}

fn block_gzip_member(content: &[u8]) -> Vec<u8> {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(content).unwrap();
    let data = deflate.finish().unwrap();
    let mut crc = flate2::Crc::new();
    crc.update(content);
    // Another field stands before the one that counts.
    let extra = [&b"XY\x03\0abcBC\x02\0"[..], &((12 + 13 + data.len() + 8 - 1) as u16).to_le_bytes()].concat();
    let header = [&b"\x1f\x8b\x08\x04\0\0\0\0\0\xff"[..], &(extra.len() as u16).to_le_bytes()].concat();
    let trailer = [crc.sum().to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
    [header, extra, data, trailer].concat()
}

/// A frame that does not say how long its content is.
pub fn zstandard(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}

/// Many frames that say how long their contents are, and one between them that is to be skipped.
pub fn frames(content: &[u8]) -> Vec<u8> {
    let frames = content.chunks(content.len() / 50 + 3).map(frame);
    let skipped = b"\x5a\x2a\x4d\x18\x05\0\0\0notes".to_vec();
    [skipped.clone()].into_iter().chain(frames).chain([skipped]).flatten().collect()
}

pub fn frame(content: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(content, 1).unwrap()
}

/// Two streams in a row.
pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let (first, second) = content.split_at(content.len() / 2);
    let stream = |content| {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    [stream(first), stream(second)].concat()
}

/// Two streams in a row, and the zeros that may stand behind each.
pub fn xz(content: &[u8]) -> Vec<u8> {
    let (first, second) = content.split_at(content.len() / 2);
    let stream = |content| {
        let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 0);
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    [stream(first), vec![0; 4], stream(second), vec![0; 8]].concat()
}
