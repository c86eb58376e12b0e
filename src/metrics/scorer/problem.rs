//! `Needs` and `Problem`: the outputs of a model that a scorer reads, and the problems that it is defined for.

use super::Scorer;
use super::table::Defined;
use crate::error::Result;

/// The output of a model that a [`Scorer`] is read from, beside the truth.
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
    /// Clusters, and squared distances from their centres.
    Clusters,
}

/// A learning problem: classification, regression, several labels a row, clustering.
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
    /// The number of a cluster.
    Clustering {
        /// Whether the rows have labels that the clusters are compared with.
        labelled: bool,
    },
}

pub(in crate::metrics) const CLASSIFICATION: &str = "a scorer of classifiers, such as accuracy or f1_macro";
pub(in crate::metrics) const MULTICLASS: &str =
    "a scorer that takes more or fewer than two classes, such as accuracy, f1_macro or neg_log_loss";
pub(in crate::metrics) const MULTILABEL: &str = concat!(
    "a scorer of multilabel classifiers: accuracy (all labels of a row right), precision, recall, f1 or jaccard with an ",
    "average, neg_hamming_loss, roc_auc or average_precision"
);
pub(in crate::metrics) const REGRESSION: &str = "a scorer of regressors, such as r2 or neg_mean_squared_error";
pub(in crate::metrics) const CLUSTERING: &str =
    "a scorer of clusterings, such as neg_inertia or, for rows with labels, adjusted_rand_score";
pub(in crate::metrics) const UNLABELLED: &str =
    "neg_inertia, or chunks whose targets are labels: these rows have none to compare clusters with";

impl Scorer {
    /// What has to be computed of a model to score it.
    pub fn needs(&self) -> Needs {
        match self {
            Scorer::Custom(custom) => custom.needs(),
            named => named.line().map_or(Needs::Labels, |line| line.needs),
        }
    }

    /// Whether this scorer is defined for this problem, as far as can be told before any work.
    ///
    /// # Errors
    /// A scorer of another kind of models, such as one of regressors for a classification; one of two classes for
    /// another number of them; one that compares clusters with labels for rows without; one of one's own whose name is
    /// empty or that of another scorer (kind `InvalidParameter`, name `scoring`).
    pub fn check_problem(&self, problem: Problem) -> Result<()> {
        if matches!(self, Scorer::Custom(_)) && (self.name().is_empty() || self.name().parse::<Scorer>().is_ok()) {
            return Err(self.unfit("a name that no other scorer has, for a scorer of your own"));
        }
        let defined = self.defined();
        let is = |wanted| defined.contains(&wanted);
        match problem {
            Problem::Classification { .. } if !is(Defined::Classes) && !is(Defined::TwoClasses) => {
                Err(self.unfit(CLASSIFICATION))
            }
            Problem::Classification { n_classes: Some(n) } if n != 2 && !is(Defined::Classes) => {
                Err(self.unfit(format!("{MULTICLASS}, as there are {n}")))
            }
            Problem::Regression if !is(Defined::Values) => Err(self.unfit(REGRESSION)),
            Problem::Multilabel if !is(Defined::Multilabel) => Err(self.unfit(MULTILABEL)),
            Problem::Clustering { .. } if !is(Defined::LabelledClusters) => Err(self.unfit(CLUSTERING)),
            Problem::Clustering { labelled: false } if !is(Defined::Clusters) => Err(self.unfit(UNLABELLED)),
            _ => Ok(()),
        }
    }

    /// The problems that the scorer is defined for; one of one's own by the outputs that its function takes.
    fn defined(&self) -> &'static [Defined] {
        match (self.line(), self.needs()) {
            (Some(line), _) => line.defined,
            (None, Needs::Values) => &[Defined::Values],
            (None, _) => &[Defined::Classes],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn scorers_that_do_not_fit_are_told_before_any_work() {
        let classes = |n_classes| Problem::Classification { n_classes };
        for scorer in Scorer::ALL {
            let needs = scorer.needs();
            let (regression, clustering) = (needs == Needs::Values, needs == Needs::Clusters);
            assert_eq!(scorer.check_problem(Problem::Regression).is_ok(), regression, "{scorer}");
            let multilabel = scorer.check_problem(Problem::Multilabel).is_ok();
            let two = scorer.check_problem(classes(Some(2))).is_ok();
            assert_eq!(two || multilabel, !regression && !clustering, "{scorer}");
            assert_eq!(scorer.check_problem(classes(None)).is_ok(), two, "{scorer}");
            assert!(two || scorer.check_problem(classes(Some(3))).is_err(), "{scorer}");
            let labelled = scorer.check_problem(Problem::Clustering { labelled: true }).is_ok();
            let unlabelled = scorer.check_problem(Problem::Clustering { labelled: false }).is_ok();
            assert_eq!((labelled, unlabelled), (clustering, scorer == Scorer::NegInertia), "{scorer}");
        }
        let error = Scorer::RocAuc.check_problem(classes(Some(3))).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
        assert!(error.to_string().contains("\"roc_auc\"") && error.to_string().ends_with("as there are 3"));
        let error = Scorer::Rand.check_problem(Problem::Clustering { labelled: false }).unwrap_err();
        assert!(error.to_string().contains("neg_inertia, or chunks whose targets are labels"), "{error}");
    }
}
