//! Escaping and truncation of foreign text in messages: file names, labels, words of records, other errors' messages.
//!
//! A message goes to a terminal or into a log, and what is quoted in it may come from anywhere. Control characters
//! (among them those of terminal escape sequences and line breaks), format characters (among them those that turn the
//! direction of writing) and bytes that are not UTF-8 are shown as escapes; of a long text the beginning and the end
//! are shown, with its length between them.

use std::fmt::{self, Write};
use std::path::Path;

/// The most characters of a name or value in a message.
pub(crate) const VALUE: usize = 200;
/// The most characters of a path in a message.
const PATH: usize = 400;
/// The most characters of a text that is a sentence by itself, such as another error's message.
pub(crate) const TEXT: usize = 600;
/// How many characters more are shown rather than cut, so that a text that was [`shorten`]ed is not cut again.
const SLACK: usize = 60;

/// A text, escaped, and cut where it is longer than `most` characters.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    text: &'a str,
    most: usize,
}

/// A name or a value, as it is shown in messages.
pub(crate) fn value(text: &str) -> Shown<'_> {
    Shown { text, most: VALUE }
}

/// A sentence from elsewhere, such as another error's message, as it is shown in messages.
pub(crate) fn sentence(text: &str) -> Shown<'_> {
    Shown { text, most: TEXT }
}

/// A path, as it is shown in messages: what is not UTF-8 as `\xFF`.
pub(crate) fn path(path: &Path) -> String {
    let mut text = String::new();
    for part in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(part.valid());
        text.extend(part.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    Shown { text: &text, most: PATH }.to_string()
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown { text, most } = *self;
        let head = fitting(text.chars(), most + SLACK);
        if head == text.len() {
            return text.chars().try_for_each(|c| escape(c, f));
        }
        let head = fitting(text.chars(), most * 2 / 3);
        let tail = fitting(text[head..].chars().rev(), most / 3);
        text[..head].chars().try_for_each(|c| escape(c, f))?;
        write!(f, "{}", Gap(text.chars().count()))?;
        text[text.len() - tail..].chars().try_for_each(|c| escape(c, f))
    }
}

/// What stands for the middle of a text of so many characters.
struct Gap(usize);

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "… ({} characters) …", self.0)
    }
}

/// The bytes of as many characters as fit into so many characters when they are escaped.
fn fitting(chars: impl Iterator<Item = char>, most: usize) -> usize {
    let mut width = 0;
    let fits = chars.take_while(|&c| {
        width += escaped_width(c);
        width <= most
    });
    fits.map(char::len_utf8).sum()
}

/// Whether a character is shown as it is. Marks that go with the letter before them are.
fn is_plain(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Whether a character prints is known to the standard library's `Debug` of strings only, which escapes a mark
        // at the beginning of one.
        _ => ['a', c].iter().collect::<String>().escape_debug().count() == 2,
    }
}

fn escaped_width(c: char) -> usize {
    if is_plain(c) { 1 } else { c.escape_debug().count() }
}

fn escape(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_plain(c) { f.write_char(c) } else { write!(f, "{}", c.escape_debug()) }
}

/// Cuts a text that is longer than so many characters, as it would be shown; so that no error holds a file's content.
pub(crate) fn shorten(text: &mut String, most: usize) {
    if text.len() > most + SLACK {
        let mut short = Bounded::new(most);
        // Keeping text cannot fail.
        let _ = short.write_str(text);
        *text = short.finish();
    }
}

/// The `Debug` of a value, shortened while it is written.
pub(crate) fn debug(value: &dyn fmt::Debug) -> String {
    let mut short = Bounded::new(VALUE);
    match write!(short, "{value:?}") {
        Ok(()) => short.finish(),
        Err(fmt::Error) => "a value that cannot be shown".to_owned(),
    }
}

/// Keeps the beginning and the end of what is written.
struct Bounded {
    most: usize,
    head: String,
    in_head: usize,
    tail: String,
    total: usize,
}

impl Bounded {
    fn new(most: usize) -> Self {
        Bounded { most, head: String::new(), in_head: 0, tail: String::new(), total: 0 }
    }

    /// The last so many characters of the tail; what is before them is forgotten.
    fn trim(&mut self, chars: usize) {
        let start = self.tail.char_indices().rev().nth(chars.saturating_sub(1)).map_or(0, |(at, _)| at);
        self.tail.drain(..start);
    }

    fn finish(mut self) -> String {
        // What did not fit into the head is in the tail, all of it if there is little.
        if self.total > self.most + SLACK {
            self.trim(self.most / 3);
            let _ = write!(self.head, "{}", Gap(self.total));
        }
        self.head + &self.tail
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = (self.most * 2 / 3).saturating_sub(self.in_head);
        let split = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
        let (head, rest) = text.split_at(split);
        self.head.push_str(head);
        self.in_head += head.chars().count();
        self.total += text.chars().count();
        // The last characters of a long text are enough.
        let kept = self.most + SLACK;
        let start = rest.char_indices().rev().nth(kept - 1).map_or(0, |(at, _)| at);
        self.tail.push_str(&rest[start..]);
        if self.tail.len() > 8 * kept {
            self.trim(kept);
        }
        Ok(())
    }
}
