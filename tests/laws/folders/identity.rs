//! A file is what it was only if its path, its size, its times and its inode are: other content is read, whatever a user does
//! to put it there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use chunkfit::data::Codec;
use chunkfit::data::Text;
use chunkfit::graph::{Checkpoint, ChunkCache, Key, Runtime, Task};
use chunkfit::sinks::Sink;
use chunkfit::sources::{Csv, JsonLines, TextLines};
use chunkfit::{Chunks, Result};

/// Set where a test runs in a process of its own: what it does.
const CHILD: &str = "CHUNKFIT_TEST_IDENTITY";
/// Where that process finds its folder.
const PLACE: &str = "CHUNKFIT_TEST_IDENTITY_PLACE";

/// The first of January 1980.
fn in_1980() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(315_532_800)
}

fn write(path: &Path, lines: &str) {
    fs::write(path, lines).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(in_1980()).unwrap();
}

fn lines(chunks: &[Text]) -> Vec<String> {
    chunks.iter().flat_map(|text| text.iter().map(str::to_owned)).collect()
}

type Open = fn(&Path) -> Result<Chunks<Text>>;
type Keep = fn(&Path, &Chunks<Text>) -> Vec<String>;
type Put = fn(&Path, &str);

/// Every way to read the lines of a file.
const SOURCES: [(&str, Open); 4] = [
    ("lines", |path| Ok(TextLines::open(path)?.documents()?.chunks())),
    ("JSON lines", |path| Ok(JsonLines::open(path)?.text("t")?.chunks())),
    ("CSV", |path| Ok(Csv::open(path)?.columns(["t"]).text("t")?.chunks())),
    ("function", |path| {
        Chunks::from_files("read", [path], |path| Ok(fs::read_to_string(path).unwrap().lines().collect::<Text>()))
    }),
];

/// A line that all of them read, of one length.
fn line(word: &str, source: &str) -> (String, String) {
    let line = if source == "JSON lines" { format!("{{\"t\":\"{word}\"}}") } else { word.to_owned() };
    let read = if source == "function" { line.clone() } else { word.to_owned() };
    (line + "\n", read)
}

/// Every way to keep what was read from run to run; gives what a run has read.
const KEEPERS: [(&str, Keep); 3] = [
    ("chunk cache", |folder, chunks| {
        let runtime = Runtime::new().chunk_cache(ChunkCache::new(folder.join("cache")));
        lines(&runtime.compute(chunks.cached()).unwrap())
    }),
    ("checkpoint", |folder, chunks| {
        let runtime = Runtime::new().checkpoint(Checkpoint::new(folder.join("checkpoint")));
        let slot = Key::of("lines").finish();
        let key = |chunk: &chunkfit::Lazy<Text>| Key::of("lines").input(chunk.key()).finish();
        let kept = chunks.iter().map(|chunk| {
            let task = Task::new("lines", key(chunk));
            chunk
                .map(task, |text| Ok(text.iter().map(str::to_owned).collect::<Vec<String>>()))
                .kept(slot, Codec::serialized())
        });
        runtime.compute(kept.collect::<Vec<_>>()).unwrap().concat()
    }),
    ("sink", |folder, chunks| {
        Sink::csv(folder.join("out")).write(chunks, &Runtime::new()).unwrap();
        let written = fs::read_to_string(folder.join("out/data.csv")).unwrap();
        let unquoted = |line: &str| line.trim_matches('"').replace("\"\"", "\"");
        written.lines().skip(1).map(unquoted).collect()
    }),
];

/// Every way to put other content of the same size and time in the place of a file.
const WAYS: [(&str, Put); 5] = [
    ("renamed over it", |path, content| {
        let other = path.with_extension("other");
        write(&other, content);
        fs::rename(other, path).unwrap();
    }),
    ("written in place, the time set back", |path, content| {
        // Later than the clock's tick.
        std::thread::sleep(Duration::from_millis(30));
        write(path, content);
    }),
    ("copied over it with its time", |path, content| {
        std::thread::sleep(Duration::from_millis(30));
        let other = path.with_extension("other");
        write(&other, content);
        assert!(Command::new("cp").arg("-p").args([&other, path]).status().unwrap().success());
    }),
    ("unpacked over it", |path, content| {
        let place = tempfile::tempdir().unwrap();
        write(&place.path().join(path.file_name().unwrap()), content);
        let archive = place.path().join("a.tar");
        let mut tar = Command::new("tar");
        tar.arg("-cf").arg(&archive).arg("-C").arg(place.path()).arg(path.file_name().unwrap());
        assert!(tar.status().unwrap().success());
        let mut tar = Command::new("tar");
        assert!(tar.arg("-xf").arg(&archive).arg("-C").arg(path.parent().unwrap()).status().unwrap().success());
    }),
    ("a link that leads elsewhere", |path, content| {
        let other = path.with_extension("other");
        write(&other, content);
        fs::remove_file(path).unwrap();
        std::os::unix::fs::symlink(other, path).unwrap();
    }),
];

