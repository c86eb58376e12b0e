//! Transformers of rows that are learned part by part, and merged.

use crate::data::{Figure, Shared, refuse_weights};
use crate::error::Result;

/// What a transformer expects that takes no weights.
const NO_WEIGHTS: &str =
    "1 for every row: this transformer takes no weights; implement LearnRows::learn_weighted for it, or leave them out";

/// Checked parameters that learn a transformer from rows, part by part.
///
/// A [`Pipeline`](crate::combine::Pipeline) takes a transformer of your own that has this,
/// [`PipelineStep`](super::PipelineStep) and, for what is learned, [`TransformRows`].
///
/// `merge` is commutative and associative, up to rounding: what was learned of the parts and merged
/// is what is learned of all rows together.
///
/// ```
/// use chunkfit::estimator::{LearnRows, TransformRows};
/// use chunkfit::preprocessing::MaxAbsScaler;
/// use linfa::ParamGuard;
/// use ndarray::array;
///
/// let params = MaxAbsScaler::params().check()?;
/// let one = params.learn(&array![[1.0, -4.0]])?;
/// let both = params.partial_fit(Some(one), &array![[2.0, 0.0]])?;
/// let scaler = LearnRows::<ndarray::Array2<f64>>::finish(&params, both)?;
/// assert_eq!(scaler.transform_rows(&array![[1.0, 2.0]])?, array![[0.5, 0.5]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not learn a transformer from rows of type `{R}`",
    note = "text goes through `HashingVectorizer`, categories through `OneHotEncoder` or `OrdinalEncoder`; scalers \
            and decompositions take rows of floats (`Array2<f64>`, `Csr<f64>`), for text after a vectorizer: \
            `Pipeline::steps(HashingVectorizer::params()).then(…)`",
    note = "for a transformer of your own implement `chunkfit::estimator::LearnRows`"
)]
pub trait LearnRows<R>: Shared {
    /// The state: what was learned of some rows.
    type State: Clone + Shared;
    /// The fitted transformer.
    type Learned: Shared;

    /// Learns from one part. No rows are no error.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NonFinite`] with the row and the column, for transformers of numbers.
    fn learn(&self, rows: &R) -> Result<Self::State>;

    /// Learns from one part whose rows count `sample_weight` times each, as if every row were there so often; a row
    /// of weight 0 counts as absent.
    ///
    /// By default weights other than 1 are refused, so that none is ignored silently. A transformer of your own that
    /// takes them implements this; every transformer of this crate does.
    ///
    /// # Errors
    /// As [`learn`](Self::learn); weights that are not one for each row (kind
    /// [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch)); a weight that is negative, NaN or infinite, with its row (kind
    /// [`InvalidParameter`](crate::ErrorKind::InvalidParameter), name `sample_weight`).
    fn learn_weighted(&self, rows: &R, sample_weight: Option<&[f64]>) -> Result<Self::State> {
        refuse_weights(sample_weight, NO_WEIGHTS)?;
        self.learn(rows)
    }

    /// The merged state of both.
    ///
    /// # Errors
    /// [`crate::ErrorKind::ShapeMismatch`] when they differ in their number of columns.
    fn merge(a: Self::State, b: Self::State) -> Result<Self::State>;

    /// The transformer.
    ///
    /// # Errors
    /// [`crate::ErrorKind::NoRows`] when there was none.
    fn finish(&self, state: Self::State) -> Result<Self::Learned>;

    /// In how many passes over all parts it learns. By default 1.
    fn n_passes(&self) -> usize {
        1
    }

    /// Learns from one part in a later pass, given what the passes before made of all parts.
    ///
    /// # Errors
    /// As [`learn`](Self::learn).
    fn learn_again(&self, so_far: &Self::Learned, rows: &R) -> Result<Self::State> {
        let _ = so_far;
        self.learn(rows)
    }

    /// Learns in a later pass from one part whose rows count `sample_weight` times each; by default weights other than
    /// 1 are refused.
    ///
    /// # Errors
    /// As [`learn_weighted`](Self::learn_weighted).
    fn learn_again_weighted(
        &self,
        so_far: &Self::Learned,
        rows: &R,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self::State> {
        refuse_weights(sample_weight, NO_WEIGHTS)?;
        self.learn_again(so_far, rows)
    }

    /// The transformer after a later pass.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    fn finish_again(&self, so_far: &Self::Learned, state: Self::State) -> Result<Self::Learned> {
        let _ = so_far;
        self.finish(state)
    }

