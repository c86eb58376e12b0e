//! Averaging the classifiers that single passes over many chunks give.

use std::collections::BTreeMap;

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::fit::{Rows, check_size};
use super::model::{NAME, SgdClassifier};
use super::params::{SgdClassifierParams, SgdClassifierValidParams};
use crate::data::checked::{checked_when_read, contradiction, is_count, is_steps};
use crate::data::{CompiledRows, FeatureRows, Float, Footprint, Shared, labels, weights_of};
use crate::error::Result;
use crate::estimator::{AverageRounds, ByMixing, FitAverage, FitAverageFrom, Weighting};
use crate::linear::average::{ChunkWeight, CompactFit, LinearState};
use crate::linear::sgd::descent::train::{History, Stopping};
use crate::linear::sgd::kernel::squares::touched;

/// The sum of the classifiers of some chunks; the default is that of no chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", bound(serialize = "L: Label + Serialize", deserialize = "L: Label + Deserialize<'de>"))]
pub struct SgdState<L> {
    linear: LinearState<L>,
    /// The only chunk's coefficients: their weighted mean would have other last bits.
    alone: Option<CompactFit<L>>,
    /// The number of rows of each class.
    counts: BTreeMap<L, usize>,
    /// One more than the number of steps on the way to the model of the chunk that took most.
    t: f64,
}

checked_when_read!(SgdState<L>, serialize: [L: Label + Serialize], deserialize: [L: Label + Deserialize<'de>]);

impl<L: Label> SgdState<L> {
    fn check_read(&self) -> Result<()> {
        if self.alone.as_ref().is_some_and(|fit| !self.linear.is_of(fit)) {
            return Err(contradiction("the only chunk's coefficients are not those of the sums"));
        }
        match is_count(self.counts.values().map(|&count| count as u64)) && is_steps(self.t) {
            true => Ok(()),
            false => Err(contradiction(format!("the counts of rows, or the steps {}, are out of range", self.t))),
        }
    }
}

impl<L> Default for SgdState<L> {
    fn default() -> Self {
        SgdState { linear: LinearState::default(), alone: None, counts: BTreeMap::new(), t: 1.0 }
    }
}

impl<L: Label> Footprint for SgdState<L> {
    fn heap_bytes(&self) -> usize {
        let alone = self.alone.as_ref().map_or(0, |fit| size_of_val(&*fit.columns) + size_of_val(&*fit.coef));
        self.linear.heap_bytes() + alone + self.counts.len() * size_of::<(L, usize)>()
    }
}

impl<L: Label + 'static> SgdClassifierValidParams<L> {
    /// One pass over a chunk, from the average of an earlier round or from nothing: what
    /// [`FitAverage::fit_state`] is for the first round, this is for those after it (iterative
    /// parameter mixing: McDonald, Hall and Mann, NAACL 2010). Finish and merge the states as those.
    ///
    /// The steps go on from the number that the model has, so that schedules get shorter from round
    /// to round. With [`AdaGrad`](crate::linear::LearningRate::AdaGrad) it has the sums of squared gradients too,
    /// if chunks were weighed by [`Weighting::Curvature`]; each chunk begins with a share of them, by its
    /// rows. [`Ftrl`](crate::linear::LearningRate::Ftrl) sums up its own anew.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted).
    pub fn fit_state_from<X, T>(
        &self,
        model: Option<&SgdClassifier<X::Elem, L>>,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<SgdState<L>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = L>,
    {
        let (x, sample_weight) = (CompiledRows::of(&chunk.records)?, weights_of(chunk));
        let rows = Rows::checked(x.view(), chunk.as_single_targets(), sample_weight.as_deref())?;
        self.state_of(model, &rows, weighting)
    }

    fn state_of<F: Float>(
        &self,
        model: Option<&SgdClassifier<F, L>>,
        rows: &Rows<'_, F, L>,
        weighting: Weighting,
    ) -> Result<SgdState<L>> {
        let total = rows.total_weight();
        let found = rows.distinct_labels();
        if let [] | [_] = &found[..] {
            let one_class = |label: &L| SgdState {
                linear: LinearState::one_class(label.clone(), rows.x.n_columns(), total),
                counts: BTreeMap::from([(label.clone(), rows.count())]),
                ..SgdState::default()
            };
            return Ok(found.first().map_or_else(SgdState::default, one_class));
        }

        let model = model.filter(|model| model.is_fitted());
        let columns = touched(rows.x, rows.counted(), model.map(SgdClassifier::coef));
        let mut begun = self.begin_chunk(model, found, (rows.count(), rows.x.n_columns()))?;
        if weighting == Weighting::Curvature {
            begun.boundaries.lanes.sum_squares();
        }
        let seen_before = begun.counts.clone();
        let fitted = self.run(begun, rows, Stopping::AFTER_ONE_PASS)?;

        let weight = match weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(total),
            Weighting::Curvature => fitted.boundaries.lanes.chunk_weight(&columns, NAME)?,
        };
        let fit = CompactFit::from_linear(fitted.linear()?, columns)?;
        let counts = fitted.counts.iter().zip(seen_before).map(|(now, before)| now - before);
        Ok(SgdState {
            alone: Some(fit.clone()),
            counts: fitted.classes.iter().cloned().zip(counts).collect(),
            t: fitted.history.t,
            linear: LinearState::from_fit(fit, weight, total)?,
        })
    }

    /// A model that goes on from the coefficients of another, or from none; its classes stay what
    /// they are.
    fn begin_chunk<F: Float>(
        &self,
        model: Option<&SgdClassifier<F, L>>,
        found: Vec<L>,
        (rows, columns): (usize, usize),
    ) -> Result<SgdClassifier<F, L>> {
        let Some(model) = model else {
            let beforehand = labels::classes_beforehand(self.classes.as_deref());
            self.check_class_weight_of_chunks(beforehand.is_some())?;
            let classes = beforehand.unwrap_or(found);
            check_size::<F>(classes.len(), columns)?;
            return Ok(self.begin(Some(classes), columns));
        };
        self.check_resumed(model, columns)?;
        let mut begun = SgdClassifier::from_linear(model.linear()?, model.history.clone());
        if self.descent.keeps_squares() {
            let share = rows as f64 / model.n_rows_seen().max(rows) as f64;
            begun.boundaries.lanes.share_squares(&model.boundaries.lanes, share);
        }
        Ok(begun.with_counts(model.counts.clone()))
    }
}

/// One pass over each chunk, as `partial_fit` makes one: the average of one chunk is what
/// `partial_fit` gives, bit for bit.
///
/// [`Weighting::Curvature`] weighs each coefficient by the sum of the squared gradients that its chunk
/// met there (Agarwal et al., *A Reliable Effective Terascale Linear Learning System*, JMLR 2014;
/// what Vowpal Wabbit's `allreduce` does): where a chunk had nothing to learn, it does not water down
/// what another learned. Classes are the declared ones, both for `bool`, else those that each chunk
/// has.
impl<L, X, T> FitAverage<X, T> for SgdClassifierValidParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type State = SgdState<L>;
    type Model = SgdClassifier<X::Elem, L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.fit_state_from(None, chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let SgdState { linear, alone, counts, t } = state;
        let known = linear.total_weight().filter(|_| self.descent.keeps_squares());
        let linear = match alone {
            Some(fit) => fit.into_linear()?,
            None => linear.finish(NAME)?,
        };
        let count = |class: &L| counts.get(class).copied().unwrap_or(0);
        let counts: Vec<usize> = linear.classes().iter().map(count).collect();
        let history = History::of_average(self.descent.loss, t, counts.iter().sum());
        let mut model = SgdClassifier::from_linear(&linear, history).with_counts(counts);
        if let Some(known) = known {
            model.boundaries.lanes.restore_squares(known);
        }
        Ok(model)
    }
}

