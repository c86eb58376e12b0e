//! Scores by name, to select models by.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Average, CustomScorer};
use crate::error::{Error, ErrorKind, Result};

/// A score to select models by (scikit-learn's `scoring`). Greater is always better: errors and
/// losses are negated.
///
/// Of two classes the second in sorted order is the positive one. (scikit-learn's F1, precision and
/// recall want it to be called 1.)
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
    /// The area under the ROC curve of two classes.
    RocAuc,
    /// The mean of the precisions at the positive rows' ranks, of two classes.
    AveragePrecision,
    /// Minus the mean of -ln p of the true class.
    NegLogLoss,
    /// Minus the mean squared distance of the probabilities from the truth.
    NegBrierScore,
    /// The share of the targets' variance that is explained.
    R2,
    /// Minus the mean squared error.
    NegMeanSquaredError,
    /// Minus the mean absolute error.
    NegMeanAbsoluteError,
    /// Minus the largest absolute error.
    NegMaxError,
    /// A function of one's own.
    Custom(CustomScorer),
}

/// What a [`Scorer`] has to know of a model, beside the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Needs {
    /// Predicted labels.
    Labels,
    /// Decision values; probabilities of the second class do as well.
    Decision,
    /// Class probabilities.
    Probabilities,
    /// Predicted values, of a regressor.
    Values,
}

/// What is to be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Problem {
    /// A label.
    Classification {
        /// How many there are, if that is known.
        n_classes: Option<usize>,
    },
    /// A number.
    Regression,
    /// Any number of labels for every row.
    Multilabel,
}

pub(super) const CLASSIFICATION: &str = "a scorer of classifiers, such as accuracy or f1_macro";
pub(super) const MULTICLASS: &str =
    "a scorer that takes more or fewer than two classes, such as accuracy, f1_macro or neg_log_loss";
pub(super) const MULTILABEL: &str = "a scorer of multilabel classifiers: accuracy (all labels of a row right), or precision, recall or f1 with an average";
pub(super) const REGRESSION: &str = "a scorer of regressors, such as r2 or neg_mean_squared_error";

impl Scorer {
    /// Every scorer but those of one's own.
    pub const ALL: [Scorer; 23] = [
        Scorer::Accuracy,
        Scorer::BalancedAccuracy,
        Scorer::MatthewsCorrelation,
        Scorer::Precision,
        Scorer::Recall,
        Scorer::F1,
        Scorer::MeanPrecision(Average::Macro),
        Scorer::MeanPrecision(Average::Micro),
        Scorer::MeanPrecision(Average::Weighted),
        Scorer::MeanRecall(Average::Macro),
        Scorer::MeanRecall(Average::Micro),
        Scorer::MeanRecall(Average::Weighted),
        Scorer::MeanF1(Average::Macro),
        Scorer::MeanF1(Average::Micro),
        Scorer::MeanF1(Average::Weighted),
        Scorer::RocAuc,
        Scorer::AveragePrecision,
        Scorer::NegLogLoss,
        Scorer::NegBrierScore,
        Scorer::R2,
        Scorer::NegMeanSquaredError,
        Scorer::NegMeanAbsoluteError,
        Scorer::NegMaxError,
    ];

    /// scikit-learn's name of this scorer; of one's own the name that it was given.
    pub fn name(&self) -> &str {
        match self {
            Scorer::Custom(custom) => custom.name(),
            known => known.known_name(),
        }
    }

