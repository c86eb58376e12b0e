//! Kinds of models: classifier, regressor, multilabel classifier, clusterer, outlier detector, transformer.
//!
//! A [model](super::Model) names its kind; scoring, early stopping, searches, and becoming a fit again
//! ([`IntoFit`](crate::combine::IntoFit)) follow from it.

use crate::sealed::Sealed;

/// A kind of models. Only this crate has kinds.
pub trait Kind: Sealed + 'static {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $kind {}

            impl Sealed for $kind {}
            impl Kind for $kind {}
        )*
    };
}

kinds! {
    /// Classifiers: one label for every row, out of the classes that training saw. Scored by accuracy if nothing else
    /// is asked for. Such a model implements [`Classify`](super::Classify).
    Classifier;
    /// Regressors: a number for every row. Scored by R² if nothing else is asked for. Such a model has linfa's
    /// `PredictInplace`.
    Regressor;
    /// Multilabel classifiers: any number of labels for every row. Scored by the share of rows all of whose labels are
    /// right if nothing else is asked for. Such a model implements [`DecisionFunction`](super::DecisionFunction).
    MultilabelClassifier;
    /// Outlier detectors: whether a row is like the rows of training (`true`) or an outlier (`false`). Scored by
    /// accuracy, where the targets are known, if nothing else is asked for. Such a model implements
    /// [`DecisionFunction`](super::DecisionFunction) and linfa's `PredictInplace`.
    OutlierDetector;
    /// Clusterers: the number of a cluster for every row. Scored by minus the inertia if nothing else is asked for, and
    /// where the rows have labels by scores of clusters against labels. Such a model implements
    /// [`AssignClusters`](super::AssignClusters).
    Clusterer;
    /// Transformers: other columns for every row.
    Transformer;
    /// Models of groups: one model for every group of rows, each of a kind of its own.
    Grouped;
    /// Fitted pipelines: a transformer, and the model of what comes out of it.
    Pipeline;
}
