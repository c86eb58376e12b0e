//! Whatever happens to a run that writes: what has its name is whole, and the next run goes on behind it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use chunkfit::prelude::*;
use chunkfit::sinks::{Sink, WriteReport};
use chunkfit::sources::TextLines;
use chunkfit::{Lazy, Result};

use super::sinks::files;

const FILES: usize = 12;

/// A folder `in` of files of some hundred lines.
fn corpus() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("in")).unwrap();
    for file in 0..FILES {
        let lines = (0..200 + 10 * file).map(|line| format!("line {line} of file {file}\n"));
        fs::write(place.path().join(format!("in/{file:02}.txt")), lines.collect::<String>()).unwrap();
    }
    place
}

/// The documents, in chunks of which each takes a while.
fn documents(place: &Path, takes: Duration) -> Chunks<Text> {
    let chunks = TextLines::open(place.join("in")).unwrap().chunk_bytes(400).documents().unwrap().chunks();
    let key = chunkfit::graph::Key::of("slowly").finish();
    chunks.map_keyed("slowly", key, move |text| {
        std::thread::sleep(takes);
        Ok(text.clone())
    })
}

fn write(place: &Path, takes: Duration) -> Result<WriteReport> {
    Sink::json_lines(place.join("out")).write(&documents(place, takes), &Runtime::new().threads(2))
}

/// Everything in the output folder, if it is there yet, but what sources leave out.
fn outputs(place: &Path) -> Vec<(String, String)> {
    let folder = place.join("out");
    if folder.exists() { files(&folder) } else { vec![] }
}

/// What of the output folder is neither output, nor receipt, nor lock.
fn leftovers(place: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(place.join("out")).into_iter().flatten().map(|entry| entry.unwrap().path());
    let known = |name: &str| name.ends_with(".jsonl") || name.ends_with(".written") || name == ".chunkfit-lock";
    paths.filter(|path| !known(path.file_name().unwrap().to_str().unwrap())).collect()
}

/// The slow, obvious twin: every line in its file.
fn expected(place: &Path) -> Vec<(String, String)> {
    let of_line = |line: &str| format!("{{\"text\":\"{line}\"}}\n");
    let of_file = |file| {
        let text = fs::read_to_string(place.join(format!("in/{file:02}.txt"))).unwrap();
        (format!("{file:02}.jsonl"), text.lines().map(of_line).collect())
    };
    (0..FILES).map(of_file).collect()
}

/// Where the killed child finds its folder.
const FOLDER: &str = "CHUNKFIT_TEST_SINK";

/// The child of the next test.
#[test]
#[ignore = "is run by the test that kills it"]
fn child() {
    let Some(place) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    write(&place, Duration::from_micros(500)).unwrap();
}

#[test]
fn a_process_that_is_killed_again_and_again_ends_with_the_same_files() {
    let place = corpus();
    let expected = expected(place.path());
    let (mut kills, mut seen_parts, mut ended) = (0, 0, false);
    for attempt in 0..400u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["sinks_interrupted::child", "--exact", "--ignored"])
            .env(FOLDER, place.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Once it writes, at a moment that is different every time.
        let out = place.path().join("out");
        let before = outputs(place.path()).len();
        let writes = || !leftovers(place.path()).is_empty() || outputs(place.path()).len() > before;
        while !(out.exists() && writes()) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(attempt * 7919 % 20_000));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        ended = child.wait().unwrap().success();
        // What has its name is whole, at any time.
        let now = outputs(place.path());
        assert!(now.iter().all(|file| expected.contains(file)), "after {kills} kills");
        seen_parts += leftovers(place.path()).len();
        if ended {
            break;
        }
    }
    assert!(ended && kills >= 5 && seen_parts > 0, "{kills} kills, {seen_parts} files in work when killed");
    assert_eq!(outputs(place.path()), expected);
    assert_eq!(leftovers(place.path()), [""; 0].map(PathBuf::from), "what killed runs left is swept up");
    assert_eq!(write(place.path(), Duration::ZERO).unwrap().skipped(), FILES);
}

#[test]
fn a_chunk_that_fails_leaves_the_files_before_and_the_next_run_goes_on() {
    let place = corpus();
    let fails = Arc::new(AtomicBool::new(true));
    let broken = fails.clone();
    let chunks = documents(place.path(), Duration::ZERO);
    let chunks = chunks.map_keyed("check", chunkfit::graph::Key::of("check").finish(), move |text: &Text| {
        match text.iter().position(|line| line == "line 150 of file 7" && broken.load(SeqCst)) {
            Some(row) => Err(Error::parameter("line", row, "another").at_row(row)),
            None => Ok(text.clone()),
        }
    });
    let sink = Sink::json_lines(place.path().join("out"));
    let error = sink.write(&chunks, &Runtime::new().threads(2)).unwrap_err();
    assert!(error.place().file.as_ref().unwrap().ends_with("07.txt") && error.place().row.is_some(), "{error}");
    let done = outputs(place.path());
    assert_eq!((&done[..7], leftovers(place.path()).len()), (&expected(place.path())[..7], 0));
    fails.store(false, SeqCst);
    let report = sink.write(&chunks, &Runtime::new().threads(2)).unwrap();
    assert_eq!((report.skipped(), report.written()), (done.len(), FILES - done.len()));
    assert_eq!(outputs(place.path()), expected(place.path()));
}

