//! Counts of words weighed by how rare the words are.

use serde::{Deserialize, Serialize};

use super::column_states::{ColumnState, ColumnStates, compiled_states, map_sparse};
use crate::data::checked::checked_when_read;
use crate::data::{Csr, Float, Norm, float_computation};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{LearnRows, Model, TransformRows, check_columns, check_numbers, check_rows, kind, linfa_traits};

const NAME: &str = "TfidfTransformer";

/// Weighs counts of words by the inverse of the share of documents that have them (scikit-learn's
/// `TfidfTransformer`).
///
/// A value `tf` becomes `tf * idf`, where `idf = ln((1 + n) / (1 + df)) + 1` for `n` documents of
/// which `df` have a value in the column; then the row is scaled to length 1. Sparse rows, in `f32`
/// and `f64`: those of a [`HashingVectorizer`](crate::text::HashingVectorizer) that leaves them as
/// counts, `alternate_sign(false)` and `norm(None)`. NaN and infinite values are errors. A document counts as often as
/// its weight, if the data set has weights; one of weight 0 counts as absent.
///
/// ```
/// use chunkfit::data::Text;
/// use chunkfit::prelude::*;
/// use chunkfit::estimator::{LearnRows, TransformRows};
/// use chunkfit::preprocessing::TfidfTransformer;
/// use linfa::ParamGuard;
///
/// let counts = HashingVectorizer::params().alternate_sign(false).norm(None).check()?;
/// let counts = counts.transform_text(&["oil prices", "oil exports"].into_iter().collect::<Text>())?;
/// let params = TfidfTransformer::params().norm(None).check()?;
/// let tfidf = LearnRows::<Csr<f64>>::finish(&params, params.learn(&counts)?)?;
/// let weighed = tfidf.transform_rows(&counts)?;
/// assert_eq!(weighed.to_dense().sum(), 4.0 + 2.0 * 1.5f64.ln());
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct TfidfTransformer {
    params: TfidfTransformerValidParams,
    n_rows: usize,
    n_features: usize,
    idf: Option<Vec<f64>>,
}

checked_when_read!(TfidfTransformer, serialize: [], deserialize: []);

/// What a [`TfidfTransformer`] is to do. Defaults are scikit-learn's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TfidfTransformerParams(TfidfTransformerValidParams);

/// The parameters of a [`TfidfTransformer`], checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TfidfTransformerValidParams {
    norm: Option<Norm>,
    use_idf: bool,
    smooth_idf: bool,
    sublinear_tf: bool,
}

impl TfidfTransformer {
    /// The default parameters.
    pub fn params() -> TfidfTransformerParams {
        TfidfTransformerParams(TfidfTransformerValidParams {
            norm: Some(Norm::L2),
            use_idf: true,
            smooth_idf: true,
            sublinear_tf: false,
        })
    }

    /// How many columns the rows have, as they go in and come out.
    pub fn n_features(&self) -> usize {
        self.n_features
    }

    /// How many documents it learned from.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The weight of every column (scikit-learn's `idf_`); `None` without `use_idf`.
    pub fn idf(&self) -> Option<&[f64]> {
        self.idf.as_deref()
    }

    /// The cause of an overflow, if that is a word that no document of training had.
    fn name_unseen(&self, error: Error) -> Error {
        match error.kind() {
            ErrorKind::Overflow { column, .. }
                if self.idf.as_ref().is_some_and(|idf| idf[*column] == f64::INFINITY) =>
            {
                let expected = format!(
                    "true for this row: no document of training had column {column}, so it weighs infinitely much"
                );
                let row = error.place().row;
                let error = Error::parameter("smooth_idf", false, expected);
                row.map_or(error.clone(), |row| error.at_row(row))
            }
            _ => error,
        }
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        let idf = self.idf.as_deref().unwrap_or(&[]);
        self.idf.iter().try_for_each(|idf| check_columns(self.n_features, idf.len()))?;
        // That of a column without a document is infinite, unless it is smoothed.
        check_numbers("idf", idf, |idf| idf > 0.0 && (idf.is_finite() || !self.params.smooth_idf))
    }
}

impl TfidfTransformerParams {
    /// The length by which each row is divided at the end, or `None` to leave it. By default
    /// [`Norm::L2`] (scikit-learn's `norm`).
    pub fn norm(mut self, norm: Option<Norm>) -> Self {
        self.0.norm = norm;
        self
    }

