//! JSON, one object a line.

mod string;
mod tolerant;

use std::fmt;

use linfa::DatasetBase;
use ndarray::Array1;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Unexpected, Visitor,
};
use serde_json::value::RawValue;

use super::bad_records::{RecordPlace, RecordTally};
use super::block::Content;
use super::columns::{Columns, Field, column_methods, unlabelled_weight};
use super::fields::{Fields, Role};
use super::files::Files;
use super::json_lines::string::{StringProblem, unescape};
use super::lines::line_ranges;
use super::partitions::{Partitions, partitions};
use super::reading::Reading;
use super::source::{Source, source_settings, text_settings};
use super::text_fields::TextFields;
use crate::data::{Chunk, Keyed, Shared, Text};
use crate::error::Result;

/// Files of JSON with one object a line. Blank lines are no records. What a record lacks is taken from the partitions in the
/// names of its file's folders (`label=spam/part-0.jsonl`), which are strings.
///
/// By the names of fields, or as a type of one's own ([`records`](JsonLines::records)):
///
/// ```no_run
/// use chunkfit::sources::{BadRecords, JsonLines};
/// let papers = JsonLines::open("arxiv/*.jsonl")?.chunk_bytes(16 << 20).bad_records(BadRecords::skip().at_most(10));
/// let chunks = papers.text_and_label::<String>("abstract", "category")?.chunks();
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// By names, the documents go from the file's bytes into the chunk's one buffer, and nothing is made of
/// other fields.
#[derive(Clone, Debug)]
pub struct JsonLines {
    source: Source,
    weight: Option<String>,
}

source_settings!(JsonLines);
column_methods!(JsonLines);

impl JsonLines {
    /// These files.
    pub fn over(files: Files) -> Self {
        JsonLines { source: Source::new(files), weight: None }
    }

    /// Every record as a `T`.
    ///
    /// - For an estimator: [`examples`](Reading::examples), by a function that gives features, or text, and label of a
    ///   record.
    /// - As rows to split, filter, group and write: [`chunks`](Reading::chunks) of a `Record<T>`
    ///   ([`Record`](crate::data::Record)), which asks for nothing but serde's two traits; or of a `T` with a
    ///   [`Footprint`](crate::data::Footprint) of its own.
    ///
    /// Chunks are `Vec`s; in a [`DatasetBase`] records are an `ndarray::Array1`, for linfa does not take a `Vec`.
    ///
    /// ```
    /// use chunkfit::data::Record;
    /// use chunkfit::prelude::*;
    /// use chunkfit::sources::JsonLines;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct Paper {
    ///     title: String,
    ///     topic: String,
    ///     pages: u32,
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("papers.jsonl");
    /// # std::fs::write(&file, r#"{"title": "Oil", "topic": "trade", "pages": 3}"#)?;
    /// let source = JsonLines::open(&file)?;
    /// let examples = source.records::<Paper>()?.examples("text", |paper| (paper.title, paper.topic)).chunks();
    /// let short = source.records::<Record<Paper>>()?.chunks().filter("short", |paper| paper.pages < 10);
    /// let (examples, short) = Runtime::new().compute((examples, short.gather()))?;
    /// assert_eq!((examples[0].records.get(0), short[0].title.as_str()), ("Oil", "Oil"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for settings out of their
    /// range; [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be opened.
    pub fn records<T: DeserializeOwned + Shared>(&self) -> Result<Reading<Vec<T>>> {
        self.reading(&(), |content, partitions, tally| {
            let mut records = Vec::new();
            each_record(&content.bytes, tally, |line| {
                records.push(if partitions.is_empty() {
                    serde_json::from_slice(line).or_else(|error| tolerant::record(line).ok_or(error))?
                } else {
                    tolerant::record_with(line, partitions)?
                });
                Ok(())
            })?;
            Ok(records)
        })
    }

