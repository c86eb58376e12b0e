//! Conformance suite for estimators: laws that every estimator of this crate is held to, and that an estimator of your own
//! can be held to (scikit-learn's `check_estimator`). In tests, by a dev-dependency on this crate with the feature `testing`.
//!
//! An estimator is given by its parameters and examples of the rows and targets that it learns from. Each method of
//! [`Estimator`] claims something that it can do; [`check`](Estimator::check) holds the claims to all [laws](laws()): the
//! same bits on any number of threads, in any order of arrival and within any memory limit; NaN, infinity, other columns,
//! unknown labels and bad weights refused with the row; rows of weight 0 absent; searches, early stopping, checkpoints,
//! files of models. A law that does not hold for a reason is [excluded](Estimator::except) with that reason.
//!
//! | An estimator of your own that | is claimed by |
//! |---|---|
//! | learns chunk by chunk ([`PartialFit`](crate::estimator::PartialFit)) and predicts | [`chained`](Estimator::chained); [`partial_fit`](Estimator::partial_fit) if its models are not scored |
//! | learns from each chunk alone ([`FitAverage`](crate::estimator::FitAverage)) | [`average`](Estimator::average), [`exact_average`](Estimator::exact_average) |
//! | learns in passes over all rows ([`FitSummed`](crate::estimator::FitSummed)) | [`sum`](Estimator::sum) |
//! | is a transformer ([`LearnRows`](crate::estimator::LearnRows), [`LearnTransform`](crate::estimator::LearnTransform)) | [`learned`](Estimator::learned), [`stateless`](Estimator::stateless) |
//! | fits rows in memory (linfa's `Fit`) | [`in_memory`](Estimator::in_memory) |
//! | takes no weights | [`refuses_weights`](Estimator::refuses_weights), beside the others |
//!
//! ```
//! use chunkfit::bayes::GaussianNb;
//! use chunkfit::ndarray::{Array1, Array2};
//! use chunkfit::testing::Examples;
//!
//! Examples::<Array2<f64>, Array1<usize>>::new().estimator(GaussianNb::params()).chained().persisted().check();
//! ```
//!
//! An estimator of your own that obeys them all, one that learns the mean of the values:
//!
//! ```
//! use chunkfit::data::{Codec, FeatureRows, Identified, checked_weights};
//! use chunkfit::estimator::{Model, PartialFit, kind, settle};
//! use chunkfit::linfa::{DatasetBase, traits::PredictInplace};
//! use chunkfit::ndarray::{Array1, Array2};
//! use chunkfit::testing::Examples;
//! use chunkfit::{Error, ErrorKind, Result};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Serialize)]
//! struct Mean;
//!
//! impl Identified for Mean {
//!     const NAME: &'static str = "docs::Mean";
//! }
//!
//! #[derive(Clone, Default, Serialize, Deserialize)]
//! struct MeanModel {
//!     sum: f64,
//!     weight: f64,
//!     n_features: usize,
//! }
//!
//! impl MeanModel {
//!     fn check(&self, x: &Array2<f64>) -> Result<()> {
//!         match x.ncols() == self.n_features {
//!             true => x.check_finite(),
//!             false => Err(Error::shape("columns", self.n_features, x.ncols())),
//!         }
//!     }
//! }
//!
//! impl PartialFit<Array2<f64>, Array1<f64>> for Mean {
//!     type Model = MeanModel;
//!
//!     fn partial_fit(
//!         &self,
//!         model: Option<MeanModel>,
//!         chunk: &DatasetBase<Array2<f64>, Array1<f64>>,
//!     ) -> Result<MeanModel> {
//!         let begin = || MeanModel { n_features: chunk.records.ncols(), ..Default::default() };
//!         let mut model = model.unwrap_or_else(begin);
//!         model.check(&chunk.records)?;
//!         let weights = checked_weights(chunk)?;
//!         for (i, value) in chunk.targets.iter().enumerate() {
//!             let weight = weights.as_ref().map_or(1.0, |weights| weights[i]);
//!             if weight > 0.0 {
//!                 model.sum += weight * value;
//!                 model.weight += weight;
//!             }
//!             if !model.sum.is_finite() {
//!                 let kind = ErrorKind::InvalidTarget { value: value.to_string(), expected: "a finite sum" };
//!                 return Err(Error::new(kind).at_row(i));
//!             }
//!         }
//!         Ok(model)
//!     }
//!
//!     fn check_end(&self, model: &MeanModel) -> Result<()> {
//!         match model.weight > 0.0 {
//!             true => Ok(()),
//!             false => Err(Error::new(ErrorKind::NoRows { estimator: "Mean" })),
//!         }
//!     }
//!
//!     fn codec(&self) -> Option<Codec<MeanModel>> {
//!         Some(Codec::serialized())
//!     }
//! }
//!
//! impl PredictInplace<Array2<f64>, Array1<f64>> for MeanModel {
//!     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<f64>) {
//!         settle(Mean.check_end(self).and(self.check(x)).map(|()| y.fill(self.sum / self.weight)));
//!     }
//!
//!     fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
//!         Array1::zeros(x.nrows())
//!     }
//! }
//!
//! impl Model for MeanModel {
//!     type Kind = kind::Regressor;
//! }
//!
//! Examples::<Array2<f64>, Array1<f64>>::new().estimator(Mean).chained().scored().into_files().tolerance(1e-12).check();
//! ```
//!
//! A transformer of your own:
//!
//! ```
//! use chunkfit::data::{FeatureRows, Identified};
//! use chunkfit::estimator::{LearnRows, Learned, Model, PipelineStep, TransformRows, kind};
//! use chunkfit::linfa::ParamGuard;
//! use chunkfit::ndarray::{Array1, Array2};
//! use chunkfit::testing::Examples;
//! use chunkfit::{Error, ErrorKind, Result};
//!
//! /// Subtracts the largest value of each column.
//! #[derive(Clone, serde::Serialize)]
//! struct ShiftParams;
//!
//! #[derive(Clone)]
//! struct Shift(Array1<f64>);
//!
//! impl Identified for ShiftParams {
//!     const NAME: &'static str = "docs::Shift";
//! }
//!
//! impl PipelineStep for ShiftParams {
//!     type Learning = Learned;
//! }
//!
//! impl LearnRows<Array2<f64>> for ShiftParams {
//!     type State = Array1<f64>;
//!     type Learned = Shift;
//!
//!     fn learn(&self, rows: &Array2<f64>) -> Result<Array1<f64>> {
//!         rows.check_finite()?;
//!         Ok(rows.columns().into_iter().map(|column| column.fold(f64::NEG_INFINITY, |a, &b| a.max(b))).collect())
//!     }
//!
//!     fn merge(a: Array1<f64>, b: Array1<f64>) -> Result<Array1<f64>> {
//!         match a.len() == b.len() {
//!             true => Ok(a.iter().zip(&b).map(|(a, b)| a.max(*b)).collect()),
//!             false => Err(Error::shape("columns", a.len(), b.len())),
//!         }
//!     }
//!
//!     fn finish(&self, largest: Array1<f64>) -> Result<Shift> {
//!         match largest.iter().all(|x| x.is_finite()) {
//!             true => Ok(Shift(largest)),
//!             false => Err(Error::new(ErrorKind::NoRows { estimator: "Shift" })),
//!         }
//!     }
//! }
//!
//! impl TransformRows<Array2<f64>> for Shift {
//!     type Output = Array2<f64>;
//!     const NAME: &'static str = "shift";
//!
//!     fn transform_rows(&self, rows: &Array2<f64>) -> Result<Array2<f64>> {
//!         if rows.ncols() != self.0.len() {
//!             return Err(Error::shape("columns", self.0.len(), rows.ncols()));
//!         }
//!         rows.check_finite()?;
//!         Ok(rows - &self.0)
//!     }
//! }
//!
//! impl Model for Shift {
//!     type Kind = kind::Transformer;
//! }
//!
//! impl ParamGuard for ShiftParams {
//!     type Checked = Self;
//!     type Error = Error;
//!
//!     fn check_ref(&self) -> Result<&Self> {
//!         Ok(self)
//!     }
//!
//!     fn check(self) -> Result<Self> {
//!         Ok(self)
//!     }
//! }
//!
//! Examples::<Array2<f64>, Array1<usize>>::new()
//!     .estimator(ShiftParams)
//!     .learned()
//!     .rows_into_files()
//!     .refuses_weights()
//!     .check();
//! ```
//!
//! Rows of your own implement [`TestRows`], labels of your own [`TestTarget`] and [`Numbers`].

