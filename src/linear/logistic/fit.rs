//! Fitting a logistic regression: rows in, coefficients in the columns touched out.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::Fit;

use super::solve::{Examples, Solution, Solve};
use super::{LogisticRegression, LogisticRegressionValidParams, NAME};
use crate::data::{CompiledRows, FeatureRows, Float, labels};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::Weighting;
use crate::linear::smooth::{check_finite, rows_that_count};
use crate::linear::targets::{ClassTargets, targets_of};

/// The solution that the rows of a data set allowed.
pub(super) enum Solved<L> {
    /// There were no rows of any weight.
    NoRows,
    /// All of this total weight had one label.
    OneClass { label: L, weight: f64 },
    /// A minimum for these classes, which the solution has by their numbers.
    Solution { classes: Vec<L>, solution: Solution },
}

impl<F, L, X, T> Fit<X, T, Error> for LogisticRegressionValidParams<L>
where
    F: Float,
    L: Label,
    X: FeatureRows<Elem = F>,
    T: AsSingleTargets<Elem = L>,
{
    type Object = LogisticRegression<F, L>;

    /// Fits on all rows at once.
    ///
    /// Rows count as often as the data set's weights say; rows of weight 0 are as if absent, their
    /// labels too.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`]; [`ErrorKind::OneClass`]; [`ErrorKind::NonFinite`] with the row and
    /// the column; [`ErrorKind::Diverged`] when what is minimised is beyond what floats hold;
    /// [`ErrorKind::ShapeMismatch`] when the numbers of rows, targets and weights
    /// differ; [`ErrorKind::InvalidParameter`] for a weight that is negative or not finite.
    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        match self.solve(dataset, Weighting::Uniform)? {
            Solved::NoRows => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            Solved::OneClass { label, .. } => Err(labels::only(&label)),
            Solved::Solution { classes, solution } => {
                let linear = solution.fit.relabelled(classes).into_linear_of(NAME)?;
                Ok(LogisticRegression::new(linear, solution.n_iter, solution.converged))
            }
        }
    }
}

impl<L: Label> LogisticRegressionValidParams<L> {
    /// Fits on all rows, in the columns they touch.
    pub(super) fn solve<X, T>(&self, dataset: &DatasetBase<X, T>, weighting: Weighting) -> Result<Solved<L>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = L>,
    {
        let labels = targets_of(dataset)?;
        let compiled = CompiledRows::of(&dataset.records)?;
        check_finite(compiled.view())?;
        let (rows, weights) = rows_that_count(dataset)?;
        let ClassTargets { mut classes, class_of } = ClassTargets::of(labels, &rows);
        let examples = Examples::new(classes.len(), rows, class_of, weights);
        match classes.len() {
            0 => return Ok(Solved::NoRows),
            1 => return Ok(Solved::OneClass { label: classes.swap_remove(0), weight: examples.weight }),
            _ => {}
        }
        let solution = X::Elem::run::<Solve<'_>>((self.settings(), compiled.view(), &examples, weighting))?;
        Ok(Solved::Solution { classes, solution })
    }
}
