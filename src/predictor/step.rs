//! Steps: transformers and models behind one object-safe trait.

use ndarray::{Array1, Array2};

use super::any_label::AnyLabel;
use super::predictions::Predictions;
use super::rows::{Layout, Width};
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{ClassOutputs, TryPredict, Wanted};
use crate::persist::Persist;

/// The use of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Classifier,
    Regressor,
    MultilabelClassifier,
    OutlierDetector,
    Clusterer,
    Transformer,
    Groups,
}

/// The facts that are known of a step without rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    pub(super) role: Role,
    /// The type of floats that it takes, or gives of texts; `None` if it may be either.
    pub(super) width: Option<Width>,
    pub(super) columns_in: Option<usize>,
    pub(super) columns_out: Option<usize>,
}

impl Facts {
    pub(super) fn of<M: Persist>(model: &M, role: Role, width: Option<Width>) -> Self {
        Facts { role, width, columns_in: model.columns_in(), columns_out: model.columns_out() }
    }
}

/// The outputs of a classifier: numbers of classes, and values as `f64`.
pub(super) struct Classified {
    pub(super) labels: Vec<usize>,
    pub(super) decision: Option<Array2<f64>>,
    pub(super) probabilities: Option<Array2<f64>>,
}

/// A transformer or a model of any type. What its [role](Role) does not have is an error.
pub(super) trait Step: Send + Sync {
    fn facts(&self) -> Facts;

    /// Transformers and clusterers: other rows.
    fn transform(&self, _: &Layout<'_>) -> Result<Layout<'static>> {
        Err(lacks("transform"))
    }

    /// Classifiers.
    fn classify(&self, _: &Layout<'_>, _: Wanted) -> Result<Classified> {
        Err(lacks("classify"))
    }

    /// All models but classifiers.
    fn predict(&self, _: &Layout<'_>) -> Result<Predictions> {
        Err(lacks("predict"))
    }

    /// Outlier detectors and multilabel classifiers.
    fn decide(&self, _: &Layout<'_>) -> Result<Array2<f64>> {
        Err(lacks("decision_function"))
    }
}

/// The error of a method that a kind of models does not have.
pub(super) fn lacks(method: &'static str) -> Error {
    Error::parameter("method", format_args!("{method}"), "a method that models of this kind have")
}

pub(super) fn classified<F: Float>(outputs: &ClassOutputs<F>, n_classes: usize) -> Result<Classified> {
    let as_f64 = |values: Option<&Array2<F>>| values.map(|values| values.mapv(wide));
    Ok(Classified {
        labels: outputs.labels(n_classes)?.to_vec(),
        decision: as_f64(outputs.decision()),
        probabilities: as_f64(outputs.probabilities()),
    })
}

pub(super) fn numbers<M, X, F>(model: &M, x: &X) -> Result<Predictions>
where
    M: TryPredict<X, Array1<F>>,
    F: Float,
{
    Ok(Predictions::Numbers(model.try_predict(x)?.mapv(wide)))
}

pub(super) fn truth_values<M, X>(model: &M, x: &X) -> Result<Predictions>
where
    M: TryPredict<X, Array1<bool>>,
{
    Ok(Predictions::Labels(model.try_predict(x)?.mapv(AnyLabel::Bool)))
}

/// Does something with rows in one of the layouts that are taken.
macro_rules! over_layouts {
    ((numbers F32), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([SparseF32 DenseF32], $step, $rows, |$x| $body)
    };
    ((numbers F64), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([SparseF64 DenseF64], $step, $rows, |$x| $body)
    };
    ((numbers), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([SparseF32 DenseF32 SparseF64 DenseF64], $step, $rows, |$x| $body)
    };
    ((dense), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([DenseF32 DenseF64], $step, $rows, |$x| $body)
    };
    ((sparse), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([SparseF32 SparseF64], $step, $rows, |$x| $body)
    };
    ((texts $width:ident), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([Text RawText], $step, $rows, |$x| $body)
    };
    ((only $layout:ident), $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        over_layouts!([$layout], $step, $rows, |$x| $body)
    };
    ([$($layout:ident)*], $step:ty, $rows:expr, |$x:ident| $body:expr) => {
        match $rows {
            $($crate::predictor::rows::Layout::$layout($x) => {
                let $x = $x.as_ref();
                $body
            })*
            other => {
                let kind = <$step as $crate::persist::Persist>::kind();
                Err(other.refused(&kind, &[$(stringify!($layout)),*]))
            }
        }
    };
}

/// The type of floats of a step that takes such layouts.
macro_rules! width_of {
    ((numbers F32)) => {
        Some($crate::predictor::rows::Width::F32)
    };
    ((numbers F64)) => {
        Some($crate::predictor::rows::Width::F64)
    };
    ((texts F32)) => {
        Some($crate::predictor::rows::Width::F32)
    };
    ((texts F64)) => {
        Some($crate::predictor::rows::Width::F64)
    };
    ($layouts:tt) => {
        None
    };
}

/// Implements [`Step`] for a type of models by its role.
macro_rules! step {
    (classifier $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::Classifier, width_of!($layouts))
            }

