//! Every kind of error with hostile text in each of its fields; what is shown of causes.

use std::ffi::OsString;

use super::shown::TEXT;
use super::*;

/// Every kind with this text in every field that can hold one. A kind that is missing here fails to compile in
/// [`index`].
fn kinds(text: &str) -> Vec<ErrorKind> {
    use ErrorKind::*;
    let text = || text.to_owned();
    vec![
        InvalidParameter { name: "alpha", value: text(), expected: text() },
        ShapeMismatch { what: "columns", expected: 1, found: 2 },
        InvalidMatrix { problem: text() },
        NonFinite { column: 3 },
        InvalidFeature { column: 3, value: -1.0, expected: "no negative value" },
        NoRows { estimator: "SgdClassifier" },
        Diverged { estimator: "SgdClassifier" },
        OneClass { found: text() },
        NoCandidate { error: text() },
        NoBest { scorer: text() },
        UnknownLabel { label: text(), known: text() },
        UnknownGroup { group: text(), known: 3 },
        UnknownCategory { column: 3, category: text() },
        Decode { encoding: "utf-8", position: 7 },
        Io { action: "read" },
        NotLasting { task: text(), cause: text() },
        TooLarge { bytes: 1 << 30, limit: 1 << 20 },
        RepeatedChunk { chunk: 3 },
        NoFiles { wanted: text() },
        Malformed { format: "CSV", problem: text() },
        Unwritable { format: "CSV", problem: text() },
        Download { url: text(), problem: text() },
        Estimator,
        Panicked { message: text() },
        NonFiniteResult { what: "decision value" },
        Overflow { estimator: "StandardScaler", column: 3 },
        ModelTooLarge { model: "SgdClassifier", shape: text(), bytes: 1 << 40, available: 1 << 30 },
        SameName { name: "Mine", version: 1, one: "a::Mine", other: "b::Mine" },
        InvalidTarget { value: text(), expected: "a finite number" },
        TooManyColumns { found: 9, most: 8, what: "the normal equations" },
        NoScoredRows { score: text() },
        NoHeldOutRows,
        UndefinedScore { score: "validation score" },
        EmptyFold { fold: 1, train: 2, test: 0 },
        TooFewChunks { needed: 2, found: 1 },
        MismatchedStates { expected: text(), found: text() },
        NotCacheable { chunk: "Own" },
        Cancelled,
        WaitsForItself,
        UnknownRowCounts { operation: "rechunk" },
    ]
}

/// Where a kind stands in [`kinds`].
fn index(kind: &ErrorKind) -> usize {
    use ErrorKind::*;
    match kind {
        InvalidParameter { name: _, value: _, expected: _ } => 0,
        ShapeMismatch { what: _, expected: _, found: _ } => 1,
        InvalidMatrix { problem: _ } => 2,
        NonFinite { column: _ } => 3,
        InvalidFeature { column: _, value: _, expected: _ } => 4,
        NoRows { estimator: _ } => 5,
        Diverged { estimator: _ } => 6,
        OneClass { found: _ } => 7,
        NoCandidate { error: _ } => 8,
        NoBest { scorer: _ } => 9,
        UnknownLabel { label: _, known: _ } => 10,
        UnknownGroup { group: _, known: _ } => 11,
        UnknownCategory { column: _, category: _ } => 12,
        Decode { encoding: _, position: _ } => 13,
        Io { action: _ } => 14,
        NotLasting { task: _, cause: _ } => 15,
        TooLarge { bytes: _, limit: _ } => 16,
        RepeatedChunk { chunk: _ } => 17,
        NoFiles { wanted: _ } => 18,
        Malformed { format: _, problem: _ } => 19,
        Unwritable { format: _, problem: _ } => 20,
        Download { url: _, problem: _ } => 21,
        Estimator => 22,
        Panicked { message: _ } => 23,
        NonFiniteResult { what: _ } => 24,
        Overflow { estimator: _, column: _ } => 25,
        ModelTooLarge { model: _, shape: _, bytes: _, available: _ } => 26,
        SameName { name: _, version: _, one: _, other: _ } => 27,
        InvalidTarget { value: _, expected: _ } => 28,
        TooManyColumns { found: _, most: _, what: _ } => 29,
        NoScoredRows { score: _ } => 30,
        NoHeldOutRows => 31,
        UndefinedScore { score: _ } => 32,
        EmptyFold { fold: _, train: _, test: _ } => 33,
        TooFewChunks { needed: _, found: _ } => 34,
        MismatchedStates { expected: _, found: _ } => 35,
        NotCacheable { chunk: _ } => 36,
        Cancelled => 37,
        WaitsForItself => 38,
        UnknownRowCounts { operation: _ } => 39,
    }
}