    /// A figure that the transformer knows after a pass, such as the share of the variance that its axes explain: for
    /// whoever watches the run. None by default. Must be quick: it is not to go over rows.
    fn figures(&self, learned: &Self::Learned) -> Vec<Figure> {
        let _ = learned;
        Vec::new()
    }

    /// Learns from one more part (scikit-learn's `partial_fit`).
    ///
    /// # Errors
    /// As [`learn`](Self::learn) and [`merge`](Self::merge).
    fn partial_fit(&self, state: Option<Self::State>, rows: &R) -> Result<Self::State> {
        let part = self.learn(rows)?;
        match state {
            Some(state) => Self::merge(state, part),
            None => Ok(part),
        }
    }
}

/// A fitted transformer of rows: as many rows come out as go in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not transform rows of type `{R}`",
    note = "text goes through `HashingVectorizer`, categories through `OneHotEncoder` or `OrdinalEncoder`; scalers \
            and decompositions take rows of floats (`Array2<f64>`, `Csr<f64>`), for text after a vectorizer: \
            `Pipeline::steps(HashingVectorizer::params()).then(…)`",
    note = "for a transformer of your own implement `chunkfit::estimator::TransformRows`"
)]
pub trait TransformRows<R>: Shared {
    /// The transformed rows.
    type Output;

    /// The name of the transformation in progress and errors.
    const NAME: &'static str;

    /// Transforms some rows.
    ///
    /// # Errors
    /// [`crate::ErrorKind::ShapeMismatch`] when there are not as many columns as in training;
    /// [`crate::ErrorKind::NonFinite`] with the row and the column, for transformers of numbers.
    fn transform_rows(&self, rows: &R) -> Result<Self::Output>;
}

/// The traits of a learned transformer that are the same for all: a stable name; a step of a pipeline; and by linfa's names `check` of
/// its parameters, by a method `validate` of the checked ones; `fit` of a data set; `transform` of its records.
macro_rules! linfa_traits {
    ({ $($generics:tt)* } $name:literal: $params:ty, $valid:ty, $fitted:ty) => {
        impl<$($generics)*> crate::data::Identified for $params
        where
            Self: 'static,
        {
            const NAME: &'static str = $name;
        }

        /// # Errors
        /// [`crate::ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter), naming the parameter.
        impl<$($generics)*> linfa::ParamGuard for $params {
            type Checked = $valid;
            type Error = crate::error::Error;

            fn check_ref(&self) -> crate::error::Result<&$valid> {
                self.0.validate()?;
                Ok(&self.0)
            }

            fn check(self) -> crate::error::Result<$valid> {
                self.0.validate()?;
                Ok(self.0)
            }
        }

        impl<$($generics)*> crate::estimator::PipelineStep for $valid {
            type Learning = crate::estimator::Learned;
        }

        /// Learns from the records of a data set that fits into memory, each of which counts as often as its weight.
        impl<R: linfa::dataset::Records, T, $($generics)*> linfa::traits::Fit<R, T, crate::error::Error> for $valid
        where
            $valid: crate::estimator::LearnRows<R>,
        {
            type Object = <$valid as crate::estimator::LearnRows<R>>::Learned;

            fn fit(&self, dataset: &linfa::DatasetBase<R, T>) -> crate::error::Result<Self::Object> {
                let weights = crate::data::checked_weights(dataset)?;
                let (rows, weights) = (&dataset.records, weights.as_deref());
                let first = self.finish(self.learn_weighted(rows, weights)?)?;
                (1..self.n_passes()).try_fold(first, |so_far, _| {
                    self.finish_again(&so_far, self.learn_again_weighted(&so_far, rows, weights)?)
                })
            }
        }

        /// [`TransformRows`](crate::estimator::TransformRows) by linfa's name.
        impl<'a, R: linfa::dataset::Records, O, $($generics)*>
            linfa::traits::Transformer<&'a R, crate::error::Result<O>> for $fitted
        where
            $fitted: crate::estimator::TransformRows<R, Output = O>,
        {
            fn transform(&self, rows: &'a R) -> crate::error::Result<O> {
                self.transform_rows(rows)
            }
        }
    };
}

pub(crate) use linfa_traits;
