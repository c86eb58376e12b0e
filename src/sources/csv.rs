//! Comma-separated values.

mod cuts;

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use csv::{ByteRecord, Position, ReaderBuilder, StringRecord};
use linfa::DatasetBase;
use ndarray::Array1;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bad_records::{RecordPlace, RecordTally};
use super::block::{Block, BlockSettings, Content, Cut, even_ranges};
use super::columns::{Columns, Field, column_methods, unlabelled_weight};
use super::contents::Opened;
use super::csv::cuts::{QuoteScanner, exact_ranges};
use super::fields::{Fields, Role};
use super::files::Files;
use super::look_ahead::LookAhead;
use super::partitions::{Partitions, partition_scalar, partitions};
use super::reading::Reading;
use super::source::{Source, source_settings, text_settings};
use super::source_file::SourceFile;
use super::text_fields::TextFields;
use crate::data::{Chunk, Keyed, NamedValues, Scalar, Shared, Text};
use crate::error::{Error, ErrorKind, Result};

/// Files of comma-separated values (RFC 4180) with a header line. Fields may be quoted and then hold
/// delimiters, quotes and newlines. Every record has as many fields as the header; blank lines are
/// no records. Files may have their columns in different orders. A column that is asked for is there once, or is a partition
/// in the names of its file's folders (`label=spam/part-0.csv`), whose values are texts. A file without even a header is an error, unless the [columns](Csv::columns) are named.
///
/// By the names of columns, or as a type of one's own ([`records`](Csv::records)):
///
/// ```no_run
/// use chunkfit::sources::Csv;
/// let reviews = Csv::open("reviews/")?.weight("votes").text_and_label::<bool>("review", "positive")?.chunks();
///
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     age: f64,
///     fee: f64,
///     left: bool,
/// }
/// let customers = Csv::open("customers.csv")?.records::<Customer>()?;
/// let examples = customers.examples("columns", |c| ([c.age, c.fee], c.left)).chunks();
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// A file larger than a chunk is looked through once for its quotes when chunks are asked for, unless
/// [`one_line_records`](Csv::one_line_records) says that there is no need.
#[derive(Clone, Debug)]
pub struct Csv {
    source: Source,
    weight: Option<String>,
    delimiter: u8,
    columns: Option<Vec<String>>,
    one_line_records: bool,
}

source_settings!(Csv);
column_methods!(Csv);

/// What a chunk depends on besides its bytes.
#[derive(Serialize)]
struct Parameters<'a> {
    fields: Option<&'a Fields>,
    delimiter: u8,
    columns: &'a Option<Vec<String>>,
}

/// The names of a file's columns, and where its records begin.
struct Header {
    columns: StringRecord,
    /// The columns that the names of the file's folders state, without those of the file's own.
    partitions: Vec<(String, Option<String>)>,
    bytes: u64,
    lines: u64,
}

/// Headers are seldom longer.
const HEADER_BYTES: u64 = 8 << 10;

impl Csv {
    /// These files.
    pub fn over(files: Files) -> Self {
        Csv { source: Source::new(files), weight: None, delimiter: b',', columns: None, one_line_records: false }
    }

    /// The byte between fields: a comma unless it is set; `b'\t'` for tab-separated values.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// The names of the columns of files without a header line.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Vouches that no field holds a newline, so that large files need not be looked through before they
    /// are cut. Where that turns out wrong, the chunk fails.
    pub fn one_line_records(mut self) -> Self {
        self.one_line_records = true;
        self
    }

