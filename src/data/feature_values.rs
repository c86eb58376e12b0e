//! `FeatureValues`: the features of one example, as a function of a record gives them, and the rows made of many.

use linfa::dataset::Records;
use ndarray::{Array1, Array2};

use super::{Chunk, Footprint, Record, Shared, Text};
use crate::error::{Error, Result};

/// The features of one example, as a function of a record gives them: see
/// [`Chunks::examples`](crate::Chunks::examples) and [`Reading::examples`](crate::sources::Reading::examples).
///
/// | a function gives | rows of the examples |
/// |---|---|
/// | `[A; N]`: `N` numbers, or strings or other categories | dense, an `Array2<A>` of shape (rows, `N`) |
/// | `Vec<A>`: as many of every record | dense, an `Array2<A>` |
/// | `String` or `&str`: a document | a [`Text`] |
/// | [`Record<T>`](super::Record): all of it, for a transformer of your own | an `Array1<Record<T>>` |
///
/// ```
/// use chunkfit::data::FeatureValues;
/// use ndarray::array;
///
/// assert_eq!(FeatureValues::rows_of(vec![[1.0, 2.0], [3.0, 4.0]])?, array![[1.0, 2.0], [3.0, 4.0]]);
/// let text = FeatureValues::rows_of(vec!["oil is up", "tea"])?;
/// assert_eq!(text.get(1), "tea");
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the features of an example",
    note = "give an array of numbers (`[customer.age, customer.fee]`), a `Vec` of them, or a text (`String`)"
)]
pub trait FeatureValues: Sized {
    /// The rows of a chunk of examples.
    type Rows: Records + Chunk;

    /// The rows made of the features of some examples, in their order.
    ///
    /// # Errors
    /// A different number of features than the first example has
    /// ([`ShapeMismatch`](crate::ErrorKind::ShapeMismatch)), with the row.
    fn rows_of(examples: Vec<Self>) -> Result<Self::Rows>;
}

impl<A: Footprint + Shared, const N: usize> FeatureValues for [A; N] {
    type Rows = Array2<A>;

    fn rows_of(examples: Vec<Self>) -> Result<Array2<A>> {
        dense(examples.len(), N, examples.into_iter().flatten().collect())
    }
}

impl<A: Footprint + Shared> FeatureValues for Vec<A> {
    type Rows = Array2<A>;

    fn rows_of(examples: Vec<Self>) -> Result<Array2<A>> {
        let (rows, columns) = (examples.len(), examples.first().map_or(0, Vec::len));
        if let Some((row, odd)) = examples.iter().enumerate().find(|(_, example)| example.len() != columns) {
            return Err(Error::shape("features", columns, odd.len()).at_row(row));
        }
        dense(rows, columns, examples.into_iter().flatten().collect())
    }
}

/// The matrix of these values, row by row.
fn dense<A>(rows: usize, columns: usize, values: Vec<A>) -> Result<Array2<A>> {
    Array2::from_shape_vec((rows, columns), values).map_err(|error| linfa::Error::from(error).into())
}

impl FeatureValues for String {
    type Rows = Text;

    fn rows_of(examples: Vec<Self>) -> Result<Text> {
        text(examples.iter().map(String::as_str))
    }
}

impl FeatureValues for &str {
    type Rows = Text;

    fn rows_of(examples: Vec<Self>) -> Result<Text> {
        text(examples.into_iter())
    }
}

fn text<'a>(documents: impl Iterator<Item = &'a str>) -> Result<Text> {
    Ok(documents.collect())
}

impl<T> FeatureValues for Record<T>
where
    Record<T>: Chunk,
{
    type Rows = Array1<Self>;

    fn rows_of(examples: Vec<Self>) -> Result<Array1<Self>> {
        Ok(examples.into())
    }
}
