//! Conformance suite for estimators: laws that every estimator of this crate is held to, and that yours can be held to
//! (scikit-learn's `check_estimator`).
//!
//! An estimator is given by its parameters and examples of the rows and targets that it learns from. Each method of
//! [`Estimator`] claims something that it can do; [`check`](Estimator::check) holds the claims to all [laws](laws()): the
//! same bits on any number of threads, in any order of arrival and within any memory limit; NaN, infinity, other columns,
//! unknown labels and bad weights refused with the row; rows of weight 0 absent; searches, early stopping, checkpoints,
//! files of models. A law that does not hold for a reason is [excluded](Estimator::except) with that reason.
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
//! Own rows and labels implement [`TestRows`] and [`TestTargets`].

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
pub use rows::{TargetKind, TestRows, TestTargets, chunks, dataset};
pub use subject::{Subject, Way};
pub use uses::TestedAs;

use outcome::{On, violation};

/// All laws.
pub fn laws() -> &'static [Law] {
    &laws::LAWS
}

/// Holds a subject to one law.
///
/// # Errors
/// The law does not hold, and is not excluded; or it holds, and is excluded.
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
/// When a law does not hold: the message names every law that does not, and on what.
pub fn check(subject: &Subject) {
    let unknown = subject.exclusions.keys().filter(|name| !laws().iter().any(|law| law.name == **name));
    let unknown = unknown.map(|name| format!("{}: there is no law of {name:?} to exclude", subject.name()));
    let violated = laws().iter().filter_map(|law| hold(law, subject).err().map(|violation| violation.to_string()));
    let all: Vec<String> = unknown.chain(violated).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
