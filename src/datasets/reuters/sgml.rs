//! Tags of an SGML file, one after the other, over bytes.
//!
//! It knows as much SGML as HTML has: start and end tags, attributes, comments, declarations. Names
//! are compared without regard to case. It does not know what elements mean; see `parse`.

use std::iter;

use memchr::{memchr, memchr3, memmem};

use crate::error::{Error, ErrorKind, Result};

/// Reads tags; what lies between two of them is given along.
pub(super) struct Tags<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A tag, and the text between it and the one before.
pub(super) struct Tag<'a> {
    pub text: &'a [u8],
    /// Where the tag begins.
    pub offset: usize,
    pub kind: Markup<'a>,
}

pub(super) enum Markup<'a> {
    Start {
        name: &'a [u8],
        /// All between the name and `>`.
        attributes: &'a [u8],
    },
    End {
        name: &'a [u8],
    },
    /// A comment, declaration or processing instruction.
    Other,
    /// No further tag: the end of the file.
    Eof,
}

/// An error in an SGML file at this byte.
pub(super) fn malformed(offset: usize, problem: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed { format: "SGML", problem: problem.into() }).at_offset(offset as u64)
}

/// A name or a bit of text for an error's message.
pub(super) fn shown(bytes: &[u8]) -> String {
    let short = &bytes[..bytes.len().min(40)];
    short.escape_ascii().to_string()
}

impl<'a> Tags<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Tags { bytes, at: 0 }
    }

    /// The next tag.
    ///
    /// # Errors
    /// When the file ends inside it.
    pub(super) fn next_tag(&mut self) -> Result<Tag<'a>> {
        let (bytes, start) = (self.bytes, self.at);
        let mut search = start;
        loop {
            let Some(found) = find_soon(b'<', &bytes[search..]) else {
                self.at = bytes.len();
                return Ok(Tag { text: &bytes[start..], offset: bytes.len(), kind: Markup::Eof });
            };
            let offset = search + found;
            let rest = &bytes[offset..];
            let (kind, length) = match rest {
                [_, b'a'..=b'z' | b'A'..=b'Z', ..] => start_tag(rest, offset)?,
                [_, b'/', b'a'..=b'z' | b'A'..=b'Z', ..] => end_tag(rest, offset)?,
                [_, b'!', b'-', b'-', ..] => (Markup::Other, comment_length(rest, offset)?),
                [_, b'/' | b'!' | b'?', ..] => (Markup::Other, until_closed(rest, 2, offset)?),
                [_] => return Err(unterminated(offset)),
                // A lone `<` is text, as it is in HTML.
                _ => {
                    search = offset + 1;
                    continue;
                }
            };
            self.at = offset + length;
            return Ok(Tag { text: &bytes[start..offset], offset, kind });
        }
    }
}

/// Where the byte is; mostly it is one of the first few, and a search not worth its start.
#[inline]
fn find_soon(byte: u8, bytes: &[u8]) -> Option<usize> {
    const SOON: usize = 2;
    let first = bytes.iter().take(SOON).position(|&other| other == byte);
    first.or_else(|| memchr(byte, bytes))
}

fn unterminated(offset: usize) -> Error {
    malformed(offset, "the file ends inside a tag; it seems truncated, fetch it again")
}

fn comment_length(rest: &[u8], offset: usize) -> Result<usize> {
    let end = memmem::find(&rest[4..], b"-->").ok_or_else(|| unterminated(offset))?;
    Ok(4 + end + 3)
}

/// The length up to the first `>` from this byte on, and with it.
#[inline]
fn until_closed(rest: &[u8], from: usize, offset: usize) -> Result<usize> {
    // Mostly it is the very next.
    if rest.get(from) == Some(&b'>') {
        return Ok(from + 1);
    }
    let end = memchr(b'>', &rest[from..]).ok_or_else(|| unterminated(offset))?;
    Ok(from + end + 1)
}

fn name_end(rest: &[u8], from: usize) -> usize {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    rest[from..].iter().position(ends).map_or(rest.len(), |length| from + length)
}

fn start_tag(rest: &[u8], offset: usize) -> Result<(Markup<'_>, usize)> {
    let name = name_end(rest, 1);
    let length = until_closed(rest, name, offset)?;
    let attributes = &rest[name..length - 1];
    if is_balanced(attributes) {
        return Ok((Markup::Start { name: &rest[1..name], attributes }, length));
    }
    let mut at = name;
    // A `>` within quotes does not end the tag.
    loop {
        let Some(found) = memchr3(b'>', b'"', b'\'', &rest[at..]) else { return Err(unterminated(offset)) };
        at += found;
        if rest[at] == b'>' {
            return Ok((Markup::Start { name: &rest[1..name], attributes: &rest[name..at] }, at + 1));
        }
        match memchr(rest[at], &rest[at + 1..]) {
            Some(length) => at += length + 2,
            None => return Err(unterminated(offset)),
        }
    }
}