const HOSTILE: [&str; 6] = [
    "begin\u{1b}[2J\u{1b}]0;title\u{7}",
    "begin\r\nerror: everything is fine\u{85}\u{2028}\u{2029}",
    "begin\0\u{7f}\u{9b}31m",
    "begin\u{202e}txt.exe\u{2066}\u{2069}\u{200b}\u{feff}\u{ad}",
    "begin\u{e0041}\u{e0001}\u{fff9}\u{61c}",
    "begin\\x1b é 語 🦀 e\u{301}",
];

/// What may stand in a message: no control or format character, no break of lines.
fn is_safe(message: &str) -> bool {
    let format = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    !message.chars().any(|c| c.is_control() || format(c))
}

#[test]
fn no_kind_and_no_place_shows_foreign_text_as_it_is() {
    let long = [5_000_000_usize, 2_000].map(|n| format!("begin{}end", "x".repeat(n)));
    let escapes = format!("begin{}", "\u{1b}\u{10ffff}".repeat(100_000));
    let texts = HOSTILE.iter().copied().chain(long.iter().map(String::as_str)).chain([escapes.as_str()]);
    for text in texts {
        for (i, kind) in kinds(text).into_iter().enumerate() {
            assert_eq!(index(&kind), i);
            let named = format!("{kind:?}").contains("begin");
            // Those that make a kind by themselves as well.
            let alone = kind.to_string();
            let error = Error::new(kind).in_file(text).in_task(text).at_line(3).caused_by(std::io::Error::other(text));
            for message in [alone, error.to_string(), error.full_message()] {
                assert!(is_safe(&message), "{message:?}");
                assert!(message.chars().count() < 3_000, "{} characters: {message}", message.chars().count());
                assert!(!named || message.contains("begin"), "{message}");
            }
            assert!(error.to_string().chars().count() < 2_000, "{error}");
            assert!(format!("{error:?}").lines().all(is_safe));
            let held = format!("{:?}", error.kind()).len() + error.place().task.as_ref().map_or(0, String::len);
            assert!(held < 30_000, "{held} bytes are kept of {:?}", index(error.kind()));
        }
    }
}