#[test]
fn other_content_is_read_however_it_came_there() {
    for (source, open) in SOURCES {
        for (keeper, keep) in KEEPERS {
            for (way, put) in WAYS {
                let place = tempfile::tempdir().unwrap();
                fs::create_dir(place.path().join("in")).unwrap();
                let data = place.path().join("in/data.txt");
                let ((first, first_read), (second, second_read)) = (line("aaaa", source), line("bbbb", source));
                write(&data, &first);
                for _ in 0..2 {
                    let read = keep(place.path(), &open(&data).unwrap());
                    assert_eq!(read.join("\n"), first_read, "{source}, {keeper}");
                }
                let before = fs::metadata(&data).unwrap();
                put(&data, &second);
                let now = fs::metadata(&data).unwrap();
                assert_eq!((before.len(), before.modified().unwrap()), (now.len(), now.modified().unwrap()), "{way}");
                assert_eq!(keep(place.path(), &open(&data).unwrap()), [second_read], "{source}, {keeper}: {way}");
            }
        }
    }
}

#[test]
fn a_file_that_is_another_by_the_time_it_is_read_is_refused() {
    for (source, open) in SOURCES {
        for (way, put) in WAYS {
            let place = tempfile::tempdir().unwrap();
            let data = place.path().join("data.txt");
            write(&data, &line("aaaa", source).0);
            let chunks = open(&data).unwrap();
            put(&data, &line("bbbb", source).0);
            let error = Runtime::new().compute(chunks).err().unwrap_or_else(|| panic!("{source}: {way}"));
            assert_eq!(error.place().file.as_ref(), Some(&data), "{source}: {way}");
        }
    }
}

/// Runs a child in a folder; what it has to say.
fn child_in(folder: &Path, what: &str, place: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["folders::identity::child", "--exact", "--ignored", "--nocapture"]).current_dir(folder);
    let output = command.env(CHILD, what).env(PLACE, place).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    fs::read_to_string(place.join("said")).unwrap()
}

#[test]
#[ignore = "is run by the tests of relative paths, in a folder of its own"]
fn child() {
    let Some(what) = std::env::var_os(CHILD) else { return };
    let place = PathBuf::from(std::env::var_os(PLACE).unwrap());
    let data = Path::new("data.txt");
    let said = match what.to_str().unwrap() {
        "read" => KEEPERS[0].1(&place, &SOURCES[0].1(data).unwrap()),
        "read and go on" => SOURCES
            .map(|(source, open)| {
                std::env::set_current_dir(place.join("ra")).unwrap();
                let chunks = open(data).unwrap();
                std::env::set_current_dir(place.join("rb")).unwrap();
                match Runtime::new().compute(chunks) {
                    Ok(chunks) => format!("{source}: {}", lines(&chunks).join(" ")),
                    Err(error) => format!("{source}: {:?}", error.kind()),
                }
            })
            .to_vec(),
        other => panic!("{other}"),
    };
    fs::write(place.join("said"), said.join("\n")).unwrap();
}

fn two_folders(place: &Path, first: &str, second: &str) {
    for (folder, content) in [("ra", first), ("rb", second)] {
        fs::create_dir(place.join(folder)).unwrap();
        write(&place.join(folder).join("data.txt"), content);
    }
}

#[test]
fn a_relative_path_is_another_file_in_another_folder() {
    let place = tempfile::tempdir().unwrap();
    two_folders(place.path(), "aaaa\nbbbb\n", "cccc\ndddd\n");
    let read = |folder: &str| child_in(&place.path().join(folder), "read", place.path());
    assert_eq!(["ra", "rb", "ra"].map(read), ["aaaa\nbbbb", "cccc\ndddd", "aaaa\nbbbb"]);
}

#[test]
fn a_relative_path_is_what_it_was_when_it_was_opened() {
    let place = tempfile::tempdir().unwrap();
    two_folders(place.path(), "{\"t\":\"aaaa\"}\n", "{\"t\":\"bbbb\"}\n");
    let said = child_in(place.path(), "read and go on", place.path());
    let said: Vec<&str> = said.lines().collect();
    assert!(said[0].contains("aaaa") && said[1] == "JSON lines: aaaa" && said[2].contains("aaaa"), "{said:?}");
    assert_eq!(said[3], "function: Io { action: \"read\" }", "the function would read the other file");
}
