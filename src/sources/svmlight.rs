//! Sparse rows with labels, as SVMlight and LIBSVM write them.

use std::str::FromStr;

use linfa::DatasetBase;
use memchr::memchr;
use ndarray::Array1;
use serde::Serialize;

use super::bad_records::RecordPlace;
use super::files::Files;
use super::lines::line_ranges;
use super::reading::Reading;
use super::source::{Source, source_settings, text_settings};
use crate::data::{Csr, CsrBuilder, Float, Footprint, Keyed, Shared};
use crate::error::Result;

/// Files in the format of SVMlight and LIBSVM: a line is a label and then `column:value` for the columns
/// that are not zero, ascending. What follows a `#` is a comment; blank lines are no records.
///
/// As scikit-learn's `load_svmlight_file`, except that the number of columns and their first number
/// have to be told: chunks must agree on them, and no chunk knows the others. A `qid:3` directly after the
/// label, as in LETOR's files, is the number of the row's query:
/// [`rows_labels_and_queries`](Self::rows_labels_and_queries) keeps it. Lines with several labels are bad
/// records.
///
/// ```no_run
/// use chunkfit::sources::{IndexBase, Svmlight};
/// let rcv1 = Svmlight::open("rcv1_train.binary")?;
/// let chunks = rcv1.rows_and_labels::<f32, i32>(47_236, IndexBase::One)?.chunks();
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Svmlight {
    source: Source,
}

source_settings!(Svmlight);

/// What the first column is called in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum IndexBase {
    /// `0`, as scikit-learn's `dump_svmlight_file` writes (`zero_based=True`).
    Zero,
    /// `1`, as LIBSVM's data sets have it (`zero_based=False`).
    One,
}

impl Svmlight {
    /// These files.
    pub fn over(files: Files) -> Self {
        Svmlight { source: Source::new(files) }
    }

    /// The rows, `n_features` columns wide, and their labels: numbers of any kind, or whatever else is
    /// read with [`FromStr`]. Values that are written out as zero are kept; NaN and infinite ones are read.
    /// Numbers of queries are checked and left out.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for settings out of their range
    /// and more than 2^32 - 1 columns; [`ErrorKind::Io`](crate::ErrorKind::Io) for a file that cannot be
    /// opened.
    pub fn rows_and_labels<F: Float, L: FromStr + Footprint + Shared>(
        &self,
        n_features: usize,
        base: IndexBase,
    ) -> Result<Reading<DatasetBase<Csr<F>, Array1<L>>>>
    where
        Csr<F>: Footprint,
    {
        self.read("svmlight", n_features, base, false, |rows, labels, _| Ok(DatasetBase::new(rows, labels)))
    }