    /// Every record as a `T`, whose fields serde finds by the names of the columns.
    ///
    /// - For an estimator: [`examples`](Reading::examples), by a function that gives features and label of a record.
    /// - As rows to split, filter, group and write: [`chunks`](Reading::chunks) of a `Record<T>`
    ///   ([`Record`](crate::data::Record)), which asks for nothing but serde's two traits; or of a `T` with a
    ///   [`Footprint`](crate::data::Footprint) of its own.
    ///
    /// Chunks are `Vec`s; in a [`DatasetBase`] records are an `ndarray::Array1`, for linfa does not take a `Vec`.
    ///
    /// ```
    /// use chunkfit::data::Record;
    /// use chunkfit::prelude::*;
    /// use chunkfit::sources::Csv;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Clone, Serialize, Deserialize)]
    /// struct Customer {
    ///     age: f64,
    ///     city: Option<String>,
    ///     left: bool,
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let file = folder.path().join("customers.csv");
    /// # std::fs::write(&file, "age,city,left\n34,Rome,true\n61,,false\n")?;
    /// let source = Csv::open(&file)?;
    /// let examples = source.records::<Customer>()?.examples("age", |customer| ([customer.age], customer.left)).chunks();
    /// let homeless = source.records::<Record<Customer>>()?.chunks().filter("homeless", |c| c.city.is_none());
    /// let (examples, homeless) = Runtime::new().compute((examples, homeless.gather()))?;
    /// assert_eq!((examples[0].records.dim(), homeless.len()), ((2, 1), 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`] for settings out of their range; [`ErrorKind::Io`] for a file that
    /// cannot be read; [`ErrorKind::Malformed`] for one without a column that is asked for.
    pub fn records<T: DeserializeOwned + Shared>(&self) -> Result<Reading<Vec<T>>> {
        self.reading(
            None,
            |_| Ok(()),
            |_, header, records| {
                let names = header.columns.as_byte_record();
                let mut found = Vec::new();
                records.each(names.len(), |record| {
                    found.push(if header.partitions.is_empty() {
                        // The crate's own reading is faster; where it fails, values are read by the rule of all formats.
                        let read = record.deserialize(Some(names));
                        read.or_else(|error| by_rule(names, record, &[]).map_err(|_| describe(&error)))?
                    } else {
                        by_rule(names, record, &header.partitions)?
                    });
                    Ok(())
                })?;
                Ok(found)
            },
        )
    }

    /// The rows made of some columns.
    fn rows<const N: usize, L: Field, K: Field, D: Chunk>(
        &self,
        text: TextFields,
        others: [(&str, Role); N],
        make: fn(Columns<L, K>) -> Result<D>,
    ) -> Result<Reading<D>> {
        let fields = self.fields(Some(text), others)?;
        let places = {
            let fields = fields.clone();
            move |header: &Header| {
                let of_file = fields.iter().filter(|(name, _)| !header.is_partition(name));
                of_file.map(|(name, role)| Ok((header.position(name)?, role))).collect()
            }
        };
        self.reading(Some(&fields.clone()), places, move |places: &Vec<(usize, Role)>, header, records| {
            let mut columns = Columns::with_capacity(&fields, records.content.bytes.len());
            let mut scalar = StringRecord::new();
            records.each(header.columns.len(), |record| {
                let read = places.iter().try_for_each(|&(place, role)| {
                    let field = std::str::from_utf8(&record[place])
                        .map_err(|error| format!("column {} is not UTF-8: {error}", &header.columns[place]))?;
                    fill(&mut columns, role, field, &mut scalar)
                        .map_err(|error| format!("column {}: {}", &header.columns[place], describe_value(&error)))
                });
                read.and_then(|()| columns.take_partitions(&fields, &header.partitions))
                    .and_then(|()| columns.end_row(&fields).map_err(|problem| problem.to_string()))
                    .inspect_err(|_| columns.discard_row())
            })?;
            make(columns)
        })
    }

    /// `prepare` is given the header of each file, now, and what it makes of it goes to `parse`.
    fn reading<P: Shared, D: Shared>(
        &self,
        fields: Option<&Fields>,
        prepare: impl Fn(&Header) -> Result<P>,
        parse: impl Fn(&P, &Header, Records) -> Result<D> + Shared,
    ) -> Result<Reading<D>> {
        if matches!(self.delimiter, b'"' | b'\r' | b'\n') {
            return Err(Error::parameter("delimiter", self.delimiter as char, "no quote and no end of a line"));
        }
        let (opened, settings) = self.source.open()?;
        let mut blocks = Vec::new();
        let mut headers: HashMap<Arc<Path>, (P, Header)> = HashMap::new();
        let files: Vec<SourceFile> = opened.iter().map(|opened| opened.file.clone()).collect();
        let ahead = LookAhead::to_open(&files, |file| 0..file.bytes().min(HEADER_BYTES));
        for (i, opened) in opened.into_iter().enumerate() {
            let file = &opened.file;
            let header = ahead.opening(i, || self.header(&opened, &settings));
            // Before anything is made of the header: a file that changed since it was found has another.
            file.check()?;
            let header = header?;
            let prepared = prepare(&header).map_err(|error| error.in_file(file.path()))?;
            let block =
                |cut| Block { opened: opened.clone(), cut, header_lines: header.lines, settings: settings.clone() };
            blocks.extend(self.cuts(&opened, header.bytes, &settings)?.into_iter().map(block));
            headers.insert(file.path().clone(), (prepared, header));
        }
        let parameters = Parameters { fields, delimiter: self.delimiter, columns: &self.columns };
        let delimiter = self.delimiter;
        let parse = move |block: &Block, content: Content, tally: &mut RecordTally| {
            let (prepared, header) = &headers[block.file().path()];
            parse(prepared, header, Records { content, delimiter, tally, settings: &block.settings })
        };
        Ok(Reading::of_blocks("CSV", &parameters, blocks, self.source.bad_records.clone(), parse))
    }

