//! Generalized linear regressions over chunks, in passes.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::{Array1, ArrayView1};

use super::family::{Family, check_finite_targets, check_target, link};
use super::model::Glm;
use super::params::{GlmParams, GlmValidParams};
use crate::data::{FeatureRows, Figure, Float, check_model_bytes, float_computation, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitPasses, FitSummed};
use crate::linear::smooth::{
    ChunkPart, ChunkRows, ChunkSum, ChunkTargets, Found, Minimization, Penalty, RowLosses, RowTargets, Smooth,
};
use crate::linear::targets::targets_of;

/// The numbers to be predicted for a chunk's rows.
#[derive(Debug)]
pub struct ValueTargets(Vec<f64>);

impl ChunkTargets for ValueTargets {
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.0)
    }
}

/// The findings of the first pass: the sum of the targets.
#[derive(Clone, Debug, Default)]
pub struct ValueSurvey {
    sum: f64,
}

impl<K: Family> Smooth for GlmValidParams<K> {
    type Targets = ValueTargets;
    type Survey = ValueSurvey;

    fn survey(&self, survey: &mut ValueSurvey, targets: &ValueTargets, weights: &[f64]) {
        survey.sum += targets.0.iter().zip(weights).map(|(target, weight)| target * weight).sum::<f64>();
    }

    fn merge(survey: &mut ValueSurvey, other: &ValueSurvey) {
        survey.sum += other.sum;
    }

    fn outputs(&self, _survey: &ValueSurvey, weight: f64) -> Result<usize> {
        if weight > 0.0 { Ok(1) } else { Err(Error::new(ErrorKind::NoRows { estimator: K::NAME })) }
    }

    fn first_intercept(&self, survey: &ValueSurvey, weight: f64) -> Vec<f64> {
        vec![link(self.family.power(), survey.sum / weight)]
    }

    fn penalty(&self, _weight: f64) -> Penalty {
        Penalty::l2(self.alpha)
    }

    fn losses<'a>(&self, _survey: &ValueSurvey, targets: &'a ValueTargets, _weights: &[f64]) -> RowLosses<'a> {
        let (power, targets) = (self.family.power(), &targets.0);
        RowLosses::from(match power {
            0.0 => RowTargets::Squared(targets.into()),
            power => RowTargets::Tweedie { power, targets },
        })
    }
}

/// Targets, the rows that count, and the power of a family.
type Args<'a, F> = (ArrayView1<'a, F>, &'a [usize], f64);

float_computation!(CheckTargets<'a>(ArrayView1<'a, F>) -> Result<()> = check_all);
float_computation!(Values<'a>(Args<'a, F>) -> Result<Vec<f64>> = values);
float_computation!(Spread<'a>((usize, &'a [u32], &'a [f64])) -> Array1<F> = spread);

fn check_all<F: Float>(targets: ArrayView1<'_, F>) -> Result<()> {
    check_finite_targets(&targets)
}

/// The targets of these rows, if a family of this power can have them.
fn values<F: Float>((targets, rows, power): Args<'_, F>) -> Result<Vec<f64>> {
    let value = |&i: &usize| {
        let value = wide(targets[i]);
        check_target(power, value).map(|()| value).map_err(|error| error.at_row(i))
    };
    rows.iter().map(value).collect()
}

/// Coefficients in some columns among all columns.
fn spread<F: Float>((n_features, columns, coef): (usize, &[u32], &[f64])) -> Array1<F> {
    let mut all = Array1::zeros(n_features);
    columns.iter().zip(coef).for_each(|(&j, &w)| all[j as usize] = F::cast(w));
    all
}

impl<K: Family> GlmValidParams<K> {
    /// The rows that count, gathered.
    pub(super) fn gather<X, T>(&self, chunk: &DatasetBase<X, T>) -> Result<ChunkRows<X::Elem, ValueTargets>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = X::Elem>,
    {
        let targets = targets_of(chunk)?;
        X::Elem::run::<CheckTargets<'_>>(targets)?;
        let power = self.family.power();
        ChunkRows::gather(chunk, |rows| X::Elem::run::<Values<'_>>((targets.reborrow(), rows, power)).map(ValueTargets))
    }

    /// The numbers that a minimization has come to.
    pub(super) fn best_of(&self, minimization: Minimization<ValueSurvey>) -> Result<Found> {
        let (_, found) = minimization.found().ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: K::NAME }))?;
        found.outcome.check(K::NAME)?;
        Ok(found)
    }

    /// The model that a minimization has come to.
    pub(super) fn found<F: Float>(&self, minimization: Minimization<ValueSurvey>) -> Result<Glm<K, F>> {
        let Found { n_features, columns, coef, intercept, outcome } = self.best_of(minimization)?;
        check_model_bytes(K::NAME, &[(n_features, "columns")], size_of::<F>())?;
        let all = F::run::<Spread<'_>>((n_features, &columns, &coef));
        Glm::new(self.family, all, F::cast(intercept[0]), outcome.n_iter, outcome.converged)
    }
}

#[diagnostic::do_not_recommend]
impl<K, X, T> FitPasses<X, T> for GlmParams<K>
where
    K: Family,
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type Rows = ChunkRows<X::Elem, ValueTargets>;
    type PassState = Minimization<ValueSurvey>;
    type Part = ChunkPart<ValueSurvey>;
    type Sum = ChunkSum<ValueSurvey>;
    type Model = Glm<K, X::Elem>;

    fn rows(&self, chunk: &DatasetBase<X, T>) -> Result<Self::Rows> {
        self.check_ref()?.gather(chunk)
    }

    fn is_done(minimization: &Self::PassState) -> bool {
        minimization.is_done()
    }

    fn ask(&self, minimization: &Self::PassState, rows: &Self::Rows) -> Result<Self::Part> {
        minimization.ask(self.check_ref()?, rows)
    }

    fn sum(parts: &[&Self::Part]) -> Result<Self::Sum> {
        ChunkSum::of::<GlmValidParams<K>>(parts)
    }

    fn merge_sums(a: Self::Sum, b: Self::Sum) -> Result<Self::Sum> {
        a.merge::<GlmValidParams<K>>(b)
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

#[diagnostic::do_not_recommend]
impl<K, X, T> FitSummed<X, T> for GlmParams<K>
where
    K: Family,
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    fn begin(&self) -> Result<Self::PassState> {
        let params = self.check_ref()?;
        Ok(Minimization::new(params.limits(), params.intercept(), None))
    }
}