mod block;
mod capability;
mod estimator;
mod examples;
mod laws;
mod model;
mod numbers;
mod outcome;
mod rows;
mod subject;
mod uses;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use block::Block;
pub use capability::{Capability, ModelKind};
pub use estimator::Estimator;
pub use examples::Examples;
pub use laws::Law;
pub use model::{ModelFile, TestedModel, Use};
pub use numbers::Numbers;
pub use outcome::{Outcome, Violation};
pub use rows::{TargetKind, TestRows, TestTarget, TestTargets, chunks, dataset};
pub use subject::{Subject, Way};
pub use uses::TestedAs;

use outcome::{On, violation};

/// All laws, in the order in which they are checked.
pub fn laws() -> &'static [Law] {
    &laws::LAWS
}

/// Holds a subject to one law.
///
/// # Errors
/// The law does not hold and is not excluded, or it holds and is excluded; examples that are not three blocks of 6 rows or
/// more, of the same two columns or more.
pub fn hold(law: &Law, subject: &Subject) -> Outcome {
    let outcome = block::check(subject.blocks()).and_then(|()| {
        catch_unwind(AssertUnwindSafe(|| (law.hold)(subject))).unwrap_or_else(|panic| {
            let message = panic.downcast_ref::<String>().map(String::as_str);
            let message = message.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
            Err(violation(format!("panics: {message}")))
        })
    });
    let of = || format!("{}: the law of {:?}", subject.name(), law.name);
    match (outcome, subject.exclusion(law.name)) {
        (Err(_), Some(_)) => Ok(()),
        (Ok(()), Some(reason)) => Err(violation(format!("{} holds, though it is excluded: {reason}", of()))),
        (outcome, None) => outcome.on(of()),
    }
}

/// Holds a subject to all laws.
///
/// # Panics
/// When a law does not hold: the message names every such law, the way to fit and the use of the model. When a law is
/// excluded that does not exist, or that holds.
pub fn check(subject: &Subject) {
    let unknown = subject.exclusions.keys().filter(|name| !laws().iter().any(|law| law.name == **name));
    let unknown = unknown.map(|name| format!("{}: there is no law of {name:?} to exclude", subject.name()));
    let violated = laws().iter().filter_map(|law| hold(law, subject).err().map(|violation| violation.to_string()));
    let all: Vec<String> = unknown.chain(violated).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
