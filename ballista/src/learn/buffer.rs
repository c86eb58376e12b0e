//! Rows that wait for the rest of their chunk.

use std::collections::BTreeMap;

use chunkfit::data::{Text, TextBuilder, arrow};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArrayType};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, UInt32Type};
use datafusion::error::Result;
use linfa::DatasetBase;
use ndarray::Array1;

use crate::error::{from_core, refused};
use crate::label::FrameLabel;

/// What the columns are called, for errors.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub text: String,
    pub label: String,
    pub chunk: String,
    pub weight: String,
}

/// The rows of some chunks, in their order.
#[derive(Debug)]
pub(super) struct Buffer<L> {
    names: Names,
    chunks: BTreeMap<u32, Rows<L>>,
    bytes: usize,
}

#[derive(Debug)]
struct Rows<L> {
    text: TextBuilder,
    labels: Vec<L>,
    /// None of a fit without weights.
    weights: Vec<f32>,
}

impl<L: FrameLabel> Buffer<L> {
    pub fn new(names: Names) -> Self {
        Buffer { names, chunks: BTreeMap::new(), bytes: 0 }
    }

    /// About the bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds rows: text, label, chunk, and weight if there is one.
    pub fn push(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let [text, labels, chunks, weights @ ..] = columns else {
            return Err(refused("fit wants a text, a label and a chunk"));
        };
        let Names { text: text_name, label: label_name, chunk: chunk_name, weight: weight_name } = &self.names;
        for (column, name) in columns.iter().zip([text_name, label_name, chunk_name, weight_name]) {
            no_nulls(column, name)?;
        }
        let of_label = || format!("the labels in `{label_name}`");
        let labels: Vec<L> = arrow::values(labels).map_err(from_core(of_label()))?;
        let chunks = numbers(chunks, &DataType::UInt32, chunk_name)?;
        let chunks = chunks.as_primitive::<UInt32Type>().values();
        let weights = weights.first().map(|column| numbers(column, &DataType::Float32, weight_name)).transpose()?;
        let weights = weights.as_ref().map_or(&[][..], |column| column.as_primitive::<Float32Type>().values());
        match text.data_type() {
            DataType::Utf8 => self.rows(text.as_string::<i32>(), labels, chunks, weights),
            DataType::LargeUtf8 => self.rows(text.as_string::<i64>(), labels, chunks, weights),
            DataType::Utf8View => self.rows(text.as_string_view(), labels, chunks, weights),
            _ => {
                let strings = cast(text, &DataType::LargeUtf8)?;
                self.rows(strings.as_string::<i64>(), labels, chunks, weights);
            }
        }
        Ok(())
    }

    fn rows<'a>(&mut self, text: impl StringArrayType<'a>, labels: Vec<L>, chunks: &[u32], weights: &[f32]) {
        for (row, label) in labels.into_iter().enumerate() {
            let rows = self.chunks.entry(chunks[row]).or_insert_with(|| Rows {
                text: TextBuilder::default(),
                labels: Vec::new(),
                weights: Vec::new(),
            });
            let document = text.value(row);
            rows.text.push_str(document);
            rows.text.end_document();
            rows.labels.push(label);
            rows.weights.extend(weights.get(row));
            // The place of the document, label and weight.
            self.bytes += document.len() + 16 + size_of::<L>() + 4;
        }
    }

    /// The chunks, by their numbers, which are not here any more.
    pub fn take(&mut self) -> impl Iterator<Item = (u32, DatasetBase<Text, Array1<L>>)> + use<L> {
        self.bytes = 0;
        std::mem::take(&mut self.chunks).into_iter().map(|(chunk, Rows { text, labels, weights })| {
            (chunk, DatasetBase::new(text.finish(), Array1::from(labels)).with_weights(Array1::from(weights)))
        })
    }
}

fn no_nulls(column: &ArrayRef, name: &str) -> Result<()> {
    match column.logical_nulls().filter(|nulls| nulls.null_count() > 0) {
        None => Ok(()),
        Some(nulls) => Err(refused(format!(
            "fit: `{name}` is NULL in {} rows of {}: leave them out (WHERE {name} IS NOT NULL), or say what stands for \
             NULL (coalesce)",
            nulls.null_count(),
            nulls.len()
        ))),
    }
}

fn numbers(column: &ArrayRef, data_type: &DataType, name: &str) -> Result<ArrayRef> {
    let numbers = cast(column, data_type)?;
    let lost = numbers.null_count() > 0;
    if lost { Err(refused(format!("fit: `{name}` has values that are no {data_type}"))) } else { Ok(numbers) }
}
