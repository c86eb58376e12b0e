//! Sequences: rows of a type of one's own, each of some steps of some features.

use chunkfit::data::{Compact, Footprint, Rows};
use chunkfit::linfa::DatasetBase;
use chunkfit::linfa::dataset::Records;
use chunkfit::ndarray::{Array3, ArrayView2, ArrayView3, Axis, concatenate};
use chunkfit::sinks::{Column, IdentifiedRows};
use chunkfit::{Chunks, Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// Sequences of equal length: a row is one sequence. Shape (sequences, steps, features).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequences(Array3<f32>);

impl Sequences {
    /// Sequences of these values, of shape (sequences, steps, features).
    pub fn new(values: Array3<f32>) -> Self {
        Sequences(values.as_standard_layout().into_owned())
    }

    /// Sequences of so many rows each, one after the other; rows that are left over are dropped.
    ///
    /// # Errors
    /// A length of 0 (`InvalidParameter`).
    pub fn cut(rows: ArrayView2<'_, f64>, steps: usize) -> Result<Self> {
        if steps == 0 {
            return Err(Error::parameter("steps", steps, "1 or more"));
        }
        let (sequences, features) = (rows.nrows() / steps, rows.ncols());
        let value = |(i, step, feature)| rows[(i * steps + step, feature)] as f32;
        Ok(Sequences(Array3::from_shape_fn((sequences, steps, features), value)))
    }

    /// All values, of shape (sequences, steps, features).
    pub fn values(&self) -> ArrayView3<'_, f32> {
        self.0.view()
    }

    /// The number of sequences.
    pub fn len(&self) -> usize {
        self.0.len_of(Axis(0))
    }

    /// Whether there is no sequence.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of features of a step.
    pub fn features(&self) -> usize {
        self.0.len_of(Axis(2))
    }

    /// Refuses another number of features, and values that are NaN or infinite.
    ///
    /// # Errors
    /// `ShapeMismatch`; `NonFinite` with row and column.
    pub fn check(&self, features: usize) -> Result<()> {
        if self.features() != features {
            return Err(Error::shape("columns", features, self.features()));
        }
        match self.0.indexed_iter().find(|(_, value)| !value.is_finite()) {
            Some(((row, _, column), _)) => Err(Error::new(ErrorKind::NonFinite { column }).at_row(row)),
            None => Ok(()),
        }
    }
}

impl Records for Sequences {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.features()
    }
}

impl Rows for Sequences {
    type Row<'a> = ArrayView2<'a, f32>;

    fn n_rows(&self) -> usize {
        self.len()
    }

    fn row(&self, i: usize) -> ArrayView2<'_, f32> {
        self.0.index_axis(Axis(0), i)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        Sequences(self.0.select(Axis(0), rows))
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let views: Vec<_> = parts.iter().map(|part| part.values()).collect();
        let Some(first) = views.first() else { return Ok(Sequences(Array3::zeros((0, 0, 0)))) };
        for (what, axis) in [("steps", Axis(1)), ("columns", Axis(2))] {
            if let Some(odd) = views.iter().find(|view| view.len_of(axis) != first.len_of(axis)) {
                return Err(Error::shape(what, first.len_of(axis), odd.len_of(axis)));
            }
        }
        concatenate(Axis(0), &views).map(Sequences).map_err(Error::from_estimator)
    }
}

impl Footprint for Sequences {
    const COMPACT: Option<Compact<Self>> = Some(Compact::serialized());

    fn heap_bytes(&self) -> usize {
        self.0.len() * size_of::<f32>()
    }

    fn row_count(&self) -> usize {
        self.len()
    }
}

/// So that a sink writes what a model predicts for them.
impl IdentifiedRows for Sequences {
    type Rows = Self;

    fn ids(&self) -> Result<Option<Column>> {
        Ok(None)
    }

    fn without_ids<T: Clone + chunkfit::data::Chunk>(
        chunks: &Chunks<DatasetBase<Self, T>>,
    ) -> Chunks<DatasetBase<Self, T>> {
        chunks.clone()
    }

    fn alone(&self) -> DatasetBase<Self, ()> {
        DatasetBase::new(self.clone(), ())
    }
}
