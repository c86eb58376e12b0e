//! Input of a predictor: texts, rows, categories or labels, of a type that is known at run time.

use std::borrow::Cow;

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use super::any_label::AnyLabel;
use crate::data::{Csr, CsrBuilder, Float, Keyed, RawText, Rows as _, Text, wide};
use crate::error::{Error, Result};

/// A chunk in the layouts that steps take.
#[derive(Debug)]
pub enum Layout<'a> {
    /// Documents.
    Text(Cow<'a, Text>),
    /// Documents as bytes.
    RawText(Cow<'a, RawText>),
    /// Sparse rows in single precision.
    SparseF32(Cow<'a, Csr<f32>>),
    /// Sparse rows in double precision.
    SparseF64(Cow<'a, Csr<f64>>),
    /// Dense rows in single precision.
    DenseF32(Cow<'a, Array2<f32>>),
    /// Dense rows in double precision.
    DenseF64(Cow<'a, Array2<f64>>),
    /// Categories: shape (rows, columns).
    Categories(Cow<'a, Array2<AnyLabel>>),
    /// A label a row.
    Labels(Cow<'a, Array1<AnyLabel>>),
    /// Any number of labels a row.
    LabelSets(Cow<'a, Array1<Vec<AnyLabel>>>),
    /// Rows with the group of each.
    Keyed(Box<Layout<'a>>, Vec<AnyLabel>),
}

/// A type of floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    F32,
    F64,
}

impl Layout<'_> {
    /// Some rows, by number.
    pub(super) fn select(&self, rows: &[usize]) -> Layout<'static> {
        match self {
            Layout::Text(x) => Layout::Text(Cow::Owned(x.select_rows(rows))),
            Layout::RawText(x) => Layout::RawText(Cow::Owned(x.select_rows(rows))),
            Layout::SparseF32(x) => x.select_rows(rows).into(),
            Layout::SparseF64(x) => x.select_rows(rows).into(),
            Layout::DenseF32(x) => x.select_rows(rows).into(),
            Layout::DenseF64(x) => x.select_rows(rows).into(),
            Layout::Categories(x) => Layout::Categories(Cow::Owned(x.select_rows(rows))),
            Layout::Labels(x) => Layout::Labels(Cow::Owned(x.select_rows(rows))),
            Layout::LabelSets(x) => Layout::LabelSets(Cow::Owned(x.select_rows(rows))),
            Layout::Keyed(x, keys) => Layout::Keyed(Box::new(x.select(rows)), keys.select_rows(rows)),
        }
    }

    /// The type of its floats, if it has any.
    pub(super) fn width(&self) -> Option<Width> {
        match self {
            Layout::SparseF32(_) | Layout::DenseF32(_) => Some(Width::F32),
            Layout::SparseF64(_) | Layout::DenseF64(_) => Some(Width::F64),
            Layout::Keyed(x, _) => x.width(),
            _ => None,
        }
    }

    /// The same rows with floats of this type.
    pub(super) fn in_width(self, width: Option<Width>) -> Result<Self> {
        Ok(match (self, width) {
            (Layout::SparseF32(x), Some(Width::F64)) => cast_sparse::<f32, f64>(&x)?.into(),
            (Layout::SparseF64(x), Some(Width::F32)) => cast_sparse::<f64, f32>(&x)?.into(),
            (Layout::DenseF32(x), Some(Width::F64)) => x.mapv(f64::from).into(),
            (Layout::DenseF64(x), Some(Width::F32)) => x.mapv(|value| value as f32).into(),
            (Layout::Keyed(x, keys), width) => Layout::Keyed(Box::new(x.in_width(width)?), keys),
            (same, _) => same,
        })
    }

    /// In words.
    fn name(&self) -> &'static str {
        match self {
            Layout::Text(_) => "texts",
            Layout::RawText(_) => "texts as bytes",
            Layout::SparseF32(_) | Layout::SparseF64(_) => "sparse rows of floats",
            Layout::DenseF32(_) | Layout::DenseF64(_) => "dense rows of floats",
            Layout::Categories(_) => "rows of categories",
            Layout::Labels(_) => "labels",
            Layout::LabelSets(_) => "sets of labels",
            Layout::Keyed(..) => "rows with groups",
        }
    }

    /// The error of a step that takes others.
    pub(super) fn refused(&self, step: &str, taken: &[&str]) -> Error {
        let of = |layout: &&str| match *layout {
            "Text" => "texts",
            "SparseF32" | "SparseF64" => "sparse rows of floats (`&Csr<f64>`)",
            "DenseF32" | "DenseF64" => "dense rows of floats (`&Array2<f64>`)",
            "Categories" => "rows of categories (`&Array2<String>`)",
            "Labels" => "labels (`&Array1<String>`)",
            "LabelSets" => "sets of labels (`&Array1<Vec<String>>`)",
            "Keyed" => "rows with groups (`&Keyed<Array2<f64>, String>`)",
            _ => "",
        };
        let mut names: Vec<&str> = taken.iter().map(of).filter(|name| !name.is_empty()).collect();
        names.dedup();
        Error::parameter(
            "input",
            format_args!("{}", self.name()),
            format!("{}: {step} takes nothing else", names.join(" or ")),
        )
    }
}

fn cast_sparse<A: Float, B: Float>(x: &Csr<A>) -> Result<Csr<B>> {
    let view = x.view();
    let mut rows = CsrBuilder::with_capacity(x.n_features(), view.n_rows(), x.nnz())?;
    for (columns, values) in view.iter() {
        columns.iter().zip(values).for_each(|(&column, &value)| rows.push(column, B::cast(wide(value))));
        rows.end_row()?;
    }
    Ok(rows.finish())
}

macro_rules! owned {
    ($($layout:ident: $rows:ty;)*) => {
        $(impl From<$rows> for Layout<'_> {
            fn from(rows: $rows) -> Self {
                Layout::$layout(Cow::Owned(rows))
            }
        })*
    };
}

owned! {
    SparseF32: Csr<f32>;
    SparseF64: Csr<f64>;
    DenseF32: Array2<f32>;
    DenseF64: Array2<f64>;
}

/// A chunk that a [`Predictor`](super::Predictor) takes: documents, rows of floats, categories, labels, or a data set of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not input of a predictor",
    note = "give texts (`&[\"a text\", \"another\"]`), rows of `f32` or `f64` (`&Array2<f64>`, `&Csr<f64>`), categories \
            (`&Array2<String>`), or a data set of them",
    note = "records of a type of your own need the model's own type: `FittedPipeline::<…>::load`"
)]
pub trait AnyChunk {
    /// The chunk in a layout that is known at run time.
    fn layout(&self) -> Layout<'_>;
}

macro_rules! borrowed {
    ($($layout:ident: $rows:ty;)*) => {
        $(impl AnyChunk for $rows {
            fn layout(&self) -> Layout<'_> {
                Layout::$layout(Cow::Borrowed(self))
            }
        })*
    };
}

borrowed! {
    Text: Text;
    RawText: RawText;
    SparseF32: Csr<f32>;
    SparseF64: Csr<f64>;
    DenseF32: Array2<f32>;
    DenseF64: Array2<f64>;
    Categories: Array2<AnyLabel>;
    Labels: Array1<AnyLabel>;
    LabelSets: Array1<Vec<AnyLabel>>;
}

macro_rules! of_labels {
    ($($label:ty),*) => {
        $(
            impl AnyChunk for Array2<$label> {
                fn layout(&self) -> Layout<'_> {
                    Layout::Categories(Cow::Owned(self.map(|label| label.clone().into())))
                }
            }

            impl AnyChunk for Array1<$label> {
                fn layout(&self) -> Layout<'_> {
                    Layout::Labels(Cow::Owned(self.map(|label| label.clone().into())))
                }
            }

            impl AnyChunk for Array1<Vec<$label>> {
                fn layout(&self) -> Layout<'_> {
                    let labels = |set: &Vec<$label>| set.iter().cloned().map(AnyLabel::from).collect();
                    Layout::LabelSets(Cow::Owned(self.map(labels)))
                }
            }
        )*
    };
}

of_labels!(bool, String, usize, isize, u8, u16, u32, u64, i8, i16, i32, i64);

/// The records; the targets are ignored.
impl<R: Records + AnyChunk, T> AnyChunk for DatasetBase<R, T> {
    fn layout(&self) -> Layout<'_> {
        self.records.layout()
    }
}

impl<R: AnyChunk, K: Clone + Into<AnyLabel>> AnyChunk for Keyed<R, K> {
    fn layout(&self) -> Layout<'_> {
        Layout::Keyed(Box::new(self.rows().layout()), self.keys().iter().cloned().map(Into::into).collect())
    }
}