/// Checks the parameters, then does as the checked ones.
impl<L, X, T> FitAverage<X, T> for SgdClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type State = SgdState<L>;
    type Model = SgdClassifier<X::Elem, L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.check_ref()?.fit_state(chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        FitAverage::<X, T>::finish(self.check_ref()?, state)
    }
}

impl<L, X, T> FitAverageFrom<X, T> for SgdClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    fn fit_state_from(
        &self,
        model: &Self::Model,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<Self::State> {
        self.check_ref()?.fit_state_from(Some(model), chunk, weighting)
    }
}

impl<L: Label> SgdState<L> {
    /// The state of the chunks of both.
    fn merge(self, other: Self) -> Result<Self> {
        // One chunk beside none stays alone.
        if self.linear.n_chunks() == 0 {
            return Ok(other);
        }
        if other.linear.n_chunks() == 0 {
            return Ok(self);
        }
        let mut counts = self.counts;
        other.counts.into_iter().for_each(|(class, count)| *counts.entry(class).or_default() += count);
        Ok(SgdState { linear: self.linear.merge(other.linear)?, alone: None, counts, t: self.t.max(other.t) })
    }
}

impl<L, X, T> AverageRounds<X, T> for SgdClassifierParams<L>
where
    L: Label + Shared,
    X: FeatureRows + Shared,
    T: AsSingleTargets<Elem = L> + Shared,
{
    type Way = ByMixing;
}
