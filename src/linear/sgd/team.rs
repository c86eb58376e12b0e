//! Teams of SGD classifiers: several that learn from the same rows at once.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};

use super::classifier::class_weight;
use super::classifier::fit::Rows;
use super::classifier::model::SgdClassifier;
use super::classifier::params::{SgdClassifierParams, SgdClassifierValidParams};
use super::coordinate::rule::Rule;
use super::kernel::boundaries::closed_positives;
use super::kernel::lane_run::Truth;
use super::kernel::lanes::WIDEST;
use super::team_progress::TeamProgress;
use crate::data::{CompiledRows, FeatureRows, Float, labels, weights_of};
use crate::error::{Error, Result};

/// Classifiers with different parameters that learn from the same rows in the same order: each row
/// is read once for all of them, and their weights lie side by side, so that the cache line of a
/// column serves all.
///
/// Each becomes the model that it would be alone, bit for bit. The classes must be known beforehand
/// (declared, or `bool`) and the same for all, and so must the order of the rows
/// ([`shuffle`](SgdClassifierParams::shuffle) and [`seed`](SgdClassifierParams::seed)). Members with
/// [`AdaGrad`](super::LearningRate::AdaGrad) are among themselves, and so are those with
/// [`Ftrl`](super::LearningRate::Ftrl).
///
/// ```
/// use chunkfit::data::Csr;
/// use chunkfit::linear::{Loss, SgdClassifier, SgdTeam};
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// let chunk = DatasetBase::new(Csr::from_dense(&array![[2.0, 0.0], [0.0, 1.0]])?, array![true, false]);
/// let losses = [Loss::Hinge, Loss::LogLoss];
/// let mut team = SgdTeam::new(losses.map(|loss| SgdClassifier::params().loss(loss)))?;
/// team.fit_chunk(&chunk)?;
/// let models = [team.model(0)?, team.model(1)?];
/// # assert!(models[0].coef() != models[1].coef());
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Debug)]
pub struct SgdTeam<F, L> {
    params: Vec<SgdClassifierValidParams<L>>,
    /// The same for all.
    classes: Vec<L>,
    learned: TeamProgress<F>,
}

impl<F: Float, L: Clone> Clone for SgdTeam<F, L> {
    fn clone(&self) -> Self {
        SgdTeam { params: self.params.clone(), classes: self.classes.clone(), learned: self.learned.clone() }
    }
}

