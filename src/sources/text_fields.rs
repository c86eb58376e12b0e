//! The fields that a document is made of: one, or several that are joined by a separator.

use serde::Serialize;

/// The text of a document: one field of a record by its name, or several that are joined by a separator.
///
/// A name converts into it, and so does an array of names, whose texts are joined by one space. The order is that of the names.
///
/// ```
/// use chunkfit::prelude::*;
/// use chunkfit::sources::{JsonLines, TextFields};
///
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("news.jsonl");
/// # std::fs::write(&file, "{\"topic\": 3, \"body\": \"Prices rose.\", \"title\": \"Oil\"}\n")?;
/// let news = JsonLines::open(&file)?;
/// let joined = news.text_and_label::<u8>(["title", "body"], "topic")?.chunks();
/// let lines = news.text(TextFields::new(["title", "body"]).separator("\n"))?.chunks();
/// let (joined, lines) = Runtime::new().compute((joined, lines))?;
/// assert_eq!((joined[0].records.get(0), lines[0].get(0)), ("Oil Prices rose.", "Oil\nPrices rose."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TextFields {
    pub(super) names: Vec<String>,
    pub(super) separator: String,
    pub(super) skips_nulls: bool,
}

impl TextFields {
    /// Fields by their names, at least one, joined by one space.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        TextFields { names, separator: " ".into(), skips_nulls: false }
    }

    /// The text between two fields: one space unless it is set.
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self
    }

    /// Leaves out fields that are null, or that a JSON object lacks, and the separators beside them. By default a record that
    /// has one is bad; so is a record all of whose fields are null or missing, in any case. A column that a table or the header
    /// of a CSV file lacks is an error.
    pub fn skip_nulls(mut self) -> Self {
        self.skips_nulls = true;
        self
    }
}

impl From<&str> for TextFields {
    fn from(name: &str) -> Self {
        TextFields::new([name])
    }
}

impl From<&String> for TextFields {
    fn from(name: &String) -> Self {
        TextFields::new([name])
    }
}

impl From<String> for TextFields {
    fn from(name: String) -> Self {
        TextFields::new([name])
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for TextFields {
    fn from(names: [S; N]) -> Self {
        TextFields::new(names)
    }
}

impl<S: AsRef<str>> From<&[S]> for TextFields {
    fn from(names: &[S]) -> Self {
        TextFields::new(names.iter().map(AsRef::as_ref))
    }
}

/// The texts of a record's fields, in the order of the names.
pub(super) struct JoinedText {
    separator: String,
    /// The texts as they came, one after the other.
    buffer: String,
    /// The end of each in the buffer, and before it its beginning; none of a field that has not come.
    parts: Vec<Option<(usize, usize)>>,
}

impl JoinedText {
    /// Of so many fields.
    pub(super) fn new(n_parts: usize, separator: String) -> Self {
        JoinedText { separator, buffer: String::new(), parts: vec![None; n_parts] }
    }

    /// Appends to the text of a field; pieces of one field come one after the other.
    pub(super) fn push(&mut self, part: usize, piece: &str) {
        let start = self.parts[part].map_or(self.buffer.len(), |(start, _)| start);
        self.buffer.push_str(piece);
        self.parts[part] = Some((start, self.buffer.len()));
    }

    /// True if the field has come.
    pub(super) fn has(&self, part: usize) -> bool {
        self.parts[part].is_some()
    }

    /// True if any field has come.
    pub(super) fn has_any(&self) -> bool {
        self.parts.iter().any(Option::is_some)
    }

    /// Gives `push` the joined text in pieces.
    pub(super) fn write(&self, mut push: impl FnMut(&str)) {
        for (i, &(start, end)) in self.parts.iter().flatten().enumerate() {
            if i > 0 {
                push(&self.separator);
            }
            push(&self.buffer[start..end]);
        }
    }

    /// Forgets the record.
    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        self.parts.fill(None);
    }
}
