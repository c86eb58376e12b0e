//! Teams of SGD classifiers: several that learn from the same rows at once.

use std::ops::Range;

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::classifier::class_weight;
use super::classifier::fit::{Rows, check_size};
use super::classifier::model::{NAME, SgdClassifier, no_rows};
use super::classifier::params::{SgdClassifierParams, SgdClassifierValidParams};
use super::coordinate::rule::Rule;
use super::descent::train::{History, Learner, Stopping, train};
use super::kernel::boundaries::{BoundarySet, Positive, closed_positives};
use super::kernel::lane_run::Truth;
use super::kernel::lanes::{Lanes, WIDEST};
use super::kernel::pass::Examples;
use super::snapshot::LanesSnapshot;
use crate::data::{FeatureRows, Float, labels, weights_of};
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
#[derive(Clone, Debug)]
pub struct SgdTeam<F, L> {
    params: Vec<SgdClassifierValidParams<L>>,
    /// The same for all.
    classes: Vec<L>,
    /// The number of rows of each class there were.
    counts: Vec<usize>,
    /// What the boundaries of one member tell apart.
    positives: Vec<Positive>,
    histories: Vec<History>,
    /// Each member's error, once it failed.
    failed: Vec<Option<Error>>,
    /// The members' boundaries, one member after the other; `None` until the first row.
    lanes: Option<Lanes<F>>,
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
        let histories = params.iter().map(|params| History::new(params.descent.loss)).collect();
        let (failed, positives) = (vec![None; params.len()], closed_positives(first.classes.len()));
        let counts = vec![0; first.classes.len()];
        Ok(SgdTeam { classes: first.classes.clone(), counts, positives, params, histories, failed, lanes: None })
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
        let (x, weights) = (&chunk.records, weights_of(chunk));
        let y = chunk.as_single_targets();
        let rows = Rows::chosen(x, y.reborrow(), weights.as_deref(), chosen)?;
        if rows.count() == 0 {
            return Ok(Vec::new());
        }
        let (columns, width) = (x.nfeatures(), self.positives.len());
        if self.lanes.is_none() {
            check_size::<F>(self.params.len() * width, columns)?;
        }
        let lanes = self.lanes.get_or_insert_with(|| Lanes::zeros(self.params.len() * width, columns));
        if columns != lanes.columns() {
            return Err(Error::shape("columns", lanes.columns(), columns));
        }
        let numbers = labels::numbers(rows.y.reborrow(), rows.counted(), &self.classes)?;
        class_weight::count(&numbers, &mut self.counts);
        let mut learners = Vec::with_capacity(self.params.len());
        for (i, (params, history)) in self.params.iter().zip(&mut self.histories).enumerate() {
            let targets = params.targets(&self.positives, &self.classes, &self.counts);
            learners.push(Learner { descent: &params.descent, history, lanes: span(i, width), targets });
        }
        let truth = Truth::Classes(&numbers);
        let examples = Examples { x, rows: rows.counted(), truth, sample_weight: rows.sample_weight };
        train(&mut learners, lanes, &examples, Stopping::AFTER_ONE_PASS)?;

        let mut failures = Vec::new();
        for (i, (history, failed)) in self.histories.iter().zip(&mut self.failed).enumerate() {
            if let (Err(error), None) = (history.check(NAME), &failed) {
                *failed = Some(error.clone());
                failures.push((i, error));
            }
        }
        Ok(failures)
    }

    /// The errors of the members that failed.
    pub fn failures(&self) -> &[Option<Error>] {
        &self.failed
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
        self.failed[i].clone().map_or(Ok(()), Err)?;
        let lanes = self.lanes.as_ref().ok_or_else(no_rows)?;
        let own: Vec<usize> = span(i, self.positives.len()).collect();
        let boundaries = BoundarySet::of_lanes(lanes.select(&own));
        let model = SgdClassifier::new(self.classes.clone(), boundaries, self.histories[i].clone());
        Ok(model.with_counts(self.counts.clone()))
    }
}

/// What a team has learned, as plain data.
#[derive(Serialize, Deserialize)]
pub(crate) struct TeamSnapshot {
    counts: Vec<usize>,
    histories: Vec<History>,
    lanes: Option<LanesSnapshot>,
}

impl<F: Float, L: Label + 'static> SgdTeam<F, L> {
    /// What was learned so far.
    pub(crate) fn snapshot(&self) -> TeamSnapshot {
        TeamSnapshot {
            counts: self.counts.clone(),
            histories: self.histories.clone(),
            lanes: self.lanes.as_ref().map(LanesSnapshot::of),
        }
    }

    /// The same team when it had learned this; `None` if that is not what this team learns.
    pub(crate) fn resume(&self, TeamSnapshot { counts, histories, lanes }: TeamSnapshot) -> Option<Self> {
        let lanes = match lanes {
            Some(lanes) => Some(lanes.into_lanes()?),
            None => None,
        };
        let n = self.params.len();
        let fits = histories.len() == n && counts.len() == self.classes.len();
        let fits = fits && lanes.as_ref().is_none_or(|lanes| lanes.len() == n * self.positives.len());
        let failed = histories.iter().map(|history| history.check(NAME).err()).collect();
        fits.then(|| SgdTeam { counts, histories, failed, lanes, ..self.clone() })
    }
}

/// The lanes of member `i`, each member having so many.
fn span(i: usize, width: usize) -> Range<usize> {
    i * width..(i + 1) * width
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
