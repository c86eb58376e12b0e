//! `Scorer`: scores by name, to select models by.

mod into_scorer;
mod problem;
mod table;

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Average, CustomScorer};
use crate::error::{Error, ErrorKind, Result};
pub use into_scorer::IntoScorer;
pub(super) use problem::{CLASSIFICATION, CLUSTERING, MULTICLASS, REGRESSION, UNLABELLED};
pub use problem::{Needs, Problem};

/// A score to select models by (scikit-learn's `scoring`). Greater is always better: errors and
/// losses are negated.
///
/// Of two classes the second in sorted order is the positive one. (scikit-learn's F1, precision and
/// recall want it to be called 1.)
///
/// scikit-learn's scorers by medians of the errors (`neg_median_absolute_error`, `d2_absolute_error_score`) are not
/// among these: an exact median is not read from sums that merge over chunks, it takes all errors.
///
/// A score that is not among these is a function of yours: [`of_confusion`](Scorer::of_confusion),
/// [`mean_of_labels`](Scorer::mean_of_labels), [`mean_of_decision`](Scorer::mean_of_decision),
/// [`mean_of_probabilities`](Scorer::mean_of_probabilities) and, for regressors,
/// [`mean_of_values`](Scorer::mean_of_values).
///
/// ```
/// use chunkfit::metrics::{Average, Scorer};
///
/// assert_eq!("f1_macro".parse::<Scorer>()?, Scorer::MeanF1(Average::Macro));
/// assert_eq!(Scorer::NegLogLoss.name(), "neg_log_loss");
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scorer {
    /// The share of right labels.
    Accuracy,
    /// The mean recall of the labels.
    BalancedAccuracy,
    /// The Matthews correlation of true and predicted labels.
    MatthewsCorrelation,
    /// The precision of the positive one of two classes.
    Precision,
    /// The recall of the positive one of two classes.
    Recall,
    /// The F1 of the positive one of two classes.
    F1,
    /// The precision of all classes.
    MeanPrecision(Average),
    /// The recall of all classes.
    MeanRecall(Average),
    /// The F1 of all classes.
    MeanF1(Average),
    /// The Jaccard index of the positive one of two classes.
    Jaccard,
    /// The Jaccard index of all classes.
    MeanJaccard(Average),
    /// How many times likelier a positive row is predicted as positive than a negative one, of two classes.
    PositiveLikelihoodRatio,
    /// Minus how many times likelier a positive row is predicted as negative than a negative one, of two classes.
    NegNegativeLikelihoodRatio,
    /// The mean over the rows of each row's own precision, where a row may have several labels.
    SamplesPrecision,
    /// The mean over the rows of each row's own recall, where a row may have several labels.
    SamplesRecall,
    /// The mean over the rows of each row's own F1, where a row may have several labels.
    SamplesF1,
    /// The mean over the rows of each row's own Jaccard index, where a row may have several labels.
    SamplesJaccard,
    /// Minus the share of wrong answers, a row's label being a question each, where a row may have several labels
    /// (scikit-learn's `hamming_loss`, which is no scorer there).
    NegHammingLoss,
    /// The area under the ROC curve of two classes; where a row may have several labels, the mean over the labels.
    RocAuc,
    /// The mean of the precisions at the positive rows' ranks, of two classes; where a row may have several labels, the
    /// mean over the labels.
    AveragePrecision,
    /// The mean over the classes of the area under the ROC curve of a class against all others.
    RocAucOvr,
    /// The same, each class counting by its rows.
    RocAucOvrWeighted,
    /// Minus the mean of -ln p of the true class.
    NegLogLoss,
    /// Minus the mean squared distance of the probabilities from the truth.
    NegBrierScore,
    /// The share of the log loss of always giving the classes' frequencies that is saved.
    D2LogLoss,
    /// The share of the Brier score of always giving the classes' frequencies that is saved.
    D2BrierScore,
    /// The share of the targets' variance that is explained.
    R2,
    /// Minus the mean squared error.
    NegMeanSquaredError,
    /// Minus the mean absolute error.
    NegMeanAbsoluteError,
    /// Minus the largest absolute error.
    NegMaxError,
    /// The share of the targets' variance that is explained, whatever the predictions are off by on average.
    ExplainedVariance,
    /// Minus the square root of the mean squared error.
    NegRootMeanSquaredError,
    /// Minus the mean of the absolute errors, each over the absolute true value.
    NegMeanAbsolutePercentageError,
    /// Minus the mean squared difference of ln(1 + x) of true and predicted values, all above -1.
    NegMeanSquaredLogError,
    /// Minus the square root of that.
    NegRootMeanSquaredLogError,
    /// Minus the mean Poisson deviance, of true values of 0 or more and predictions above 0.
    NegMeanPoissonDeviance,
    /// Minus the mean gamma deviance, of true values and predictions above 0.
    NegMeanGammaDeviance,
    /// Minus the inertia of a clustering: minus the sum of the squared distances of the rows from the centres of their
    /// clusters (the `score` of scikit-learn's `KMeans`, which has no name there).
    NegInertia,
    /// The share of pairs of rows that labels and clusters agree on, whether they belong together.
    Rand,
    /// The Rand index, adjusted for chance: 0 for clusters drawn at random.
    AdjustedRand,
    /// The geometric mean of precision and recall of the pairs of rows that a cluster puts together.
    FowlkesMallows,
    /// Whether every cluster has rows of one label alone, from 0 to 1.
    Homogeneity,
    /// Whether all rows of a label are in one cluster, from 0 to 1.
    Completeness,
    /// The harmonic mean of homogeneity and completeness.
    VMeasure,
    /// The mutual information of labels and clusters, in nats.
    MutualInfo,
    /// The mutual information over the mean of the entropies of labels and of clusters.
    NormalizedMutualInfo,
    /// A function of one's own.
    Custom(CustomScorer),
}