/// Whether it is plain that nothing is quoted at the end: of the two kinds of quotes there is one, in pairs.
fn is_balanced(attributes: &[u8]) -> bool {
    // Two simple loops: compiled to vector instructions.
    let double = attributes.iter().fold(0, |odd, &byte| odd ^ u8::from(byte == b'"'));
    let single = attributes.iter().fold(0, |any, &byte| any | u8::from(byte == b'\''));
    double | single == 0
}

fn end_tag(rest: &[u8], offset: usize) -> Result<(Markup<'_>, usize)> {
    let name = name_end(rest, 2);
    let length = until_closed(rest, name, offset)?;
    Ok((Markup::End { name: &rest[2..name] }, length))
}

/// Names and values of a start tag's attributes; a value without quotes ends at white space, a
/// missing one is empty.
pub(super) fn attributes(mut rest: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    iter::from_fn(move || {
        rest = skip_while(rest, |byte| byte.is_ascii_whitespace() || byte == b'/');
        if rest.is_empty() {
            return None;
        }
        // A name has a byte at least, even `=`, so every turn moves on.
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'=');
        let length = 1 + rest[1..].iter().position(ends).unwrap_or(rest.len() - 1);
        let (name, after) = rest.split_at(length);
        let spaced = skip_while(after, |byte| byte.is_ascii_whitespace());
        let value;
        (value, rest) = match spaced.strip_prefix(b"=") {
            None => (&b""[..], after),
            Some(after) => attribute_value(skip_while(after, |byte| byte.is_ascii_whitespace())),
        };
        Some((name, value))
    })
}

fn attribute_value(rest: &[u8]) -> (&[u8], &[u8]) {
    if let [quote @ (b'"' | b'\''), inner @ ..] = rest
        && let Some(length) = memchr(*quote, inner)
    {
        return (&inner[..length], &inner[length + 1..]);
    }
    let length = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    rest.split_at(length)
}

fn skip_while(rest: &[u8], skip: impl Fn(u8) -> bool) -> &[u8] {
    let start = rest.iter().position(|&byte| !skip(byte)).unwrap_or(rest.len());
    &rest[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<String> {
        let (mut tags, mut seen) = (Tags::new(bytes), Vec::new());
        loop {
            let tag = match tags.next_tag() {
                Ok(tag) => tag,
                Err(error) => {
                    seen.push(format!("error at {:?}", error.place().offset.unwrap()));
                    return seen;
                }
            };
            seen.extend((!tag.text.is_empty()).then(|| shown(tag.text)));
            match tag.kind {
                Markup::Start { name, attributes: inner } => {
                    let pairs = attributes(inner).map(|(name, value)| format!(" {}={}", shown(name), shown(value)));
                    seen.push(format!("<{}{}>", shown(name), pairs.collect::<String>()));
                }
                Markup::End { name } => seen.push(format!("</{}>", shown(name))),
                Markup::Other => seen.push("<!>".into()),
                Markup::Eof => return seen,
            }
        }
    }

    #[test]
    fn tags_and_attributes_are_told_apart() {
        for (bytes, expected) in [
            (
                "<!DOCTYPE a>\n<B c=\"1 > 2\" d = 'x' e=y f>t</B >",
                vec!["<!>", "\\n", "<B c=1 > 2 d=x e=y f=>", "t", "</B>"],
            ),
            ("a < b <1> <!-- <x> --> <?p?></>.", vec!["a < b <1> ", "<!>", " ", "<!>", "<!>", "."]),
            ("<D/><D =x/ y=/>", vec!["<D>", "<D =x= y=/>"]),
            ("ab<", vec!["error at 2"]),
            ("ab</", vec!["error at 2"]),
            ("ab<T e=\"1>", vec!["error at 2"]),
            ("ab<!-- >", vec!["error at 2"]),
        ] {
            assert_eq!(read(bytes.as_bytes()), expected, "{bytes}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), Just(b'<'), Just(b'>'), Just(b'"'), Just(b'='), Just(b'/'), Just(b'a'), Just(b' ')], 0..80)
        ) {
            read(&bytes);
        }
    }
}