    fn header(&self, opened: &Opened, settings: &BlockSettings) -> Result<Header> {
        if let Some(columns) = &self.columns {
            return Ok(Header::new(StringRecord::from(columns.clone()), &opened.file, 0, 0));
        }
        let file = &opened.file;
        let content = settings.reader(opened, HEADER_BYTES)?.take(settings.max_record_bytes.saturating_add(1));
        let mut reader = ReaderBuilder::new().delimiter(self.delimiter).from_reader(content);
        let columns =
            reader.headers().map_err(|error| malformed(format!("no header: {error}")).in_file(file.path()))?;
        let columns = columns.clone();
        if reader.position().byte() > settings.max_record_bytes {
            return Err(settings.too_long("CSV", "a header").in_file(file.path()).at_line(1));
        }
        if columns.is_empty() {
            return Err(malformed("no header: the file is empty".into()).in_file(file.path()));
        }
        Ok(Header::new(columns, file, reader.position().byte(), reader.position().line() - 1))
    }

    fn cuts(&self, opened: &Opened, start: u64, settings: &BlockSettings) -> Result<Vec<Cut>> {
        let (file, chunk_bytes) = (&opened.file, settings.chunk_bytes);
        if opened.content_bytes.is_some() || file.bytes() - start <= chunk_bytes {
            return Ok(vec![Cut::Whole { start }]);
        }
        if self.one_line_records
            && let Some(start) = first_line(file, start)?
        {
            return Ok(even_ranges(start..file.bytes(), chunk_bytes).map(Cut::Lines).collect());
        }
        Ok(exact_ranges(file, start, settings, self.delimiter)?.into_iter().map(Cut::Exact).collect())
    }
}

impl Header {
    fn new(columns: StringRecord, file: &SourceFile, bytes: u64, lines: u64) -> Self {
        let mut partitions = partitions(file.path());
        partitions.retain(|(name, _)| !columns.iter().any(|column| column == name));
        Header { columns, partitions, bytes, lines }
    }

    fn is_partition(&self, name: &str) -> bool {
        self.partitions.iter().any(|(partition, _)| partition == name)
    }

    fn position(&self, name: &str) -> Result<usize> {
        let partitions = self.partitions.iter().map(|(name, _)| name.as_str());
        let known =
            || self.columns.iter().chain(partitions).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let mut places = self.columns.iter().enumerate().filter(|(_, column)| *column == name).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(malformed(format!("two columns `{name}` among {}: rename one", known()))),
            (None, _) => Err(malformed(format!("no column `{name}` among {}", known()))),
        }
    }
}

/// Where the first line behind the header begins; `None` if that does not end as lines are cut. The crate `csv` takes
/// a carriage return for an end, too, and leaves a newline behind it to the next record.
fn first_line(file: &SourceFile, header: u64) -> Result<Option<u64>> {
    let failed = |error| file.failed(error);
    let start = header.saturating_sub(1);
    let mut around = Vec::new();
    let reader = file.reader(start..file.bytes().min(start + 2)).map_err(failed)?;
    reader.take(2).read_to_end(&mut around).map_err(failed)?;
    Ok(match *around {
        _ if header == 0 => Some(0),
        [b'\n', ..] => Some(header),
        [b'\r', b'\n'] => Some(header + 1),
        _ => None,
    })
}

/// Reads one field into the row being written.
fn fill<L: Field, K: Field>(
    columns: &mut Columns<L, K>,
    role: Role,
    field: &str,
    scalar: &mut StringRecord,
) -> Result<(), csv::Error> {
    if let Role::Text(part) = role {
        columns.push_text(part, field);
        return Ok(());
    }
    // A record of one field is read as a value by itself.
    scalar.clear();
    scalar.push_field(field);
    match role {
        Role::Label => columns.set_label(value(scalar)?),
        Role::Weight => columns.set_weight(value(scalar)?),
        Role::Key => columns.set_key(value(scalar)?),
        Role::Text(_) => {}
    }
    Ok(())
}