#[test]
fn what_prints_is_shown_as_it_is_and_the_rest_as_escapes() {
    let shown = |text: &str| Error::new(ErrorKind::Malformed { format: "x", problem: text.into() }).to_string();
    for plain in ["é 語 🦀 e\u{301} \"quoted\" 'so' C:\\data", "नमस्ते", "مرحبا"] {
        assert_eq!(shown(plain), format!("not valid x: {plain}"));
    }
    assert_eq!(shown("a\nb\u{1b}[1m\u{202e}\0"), r"not valid x: a\nb\u{1b}[1m\u{202e}\0");
    let cut = shown(&format!("{}{}", "a".repeat(5_000_000), "b".repeat(500)));
    assert!(cut.starts_with("not valid x: aaa") && cut.ends_with("bbb"), "{cut}");
    assert!(cut.contains("… (5000500 characters) …"), "{cut}");
    // What was cut when the error was made is not cut again.
    assert_eq!(cut.matches('…').count(), 2, "{cut}");
    let words: Vec<String> = (0..100_000).map(|i| format!("word{i}")).collect();
    let error = Error::parameter("classes", &words, "fewer");
    let ErrorKind::InvalidParameter { value, .. } = error.kind() else { panic!("{error}") };
    assert!(value.starts_with("[\"word0\", \"word1\"") && value.ends_with("\"word99999\"]"), "{value}");
    assert!(value.chars().count() <= VALUE + 60, "{value}");
    // The shortest text that is cut, and the longest that is not.
    let length = |n: usize| shown(&"x".repeat(n)).matches('x').count();
    assert_eq!((length(TEXT), length(TEXT + 60), length(TEXT + 61)), (TEXT + 1, TEXT + 61, TEXT + 1));
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_shown_in_file_names() {
    use std::os::unix::ffi::OsStringExt;
    let name = OsString::from_vec(b"a\xff\xfe\x1b[2Jb\n".to_vec());
    let error = Error::io("read", name, std::io::Error::other("denied"));
    assert_eq!(error.to_string(), r"cannot read (file a\xFF\xFE\u{1b}[2Jb\n)");
}

#[test]
fn message_names_problem_and_place_and_the_source_is_the_cause() {
    let error = Error::io("read", "a.sgm", std::io::Error::other("denied")).in_chunk(3).in_chunk(4).at_row(7);
    assert_eq!(error.to_string(), "cannot read (file a.sgm, chunk 3, row 7)");
    assert_eq!(error.source().unwrap().to_string(), "denied");
    assert_eq!(error.full_message(), "cannot read (file a.sgm, chunk 3, row 7): denied");
    assert_eq!(format!("{error:?}"), "cannot read (file a.sgm, chunk 3, row 7)\n  caused by: denied");
    assert!(format!("{error:#?}").contains("kind: Io {"), "{error:#?}");
    let own = Error::from_estimator(error.clone());
    assert_eq!(own.kind(), error.kind());
    let foreign = Error::from_estimator(linfa::Error::NotEnoughSamples);
    assert!(matches!(foreign.kind(), ErrorKind::Estimator));
    assert_eq!(foreign.full_message(), format!("the estimator failed: {}", linfa::Error::NotEnoughSamples));
}

/// An error that shows its cause as well, as some do.
#[derive(Debug)]
struct Twice(Option<Box<Twice>>);

impl fmt::Display for Twice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(cause) => write!(f, "cannot flush: {cause}"),
            None => f.write_str("no space left"),
        }
    }
}

impl StdError for Twice {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

#[test]
fn every_cause_is_shown_once_and_chains_have_an_end() {
    let cause = Twice(Some(Box::new(Twice(None))));
    let error = Error::new(ErrorKind::Io { action: "write" }).caused_by(cause);
    assert_eq!(error.full_message(), "cannot write: cannot flush: no space left");
    let outer = Error::new(ErrorKind::Estimator).caused_by(error);
    assert_eq!(outer.full_message(), "the estimator failed: cannot write: cannot flush: no space left");
    assert_eq!(format!("{outer:?}").lines().count(), 3, "{outer:?}");
    let deep = (0..100).fold(Error::new(ErrorKind::Estimator), |cause, row| {
        Error::new(ErrorKind::Estimator).at_row(row).caused_by(cause)
    });
    let message = deep.full_message();
    assert!(message.ends_with(": …") && message.matches("failed").count() == MOST_CAUSES + 1, "{message}");
}

#[test]
fn input_output_errors_become_errors_by_the_question_mark() {
    fn read() -> Result<Vec<u8>> {
        Ok(std::fs::read("no/such/file")?)
    }
    let error = read().unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Io { action: "read or write" });
    let cause = error.source().and_then(|source| source.downcast_ref::<std::io::Error>());
    assert_eq!(cause.map(std::io::Error::kind), Some(std::io::ErrorKind::NotFound));
    // What a reader had to wrap to return it comes out as it was.
    let own = Error::shape("columns", 1, 2).at_row(3);
    let back = Error::from(std::io::Error::other(own));
    assert_eq!((back.kind(), back.place().row), (Error::shape("columns", 1, 2).kind(), Some(3)));
}
