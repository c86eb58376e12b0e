//! Predictions of a model whose kind is known at run time.

use ndarray::{Array1, Array2};

use super::any_label::AnyLabel;

/// The predictions of a [`Predictor`](super::Predictor), one a row.
///
/// ```
/// use chunkfit::ndarray::array;
/// use chunkfit::predictor::{AnyLabel, Predictions};
///
/// let predicted = Predictions::Labels(array!["spam".into(), "ham".into()]);
/// assert_eq!(predicted.labels().map(|labels| labels[0].to_string()), Some("spam".to_owned()));
/// assert_eq!((predicted.len(), predicted.numbers()), (2, None));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Predictions {
    /// Labels, of a classifier; `true` for a row like those of training and `false` for an outlier, of an outlier detector.
    Labels(Array1<AnyLabel>),
    /// Numbers, of a regressor. Those of a model of `f32` are the same numbers as `f64`.
    Numbers(Array1<f64>),
    /// The numbers of clusters, of a clusterer.
    Clusters(Array1<usize>),
    /// A truth value for each row and label, of a multilabel classifier: shape (rows, labels).
    LabelSets(Array2<bool>),
}

impl Predictions {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Predictions::Labels(labels) => labels.len(),
            Predictions::Numbers(numbers) => numbers.len(),
            Predictions::Clusters(clusters) => clusters.len(),
            Predictions::LabelSets(sets) => sets.nrows(),
        }
    }

    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels; `None` if the model predicts none.
    pub fn labels(&self) -> Option<&Array1<AnyLabel>> {
        match self {
            Predictions::Labels(labels) => Some(labels),
            _ => None,
        }
    }

    /// The numbers of a regressor; `None` if the model is none.
    pub fn numbers(&self) -> Option<&Array1<f64>> {
        match self {
            Predictions::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    /// The numbers of clusters; `None` if the model is no clusterer.
    pub fn clusters(&self) -> Option<&Array1<usize>> {
        match self {
            Predictions::Clusters(clusters) => Some(clusters),
            _ => None,
        }
    }

    /// A truth value for each row and label, shape (rows, labels); `None` if the model is no multilabel classifier.
    pub fn label_sets(&self) -> Option<&Array2<bool>> {
        match self {
            Predictions::LabelSets(sets) => Some(sets),
            _ => None,
        }
    }
}

/// Rows that came out of the transformers, as `f64`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Transformed {
    /// Sparse rows.
    Sparse(crate::data::Csr<f64>),
    /// Dense rows: shape (rows, columns).
    Dense(Array2<f64>),
}

impl Transformed {
    /// Dense rows, shape (rows, columns), whatever they were.
    pub fn to_dense(&self) -> Array2<f64> {
        match self {
            Transformed::Sparse(rows) => rows.to_dense(),
            Transformed::Dense(rows) => rows.clone(),
        }
    }
}