    /// The same with the number of each row's query, its `qid`, as the key of the row: the group for
    /// [`PerGroup`](crate::combine::PerGroup). A line without one is a bad record.
    ///
    /// ```no_run
    /// use chunkfit::sources::{IndexBase, Svmlight};
    /// let letor = Svmlight::open("MQ2008/Fold1/train.txt")?;
    /// let chunks = letor.rows_labels_and_queries::<f32, u8>(46, IndexBase::One)?.chunks();
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`rows_and_labels`](Self::rows_and_labels).
    #[expect(clippy::type_complexity, reason = "an alias would hide what a chunk is")]
    pub fn rows_labels_and_queries<F: Float, L: FromStr + Footprint + Shared>(
        &self,
        n_features: usize,
        base: IndexBase,
    ) -> Result<Reading<DatasetBase<Keyed<Csr<F>, u64>, Array1<L>>>>
    where
        Csr<F>: Footprint,
    {
        self.read("svmlight with queries", n_features, base, true, |rows, labels, queries| {
            Ok(DatasetBase::new(Keyed::new(rows, queries)?, labels))
        })
    }

    /// Rows, labels and, if they are wanted, the numbers of queries, made into what a chunk is.
    fn read<F: Float, L: FromStr + Footprint + Shared, C: Footprint + Shared>(
        &self,
        name: &'static str,
        n_features: usize,
        base: IndexBase,
        with_queries: bool,
        chunk: impl Fn(Csr<F>, Array1<L>, Vec<u64>) -> Result<C> + Shared,
    ) -> Result<Reading<C>> {
        CsrBuilder::<F>::new(n_features)?;
        let blocks = self.source.line_blocks()?;
        let parameters = (n_features, base);
        Ok(Reading::of_blocks(name, &parameters, blocks, self.source.bad_records.clone(), move |_, content, tally| {
            let mut rows = CsrBuilder::<F>::new(n_features)?;
            let (mut labels, mut values, mut queries) = (Vec::new(), Vec::new(), Vec::new());
            for (i, range) in line_ranges(&content.bytes).enumerate() {
                let line = &content.bytes[range.clone()];
                let parsed = parse_line(line, n_features, base, &mut values).and_then(|parsed| match parsed {
                    Some((_, None)) if with_queries => Err("the line has no `qid:` after its label".to_owned()),
                    parsed => Ok(parsed),
                });
                match parsed {
                    Ok(None) => {}
                    Ok(Some((label, query))) => {
                        values.iter().for_each(|&(column, value)| rows.push(column, F::cast(value)));
                        rows.end_row()?;
                        labels.push(label);
                        queries.extend(query.filter(|_| with_queries));
                        tally.good();
                    }
                    Err(problem) => {
                        tally.bad(RecordPlace { offset: range.start, line: i as u64 + 1 }, line, problem)?
                    }
                }
            }
            chunk(rows.finish(), Array1::from(labels), queries)
        }))
    }
}

/// The label of a line and the number of its query, if it is no blank one, and its columns and values.
fn parse_line<L: FromStr>(
    line: &[u8],
    n_features: usize,
    base: IndexBase,
    values: &mut Vec<(u32, f64)>,
) -> Result<Option<(L, Option<u64>)>, String> {
    // A comment may be in any encoding.
    let data = memchr(b'#', line).map_or(line, |comment| &line[..comment]);
    let data = std::str::from_utf8(data).map_err(|error| format!("the line is not UTF-8: {error}"))?;
    let mut words = data.split_ascii_whitespace().peekable();
    let Some(label) = words.next() else { return Ok(None) };
    if label.contains(',') {
        return Err(format!("several labels, `{label}`: rows of this format have one"));
    }
    let label =
        label.parse().map_err(|_| format!("`{label}` is not a label of type {}", std::any::type_name::<L>()))?;
    let query = words.next_if(|word| word.starts_with("qid:"));
    let query = query.map(|word| {
        word["qid:".len()..].parse().map_err(|_| format!("`{word}`: a query is a whole number from 0 to 2^64 - 1"))
    });
    let query = query.transpose()?;
    values.clear();
    for word in words {
        let (column, value) = word.split_once(':').ok_or_else(|| format!("`{word}` is not `column:value`"))?;
        if column == "qid" {
            return Err(format!("`{word}`: a query stands directly after the label, once"));
        }
        let column = column_number(column, n_features, base)?;
        let value = value.parse().map_err(|_| format!("`{value}` in `{word}` is not a number"))?;
        if values.last().is_some_and(|&(last, _)| last >= column) {
            return Err(format!("`{word}`: columns must ascend, and none may occur twice"));
        }
        values.push((column, value));
    }
    Ok(Some((label, query)))
}

/// The column counted from 0.
fn column_number(column: &str, n_features: usize, base: IndexBase) -> Result<u32, String> {
    let number: u64 = column.parse().map_err(|_| format!("`{column}` is not the number of a column"))?;
    let first = match base {
        IndexBase::Zero => 0,
        IndexBase::One => 1,
    };
    match number.checked_sub(first) {
        None => Err("column 0, where the first one is 1: is the file's index base zero?".into()),
        Some(number) if number >= n_features as u64 => {
            Err(format!("column {column}, where there are {n_features} columns from {first} on"))
        }
        Some(number) => u32::try_from(number).map_err(|_| format!("column {column} is above 2^32 - 1")),
    }
}