    /// The rows made of some fields.
    fn rows<const N: usize, L: Field, K: Field, D: Chunk>(
        &self,
        text: TextFields,
        others: [(&str, Role); N],
        make: fn(Columns<L, K>) -> Result<D>,
    ) -> Result<Reading<D>> {
        let fields = self.fields(Some(text), others)?;
        self.reading(&fields.clone(), move |content, partitions, tally| {
            let mut columns = Columns::with_capacity(&fields, content.bytes.len());
            each_record(&content.bytes, tally, |line| {
                let mut json = serde_json::Deserializer::from_slice(line);
                let row = RowSeed { fields: &fields, columns: &mut columns };
                let read = row.deserialize(&mut json).and_then(|()| json.end());
                let end = |columns: &mut Columns<L, K>| {
                    columns.take_partitions(&fields, partitions)?;
                    columns.end_row(&fields).map_err(|problem| problem.to_string())
                };
                let read = read.and_then(|()| end(&mut columns).map_err(serde_json::Error::custom));
                read.or_else(|error| {
                    columns.discard_row();
                    let filled = tolerant::fill(line, &fields, &mut columns).and_then(|()| end(&mut columns).ok());
                    filled.ok_or(error).inspect_err(|_| columns.discard_row())
                })
            })?;
            make(columns)
        })
    }

    fn reading<D: Shared>(
        &self,
        parameters: &impl serde::Serialize,
        parse: impl Fn(Content, &Partitions, &mut RecordTally) -> Result<D> + Shared,
    ) -> Result<Reading<D>> {
        let blocks = self.source.line_blocks()?;
        Ok(Reading::of_blocks(
            "JSON lines",
            parameters,
            blocks,
            self.source.bad_records.clone(),
            move |block, content, tally| parse(content, &partitions(block.file().path()), tally),
        ))
    }
}

/// Calls `read` with every line that is not blank.
fn each_record(
    bytes: &[u8],
    tally: &mut RecordTally,
    mut read: impl FnMut(&[u8]) -> Result<(), serde_json::Error>,
) -> Result<()> {
    for (i, range) in line_ranges(bytes).enumerate() {
        let line = &bytes[range.clone()];
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match read(line) {
            Ok(()) => tally.good(),
            Err(error) => tally.bad(RecordPlace { offset: range.start, line: i as u64 + 1 }, line, describe(&error))?,
        }
    }
    Ok(())
}

/// Without serde's line, which is always 1.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&at) {
        Some(problem) => format!("{problem}, in column {}", error.column()),
        None => text,
    }
}

/// Reads one object into a row.
struct RowSeed<'a, L, K> {
    fields: &'a Fields,
    columns: &'a mut Columns<L, K>,
}

impl<'de, L: Field, K: Field> DeserializeSeed<'de> for RowSeed<'_, L, K> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, L: Field, K: Field> Visitor<'de> for RowSeed<'_, L, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let RowSeed { fields, columns } = self;
        while let Some(role) = map.next_key_seed(RoleSeed(fields))? {
            if let Some(role) = role.filter(|role| columns.has(*role) || columns.is_null(*role)) {
                let name = fields.iter().find(|field| field.1 == role).map_or("", |field| field.0);
                return Err(A::Error::custom(format_args!("the field `{name}` is there twice")));
            }
            match role {
                Some(Role::Text(part)) => {
                    let json: &'de RawValue = map.next_value()?;
                    if json.get() != "null" || !columns.take_null(Role::Text(part)) {
                        unescape(json.get(), |piece| columns.push_text(part, piece)).map_err(refused)?;
                    }
                }
                Some(Role::Label) => columns.set_label(map.next_value()?),
                Some(Role::Weight) => columns.set_weight(map.next_value()?),
                Some(Role::Key) => columns.set_key(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Reads a field's name without keeping it.
struct RoleSeed<'a>(&'a Fields);

impl<'de> DeserializeSeed<'de> for RoleSeed<'_> {
    type Value = Option<Role>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Role>, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for RoleSeed<'_> {
    type Value = Option<Role>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<Role>, E> {
        Ok(self.0.iter().find(|(field, _)| *field == name).map(|(_, role)| role))
    }
}

/// What is no text, as serde says it.
fn refused<E: serde::de::Error>(problem: StringProblem<'_>) -> E {
    match problem {
        StringProblem::Other(json) => E::invalid_type(Unexpected::Other(kind(json)), &"a string"),
        StringProblem::Escape(escape) => E::custom(format!("{escape} is half of a character")),
    }
}

/// What a value of JSON is.
fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        _ => "a number",
    }
}
