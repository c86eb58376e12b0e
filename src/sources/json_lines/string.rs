//! Strings of JSON, written out with no copy between.

use memchr::memchr;

/// Why a piece of JSON cannot be written out as a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StringProblem<'a> {
    /// It is something else.
    Other(&'a str),
    /// An escape that stands for no character: half of a surrogate pair.
    Escape(&'a str),
}

/// Gives `push` the text of a JSON string in pieces. The string is valid JSON, in its quotes.
///
/// serde_json's own reading of a string with escapes begins with a new buffer in every record.
pub(super) fn unescape<'a>(json: &'a str, mut push: impl FnMut(&str)) -> Result<(), StringProblem<'a>> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let mut rest = inner.ok_or(StringProblem::Other(json))?;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at(at);
        let (character, length) =
            character(escape).ok_or_else(|| StringProblem::Escape(escape.get(..6).unwrap_or(escape)))?;
        push(before);
        push(character.encode_utf8(&mut [0; 4]));
        rest = &escape[length..];
    }
    push(rest);
    Ok(())
}

/// The character of the escape that a text begins with, and the escape's length.
fn character(text: &str) -> Option<(char, usize)> {
    let short = |character| Some((character, 2));
    match text.as_bytes().get(1)? {
        b'b' => short('\u{8}'),
        b'f' => short('\u{c}'),
        b'n' => short('\n'),
        b'r' => short('\r'),
        b't' => short('\t'),
        b'u' => {
            let first = unit(text)?;
            match char::from_u32(first.into()) {
                Some(character) => Some((character, 6)),
                None => {
                    let pair = [first, unit(text.get(6..)?)?];
                    Some((char::decode_utf16(pair).next()?.ok()?, 12))
                }
            }
        }
        &itself => short(char::from(itself)),
    }
}

/// The UTF-16 unit of `\uXXXX`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unescaped(json: &str) -> Option<String> {
        let mut text = String::new();
        unescape(json, |piece| text.push_str(piece)).ok()?;
        Some(text)
    }

    #[test]
    fn problems_are_shown() {
        assert_eq!(unescape("5", |_| ()), Err(StringProblem::Other("5")));
        assert_eq!(unescape(r#""a\ud800b""#, |_| ()), Err(StringProblem::Escape(r"\ud800")));
        assert_eq!(unescape(r#""\udc00\ud800""#, |_| ()), Err(StringProblem::Escape(r"\udc00")));
    }

    proptest! {
        /// As serde_json reads what is valid JSON.
        #[test]
        fn strings_are_read_as_the_slow_twin_does(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[a-zé漢]{0,3}",
                    r#"\\["\\/bfnrt]"#,
                    "\\\\u00[0-9a-fA-F]{2}",
                    "\\\\u(d8|DB|dc|DF|20|D7|e0)[0-9a-f]{2}",
                ],
                0..8,
            ),
        ) {
            let json = format!("\"{}\"", pieces.concat());
            prop_assert_eq!(unescaped(&json), serde_json::from_str::<String>(&json).ok());
        }
    }
}