    /// Whether rare words weigh more, by default true (scikit-learn's `use_idf`).
    pub fn use_idf(mut self, use_idf: bool) -> Self {
        self.0.use_idf = use_idf;
        self
    }

    /// Whether one more document that has every word is counted, by default true. Without it,
    /// `idf = ln(n / df) + 1`, and a word that no document of training had weighs infinitely much: a
    /// row that has it is an error, where scikit-learn makes the whole row NaN (scikit-learn's `smooth_idf`).
    pub fn smooth_idf(mut self, smooth_idf: bool) -> Self {
        self.0.smooth_idf = smooth_idf;
        self
    }

    /// Whether a count `tf` is replaced by `1 + ln(tf)`, by default false (scikit-learn's
    /// `sublinear_tf`). Counts must then be above zero.
    pub fn sublinear_tf(mut self, sublinear_tf: bool) -> Self {
        self.0.sublinear_tf = sublinear_tf;
        self
    }
}

linfa_traits!({} "TfidfTransformer": TfidfTransformerParams, TfidfTransformerValidParams, TfidfTransformer);

impl TfidfTransformerValidParams {
    fn validate(&self) -> Result<()> {
        Ok(())
    }

    fn transformer(&self, state: &ColumnStates<DocumentFrequency>) -> Result<TfidfTransformer> {
        check_rows(state.n_rows(), NAME)?;
        let more = if self.smooth_idf { 1.0 } else { 0.0 };
        let n = state.weight() + more;
        let idf = self.use_idf.then(|| state.to_dense(|column| (n / (column.0 + more)).ln() + 1.0)).transpose()?;
        Ok(TfidfTransformer { params: self.clone(), n_rows: state.n_rows(), n_features: state.n_features(), idf })
    }
}

/// How many rows have a value in a column: the sum of their weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentFrequency(f64);

impl ColumnState for DocumentFrequency {
    fn add(&mut self, _: f64, weight: f64) {
        self.0 += weight;
    }

    fn merge(&mut self, other: &Self) {
        self.0 += other.0;
    }
}

compiled_states!(sparse DocumentFrequency);
compiled_states!(merge DocumentFrequency);

impl<F: Float> LearnRows<Csr<F>> for TfidfTransformerValidParams {
    type State = ColumnStates<DocumentFrequency>;
    type Learned = TfidfTransformer;

    fn learn(&self, rows: &Csr<F>) -> Result<Self::State> {
        self.learn_weighted(rows, None)
    }

    fn learn_weighted(&self, rows: &Csr<F>, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        F::run::<LearnSparse<'_>>((rows, sample_weight))
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        merge_states(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<TfidfTransformer> {
        self.transformer(&state)
    }
}

impl<F: Float> TransformRows<Csr<F>> for TfidfTransformer {
    type Output = Csr<F>;
    const NAME: &'static str = "weigh words";

    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter), with the row: for `sublinear_tf` where a
    /// count is not above zero; for `smooth_idf(false)` where a row has a word that no document of training had.
    /// scikit-learn makes both NaN.
    fn transform_rows(&self, rows: &Csr<F>) -> Result<Csr<F>> {
        F::run::<Weigh<'_>>((self, rows))
    }
}

float_computation!(Weigh<'a>((&'a TfidfTransformer, &'a Csr<F>)) -> Result<Csr<F>> = weigh);

fn weigh<F: Float>((fitted, rows): (&TfidfTransformer, &Csr<F>)) -> Result<Csr<F>> {
    if fitted.params.sublinear_tf {
        for (i, (_, values)) in rows.view().iter().enumerate() {
            if let Some(value) = values.iter().find(|&&value| value <= F::zero()) {
                let expected = format!("counts above zero, found {value}: set alternate_sign(false)");
                return Err(Error::parameter("sublinear_tf", true, expected).at_row(i));
            }
        }
    }
    let weighed = map_sparse(NAME, rows, fitted.n_features, |column, value| {
        let value = if fitted.params.sublinear_tf { value.ln() + 1.0 } else { value };
        // A zero that is stored stays one, whatever it weighs.
        fitted.idf.as_ref().map_or(value, |idf| if value == 0.0 { value } else { value * idf[column] })
    })
    .map_err(|error| fitted.name_unseen(error))?;
    let Some(norm) = fitted.params.norm else { return Ok(weighed) };
    weighed.map_rows(|_, _, values| {
        norm.scale(values);
        Ok(())
    })
}

impl Model for TfidfTransformer {
    type Kind = kind::Transformer;
}
