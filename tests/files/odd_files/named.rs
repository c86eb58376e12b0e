//! Files that are no text: said what they are, and what to do.

use chunkfit::sources::{BadRecords, TextLines};

use super::{failure, folder_with};

fn tar() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.set_cksum();
    archive.append_data(&mut header, "a.txt", &b"one\n"[..]).unwrap();
    archive.into_inner().unwrap()
}

fn assert_named(content: &[u8], name: &str, remedy: &str) {
    let folder = folder_with("a", content);
    let file = folder.path().join("a");
    for chunk_bytes in [1, 1 << 20] {
        let lines = TextLines::open(&file).unwrap().chunk_bytes(chunk_bytes).bad_records(BadRecords::skip());
        let message = failure(lines.documents(), &file);
        assert!(message.contains(name) && message.contains(remedy), "{message}");
    }
}

#[test]
fn archives_and_what_is_not_decompressed_are_named() {
    assert_named(b"PK\x03\x04\x14\0\0\0", "it is a zip archive", "unpack it");
    assert_named(b"PK\x05\x06\0\0", "an empty zip archive", "unpack it");
    assert_named(b"7z\xbc\xaf\x27\x1c\0\x04", "it is a 7z archive", "unpack it");
    assert_named(&tar(), "it is a tar archive", "open the files in it");
    assert_named(b"\x04\x22\x4d\x18\x64\x40", "compressed by LZ4", "lz4 -d");
    assert_named(b"\xff\x06\0\0sNaPpY\0", "compressed by Snappy", "compress it by gzip");
    assert_named(b"\x1f\x9d\x90", "compressed by `compress`", "gzip -d");
    assert_named(b"\x5d\0\0\x80\0\xff", "compressed by LZMA", "xz -d");
    assert_named(b"SQLite format 3\0", "a SQLite database", "export");
}

#[cfg(feature = "compression")]
#[test]
fn archives_inside_compressed_files_are_named() {
    use super::laws::PACKED;
    for packed in &PACKED[1..] {
        assert_named(&packed.pack(&tar()), "it is a tar archive", "open the files in it");
        assert_named(&packed.pack(&super::packs::gzip(b"twice\n")), "compressed once more", "decompress it once");
    }
}

#[cfg(not(feature = "compression"))]
#[test]
fn a_compressed_file_names_the_feature_that_reads_it() {
    use super::packs::{bzip2, gzip, xz, zstandard};
    for (packed, name) in
        [(gzip(b"a"), "gzip"), (zstandard(b"a"), "Zstandard"), (bzip2(b"abc"), "bzip2"), (xz(b"a"), "xz")]
    {
        assert_named(&packed, &format!("it is compressed by {name}"), "the feature compression");
    }
}
