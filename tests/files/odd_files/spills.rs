//! Spill files: there as long as somebody reads from them, private, and swept up.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use chunkfit::Runtime;
use chunkfit::sources::{Csv, TextLines};

use super::packs::gzip;
use super::{documents, failure, folder_with};

/// A folder with a compressed file whose content is too large for a chunk of 1,000 bytes, and one for spill files.
fn folders() -> (tempfile::TempDir, tempfile::TempDir) {
    let content: String = (0..1000).map(|i| format!("line {i},{i}\n")).collect();
    (folder_with("a.gz", &gzip(format!("t,l\n{content}").as_bytes())), tempfile::tempdir().unwrap())
}

fn lines(data: &Path, spill: &Path) -> TextLines {
    TextLines::open(data).unwrap().chunk_bytes(1000).spill_folder(spill)
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_spill_file_goes_with_the_last_that_is_made_of_it() {
    let (data, spill) = folders();
    let reading = lines(data.path(), spill.path()).documents().unwrap();
    assert_eq!(count(spill.path()), 1);
    let chunks = reading.chunks();
    let copy = reading.clone();
    drop(reading);
    let mapped = chunks.map("length", |text| text.len());
    drop((chunks, copy));
    assert_eq!(count(spill.path()), 1, "the chunks are still to be read");
    let lengths = Runtime::new().compute(&mapped).unwrap();
    assert_eq!(lengths.iter().sum::<usize>(), 1001);
    assert_eq!(count(spill.path()), 1, "they may be read once more");
    drop(mapped);
    assert_eq!(count(spill.path()), 0);
}

#[test]
fn readings_of_one_source_share_a_spill_file() {
    let (data, spill) = folders();
    let csv = Csv::open(data.path()).unwrap().chunk_bytes(1000).spill_folder(spill.path());
    let texts = csv.text("t").unwrap();
    let labels = csv.clone().text_and_label::<u32>("t", "l").unwrap();
    assert_eq!(count(spill.path()), 1);
    let stricter = csv.clone().max_content_bytes(1000).text("t");
    assert!(failure(stricter, &data.path().join("a.gz")).contains("max_content_bytes"));
    let chunks = (texts.chunks(), labels.chunks());
    drop((texts, labels));
    let (texts, labels) = Runtime::new().compute(chunks).unwrap();
    assert_eq!((documents(&texts).len(), labels.iter().map(|chunk| chunk.targets.len()).sum::<usize>()), (1000, 1000));
    assert_eq!(count(spill.path()), 0);
    drop(csv.text("t").unwrap());
    assert_eq!(count(spill.path()), 0, "a second time as the first");
}

#[cfg(unix)]
#[test]
fn a_spill_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (data, spill) = folders();
    let _reading = lines(data.path(), &spill.path().join("made")).documents().unwrap();
    let file = fs::read_dir(spill.path().join("made")).unwrap().next().unwrap().unwrap();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn leftovers_of_killed_processes_are_swept_up_and_nothing_else() {
    let (data, spill) = folders();
    let at = |name: &str| spill.path().join(name);
    let first = lines(data.path(), spill.path()).documents().unwrap();
    let in_use = fs::read_dir(spill.path()).unwrap().next().unwrap().unwrap().path();
    for name in [".chunkfit-part-0123456789abcdef", "thesis.txt"] {
        fs::write(at(name), "x").unwrap();
    }
    for path in [&in_use, &at(".chunkfit-part-0123456789abcdef"), &at("thesis.txt")] {
        let file = File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(7200)).unwrap();
    }
    let _second = lines(data.path(), spill.path()).documents().unwrap();
    assert!(!at(".chunkfit-part-0123456789abcdef").exists(), "its process is gone");
    assert!(in_use.exists() && at("thesis.txt").exists());
    drop(first);
    assert!(!in_use.exists());
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_setting() {
    let (data, spill) = folders();
    let file = spill.path().join("file");
    fs::write(&file, "mine").unwrap();
    let message = failure(lines(data.path(), &file).documents(), &data.path().join("a.gz"));
    assert!(message.contains("cannot unpack") && message.contains(&*file.to_string_lossy()), "{message}");
    assert!(message.contains("`spill_folder` of the source"), "{message}");
}

#[test]
fn a_file_that_changes_is_told_of_before_and_after_it_is_spilled() {
    let (data, spill) = folders();
    let file = data.path().join("a.gz");
    let (source, reading) = (lines(&file, spill.path()), lines(&file, spill.path()).documents().unwrap());
    fs::write(&file, gzip("another\n".repeat(900).as_bytes())).unwrap();
    for reading in [source.documents(), Ok(reading)] {
        assert!(failure(reading, &file).contains("it has changed since it was opened; open it again"));
    }
    assert_eq!(count(spill.path()), 0);
}

/// Some are spilled and some are not, on several threads; chunks come in the order of files all the same.
#[test]
fn many_files_come_in_their_order() {
    let data = tempfile::tempdir().unwrap();
    let spill = tempfile::tempdir().unwrap();
    let content = |i: usize| format!("{i}\n").repeat(if i.is_multiple_of(3) { 900 } else { 3 });
    for i in 0..40 {
        fs::write(data.path().join(format!("{i:02}.gz")), gzip(content(i).as_bytes())).unwrap();
    }
    let reading = lines(data.path(), spill.path()).documents().unwrap();
    assert_eq!(count(spill.path()), 14);
    let found = documents(&Runtime::new().threads(2).compute(reading.chunks()).unwrap());
    let expected: String = (0..40).map(content).collect();
    assert_eq!(found, expected.lines().collect::<Vec<_>>());
}
