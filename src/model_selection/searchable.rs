//! `Searchable`: the trait of estimators that searches and cross-validation compare.

use crate::combine::{FitRows, Fitted};
use crate::data::{Chunk, Rows};
use crate::estimator::Evaluate;

/// An estimator that [`Search`](super::Search) and [`cross_validate`](super::cross_validate) can compare: it learns from
/// some rows of every chunk ([`FitRows`]), and its models can be scored by name ([`Evaluate`]).
///
/// Implemented for every estimator that is both; never by hand. [`Search::halve`](super::Search::halve) and
/// [`Search::hyperband`](super::Search::hyperband) ask for [`FitOnward`](crate::combine::FitOnward) as well.
///
/// ```
/// use chunkfit::metrics::Scorer;
/// use chunkfit::model_selection::{KFold, Searchable, Split, TrainScores, cross_validate};
/// use chunkfit::prelude::*;
///
/// /// The mean accuracy over some folds.
/// fn accuracy<D, F>(estimator: &F, data: &Chunks<D>, folds: impl Split<D>) -> Result<f64, Error>
/// where
///     F: Searchable<D> + Clone,
/// {
///     let runtime = Runtime::new();
///     let row = cross_validate(&runtime, estimator, data, folds, [Scorer::Accuracy], TrainScores::Without)?;
///     Ok(row.mean_test_scores[0])
/// }
///
/// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
/// # let data = Chunks::from_memory((0..5).map(chunk));
/// assert_eq!(accuracy(&Chained::new(SgdClassifier::params()).epochs(5), &data, KFold::new(3))?, 1.0);
/// # Ok::<(), Error>(())
/// ```
///
/// An estimator of your own whose models only predict, by linfa's `PredictInplace`, goes into
/// [`AsClassifier`](crate::estimator::AsClassifier) or [`AsRegressor`](crate::estimator::AsRegressor):
///
/// ```
/// use chunkfit::estimator::{AsClassifier, PartialFit};
/// use chunkfit::linfa::{DatasetBase, traits::PredictInplace};
/// use chunkfit::model_selection::{Grid, KFold, Search};
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// Whether the first column is above a bound.
/// #[derive(Clone)]
/// struct Above(f64);
///
/// impl PartialFit<Array2<f64>, Array1<bool>> for Above {
///     type Model = Above;
///
///     fn partial_fit(&self, _: Option<Above>, _: &DatasetBase<Array2<f64>, Array1<bool>>) -> Result<Above, Error> {
///         Ok(self.clone())
///     }
/// }
///
/// impl PredictInplace<Array2<f64>, Array1<bool>> for Above {
///     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<bool>) {
///         y.assign(&x.column(0).mapv(|value| value > self.0));
///     }
///
///     fn default_target(&self, x: &Array2<f64>) -> Array1<bool> {
///         Array1::default(x.nrows())
///     }
/// }
///
/// # let chunk = |_| DatasetBase::new(array![[0.0], [2.0]], array![false, true]);
/// # let data = Chunks::from_memory((0..4).map(chunk));
/// let grid = Grid::new(0.0).vary("above", [1.0, 3.0], |_, above| above);
/// let search = Search::new(grid, |above| AsClassifier(Chained::opaque(Above(*above)))).folds(KFold::new(2));
/// let found = search.scoring(["accuracy", "f1_macro"]).run(&Runtime::new(), &data)?;
/// assert_eq!((found.best_index(), found.best_score()), (0, 1.0));
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be searched or cross-validated over chunks of type `{D}`",
    note = "wrap the parameters of an estimator in `Chained`, `Averaged`, `Summed` or `Concatenated`; a model of \
            your own that is to be compared implements `chunkfit::estimator::Model`",
    note = "an estimator whose models only predict (linfa's `PredictInplace`) goes into \
            `chunkfit::estimator::AsClassifier` or `AsRegressor`: `AsClassifier(Chained::opaque(estimator))`"
)]
pub trait Searchable<D>:
    FitRows<D, Fit: Fitted<D, Model = <Self as Searchable<D>>::Model, Examples = <Self as Searchable<D>>::Examples>>
{
    /// The fitted model.
    type Model: Evaluate<Self::Examples>;
    /// The chunks that the model learns from: `D`, or what a pipeline makes of it.
    type Examples: Rows + Chunk;
}

impl<D, F, E> Searchable<D> for F
where
    F: FitRows<D, Fit: Fitted<D, Examples = E, Model: Evaluate<E>>>,
    E: Rows + Chunk,
{
    type Model = <F::Fit as Fitted<D>>::Model;
    type Examples = E;
}