/// The value of a record of one field: as the crate `csv` reads it, else by the rule of all formats.
fn value<T: DeserializeOwned>(field: &StringRecord) -> Result<T, csv::Error> {
    field.deserialize(None).or_else(|error| T::deserialize(scalar(&field[0])).map_err(|_| error))
}

/// A record whose fields, and the partitions behind them, are read by the rule of all formats; an empty field is null.
fn by_rule<T: DeserializeOwned>(names: &ByteRecord, record: &ByteRecord, partitions: &Partitions) -> Result<T, String> {
    let text = |bytes| std::str::from_utf8(bytes).map_err(|error| format!("the record is not UTF-8: {error}"));
    let fields = names.iter().zip(record).map(|(name, field)| Ok((text(name)?, scalar(text(field)?))));
    let mut fields: Vec<(&str, Scalar)> = fields.collect::<Result<_, String>>()?;
    fields.extend(partitions.iter().map(|(name, value)| (name.as_str(), partition_scalar(value))));
    T::deserialize(NamedValues(fields.into_iter())).map_err(|error| error.to_string())
}

fn scalar(field: &str) -> Scalar<'_> {
    if field.is_empty() { Scalar::Empty } else { Scalar::Str(field) }
}

/// The records of a block.
struct Records<'a, 'p> {
    content: Content,
    delimiter: u8,
    tally: &'a mut RecordTally<'p>,
    settings: &'a BlockSettings,
}

impl Records<'_, '_> {
    /// Calls `read` with every record of so many fields; others are bad.
    fn each(self, n_fields: usize, mut read: impl FnMut(&ByteRecord) -> Result<(), String>) -> Result<()> {
        let bytes = self.content.bytes.as_slice();
        // The crate `csv` takes a byte order mark off whatever it reads first, and that of the file is off already:
        // of a first byte by itself it takes nothing.
        let (first, rest) = bytes.split_at(bytes.len().min(1));
        let mut reader = ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(first.chain(rest));
        let (mut record, mut last) = (ByteRecord::new(), None);
        while reader.read_byte_record(&mut record).map_err(|error| malformed(error.to_string()))? {
            let read = match record.len() {
                n if n == n_fields => read(&record),
                n => Err(format!("a record of {n} fields, where the header has {n_fields}")),
            };
            let end = reader.position().byte() as usize;
            let start = record.position().map_or(0, Position::byte);
            if end as u64 - start > self.settings.max_record_bytes {
                let place = place_of(record.position(), bytes);
                let error = self.settings.too_long("CSV", "a record");
                return Err(self.tally.bad_record(place, String::new()).place(error));
            }
            match read {
                Ok(()) => self.tally.good(),
                Err(problem) => {
                    let place = place_of(record.position(), bytes);
                    self.tally.bad(place, &bytes[place.offset..end], problem)?;
                }
            }
            last = record.position().cloned();
        }
        let mut quotes = QuoteScanner::new(self.delimiter);
        quotes.pass(bytes);
        if !quotes.is_quoted() {
            return Ok(());
        }
        let place = place_of(last.as_ref(), bytes);
        let problem = "a quoted field does not end; if fields hold newlines, do without one_line_records";
        let record = self.tally.bad_record(place, problem.into());
        Err(self.tally.error(&record, record.problem.clone()))
    }
}

/// Where a record begins. The reader's positions are those before the blank lines, and the rest of the
/// newline, that precede the record.
fn place_of(position: Option<&Position>, bytes: &[u8]) -> RecordPlace {
    let (mut offset, mut line) = position.map_or((0, 1), |position| (position.byte() as usize, position.line()));
    while let Some(end @ (b'\r' | b'\n')) = bytes.get(offset) {
        line += u64::from(*end == b'\n');
        offset += 1;
    }
    RecordPlace { offset, line }
}

/// Without the places that the crate `csv` knows: they are counted from the block's beginning.
fn describe(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => error.to_string(),
    }
}

/// Of a value by itself, whose number in its record says nothing.
fn describe_value(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
}

fn malformed(problem: String) -> Error {
    Error::new(ErrorKind::Malformed { format: "CSV", problem })
}
