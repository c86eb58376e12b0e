//! Ridge classification over chunks, in passes.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};

use super::totals::{ClassTotals, no_rows};
use super::{NAME, RidgeClassifier, RidgeClassifierParams, RidgeClassifierValidParams, target};
use crate::data::{FeatureRows, Figure, Float, Shared};
use crate::error::{Error, Result};
use crate::estimator::{FitPasses, FitSummed};
use crate::linear::ClassWeight;
use crate::linear::average::CompactFit;
use crate::linear::smooth::{
    ChunkPart, ChunkRows, ChunkSum, Found, Minimization, Penalty, RowLosses, RowTargets, Smooth,
};
use crate::linear::targets::ClassTargets;

impl<L: Label> Smooth for RidgeClassifierValidParams<L> {
    type Targets = ClassTargets<L>;
    type Survey = ClassTotals<L>;

    fn survey(&self, survey: &mut ClassTotals<L>, targets: &ClassTargets<L>, weights: &[f64]) {
        survey.add(&ClassTotals::of(targets, weights));
    }

    fn merge(survey: &mut ClassTotals<L>, other: &ClassTotals<L>) {
        survey.add(other);
    }

    fn outputs(&self, totals: &ClassTotals<L>, _weight: f64) -> Result<usize> {
        totals.check(&self.class_weight).map(|()| totals.boundaries())
    }

    fn first_intercept(&self, totals: &ClassTotals<L>, _weight: f64) -> Vec<f64> {
        totals.means(&self.class_weight)
    }

    fn penalty(&self, weight: f64) -> Penalty {
        Penalty::l2(self.alpha / weight)
    }

    fn losses<'a>(&self, totals: &ClassTotals<L>, targets: &'a ClassTargets<L>, weights: &[f64]) -> RowLosses<'a> {
        let class_of = targets.numbers(|class| totals.number(class).ok());
        let weights = (self.class_weight != ClassWeight::Uniform).then(|| {
            let of_classes = totals.class_weights(&self.class_weight);
            weights.iter().zip(&class_of).map(|(weight, &class)| weight * of_classes[class as usize]).collect()
        });
        let targets = match totals.boundaries() {
            1 => RowTargets::Squared(class_of.iter().map(|&class| target(class == 1)).collect()),
            classes => RowTargets::ClassSquares { class_of, classes },
        };
        RowLosses { targets, weights }
    }
}

impl<L: Label> RidgeClassifierValidParams<L> {
    /// The model that a minimization has come to.
    pub(super) fn found<F: Float>(&self, minimization: Minimization<ClassTotals<L>>) -> Result<RidgeClassifier<F, L>> {
        let (totals, found) = minimization.found().ok_or_else(no_rows)?;
        let Found { n_features, columns, coef, intercept, outcome } = found;
        outcome.check(NAME)?;
        let fit = CompactFit { classes: totals.classes(), n_features, columns, coef, intercept };
        Ok(RidgeClassifier::new(fit.into_linear_of(NAME)?, outcome.n_iter, outcome.converged))
    }
}

impl<L, X, T> FitPasses<X, T> for RidgeClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type Rows = ChunkRows<X::Elem, ClassTargets<L>>;
    type PassState = Minimization<ClassTotals<L>>;
    type Part = ChunkPart<ClassTotals<L>>;
    type Sum = ChunkSum<ClassTotals<L>>;
    type Model = RidgeClassifier<X::Elem, L>;

    fn rows(&self, chunk: &DatasetBase<X, T>) -> Result<Self::Rows> {
        self.check_ref()?;
        ClassTargets::gather(chunk)
    }

    fn is_done(minimization: &Self::PassState) -> bool {
        minimization.is_done()
    }

    fn ask(&self, minimization: &Self::PassState, rows: &Self::Rows) -> Result<Self::Part> {
        if let Some((totals, outputs)) = minimization.survey() {
            if outputs != totals.boundaries() {
                return Err(Error::shape("outputs of the classes", totals.boundaries(), outputs));
            }
            rows.targets().classes.iter().try_for_each(|label| totals.number(label).map(drop))?;
        }
        minimization.ask(self.check_ref()?, rows)
    }

    fn sum(parts: &[&Self::Part]) -> Result<Self::Sum> {
        ChunkSum::of::<RidgeClassifierValidParams<L>>(parts)
    }

    fn merge_sums(a: Self::Sum, b: Self::Sum) -> Result<Self::Sum> {
        a.merge::<RidgeClassifierValidParams<L>>(b)
    }

    fn advance(&self, minimization: Self::PassState, sum: Self::Sum) -> Result<Self::PassState> {
        minimization.advance(self.check_ref()?, sum)
    }

    fn figures(&self, minimization: &Self::PassState) -> Vec<Figure> {
        minimization.figures()
    }

    fn model(&self, minimization: Self::PassState) -> Result<Self::Model> {
        self.check_ref()?.found(minimization)
    }
}

impl<L, X, T> FitSummed<X, T> for RidgeClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    fn begin(&self) -> Result<Self::PassState> {
        let params = self.check_ref()?;
        Ok(Minimization::new(params.limits(), params.intercept(), None))
    }
}