    fn known_name(&self) -> &'static str {
        use Average::{Macro, Micro, Weighted};
        match self {
            Scorer::Accuracy => "accuracy",
            Scorer::BalancedAccuracy => "balanced_accuracy",
            Scorer::MatthewsCorrelation => "matthews_corrcoef",
            Scorer::Precision => "precision",
            Scorer::Recall => "recall",
            Scorer::F1 => "f1",
            Scorer::MeanPrecision(Macro) => "precision_macro",
            Scorer::MeanPrecision(Micro) => "precision_micro",
            Scorer::MeanPrecision(Weighted) => "precision_weighted",
            Scorer::MeanRecall(Macro) => "recall_macro",
            Scorer::MeanRecall(Micro) => "recall_micro",
            Scorer::MeanRecall(Weighted) => "recall_weighted",
            Scorer::MeanF1(Macro) => "f1_macro",
            Scorer::MeanF1(Micro) => "f1_micro",
            Scorer::MeanF1(Weighted) => "f1_weighted",
            Scorer::RocAuc => "roc_auc",
            Scorer::AveragePrecision => "average_precision",
            Scorer::NegLogLoss => "neg_log_loss",
            Scorer::NegBrierScore => "neg_brier_score",
            Scorer::R2 => "r2",
            Scorer::NegMeanSquaredError => "neg_mean_squared_error",
            Scorer::NegMeanAbsoluteError => "neg_mean_absolute_error",
            Scorer::NegMaxError => "neg_max_error",
            Scorer::Custom(_) => "scorer",
        }
    }

    /// What has to be computed of a model to score it.
    pub fn needs(&self) -> Needs {
        match self {
            Scorer::Accuracy
            | Scorer::BalancedAccuracy
            | Scorer::MatthewsCorrelation
            | Scorer::Precision
            | Scorer::Recall
            | Scorer::F1
            | Scorer::MeanPrecision(_)
            | Scorer::MeanRecall(_)
            | Scorer::MeanF1(_) => Needs::Labels,
            Scorer::RocAuc | Scorer::AveragePrecision => Needs::Decision,
            Scorer::NegLogLoss | Scorer::NegBrierScore => Needs::Probabilities,
            Scorer::R2 | Scorer::NegMeanSquaredError | Scorer::NegMeanAbsoluteError | Scorer::NegMaxError => {
                Needs::Values
            }
            Scorer::Custom(custom) => custom.needs(),
        }
    }

    /// Whether this scorer is defined for this problem, as far as can be told before any work.
    ///
    /// # Errors
    /// A scorer of regressors for a classification or the reverse; one of two classes for another
    /// number of them; one of one's own whose name is empty or that of another scorer (kind
    /// `InvalidParameter`, name `scoring`).
    pub fn check_problem(&self, problem: Problem) -> Result<()> {
        if matches!(self, Scorer::Custom(_)) && (self.name().is_empty() || self.name().parse::<Scorer>().is_ok()) {
            return Err(self.unfit("a name that no other scorer has, for a scorer of your own"));
        }
        match (problem, self.needs() == Needs::Values) {
            (Problem::Classification { .. }, true) => Err(self.unfit(CLASSIFICATION)),
            (Problem::Regression, false) => Err(self.unfit(REGRESSION)),
            (Problem::Multilabel, _) if !self.is_multilabel() => Err(self.unfit(MULTILABEL)),
            (Problem::Classification { n_classes: Some(n) }, _) if n != 2 && self.is_binary() => {
                Err(self.unfit(format!("{MULTICLASS}, as there are {n}")))
            }
            _ => Ok(()),
        }
    }

    /// Whether this scorer is about the positive one of two classes.
    fn is_binary(&self) -> bool {
        use Scorer::{AveragePrecision, F1, Precision, Recall, RocAuc};
        matches!(self, Precision | Recall | F1 | RocAuc | AveragePrecision)
    }

    /// True if this scorer is defined where a row may have several labels.
    fn is_multilabel(&self) -> bool {
        use Scorer::{Accuracy, MeanF1, MeanPrecision, MeanRecall};
        matches!(self, Accuracy | MeanPrecision(_) | MeanRecall(_) | MeanF1(_))
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
            let names = Scorer::ALL.map(|scorer| scorer.known_name());
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

    #[test]
    fn scorers_that_do_not_fit_are_told_before_any_work() {
        let classes = |n_classes| Problem::Classification { n_classes };
        for scorer in Scorer::ALL {
            let regression = scorer.needs() == Needs::Values;
            assert_eq!(scorer.check_problem(Problem::Regression).is_ok(), regression, "{scorer}");
            for n_classes in [None, Some(2)] {
                assert_eq!(scorer.check_problem(classes(n_classes)).is_ok(), !regression, "{scorer}");
            }
            let fits = !regression && !scorer.is_binary();
            assert_eq!(scorer.check_problem(classes(Some(3))).is_ok(), fits, "{scorer}");
        }
        let error = Scorer::RocAuc.check_problem(classes(Some(3))).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
        assert!(error.to_string().contains("\"roc_auc\"") && error.to_string().ends_with("as there are 3"));
    }
}
