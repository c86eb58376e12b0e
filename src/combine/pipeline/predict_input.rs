//! Input of predictions in memory: texts, rows, a data set, a chunk.

use std::borrow::Borrow;
use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::data::{Csr, Float, Keyed, RawText, Text};

/// Input that a fitted pipeline in memory predicts, scores or transforms: scikit-learn's `X`.
///
/// | given | rows |
/// |---|---|
/// | `"one text"`, `&String` | one document |
/// | `&["a text", "another"]`, `&[String]`, `Vec<&str>`, `&Vec<String>` | a document each |
/// | `&Text`, `&RawText` | a document each |
/// | `&Array2<f64>`, `&Csr<f64>`, and of `f32` | as they are |
/// | `array.view()`, of shape (rows, columns) | a copy of them |
/// | `array.row(0)`, a view of shape (columns) | a copy of this one row |
/// | `&Array1<P>` | records of type `P`, one a row |
/// | `&DatasetBase<R, T>`, `&Arc<DatasetBase<R, T>>`: a data set, or a chunk | its records; `score` takes its targets and weights |
/// | `&Keyed<R, K>` | rows with the group of each |
///
/// Records of a type of your own go in by `&DatasetBase::new(records, ())`, or this is implemented for them:
///
/// ```
/// use chunkfit::combine::PredictInput;
/// use chunkfit::ndarray::{Array2, array};
///
/// /// Rows that are put together when they are predicted.
/// struct Sensors {
///     of_morning: Array2<f64>,
/// }
///
/// impl PredictInput for &Sensors {
///     type Chunk = Array2<f64>;
///     type Held = Array2<f64>;
///
///     fn hold(self) -> Array2<f64> {
///         &self.of_morning * 2.0
///     }
/// }
///
/// assert_eq!(Sensors { of_morning: array![[1.0]] }.hold(), array![[2.0]]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not input that a model in memory predicts",
    label = "neither texts, nor rows, nor a data set",
    note = "give texts (`\"one text\"`, `&[\"a text\", \"another\"]`, a `&Text`), rows of floats (`&Array2<f64>`, \
            `&Csr<f64>`, one row by `array.row(0)`) or a data set (`&DatasetBase`); chunks of a lazy list go through a fit: \
            `model.into_fit().predict(&chunks)`",
    note = "records of a type of your own go in by `&DatasetBase::new(records, ())`"
)]
pub trait PredictInput {
    /// The type of chunk that the input is brought to.
    type Chunk;
    /// The chunk, borrowed or owned.
    type Held: Borrow<Self::Chunk>;

    /// The input as a chunk. Only texts that lie apart, and views, are copied.
    fn hold(self) -> Self::Held;
}

/// Texts that lie apart: they are copied into one buffer.
macro_rules! texts {
    ($([$($generics:tt)*] $input:ty, |$texts:ident| $iterator:expr;)*) => {
        $(impl<$($generics)*> PredictInput for $input {
            type Chunk = Text;
            type Held = Text;

            fn hold(self) -> Text {
                let $texts = self;
                $iterator.collect()
            }
        })*
    };
}

texts! {
    [] &str, |one| std::iter::once(one);
    [] &String, |one| std::iter::once(one);
    [S: AsRef<str>] &[S], |all| all.iter();
    [S: AsRef<str>] &Vec<S>, |all| all.iter();
    [S: AsRef<str>] Vec<S>, |all| all.iter();
    [S: AsRef<str>, const N: usize] &[S; N], |all| all.iter();
}

/// Chunks that are borrowed as they are.
macro_rules! borrowed {
    ($([$($generics:tt)*] $chunk:ty;)*) => {
        $(impl<'a, $($generics)*> PredictInput for &'a $chunk {
            type Chunk = $chunk;
            type Held = &'a $chunk;

            fn hold(self) -> &'a $chunk {
                self
            }
        })*
    };
}

borrowed! {
    [] Text;
    [] RawText;
    [A] Array2<A>;
    [P] Array1<P>;
    [A] Csr<A>;
    [R, K] Keyed<R, K>;
    [R: Records, T] DatasetBase<R, T>;
}

impl<'a, D> PredictInput for &'a Arc<D> {
    type Chunk = D;
    type Held = &'a D;

    fn hold(self) -> &'a D {
        self
    }
}

impl<A: Clone> PredictInput for ArrayView2<'_, A> {
    type Chunk = Array2<A>;
    type Held = Array2<A>;

    fn hold(self) -> Array2<A> {
        self.to_owned()
    }
}

/// One row.
impl<F: Float> PredictInput for ArrayView1<'_, F> {
    type Chunk = Array2<F>;
    type Held = Array2<F>;

    fn hold(self) -> Array2<F> {
        self.to_owned().insert_axis(Axis(0))
    }
}

/// A chunk whose records a model takes: a data set, or rows alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a chunk whose records a model takes",
    note = "a model predicts rows of floats (`Array2<f64>`, `Csr<f64>`) or the records of a data set (`DatasetBase`)"
)]
pub trait AsRecords {
    /// The records.
    type Records: Records;

    /// The records.
    fn as_records(&self) -> &Self::Records;
}

impl<R: Records, T> AsRecords for DatasetBase<R, T> {
    type Records = R;

    fn as_records(&self) -> &R {
        &self.records
    }
}

/// Chunks that are nothing but records.
macro_rules! records_alone {
    ($([$($generics:tt)*] $records:ty;)*) => {
        $(impl<$($generics)*> AsRecords for $records {
            type Records = Self;

            fn as_records(&self) -> &Self {
                self
            }
        })*
    };
}

records_alone! {
    [] Text;
    [] RawText;
    [A] Array2<A>;
    [P] Array1<P>;
    [F: Float] Csr<F>;
    [R: Records, K] Keyed<R, K>;
}
