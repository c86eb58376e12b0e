//! Patterns and what Python's `re` makes of them.

use super::*;
use crate::error::ErrorKind;

fn find_all<'a>(pattern: &str, text: &'a str) -> Vec<&'a str> {
    let mut found = vec![];
    PythonRegex::new(pattern).unwrap().for_each(text, |range| found.push(&text[range])).unwrap();
    found
}

/// The expected lists are what Python's `re.findall` returns.
#[test]
fn constructs_mean_what_they_mean_to_python() {
    for (pattern, text, expected) in [
        (r"\w*", "ab cd", &["ab", "", "cd", ""][..]),
        (r"|a", "aa", &["", "a", "", "a", ""]),
        (r"a|", "ba", &["", "a", ""]),
        (r"(\w+)'s", "it's Bob's", &["it", "Bob"]),
        (r"(a)?b", "ab b", &["a", ""]),
        (r"\w+$", "ab\n", &["ab"]),
        (r"\w+\Z", "ab\n", &[]),
        (r"(?m)^\w", "ab\ncd", &["a", "c"]),
        (r"[\w&&x]+", "a&b c", &["a&b", "c"]),
        (r"[[a]+", "[a]", &["[a"]),
        (r"[]a]+", "[a]", &["a]"]),
        (r"a{x}|b{,2}c", "a{x} bbbc", &["a{x}", "bbc"]),
        (r"(?x) a [ ] b # c", "a b", &["a b"]),
        (r"(?a)\w+", "naïve", &["na", "ve"]),
        (r"(?i)\w+", "a\u{345}b", &["a", "b"]),
        (r"\b\w{3}\b", "कि abc x", &["abc"]),
        (r"(\w)\1", "abba", &["b"]),
        (r"\x41|\102|\u0043", "ABC", &["A", "B", "C"]),
        (r"\S+", "a\x1cb", &["a", "b"]),
        (r"\<b\>", "<b>", &["<b>"]),
        // Sets with letters beyond 2^16: `re` does not lower these.
        ("(?i)[ab\u{10400}]", "\u{10400}\u{10428}ab", &["a", "b"]),
        ("(?i)[ab\u{10428}]", "\u{10400}\u{10428}ab", &["\u{10400}", "\u{10428}", "a", "b"]),
        ("(?i)[^ab\u{10400}]", "\u{10400}\u{10428}ab", &["\u{10400}", "\u{10428}"]),
        ("(?i)[a\u{10400}-\u{10402}]", "\u{10400}\u{10428}ab", &["\u{10400}", "\u{10428}", "a"]),
        ("(?i)[\u{10400}]", "\u{10400}\u{10428}ab", &["\u{10400}", "\u{10428}"]),
    ] {
        assert_eq!(find_all(pattern, text), expected, "{pattern}");
    }
}

#[test]
fn bad_patterns_are_refused_by_name() {
    for pattern in
        ["(a", "a)", "[a", "*a", "a**", r"\q", r"a\", "(?z)", "a(?i)", "[b-a]", "a{3,2}", "(a)(b)", r"\1", r"\N{DASH}"]
    {
        let error = PythonRegex::new(pattern).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: NAME, .. }), "{pattern}: {error}");
    }
}

/// Of Python's `findall`: a text, and what was found in it.
type Found = (String, Vec<String>);

/// What `tests/golden/token_patterns.py` wrote: patterns, and what Python makes of them, or why it refuses them.
fn golden() -> Vec<(String, Result<Vec<Found>, String>)> {
    use std::io::Read;
    let folder = std::env::var_os("GOLDEN_DIR").map(std::path::PathBuf::from);
    let other = folder.and_then(|folder| std::fs::read(folder.join("token_patterns.jsonl.gz")).ok());
    let packed = other.unwrap_or_else(|| include_bytes!("token_patterns.jsonl.gz").to_vec());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
    let row = |line: &str| -> (String, Result<Vec<Found>, String>) {
        let (pattern, found): (String, serde_json::Value) = serde_json::from_str(line).unwrap();
        match found {
            serde_json::Value::String(why) => (pattern, Err(why)),
            found => (pattern, Ok(serde_json::from_value(found).unwrap())),
        }
    };
    text.lines().map(row).collect()
}