            fn classify(&self, rows: &Layout<'_>, wanted: Wanted) -> Result<Classified> {
                let n_classes = Classes::<usize>::classes(self).len();
                over_layouts!($layouts, $model, rows, |x| classified(
                    &Classify::<_, usize>::outputs(self, x, wanted)?,
                    n_classes
                ))
            }
        }
    };
    (regressor $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::Regressor, width_of!($layouts))
            }

            fn predict(&self, rows: &Layout<'_>) -> Result<Predictions> {
                over_layouts!($layouts, $model, rows, |x| numbers(self, x))
            }
        }
    };
    (multilabel $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::MultilabelClassifier, width_of!($layouts))
            }

            fn predict(&self, rows: &Layout<'_>) -> Result<Predictions> {
                over_layouts!($layouts, $model, rows, |x| Ok(Predictions::LabelSets(self.try_predict(x)?)))
            }

            fn decide(&self, rows: &Layout<'_>) -> Result<Array2<f64>> {
                over_layouts!($layouts, $model, rows, |x| Ok(self.decision_function(x)?.mapv(wide)))
            }
        }
    };
    (outliers $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::OutlierDetector, width_of!($layouts))
            }

            fn predict(&self, rows: &Layout<'_>) -> Result<Predictions> {
                over_layouts!($layouts, $model, rows, |x| truth_values(self, x))
            }

            fn decide(&self, rows: &Layout<'_>) -> Result<Array2<f64>> {
                over_layouts!($layouts, $model, rows, |x| Ok(self.decision_function(x)?.mapv(wide)))
            }
        }
    };
    (clusterer $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::Clusterer, width_of!($layouts))
            }

            fn predict(&self, rows: &Layout<'_>) -> Result<Predictions> {
                over_layouts!($layouts, $model, rows, |x| Ok(Predictions::Clusters(self.try_predict(x)?)))
            }

            fn transform(&self, rows: &Layout<'_>) -> Result<Layout<'static>> {
                over_layouts!($layouts, $model, rows, |x| Ok(self.transform_chunk(x)?.into()))
            }
        }
    };
    (transformer $layouts:tt $model:ty) => {
        impl Step for $model {
            fn facts(&self) -> Facts {
                Facts::of(self, Role::Transformer, width_of!($layouts))
            }

            fn transform(&self, rows: &Layout<'_>) -> Result<Layout<'static>> {
                over_layouts!($layouts, $model, rows, |x| Ok(self.transform_chunk(x)?.into()))
            }
        }
    };
}

pub(super) use {over_layouts, step, width_of};

/// The error of a classifier without probabilities.
pub(super) fn no_probabilities(kind: &str) -> Error {
    let expected =
        "a classifier that has class probabilities: calibrate it, by `fit.calibrated(…)`, before it is saved";
    Error::new(ErrorKind::InvalidParameter { name: "model", value: kind.to_owned(), expected: expected.to_owned() })
}
