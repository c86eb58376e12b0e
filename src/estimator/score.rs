//! Scores of models in memory, by the scorer of their kind.

use super::evaluate::Evaluate;
use crate::error::{Error, ErrorKind, Result};
use crate::metrics::{Scorer, Tally};

/// The score of a model in memory on one data set (scikit-learn's `score`): of every model that can be
/// [evaluated](Evaluate).
///
/// ```
/// use chunkfit::estimator::Score;
/// use chunkfit::linfa::Dataset;
/// use chunkfit::linfa::traits::Fit;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, false, true, true]);
/// let model = LogisticRegression::params().fit(&data)?;
/// assert_eq!(model.score(&data)?, 1.0); // the accuracy
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scored on a data set of type `{D}`",
    note = "give a data set with true targets, of the types that the model learned: `model.score(&DatasetBase::new(rows, \
            targets))`; of a pipeline the rows are those before its transformers",
    note = "chunks of a lazy list are scored by a fit: `model.into_fit().score(&chunks)`"
)]
pub trait Score<D> {
    /// The score by the scorer of the model's kind: the accuracy of a classifier or outlier detector, the R² of a
    /// regressor, the share of rows all of whose labels are right of a multilabel classifier, minus the inertia of a
    /// clusterer. A row counts as often as its weight, if there are weights.
    ///
    /// The same number as that of [`Fitted::score`](crate::combine::Fitted::score) over this data set as the only chunk.
    ///
    /// # Errors
    /// A number of columns other than in training, a label that training never saw, a NaN or infinite value, and no rows
    /// at all ([`NoScoredRows`](ErrorKind::NoScoredRows)).
    fn score(&self, data: &D) -> Result<f64>;
}

#[diagnostic::do_not_recommend]
impl<M: Evaluate<D>, D> Score<D> for M {
    fn score(&self, data: &D) -> Result<f64> {
        let scorer: Scorer = M::DEFAULT_SCORER;
        let counts = self.tally(data, std::slice::from_ref(&scorer))?;
        let mut seen = M::Seen::default();
        self.add_seen(&mut seen);
        M::check_seen(data, &seen)?;
        // As the counts of chunks are merged.
        let counts = M::Tally::default().merge(&counts)?;
        match counts.n_rows() {
            0 => Err(Error::new(ErrorKind::NoScoredRows { score: scorer.name().to_owned() })),
            _ => counts.score(&scorer),
        }
    }
}