impl Scorer {
    /// scikit-learn's name of this scorer; of one's own the name that it was given.
    pub fn name(&self) -> &str {
        match self {
            Scorer::Custom(custom) => custom.name(),
            named => named.line().map_or("", |line| line.name),
        }
    }

    /// The error of a scorer that does not fit what it is used for.
    pub(super) fn unfit(&self, expected: impl Into<String>) -> Error {
        Error::parameter("scoring", self.name(), expected)
    }

    /// The error of a scorer that has no rows to be read from.
    pub(super) fn no_rows(&self) -> Error {
        Error::new(ErrorKind::NoScoredRows { score: self.name().to_owned() })
    }
}

/// The scorer's [`name`](Scorer::name).
impl fmt::Display for Scorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// From scikit-learn's name. Unknown names are an error that lists the known ones.
impl FromStr for Scorer {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Scorer::ALL.into_iter().find(|scorer| scorer.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Scorer::ALL.iter().map(Scorer::name).collect();
            Error::parameter("scoring", name, format!("one of {}", names.join(", ")))
        })
    }
}

/// As the [`name`](Scorer::name). In binary formats, by which keys are made, a scorer of one's own
/// has its identity beside the name: two functions of one name are two scorers.
impl Serialize for Scorer {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Scorer::Custom(custom) if !serializer.is_human_readable() => {
                serializer.serialize_str(&custom.unique_name())
            }
            _ => serializer.serialize_str(self.name()),
        }
    }
}

/// From the name. Those of one's own are an error, as unknown names are: a name is no function.
impl<'de> Deserialize<'de> for Scorer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bytes_come_back() {
        for scorer in Scorer::ALL {
            assert_eq!(scorer.to_string().parse::<Scorer>().unwrap(), scorer);
            let bytes = postcard::to_stdvec(&scorer).unwrap();
            assert_eq!(postcard::from_bytes::<Scorer>(&bytes).unwrap(), scorer);
        }
        let message = "f2".parse::<Scorer>().unwrap_err().to_string();
        assert!(message.starts_with("invalid parameter scoring = \"f2\": expected one of accuracy, "), "{message}");
    }
}
