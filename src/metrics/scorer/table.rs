//! The table of named scorers: the name of each, the outputs of a model that it needs, and the problems it is defined
//! for.

use super::Scorer;
use super::problem::Needs;
use crate::metrics::Average::{Macro, Micro, Weighted};

/// A problem that a scorer is defined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defined {
    /// Two classes, one of which is the positive one.
    TwoClasses,
    /// Any number of classes.
    Classes,
    /// Several labels a row.
    Multilabel,
    /// Numbers.
    Values,
    /// Clusters.
    Clusters,
    /// Clusters of rows that have labels.
    LabelledClusters,
}

/// A line of the table.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) needs: Needs,
    pub(super) defined: &'static [Defined],
}

/// The constant [`Scorer::ALL`] and the look-up of a scorer's line.
macro_rules! table {
    ($([$($scorer:tt)*] $name:literal $needs:ident: $($defined:ident)*;)*) => {
        impl Scorer {
            /// Every scorer but those of one's own.
            pub const ALL: [Scorer; [$($name),*].len()] = [$(Scorer::$($scorer)*),*];

            /// The line of a named scorer; `None` for one of one's own.
            pub(super) fn line(&self) -> Option<Line> {
                match self {
                    $(Scorer::$($scorer)* => {
                        Some(Line { name: $name, needs: Needs::$needs, defined: &[$(Defined::$defined),*] })
                    })*
                    Scorer::Custom(_) => None,
                }
            }
        }
    };
}

table! {
    [Accuracy] "accuracy" Labels: Classes Multilabel;
    [BalancedAccuracy] "balanced_accuracy" Labels: Classes;
    [MatthewsCorrelation] "matthews_corrcoef" Labels: Classes;
    [Precision] "precision" Labels: TwoClasses;
    [Recall] "recall" Labels: TwoClasses;
    [F1] "f1" Labels: TwoClasses;
    [MeanPrecision(Macro)] "precision_macro" Labels: Classes Multilabel;
    [MeanPrecision(Micro)] "precision_micro" Labels: Classes Multilabel;
    [MeanPrecision(Weighted)] "precision_weighted" Labels: Classes Multilabel;
    [MeanRecall(Macro)] "recall_macro" Labels: Classes Multilabel;
    [MeanRecall(Micro)] "recall_micro" Labels: Classes Multilabel;
    [MeanRecall(Weighted)] "recall_weighted" Labels: Classes Multilabel;
    [MeanF1(Macro)] "f1_macro" Labels: Classes Multilabel;
    [MeanF1(Micro)] "f1_micro" Labels: Classes Multilabel;
    [MeanF1(Weighted)] "f1_weighted" Labels: Classes Multilabel;
    [Jaccard] "jaccard" Labels: TwoClasses;
    [MeanJaccard(Macro)] "jaccard_macro" Labels: Classes Multilabel;
    [MeanJaccard(Micro)] "jaccard_micro" Labels: Classes Multilabel;
    [MeanJaccard(Weighted)] "jaccard_weighted" Labels: Classes Multilabel;
    [PositiveLikelihoodRatio] "positive_likelihood_ratio" Labels: TwoClasses;
    [NegNegativeLikelihoodRatio] "neg_negative_likelihood_ratio" Labels: TwoClasses;
    [SamplesPrecision] "precision_samples" Labels: Multilabel;
    [SamplesRecall] "recall_samples" Labels: Multilabel;
    [SamplesF1] "f1_samples" Labels: Multilabel;
    [SamplesJaccard] "jaccard_samples" Labels: Multilabel;
    [NegHammingLoss] "neg_hamming_loss" Labels: Multilabel;
    [RocAuc] "roc_auc" Decision: TwoClasses Multilabel;
    [AveragePrecision] "average_precision" Decision: TwoClasses Multilabel;
    [RocAucOvr] "roc_auc_ovr" Probabilities: Classes;
    [RocAucOvrWeighted] "roc_auc_ovr_weighted" Probabilities: Classes;
    [NegLogLoss] "neg_log_loss" Probabilities: Classes;
    [NegBrierScore] "neg_brier_score" Probabilities: Classes;
    [D2LogLoss] "d2_log_loss_score" Probabilities: Classes;
    [D2BrierScore] "d2_brier_score" Probabilities: Classes;
    [R2] "r2" Values: Values;
    [ExplainedVariance] "explained_variance" Values: Values;
    [NegMeanSquaredError] "neg_mean_squared_error" Values: Values;
    [NegMeanAbsoluteError] "neg_mean_absolute_error" Values: Values;
    [NegMaxError] "neg_max_error" Values: Values;
    [NegRootMeanSquaredError] "neg_root_mean_squared_error" Values: Values;
    [NegMeanAbsolutePercentageError] "neg_mean_absolute_percentage_error" Values: Values;
    [NegMeanSquaredLogError] "neg_mean_squared_log_error" Values: Values;
    [NegRootMeanSquaredLogError] "neg_root_mean_squared_log_error" Values: Values;
    [NegMeanPoissonDeviance] "neg_mean_poisson_deviance" Values: Values;
    [NegMeanGammaDeviance] "neg_mean_gamma_deviance" Values: Values;
    [NegInertia] "neg_inertia" Clusters: Clusters LabelledClusters;
    [Rand] "rand_score" Clusters: LabelledClusters;
    [AdjustedRand] "adjusted_rand_score" Clusters: LabelledClusters;
    [FowlkesMallows] "fowlkes_mallows_score" Clusters: LabelledClusters;
    [Homogeneity] "homogeneity_score" Clusters: LabelledClusters;
    [Completeness] "completeness_score" Clusters: LabelledClusters;
    [VMeasure] "v_measure_score" Clusters: LabelledClusters;
    [MutualInfo] "mutual_info_score" Clusters: LabelledClusters;
    [NormalizedMutualInfo] "normalized_mutual_info_score" Clusters: LabelledClusters;
}