impl<F: Float, L: Label + 'static> SgdTeam<F, L> {
    /// A team that has learned nothing.
    ///
    /// # Errors
    /// A parameter out of range; members that do not fit together.
    pub fn new(params: impl IntoIterator<Item = SgdClassifierParams<L>>) -> Result<Self> {
        let params = params.into_iter().map(ParamGuard::check).collect::<Result<Vec<_>>>()?;
        let kinds = params.iter().map(|params| {
            let expected = "classes that are declared, to learn in a team";
            Kind::of(params).ok_or_else(|| Error::parameter("classes", &params.classes, expected))
        });
        let kinds = kinds.collect::<Result<Vec<_>>>()?;
        let Some(first) = kinds.first() else {
            return Err(Error::parameter("params", "[]", "one classifier or more"));
        };
        if let Some(other) = kinds.iter().find(|kind| *kind != first) {
            let expected = format!("the same classes, order of rows and rule of steps in a team, {first:?}");
            return Err(Error::parameter("params", other, expected));
        }
        let classes = first.classes.clone();
        let mut losses = Vec::with_capacity(params.len());
        params.iter().for_each(|params| losses.push(params.descent.loss));
        let learned = TeamProgress::new(&losses, classes.len());
        Ok(SgdTeam { params, classes, learned })
    }

    /// Divides classifiers into those that fit together, by their numbers: teams of as many
    /// boundaries as a cache line serves. Those that can be in no team are left out.
    pub fn divide(params: &[&SgdClassifierParams<L>]) -> Vec<Vec<usize>> {
        let mut teams: Vec<(Kind<L>, Vec<usize>)> = Vec::new();
        for (i, params) in params.iter().enumerate() {
            let Some(kind) = params.check_ref().ok().and_then(Kind::of) else { continue };
            let most = (WIDEST / closed_positives(kind.classes.len()).len()).max(1);
            match teams.iter_mut().find(|(other, members)| *other == kind && members.len() < most) {
                Some((_, members)) => members.push(i),
                None => teams.push((kind, vec![i])),
            }
        }
        teams.into_iter().map(|(_, members)| members).collect()
    }

    /// One pass over a chunk, each row counting by the data set's weights. Gives the members that
    /// failed in this pass, by number, with their errors; they learn no further, the others do.
    ///
    /// # Errors
    /// As [`SgdClassifierValidParams::partial_fit_weighted`], what concerns the rows.
    pub fn fit_chunk<X, T>(&mut self, chunk: &DatasetBase<X, T>) -> Result<Vec<(usize, Error)>>
    where
        X: FeatureRows<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        self.partial_fit(chunk, None)
    }

    /// One pass over these rows of a chunk, as if they were all: as [`fit_chunk`](Self::fit_chunk),
    /// without a copy of them.
    ///
    /// # Errors
    /// As there.
    ///
    /// # Panics
    /// When the chunk has not all of them.
    pub fn fit_rows<X, T>(&mut self, chunk: &DatasetBase<X, T>, rows: &[usize]) -> Result<Vec<(usize, Error)>>
    where
        X: FeatureRows<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        self.partial_fit(chunk, Some(rows))
    }

    fn partial_fit<X, T>(&mut self, chunk: &DatasetBase<X, T>, chosen: Option<&[usize]>) -> Result<Vec<(usize, Error)>>
    where
        X: FeatureRows<Elem = F>,
        T: AsSingleTargets<Elem = L>,
    {
        let (x, weights) = (CompiledRows::of(&chunk.records)?, weights_of(chunk));
        self.learn(Rows::chosen(x.view(), chunk.as_single_targets(), weights.as_deref(), chosen)?)
    }

    fn learn(&mut self, rows: Rows<'_, F, L>) -> Result<Vec<(usize, Error)>> {
        if rows.count() == 0 {
            return Ok(Vec::new());
        }
        self.learned.begin(self.params.len(), rows.x.n_columns())?;
        let numbers = labels::numbers(rows.y.reborrow(), rows.counted(), &self.classes)?;
        class_weight::count(&numbers, &mut self.learned.counts);
        let mut members = Vec::with_capacity(self.params.len());
        for params in &self.params {
            let class_weight = class_weight::weights(&params.class_weight, &self.classes, &self.learned.counts);
            members.push((&params.descent, class_weight));
        }
        self.learned.learn(members, rows.examples(Truth::Classes(&numbers)))
    }

    /// The errors of the members that failed.
    pub fn failures(&self) -> &[Option<Error>] {
        &self.learned.failed
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.params.len()
    }

    /// True if there is no member; there always is.
    pub fn is_empty(&self) -> bool {
        self.params.is_empty()
    }

    /// The model of member `i`.
    ///
    /// # Errors
    /// Its own, if it failed; and that it has learned from no rows.
    ///
    /// # Panics
    /// When there are not more than `i` members.
    pub fn model(&self, i: usize) -> Result<SgdClassifier<F, L>> {
        let (boundaries, history) = self.learned.member(i)?;
        let model = SgdClassifier::new(self.classes.clone(), boundaries, history);
        Ok(model.with_counts(self.learned.counts.clone()))
    }

    /// The learned state so far, as bytes.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        self.learned.to_bytes()
    }

    /// The same team when it had learned this.
    ///
    /// # Errors
    /// Bytes that are not of what this team learns.
    pub(super) fn resume(&self, bytes: &[u8]) -> Result<Self> {
        let learned = self.learned.resume(bytes)?;
        Ok(SgdTeam { params: self.params.clone(), classes: self.classes.clone(), learned })
    }
}

/// What the members of a team have in common.
#[derive(Debug, PartialEq)]
struct Kind<L> {
    classes: Vec<L>,
    /// Rows are shuffled by this seed, or not at all.
    seed: Option<u64>,
    /// Lanes that lie side by side take steps by one rule, or all plain ones.
    rule: Option<Rule>,
}

impl<L: Label + 'static> Kind<L> {
    /// `None` for parameters that can be in no team.
    fn of(params: &SgdClassifierValidParams<L>) -> Option<Self> {
        let classes = labels::classes_beforehand(params.classes.as_deref())?;
        let rule = params.descent.coordinate_rates().map(|(rule, _)| rule);
        Some(Kind { classes, seed: params.descent.order_seed(), rule })
    }
}
