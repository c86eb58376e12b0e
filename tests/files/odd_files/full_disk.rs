//! A disk that is full: what writes says so, names the file, and leaves what was there before, and nothing else.
//!
//! A child process stands for the disk: its files may have no more than some kilobytes, and what goes beyond fails as it
//! would on a disk without room.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chunkfit::combine::FittedPipeline;
use chunkfit::graph::Compute;
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit::sources::{BadRecords, JsonLines};

/// Where the child finds its folder.
const FOLDER: &str = "CHUNKFIT_TEST_FULL_DISK";

/// Runs one of the children below; what it has to say.
fn child(name: &str, folder: &Path) -> String {
    let status = Command::new("sh")
        // The signal that would end it is not for it; the limit is 8 blocks, of 512 or 1024 bytes.
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([&format!("odd_files::full_disk::{name}"), "--exact", "--ignored"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    fs::read_to_string(folder.join("said")).unwrap()
}

/// In a child: does something that should fail, and leaves what is said.
fn say<T>(what: impl FnOnce(&Path) -> chunkfit::Result<T>) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let error = what(&folder).err().expect("there is no room");
    assert!(error.place().file.is_some());
    fs::write(folder.join("said"), error.full_message()).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.collect()
}

fn write_data(folder: &Path) {
    let line = |i: usize| {
        if i.is_multiple_of(2) {
            format!("{{\"t\":\"oil number {i}\",\"l\":{}}}\n", i.is_multiple_of(4))
        } else {
            "bad ".repeat(20) + "\n"
        }
    };
    fs::write(folder.join("data.jsonl"), (0..400).map(line).collect::<String>()).unwrap();
}

fn data(folder: &Path) -> JsonLines {
    JsonLines::open(folder.join("data.jsonl")).unwrap().bad_records(BadRecords::skip())
}

fn fit(folder: &Path) -> impl Compute<Output = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>> {
    let chunks = data(folder).chunk_bytes(4000).text_and_label::<bool>("t", "l").unwrap().chunks();
    let text = HashingVectorizer::params().n_features(1 << 12);
    Pipeline::new(text, Chained::new(SgdClassifier::params())).fit(&chunks)
}

fn checkpointed(folder: &Path) -> Runtime {
    Runtime::new().threads(2).checkpoint(Checkpoint::new(folder.join("checkpoint")))
}

#[test]
#[ignore = "is run by the test of the full disk"]
fn rejecting_child() {
    say(|folder| {
        let policy = BadRecords::skip().set_aside(folder.join("rejected"));
        Runtime::new().compute(data(folder).bad_records(policy).text("t")?.chunks())
    });
}

#[test]
#[ignore = "is run by the test of the full disk"]
fn checkpointing_child() {
    say(|folder| checkpointed(folder).compute(fit(folder)));
}

#[test]
#[ignore = "is run by the test of the full disk"]
fn saving_child() {
    say(|folder| Runtime::new().compute(fit(folder))?.save(folder.join("model")));
}

#[cfg(feature = "compression")]
#[test]
#[ignore = "is run by the test of the full disk"]
fn unpacking_child() {
    say(|folder| {
        let json = JsonLines::open(folder.join("data.jsonl.gz")).unwrap();
        json.chunk_bytes(4000).spill_folder(folder.join("spill")).text("t")
    });
}

#[cfg(feature = "compression")]
#[test]
fn a_compressed_file_that_cannot_be_unpacked_names_the_folder_and_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let content = "{\"t\":\"oil\"}\n".repeat(4000);
    fs::write(folder.path().join("data.jsonl.gz"), super::packs::gzip(content.as_bytes())).unwrap();
    let said = child("unpacking_child", folder.path());
    let spill = folder.path().join("spill");
    assert!(said.starts_with("cannot unpack (file ") && said.contains("data.jsonl.gz"), "{said}");
    assert!(said.contains(&*spill.to_string_lossy()) && said.contains("`spill_folder` of the source"), "{said}");
    assert_eq!(names(&spill), [""; 0], "what was written is gone");
}

#[test]
fn records_that_cannot_be_set_aside_fail_the_run() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let said = child("rejecting_child", folder.path());
    assert!(said.starts_with("cannot write") && said.contains("rejected/000000-data.jsonl"), "{said}");
    assert_eq!(names(&folder.path().join("rejected")), [""; 0], "half a file would look like a whole one");
}

#[test]
fn a_checkpoint_that_cannot_be_written_ends_the_run_and_the_next_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let said = child("checkpointing_child", folder.path());
    assert!(said.starts_with("cannot write the checkpoint") && said.contains("/checkpoint/"), "{said}");
    assert_eq!(names(&folder.path().join("checkpoint")), [""; 0]);
    let unbroken = Runtime::new().compute(fit(folder.path())).unwrap();
    let model = checkpointed(folder.path()).compute(fit(folder.path())).unwrap();
    assert_eq!(model.model, unbroken.model);
}

#[test]
fn a_model_that_cannot_be_saved_leaves_the_one_that_was() {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let model = Runtime::new().compute(fit(folder.path())).unwrap();
    model.save(folder.path().join("model")).unwrap();
    let before = fs::read(folder.path().join("model")).unwrap();
    assert!(before.len() > 8192, "it would not fit");
    let said = child("saving_child", folder.path());
    assert!(said.starts_with("cannot write") && said.contains("/model"), "{said}");
    assert!(fs::read(folder.path().join("model")).unwrap() == before);
    let mut left = names(folder.path());
    left.sort();
    assert_eq!(left, ["data.jsonl", "model", "said"]);
}
