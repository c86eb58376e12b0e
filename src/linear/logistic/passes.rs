//! Logistic regression over chunks: the exact fit in passes, from zeros or from an average.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::NAME;
use super::average::LogisticState;
use super::solve::signs;
use super::{LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams};
use crate::data::{FeatureRows, Figure, Shared, labels};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitPasses, FitSummed, RefineAverage};
use crate::linear::average::CompactFit;
use crate::linear::newton::{Limits, Outcome, PASSES_A_ROUND};
use crate::linear::smooth::{
    ChunkPart, ChunkRows, ChunkSum, Found, Intercept, Minimization, Penalty, RowLosses, RowTargets, Smooth, center,
};
use crate::linear::targets::{ClassTargets, sorted_classes};

/// The state of a fit over chunks between two passes; see [`FitPasses`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Label + Deserialize<'de>"))]
pub struct LogisticMinimization<L> {
    minimization: Minimization<Vec<L>>,
}

impl<L: Label> Smooth for LogisticRegressionValidParams<L> {
    type Targets = ClassTargets<L>;
    /// The classes, sorted.
    type Survey = Vec<L>;

    fn survey(&self, survey: &mut Vec<L>, targets: &ClassTargets<L>, _weights: &[f64]) {
        Self::merge(survey, &targets.classes);
    }

    fn merge(survey: &mut Vec<L>, other: &Vec<L>) {
        *survey = sorted_classes(survey.iter().chain(other));
    }

    fn outputs(&self, classes: &Vec<L>, _weight: f64) -> Result<usize> {
        match &classes[..] {
            [] => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            [label] => Err(labels::only(label)),
            [_, _] => Ok(1),
            more => Ok(more.len()),
        }
    }

    fn first_intercept(&self, classes: &Vec<L>, _weight: f64) -> Vec<f64> {
        vec![0.0; if classes.len() == 2 { 1 } else { classes.len() }]
    }

    fn penalty(&self, weight: f64) -> Penalty {
        self.settings().penalty(weight)
    }

    fn losses<'a>(&self, classes: &Vec<L>, targets: &'a ClassTargets<L>, _weights: &[f64]) -> RowLosses<'a> {
        let class_of = targets.numbers(|class| classes.binary_search(class).ok());
        RowLosses::from(match classes.len() {
            2 => RowTargets::Logistic(signs(&class_of)),
            classes => RowTargets::Softmax { class_of, classes },
        })
    }
}

impl<L, X, T> FitPasses<X, T> for LogisticRegressionParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type Rows = ChunkRows<X::Elem, ClassTargets<L>>;
    type PassState = LogisticMinimization<L>;
    type Part = ChunkPart<Vec<L>>;
    type Sum = ChunkSum<Vec<L>>;
    type Model = LogisticRegression<X::Elem, L>;

    fn rows(&self, chunk: &DatasetBase<X, T>) -> Result<Self::Rows> {
        ClassTargets::gather(chunk)
    }

    fn is_done(state: &Self::PassState) -> bool {
        state.minimization.is_done()
    }

    fn ask(&self, state: &Self::PassState, rows: &Self::Rows) -> Result<Self::Part> {
        if let Some((classes, outputs)) = state.minimization.survey() {
            let known = if classes.len() == 2 { 1 } else { classes.len() };
            if outputs != known {
                return Err(Error::shape("outputs of the classes", known, outputs));
            }
            // Where classes are many, finding each among them takes less than a pass over the rows.
            if let Some(label) = rows.targets().classes.iter().find(|label| classes.binary_search(label).is_err()) {
                return Err(labels::unknown(label, classes));
            }
        }
        state.minimization.ask(self.check_ref()?, rows)
    }

    fn sum(parts: &[&Self::Part]) -> Result<Self::Sum> {
        ChunkSum::of::<LogisticRegressionValidParams<L>>(parts)
    }

    fn merge_sums(a: Self::Sum, b: Self::Sum) -> Result<Self::Sum> {
        a.merge::<LogisticRegressionValidParams<L>>(b)
    }

    fn advance(&self, state: Self::PassState, sum: Self::Sum) -> Result<Self::PassState> {
        let minimization = state.minimization.advance(self.check_ref()?, sum)?;
        Ok(LogisticMinimization { minimization })
    }

    fn figures(&self, state: &Self::PassState) -> Vec<Figure> {
        state.minimization.figures()
    }

    fn model(&self, state: Self::PassState) -> Result<Self::Model> {
        let nothing = || Error::new(ErrorKind::NoRows { estimator: NAME });
        let params = self.check_ref()?.settings();
        let (classes, found) = state.minimization.found().ok_or_else(nothing)?;
        let found = centered(found, classes.len(), params.has_l1(), params.intercept())?;
        let Found { n_features, columns, coef, intercept, outcome } = found;
        let linear = CompactFit { classes, n_features, columns, coef, intercept }.into_linear_of(NAME)?;
        Ok(LogisticRegression::new(linear, outcome.n_iter, outcome.converged))
    }
}

/// Of the minima that shifts of all classes' numbers lead between, the one whose numbers sum to zero.
fn centered(mut found: Found, classes: usize, has_l1: bool, kind: Intercept) -> Result<Found> {
    found.outcome.check(NAME)?;
    if classes > 2 {
        // An L1 penalty tells shifted coefficients apart.
        if !has_l1 {
            center_columns(&mut found.coef, found.columns.len());
        }
        if !has_l1 || kind == Intercept::Free {
            center(&mut found.intercept, classes);
        }
    }
    Ok(found)
}

/// Makes the coefficients of every column sum to zero over the classes; they lie class by class.
fn center_columns(coef: &mut [f64], n_columns: usize) {
    let n_classes = coef.len() / n_columns.max(1);
    for j in 0..n_columns {
        let mut column: Vec<f64> = (0..n_classes).map(|k| coef[k * n_columns + j]).collect();
        center(&mut column, n_classes);
        (0..n_classes).for_each(|k| coef[k * n_columns + j] = column[k]);
    }
}

impl<L, X, T> FitSummed<X, T> for LogisticRegressionParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    fn begin(&self) -> Result<Self::PassState> {
        let params = self.check_ref()?.settings();
        let minimization = Minimization::new(params.limits(), params.intercept(), None);
        Ok(LogisticMinimization { minimization })
    }
}

impl<L, X, T> RefineAverage<X, T> for LogisticRegressionParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    fn go_on(&self, state: LogisticState<L>) -> Result<Self::PassState> {
        let params = self.check_ref()?.settings();
        let fit = state.into_fit()?;
        let CompactFit { n_features, columns, coef, intercept, .. } = fit;
        let start = Found { n_features, columns, coef, intercept, outcome: Outcome::default() };
        let minimization = Minimization::new(Limits::of_round(params.tol), params.intercept(), Some(start));
        Ok(LogisticMinimization { minimization })
    }

    fn next_round(&self, mut state: Self::PassState) -> Self::PassState {
        state.minimization.go_on();
        state
    }

    /// The average of models that selected different columns is far from the minimum: more points are tried.
    fn passes_a_round(&self) -> usize {
        PASSES_A_ROUND + if self.check_ref().is_ok_and(|params| params.settings().has_l1()) { 4 } else { 0 }
    }
}
