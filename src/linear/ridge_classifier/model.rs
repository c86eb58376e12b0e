//! A fitted ridge classifier.

use linfa::Label;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::data::{ClassLabel, FeatureRows, Float};
use crate::error::Result;
use crate::estimator::{ClassOutputs, Classify, Model, Wanted, kind};
use crate::linear::LinearClassifier;
use crate::linear::linear_inside::decides_by_linear;

/// A fitted ridge classifier (scikit-learn's `RidgeClassifier`): the class whose target, 1 for its own rows and -1 for all
/// others, a penalized least-squares regression predicts highest. Two classes share one regression.
///
/// ```
/// use chunkfit::linear::RidgeClassifier;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let data = Dataset::new(array![[0.0, 1.0], [1.0, 1.0], [4.0, 0.0], [5.0, 1.0]], array!["a", "a", "b", "b"]);
/// let model = RidgeClassifier::params().alpha(0.5).fit(&data)?;
/// assert_eq!(model.predict(&array![[0.5, 0.0], [4.5, 0.5]]), array!["a", "b"]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// Over chunks, [`Averaged`](crate::combine::Averaged) solves the normal equations of all of them, in one pass, for up to
/// 2,048 columns. [`Fit`](linfa::traits::Fit) and [`Summed`](crate::combine::Summed) take any number, and find the same
/// minimum by conjugate gradients in the columns that rows touch: in memory, or in passes over the chunks.
///
/// ```
/// use chunkfit::linear::{ClassWeight, RidgeClassifier};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let chunk = |shift: f64| DatasetBase::new(array![[shift], [shift + 4.0], [shift + 9.0]], array![0usize, 1, 2]);
/// let chunks = Chunks::from_memory([0.0, 0.5, 1.0].map(chunk));
/// let averaged = Averaged::new(RidgeClassifier::params()).fit(&chunks);
/// let balanced = Summed::new(RidgeClassifier::params().class_weight(ClassWeight::Balanced).tol(1e-12)).fit(&chunks);
/// let (averaged, balanced, accuracy) = Runtime::new().compute((&averaged, &balanced, averaged.score(&chunks)))?;
/// assert!((averaged.coef() - balanced.coef()).iter().all(|apart| apart.abs() < 1e-9) && accuracy >= 2.0 / 3.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RidgeClassifier<F, L> {
    linear: LinearClassifier<F, L>,
    n_iter: usize,
    converged: bool,
}

impl<F: Float, L: Label> RidgeClassifier<F, L> {
    pub(super) fn new(linear: LinearClassifier<F, L>, n_iter: usize, converged: bool) -> Self {
        RidgeClassifier { linear, n_iter, converged }
    }

    /// A model of sorted distinct `classes`; `coef` of shape (1, columns) for one or two classes, else (classes, columns);
    /// one `intercept` a row of `coef`. They count as converged, after no step.
    ///
    /// # Errors
    /// Those of [`LinearClassifier::from_parts`].
    pub fn from_parts(classes: Vec<L>, coef: Array2<F>, intercept: Array1<F>) -> Result<Self> {
        Ok(Self::new(LinearClassifier::from_parts(classes, coef, intercept)?, 0, true))
    }

    /// The Newton steps taken; 0 where the normal equations were solved.
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// True if the tolerance was reached before the steps or passes ran out.
    pub fn converged(&self) -> bool {
        self.converged
    }
}

decides_by_linear!(RidgeClassifier);

impl<F: Float, L: ClassLabel> Model for RidgeClassifier<F, L> {
    type Kind = kind::Classifier;
}

impl<F: Float, L: ClassLabel, X: FeatureRows<Elem = F>> Classify<X, L> for RidgeClassifier<F, L> {
    fn outputs(&self, x: &X, wanted: Wanted) -> Result<ClassOutputs<F>> {
        self.linear.outputs(x, wanted)
    }
}
