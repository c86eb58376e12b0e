//! What once was emptied, deleted or replaced in a user's folder, and is not any more.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chunkfit::data::Text;
use chunkfit::graph::{Checkpoint, ChunkCache, Lazy, Runtime};
use chunkfit::sources::{BadRecords, JsonLines, TextLines};

/// A run that writes one chunk to a cache in the folder, and one that reads it.
fn cache_a_chunk(place: &Path, folder: &Path) {
    fs::write(place.join("documents.txt"), "one\ntwo\n").unwrap();
    let chunks = || TextLines::open(place.join("documents.txt")).unwrap().documents().unwrap().chunks();
    let runtime = Runtime::new().chunk_cache(ChunkCache::new(folder));
    let lengths = || chunks().cached().map("lengths", |text: &Text| vec![text.len()]);
    let (first, again) = (runtime.run(lengths()).unwrap(), runtime.run(lengths()).unwrap());
    assert_eq!((first.summary.cached(), first.summary.warnings.len()), (1, 0));
    assert_eq!(again.summary.runs("parse"), 0);
}

#[test]
fn a_users_file_lock_stays_beside_a_chunk_cache() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("cache");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("lock"), "a lock file of the user's.\n").unwrap();
    cache_a_chunk(place.path(), &folder);
    assert_eq!(fs::read_to_string(folder.join("lock")).unwrap(), "a lock file of the user's.\n");
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_called_lock_stays_beside_a_chunk_cache() {
    let place = tempfile::tempdir().unwrap();
    let (folder, elsewhere) = (place.path().join("cache"), place.path().join("elsewhere"));
    fs::create_dir(&folder).unwrap();
    fs::write(&elsewhere, "a file that lies elsewhere").unwrap();
    std::os::unix::fs::symlink(&elsewhere, folder.join("lock")).unwrap();
    cache_a_chunk(place.path(), &folder);
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "a file that lies elsewhere");
    assert_eq!(fs::read_link(folder.join("lock")).unwrap(), elsewhere);
}

#[test]
fn a_novel_stays_beside_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let novel = folder.path().join("writing-a-novel.md");
    fs::write(&novel, "It was a dark and stormy night").unwrap();
    let hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    fs::File::options().write(true).open(&novel).unwrap().set_modified(hours_ago).unwrap();
    assert_eq!(Runtime::new().checkpoint(Checkpoint::new(folder.path())).compute(Lazy::value(1)).unwrap(), 1);
    assert_eq!(fs::read_to_string(&novel).unwrap(), "It was a dark and stormy night");
}

/// All that was set aside, in order.
fn set_aside(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut all: Vec<String> = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    all.sort();
    all
}

#[test]
fn rejected_records_of_sources_of_one_name_stay_in_one_folder() {
    let place = tempfile::tempdir().unwrap();
    let (rejected, source) =
        (place.path().join("rejected"), |name: &str| place.path().join(name).join("part-00000.jsonl"));
    let write = |name: &str, bad: &str| {
        fs::create_dir_all(place.path().join(name)).unwrap();
        fs::write(source(name), format!("{{\"t\":\"good\",\"u\":\"good\"}}\n{bad}")).unwrap();
    };
    let policy = BadRecords::skip().set_aside(&rejected);
    let read = |name: &str, field: &str| {
        let json = JsonLines::open(source(name)).unwrap().bad_records(policy.clone());
        let (chunks, report) = json.text(field).unwrap().chunks_and_report();
        Runtime::new().compute((chunks, report)).unwrap().1.skipped
    };
    write("train", "{\"t\":\"train\n");
    write("test", "{\"t\":\"test\n");
    write("clean", "");
    assert_eq!(["train", "test", "clean"].map(|name| read(name, "t")), [1, 1, 0]);
    assert_eq!(set_aside(&rejected), ["{\"t\":\"test\n", "{\"t\":\"train\n"]);
    assert_eq!(["clean", "test", "train"].map(|name| read(name, "t")), [0, 1, 1], "in another order");
    assert_eq!(set_aside(&rejected), ["{\"t\":\"test\n", "{\"t\":\"train\n"]);

    // Another field of the same file has other bad records.
    write("train", "{\"t\":\"train\n{\"t\":\"no u\"}\n");
    assert_eq!((read("train", "t"), read("train", "u"), read("train", "t")), (1, 2, 1));
    let both = ["{\"t\":\"test\n", "{\"t\":\"train\n", "{\"t\":\"train\n{\"t\":\"no u\"}\n"];
    assert_eq!(set_aside(&rejected), both);

    // What is mended is no longer set aside, and of nothing else.
    write("train", "");
    assert_eq!((read("train", "t"), read("train", "u")), (0, 0));
    assert_eq!(set_aside(&rejected), ["{\"t\":\"test\n"]);
}