/// What this module makes of a pattern that Python accepts, where it is something else than Python does.
fn difference(pattern: &str, expected: &[Found]) -> Option<String> {
    let regex = match PythonRegex::new(pattern) {
        Ok(regex) => regex,
        Err(error) => return Some(error.to_string()),
    };
    for (text, tokens) in expected {
        let mut found = Vec::new();
        let outcome = regex.for_each(text, |range| found.push(text[range].to_owned()));
        if let Err(error) = outcome {
            return Some(error.to_string());
        }
        if &found != tokens {
            return Some(format!("{text:?} gives {found:?}, not {tokens:?}"));
        }
    }
    None
}

#[test]
fn random_patterns_find_what_they_find_in_python() {
    let (mut wrong, mut refused, mut accepted, mut unsupported) = (Vec::new(), 0, 0, 0);
    for (pattern, expected) in golden() {
        match expected {
            Err(why) => match PythonRegex::new(&pattern) {
                Ok(_) => wrong.push(format!("{pattern:?} is accepted; Python: {why}")),
                Err(_) => refused += 1,
            },
            Ok(_) if PythonRegex::new(&pattern).is_err_and(|error| error.to_string().contains("not supported")) => {
                unsupported += 1;
            }
            Ok(expected) => match difference(&pattern, &expected) {
                Some(difference) => wrong.push(format!("{pattern:?}: {difference}")),
                None => accepted += 1,
            },
        }
    }
    let shown: String = wrong.iter().take(40).map(|line| format!("{line}\n")).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{shown}", wrong.len(), wrong.len() + refused + accepted);
    assert!(accepted > 100 && refused > 100 && unsupported < accepted / 20, "{accepted}, {refused}, {unsupported}");
}

#[test]
fn what_is_wrong_with_a_pattern_is_told_with_its_place() {
    for (pattern, problem) in [
        ("(?(2)d|be)", "invalid group reference 2 at position 3"),
        ("(?(1)d|be)", "invalid group reference 1 at position 3"),
        ("ab(?(n)c)", "unknown group name 'n' at position 5"),
        ("(?P<1>a)", "bad character in group name '1' at position 4"),
        ("(?P<a>b)(?P<a>c)", "redefinition of group name 'a' as group 2; was group 1 at position 12"),
        ("x(a", "missing ), unterminated subpattern at position 1"),
        ("a)", "unbalanced parenthesis at position 1"),
        ("[b-a]", "bad character range b-a at position 1"),
        ("(?<=a+)b", "look-behind requires fixed-width pattern at position 0"),
        ("a{2}{3}", "multiple repeat at position 4"),
        (r"(a)\2", "invalid group reference 2 at position"),
        (r"\N{DASH}", "not supported"),
        ("(a|b)++", "not supported"),
        ("a{4294967295}", "the repetition number is too large"),
        (&"(".repeat(100_000), "nested more than 100 deep"),
        (&"(?(".repeat(100_000), "unterminated name"),
        (&format!("{}{}", "(?:".repeat(500), ")".repeat(500)), "nested more than 100 deep"),
    ] {
        let message = PythonRegex::new(pattern).unwrap_err().to_string();
        assert!(message.contains(problem), "{message}");
        assert!(message.chars().count() < 1_000);
    }
}

/// Runs with a time limit: what hangs fails.
fn within<T: Send + 'static>(seconds: u64, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, done) = std::sync::mpsc::channel();
    std::thread::spawn(move || send.send(work()));
    done.recv_timeout(std::time::Duration::from_secs(seconds)).expect("the work ends, in time")
}

#[test]
fn a_pattern_that_needs_too_many_steps_is_an_error_and_long_texts_are_none() {
    let text = "a".repeat(60);
    let error =
        within(120, move || PythonRegex::new(r"(?:a|aa)+(?!x)(?<!a)").unwrap().for_each(&text, drop).unwrap_err());
    assert!(error.to_string().contains("less backtracking"), "{error}");
    let text = "ab".repeat(20_000);
    let count = |pattern: &str| {
        let (regex, text, mut n) = (PythonRegex::new(pattern).unwrap(), text.clone(), 0);
        within(120, move || regex.for_each(&text, |_| n += 1).map(|()| n)).unwrap()
    };
    assert_eq!((count(r"(?:a(?=b)|b)+"), count(r"(?<=a)b"), count(r"(a|b)\1*")), (1, 20_000, 40_000));
    assert_eq!((count(r"(?:(?:a|b){2})*+b"), count("(?:[ab]{10000}){10}")), (1, 0));
}
