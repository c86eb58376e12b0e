//! Scorers of one's own.

use std::any::Any;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use linfa::Label;
use serde::{Deserialize, Serialize};

use super::{ConfusionMatrix, Needs, Scorer};
use crate::data::Shared;
use crate::error::Result;

/// A name and a function: what [`Scorer::of_confusion`], [`Scorer::mean_of_labels`] and their like
/// make.
///
/// It is identified by this value and its clones: two calls make two scorers, whatever their names.
#[derive(Clone)]
pub struct CustomScorer(Arc<Custom>);

struct Custom {
    name: String,
    identity: Identity,
    needs: Needs,
    /// Whether a function of counts heeds the weights of the rows.
    takes_weights: bool,
    /// What the labels are, where people read it.
    labels: &'static str,
    function: Function,
}

enum Function {
    /// An [`OfConfusion`] of the labels' type.
    Confusion(Box<dyn Any + Send + Sync>),
    /// An [`OfRow`] of the labels' type.
    Row(Box<dyn Any + Send + Sync>),
    Values(Box<dyn Fn(f64, f64) -> f64 + Send + Sync>),
}

type OfConfusion<L> = Box<dyn Fn(&ConfusionMatrix<L>) -> f64 + Send + Sync>;
type OfRow<L> = Box<dyn Fn(&ClassRow<'_, L>) -> f64 + Send + Sync>;

/// What tells scorers apart: a number of the process, and the scorer's own. With the first, a file
/// that outlives the process never takes another function for this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Identity(u64, u64);

impl Identity {
    fn new() -> Self {
        static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Identity(*PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// One row, and what a classifier says of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ClassRow<'a, L> {
    /// The true label.
    pub truth: &'a L,
    /// The true label's number in `classes`: `values[class]` is its probability.
    pub class: usize,
    /// The sorted classes of the model.
    pub classes: &'a [L],
    /// Probabilities, one a class; or decision values, one for two classes (positive means the
    /// second), else one a class.
    pub values: &'a [f64],
}

/// Scorers of one's own (scikit-learn's `make_scorer`).
///
/// Greater is better: a function that tells a cost or an error gives it negated, and is best called
/// `neg_…`. Rows count as often as their weights say, as for all scorers. The functions have to be pure; one that gives
/// NaN ranks its candidate last, and one that panics is the error of that fold.
///
/// The labels' type is named by the function's arguments. Used on labels of another type the scorer
/// is refused, by searches before any work.
///
/// ```
/// use chunkfit::metrics::{ConfusionMatrix, Scorer};
///
/// // The share of mail that is lost.
/// let lost = Scorer::of_confusion("neg_lost", |counts: &ConfusionMatrix<bool>| {
///     -(counts.get(&false, &true) as f64) / counts.n_rows() as f64
/// });
/// // What a wrong answer costs, on the average row.
/// let cost = Scorer::mean_of_labels("neg_cost", |truth: &bool, predicted: &bool| match (truth, predicted) {
///     (false, true) => -10.0,
///     (true, false) => -1.0,
///     _ => 0.0,
/// });
/// assert_eq!((lost.name(), cost.name()), ("neg_lost", "neg_cost"));
/// ```
impl Scorer {
    /// A function of the counts of true and predicted labels: any score that is about labels.
    ///
    /// It is refused for rows that have weights, which a function of counts would ignore; one that heeds them is made
    /// by [`of_weighted_confusion`](Scorer::of_weighted_confusion).
    pub fn of_confusion<L: Label + 'static>(
        name: impl Into<String>,
        score: impl Fn(&ConfusionMatrix<L>) -> f64 + Shared,
    ) -> Scorer {
        let score: OfConfusion<L> = Box::new(score);
        custom::<L>(name.into(), Needs::Labels, false, Function::Confusion(Box::new(score)))
    }

    /// The same, of a function that heeds the weights of the rows: that goes by scores of [`ConfusionMatrix`], or by
    /// [`weight`](ConfusionMatrix::weight) and [`weighted_pairs`](ConfusionMatrix::weighted_pairs).
    pub fn of_weighted_confusion<L: Label + 'static>(
        name: impl Into<String>,
        score: impl Fn(&ConfusionMatrix<L>) -> f64 + Shared,
    ) -> Scorer {
        let score: OfConfusion<L> = Box::new(score);
        custom::<L>(name.into(), Needs::Labels, true, Function::Confusion(Box::new(score)))
    }

    /// The mean over the rows of a function of the true and the predicted label, in this order: a
    /// profit, or a cost. The function is asked once for each pair of labels, not for every row.
    pub fn mean_of_labels<L: Label + 'static>(
        name: impl Into<String>,
        of_row: impl Fn(&L, &L) -> f64 + Shared,
    ) -> Scorer {
        Scorer::of_weighted_confusion(name, move |counts: &ConfusionMatrix<L>| {
            let total: f64 = counts.weighted_pairs().map(|(truth, predicted, n)| n * of_row(truth, predicted)).sum();
            total / counts.total_weight()
        })
    }

    /// The mean over the rows of a function of decision values: such as minus the hinge loss.
    pub fn mean_of_decision<L: Label + 'static>(
        name: impl Into<String>,
        of_row: impl Fn(&ClassRow<'_, L>) -> f64 + Shared,
    ) -> Scorer {
        let of_row: OfRow<L> = Box::new(of_row);
        custom::<L>(name.into(), Needs::Decision, true, Function::Row(Box::new(of_row)))
    }

    /// The mean over the rows of a function of class probabilities.
    ///
    /// ```
    /// use chunkfit::metrics::{ClassRow, Scorer};
    /// // Whether the true class is among those that a person would look at.
    /// Scorer::mean_of_probabilities("seen", |row: &ClassRow<usize>| f64::from(row.values[row.class] > 0.1));
    /// ```
    pub fn mean_of_probabilities<L: Label + 'static>(
        name: impl Into<String>,
        of_row: impl Fn(&ClassRow<'_, L>) -> f64 + Shared,
    ) -> Scorer {
        let of_row: OfRow<L> = Box::new(of_row);
        custom::<L>(name.into(), Needs::Probabilities, true, Function::Row(Box::new(of_row)))
    }

    /// For regressors: the mean over the rows of a function of the true and the predicted value, in
    /// this order.
    ///
    /// ```
    /// use chunkfit::metrics::Scorer;
    /// Scorer::mean_of_values("within_one", |truth, predicted| f64::from((truth - predicted).abs() < 1.0));
    /// ```
    pub fn mean_of_values(name: impl Into<String>, of_row: impl Fn(f64, f64) -> f64 + Shared) -> Scorer {
        custom::<()>(name.into(), Needs::Values, true, Function::Values(Box::new(of_row)))
    }

    /// Whether this scorer takes labels of type `L`: those of one's own take the one type that their
    /// function names, all others take any.
    ///
    /// # Errors
    /// When it does not (kind `InvalidParameter`, name `scoring`).
    pub fn check_labels<L: Label + 'static>(&self) -> Result<()> {
        let Scorer::Custom(custom) = self else { return Ok(()) };
        let fits = match &custom.0.function {
            Function::Confusion(score) => score.is::<OfConfusion<L>>(),
            Function::Row(of_row) => of_row.is::<OfRow<L>>(),
            Function::Values(_) => true,
        };
        if fits {
            return Ok(());
        }
        let (own, given) = (custom.0.labels, std::any::type_name::<L>());
        Err(self.unfit(format!("a function of labels of type {given}, as the model's are; this one's are of {own}")))
    }
}

