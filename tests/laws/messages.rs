//! Error messages are escaped and cut; the cause of an error is its source and is printed once.

use std::error::Error as _;
use std::fs;
use std::path::Path;

use chunkfit::data::Footprint;
use chunkfit::sources::{BadRecords, Csv, IndexBase, JsonLines, Svmlight};
use chunkfit::text::HashingVectorizer;
use chunkfit::{Error, Runtime};

/// What a terminal would obey, and what would look like a message of its own.
const HOSTILE: &str = "x\u{1b}[2J\u{1b}]0;owned\u{7}\r\nerror: all is well\u{202e}\u{2066}\u{9b}31m";

fn assert_safe(error: &Error) {
    let debug = format!("{error:?}");
    let lines = debug.lines().map(str::to_owned);
    for message in [error.to_string(), error.full_message()].into_iter().chain(lines) {
        let bad = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!message.chars().any(bad), "{message:?}");
        assert!(message.chars().count() < 3_000, "{} characters", message.chars().count());
    }
}

/// What a report of a chain of errors prints, as anyhow and eyre do.
fn reported(error: &Error) -> String {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        message += &format!(": {cause}");
        next = cause.source();
    }
    message
}

/// In the process that [`what_main_returns_is_printed_as_a_message`] starts, a program that fails; else nothing.
#[test]
fn a_program_that_fails() -> Result<(), Error> {
    let Some(folder) = std::env::var_os("CHUNKFIT_TEST_OF_MAIN") else { return Ok(()) };
    let file = Path::new(&folder).join("a.jsonl");
    std::fs::metadata(&file)?;
    Runtime::new().compute(JsonLines::open(file)?.text("text")?.chunks()).map(drop)
}

#[test]
fn what_main_returns_is_printed_as_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let output = |content: &str| {
        fs::write(folder.path().join("a.jsonl"), content).unwrap();
        let mut program = std::process::Command::new(std::env::current_exe().unwrap());
        program.args(["--exact", "messages::a_program_that_fails", "--nocapture", "--test-threads=1"]);
        let output = program.env("CHUNKFIT_TEST_OF_MAIN", folder.path()).env("RUST_BACKTRACE", "0").output().unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (ended_well, printed) = output("{\"text\": \"a\", \"label\": true}\n");
    assert!(ended_well && !printed.contains("Error:"), "{printed}");
    let (ended_well, printed) = output("{\"text\": \"a\", \"label\": true}\n{\"text\": 7}\n");
    let message = printed.lines().skip_while(|line| !line.contains("Error: ")).collect::<Vec<_>>();
    assert!(!ended_well && message[0].contains("Error: not valid JSON") && message[0].contains("line 2"), "{printed}");
    assert!(!printed.contains("Malformed") && !printed.contains("kind:") && !printed.contains('{'), "{printed}");
}

#[test]
fn a_report_of_the_chain_says_everything_once() {
    let error = chunkfit::sources::TextLines::open("/there/is/no/such/file.txt").err().unwrap();
    assert_safe(&error);
    let io = Error::io("read", "a.txt", std::io::Error::other("the disk is gone")).in_chunk(3);
    let nested = Error::from_estimator(io.clone());
    for error in [io, nested] {
        assert_eq!(reported(&error), "cannot read (file a.txt, chunk 3): the disk is gone");
        assert_eq!(reported(&error), error.full_message());
        assert_eq!(format!("{error:?}").matches("the disk is gone").count(), 1);
    }
}

#[derive(Clone, serde::Deserialize)]
struct Row {
    #[serde(rename = "n")]
    _n: f64,
}

impl Footprint for Row {
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// A file of this name and content, read in every format: its error.
fn failures(folder: &Path, name: &str, content: &[u8]) -> Vec<Error> {
    let file = folder.join(name);
    fs::write(&file, content).unwrap();
    let run = |chunks: chunkfit::Result<chunkfit::sources::Reading<Vec<Row>>>| {
        chunks.and_then(|reading| Runtime::new().threads(1).compute(reading.chunks())).err()
    };
    let skipping = BadRecords::skip().at_most(0);
    vec![
        run(Csv::open(&file).and_then(|source| source.records::<Row>())),
        run(Csv::open(&file).and_then(|source| source.bad_records(skipping).records::<Row>())),
        run(JsonLines::open(&file).and_then(|source| source.records::<Row>())),
        Svmlight::open(&file)
            .and_then(|source| source.rows_and_labels::<f64, f64>(10, IndexBase::One))
            .and_then(|reading| Runtime::new().threads(1).compute(reading.chunks()))
            .err(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn files_and_records_do_not_reach_the_terminal_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("n\n{}\n", "9x".repeat(2_500_000));
    let hostile = format!("n\n\"{HOSTILE}\"\n");
    let json = format!("{{\"n\": {}}}\n", serde_json::to_string(HOSTILE).unwrap());
    let contents: [&[u8]; 6] =
        [long.as_bytes(), hostile.as_bytes(), json.as_bytes(), b"n\n\xff\xfe\x1b[2J\n", b"\x1b[2J\n1\n", b"\0\0\0"];
    for name in ["plain", "x\u{1b}[2J\n\u{202e}y"] {
        for content in contents {
            let errors = failures(folder.path(), name, content);
            assert!(errors.len() >= 2, "{content:?}");
            errors.iter().for_each(assert_safe);
            assert!(errors.iter().all(|error| format!("{:?}", error.kind()).len() < 5_000));
        }
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_shown() {
    use std::os::unix::ffi::OsStrExt;
    let name = Path::new(std::ffi::OsStr::from_bytes(b"/nowhere/\xff\x1b[2J.csv"));
    for error in [Csv::open(name).err(), JsonLines::open(name).err(), Svmlight::open(name).err()] {
        let error = error.unwrap();
        assert_safe(&error);
        assert!(error.full_message().contains("nowhere"), "{error}");
    }
    let error = chunkfit::persist::describe(name).unwrap_err();
    assert_safe(&error);
    assert!(error.to_string().contains(r"/nowhere/\xFF\u{1b}[2J.csv"), "{error}");
}

#[test]
fn parameters_are_escaped_and_cut() {
    for pattern in [format!("({HOSTILE}"), format!("{HOSTILE}("), "(".repeat(5_000_000)] {
        let error = HashingVectorizer::<f64>::params().token_pattern(&pattern);
        let error = linfa::ParamGuard::check(error).unwrap_err();
        assert_safe(&error);
    }
    let error = HOSTILE.parse::<chunkfit::metrics::Scorer>().unwrap_err();
    assert_safe(&error);
    let panicked =
        chunkfit::graph::Lazy::source(chunkfit::graph::Task::new("s", chunkfit::graph::Key::of("s").finish()), || {
            if HOSTILE.len() > 1 {
                panic!("{HOSTILE}")
            }
            Ok(1)
        });
    assert_safe(&Runtime::new().threads(1).compute(&panicked).unwrap_err());
}
