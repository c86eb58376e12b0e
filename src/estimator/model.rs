//! Models: what fitting an estimator gives, each of a kind.

use super::kind::Kind;
use crate::data::Shared;

/// A fitted model, which names its [kind](super::kind): that of a classifier, a regressor, ...
///
/// Everything that can be done with all models of a kind follows from it: a model is
/// [evaluated](super::Evaluate), stops a chain early, is searched, cross-validated, and becomes a
/// [fit again](crate::combine::IntoFit) by blanket implementations over the kind.
///
/// ```
/// use chunkfit::estimator::{Model, kind};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::linfa::traits::PredictInplace;
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// Predicts the first column.
/// struct FirstColumn;
///
/// impl Model for FirstColumn {
///     type Kind = kind::Regressor;
/// }
///
/// impl PredictInplace<Array2<f64>, Array1<f64>> for FirstColumn {
///     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<f64>) {
///         y.assign(&x.column(0));
///     }
///
///     fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
///         Array1::zeros(x.nrows())
///     }
/// }
///
/// let chunks = Chunks::from_memory([DatasetBase::new(array![[1.0, 5.0], [2.0, 7.0]], array![1.0, 2.0])]);
/// let r2 = Runtime::new().compute(Lazy::value(FirstColumn).score(&chunks))?;
/// assert_eq!(r2, 1.0);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name its kind of models",
    note = "implement `chunkfit::estimator::Model` for a model of your own; a model of another crate that predicts \
            labels or numbers becomes one by `AsClassifier` or `AsRegressor` around its estimator",
    note = "a transformer of your own is of `kind::Transformer`: the conformance suite asks for it"
)]
pub trait Model: Shared {
    /// The kind, one of [`kind`](super::kind).
    type Kind: Kind;
}