#[test]
fn an_input_that_changes_while_it_is_read_gets_no_output() {
    let place = corpus();
    let input = place.path().join("in/03.txt");
    let chunks = documents(place.path(), Duration::ZERO);
    // Between its last chunk and the end of its output.
    let (changes, changed) = (input.clone(), Arc::new(AtomicBool::new(false)));
    let chunks =
        chunks.map_keyed("append meanwhile", chunkfit::graph::Key::of("change").finish(), move |text: &Text| {
            if text.iter().any(|line| line == "line 229 of file 3") && !changed.swap(true, SeqCst) {
                fs::write(&changes, fs::read_to_string(&changes).unwrap() + "one more\n").unwrap();
            }
            Ok(text.clone())
        });
    let error = Sink::json_lines(place.path().join("out")).write(&chunks, &Runtime::new().threads(1)).unwrap_err();
    assert!(error.full_message().contains("has changed since it was opened"), "{error}");
    assert_eq!(error.place().file.as_ref(), Some(&input));
    assert_eq!(outputs(place.path()), expected(place.path())[..3]);
    assert_eq!(write(place.path(), Duration::ZERO).unwrap().written(), FILES, "these chunks have another key");
    assert_eq!(outputs(place.path()), expected(place.path()));
}

#[test]
fn a_folder_that_cannot_be_written_into_is_named() {
    let place = corpus();
    fs::write(place.path().join("file"), "").unwrap();
    let chunks = documents(place.path(), Duration::ZERO);
    let runtime = Runtime::new();
    let error = Sink::csv(place.path().join("file/out")).write(&chunks, &runtime).unwrap_err();
    assert!(error.full_message().starts_with("cannot write into the folder") && error.to_string().contains("file/out"));
    // A folder stands where a file should go.
    fs::create_dir_all(place.path().join("out/05.csv/in the way")).unwrap();
    let error = Sink::csv(place.path().join("out")).write(&chunks, &runtime).unwrap_err();
    assert!(error.place().file.as_ref().unwrap().ends_with("out/05.csv"), "{error}");
    let parts = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "chunkfit-part");
    assert_eq!(leftovers(place.path()).iter().filter(parts).count(), 0);

    let plan = Sink::json_lines(place.path().join("other")).plan(&chunks).unwrap();
    let error = Sink::csv(place.path().join("other")).write(&chunks, &runtime).unwrap_err();
    assert!(error.full_message().contains("another run is writing into it"), "{error}");
    drop(plan);
    assert!(Sink::csv(place.path().join("other")).write(&chunks, &runtime).is_ok());
}

#[test]
fn what_no_other_process_would_know_again_is_refused_unless_all_is_rewritten() {
    let place = corpus();
    let chunks =
        documents(place.path(), Duration::ZERO).map("trim", |text: &Text| text.iter().map(str::trim).collect::<Text>());
    let sink = Sink::json_lines(place.path().join("out"));
    let error = sink.write(&chunks, &Runtime::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLasting { cause, .. } if cause == "trim"), "{error}");
    assert!(error.full_message().contains("rewrite"), "{error}");
    assert!(!place.path().join("out").exists(), "nothing was touched");
    let written = |_| sink.clone().rewrite().write(&chunks, &Runtime::new()).unwrap().written();
    assert_eq!([0, 1].map(written), [FILES; 2]);
    assert_eq!(outputs(place.path()), expected(place.path()));
    // An error from before the run is told before the folder is touched, too.
    let failed = Chunks::from_lazies([Lazy::<Text>::failed(Error::parameter("n", 0, "1"))]);
    assert!(Sink::csv(place.path().join("no")).write(&failed, &Runtime::new()).is_err());
}

/// A disk that is full looks like a limit on the size of files: both refuse a write. The limit needs no disk of its own.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_that_names_the_file_and_leaves_nothing_half_written() {
    let place = corpus();
    let long = "x".repeat(20_000);
    fs::write(place.path().join("in/05.txt"), format!("{long}\n")).unwrap();
    let limited = || {
        let mut command = Command::new("sh");
        // Blocks of 512 bytes, of 1,024 in some shells; without the signal that would end the process.
        command.args(["-c", "trap '' XFSZ; ulimit -f 18; exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
        command.args(["sinks_interrupted::child", "--exact", "--ignored", "--nocapture"]).env(FOLDER, place.path());
        command.output().unwrap()
    };
    let output = limited();
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("cannot write (file") && text.contains("05.jsonl"), "{text}");
    let expected = expected(place.path());
    let done = outputs(place.path());
    // Of the files before the failing one, those that were still being finished may be missing.
    assert!(done.len() >= 2 && done.iter().all(|file| expected.contains(file) && file.0 != "05.jsonl"));
    assert_eq!(leftovers(place.path()).len(), 0);
    assert_eq!(write(place.path(), Duration::ZERO).unwrap().skipped(), done.len());
    assert_eq!(outputs(place.path()), expected);
}