fn custom<L: 'static>(name: String, needs: Needs, takes_weights: bool, function: Function) -> Scorer {
    let (identity, labels) = (Identity::new(), std::any::type_name::<L>());
    Scorer::Custom(CustomScorer(Arc::new(Custom { name, identity, needs, takes_weights, labels, function })))
}

impl CustomScorer {
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn needs(&self) -> Needs {
        self.0.needs
    }

    /// Refuses rows with weights for a function of counts that does not heed them.
    pub(super) fn check_weights(&self, scorer: &Scorer, weighted: bool) -> Result<()> {
        match weighted && !self.0.takes_weights {
            true => Err(scorer.unfit(
                "a scorer that heeds the rows' weights, such as Scorer::of_weighted_confusion, or rows without",
            )),
            false => Ok(()),
        }
    }

    pub(super) fn identity(&self) -> Identity {
        self.0.identity
    }

    /// The name, and what tells it from others of that name.
    pub(super) fn unique_name(&self) -> String {
        let Identity(process, number) = self.0.identity;
        format!("{} {process:016x}-{number}", self.0.name)
    }

    /// The function of counts, if it is one, of such labels.
    pub(super) fn of_confusion<L: Label + 'static>(&self) -> Option<&OfConfusion<L>> {
        match &self.0.function {
            Function::Confusion(score) => score.downcast_ref(),
            _ => None,
        }
    }

    /// The function of a classifier's rows, if it is one, of such labels.
    pub(super) fn of_row<L: Label + 'static>(&self) -> Option<&OfRow<L>> {
        match &self.0.function {
            Function::Row(of_row) => of_row.downcast_ref(),
            _ => None,
        }
    }

    /// The function of a regressor's rows, if it is one.
    pub(super) fn of_values(&self) -> Option<&(dyn Fn(f64, f64) -> f64 + Send + Sync)> {
        match &self.0.function {
            Function::Values(of_row) => Some(&**of_row),
            _ => None,
        }
    }
}

impl PartialEq for CustomScorer {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for CustomScorer {}

impl Hash for CustomScorer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for CustomScorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomScorer").field(&self.0.name).finish()
    }
}
