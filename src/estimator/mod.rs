//! Write an estimator of your own: the contracts of estimators, models and transformers.
//!
//! An *estimator* holds parameters and learns; what it learns is a *model*, or a fitted *transformer*. Each trait here is
//! one capability; an estimator implements those that its mathematics allow, and everything that is built on them works
//! with it: combinators, pipelines, searches, early stopping, checkpoints, streams, models of groups.
//!
//! | Capability | Trait | Used by | In this crate, for one |
//! |---|---|---|---|
//! | learns chunk by chunk | [`PartialFit`] | [`Chained`](crate::combine::Chained), [`PerGroup`](crate::combine::PerGroup), [`Online`](crate::combine::Online), halving searches | [`SgdClassifier`](crate::linear::SgdClassifier) |
//! | learns from each chunk alone, and the results merge | [`FitAverage`] | [`Averaged`](crate::combine::Averaged) | [`LogisticRegression`](crate::linear::LogisticRegression) |
//! | better averages in further rounds | [`AverageRounds`] with [`FitAverageFrom`] or [`RefineAverage`] | [`Averaged::rounds`](crate::combine::Averaged::rounds) | [`SgdRegressor`](crate::linear::SgdRegressor), [`ElasticNet`](crate::linear::ElasticNet) |
//! | the exact fit of all rows, in passes over the chunks | [`FitPasses`], [`FitSummed`] | [`Summed`](crate::combine::Summed) | [`LinearRegression`](crate::linear::LinearRegression) |
//! | several models that learn together | [`PartialFit::teams`], [`LearnTogether`] | searches | [`SgdClassifier`](crate::linear::SgdClassifier) |
//! | fits all rows at once | linfa's [`Fit`](linfa::traits::Fit) | [`Concatenated`](crate::combine::Concatenated) | all |
//! | is known by a name in files | [`Identified`](crate::data::Identified) | checkpoints, chunk caches, equal estimators that share their work | all |
//! | is of a kind: classifier, regressor, … | [`Model`], [`kind`] | whatever scores: [`score`](crate::combine::Fitted::score), searches, early stopping; [`IntoFit`](crate::combine::IntoFit) | all |
//! | predicts | linfa's [`PredictInplace`](linfa::traits::PredictInplace); [`TryPredict`] follows | [`predict`](crate::combine::Fitted::predict), sinks | all |
//! | tells its classes, and is scored by its labels | [`Classes`], [`Classify`] | scores of classifiers | [`GaussianNb`](crate::bayes::GaussianNb) |
//! | has decision values, class probabilities | [`DecisionFunction`], [`PredictProba`] | calibration, thresholds, `roc_auc`, `neg_log_loss`, sinks | [`LogisticRegression`](crate::linear::LogisticRegression) |
//! | tells the clusters of rows | [`AssignClusters`] | scores of clusterers | [`KMeans`](crate::cluster::KMeans) |
//! | can be scored | [`Evaluate`]: follows from the kind | searches, cross-validation, early stopping | all but transformers |
//! | is written to a file | `Persist` (feature `persist`) | `save` and `load` | all |
//! | is kept in checkpoints | [`PartialFit::codec`] | [`Checkpoint`](crate::graph::Checkpoint) | [`SgdClassifier`](crate::linear::SgdClassifier) |
//! | a transformer learned from rows, part by part | [`LearnRows`], [`TransformRows`] | [`Pipeline`](crate::combine::Pipeline), [`Preprocess`](crate::combine::Preprocess) | [`StandardScaler`](crate::preprocessing::StandardScaler) |
//! | a transformer of whole chunks, targets and all | [`LearnTransform`], [`TransformChunk`] | the same | [`HashingVectorizer`](crate::text::HashingVectorizer) |
//! | stands in a pipeline | [`PipelineStep`]: stateless or learned | [`Pipeline`](crate::combine::Pipeline) | all transformers |
//! | rows of a type of your own | [`FeatureRows`](crate::data::FeatureRows) | every learner over rows | [`Csr`](crate::data::Csr) |
//! | an estimator or model of another crate | [`Linfa`], [`AsClassifier`], [`AsRegressor`] | all of these | linfa's naive Bayes |
//!
//! In tests, the [conformance suite](../testing/index.html) (feature `testing`) holds an estimator to the laws of all that it
//! claims, in one line: `Examples::<Rows, Targets>::new().estimator(params).chained().check()`.
//!
//! Each trait has an example. This is a whole one: a small version of
//! [`NearestCentroid`](crate::linear::NearestCentroid), which is chained, stopped early and
//! searched over chunks larger than memory.
//!
//! ```
//! use chunkfit::combine::EarlyStopping;
//! use chunkfit::data::{Codec, Identified};
//! use chunkfit::estimator::{Classes, Classify, Model, PartialFit, kind};
//! use chunkfit::linfa::DatasetBase;
//! use chunkfit::linfa::traits::PredictInplace;
//! use chunkfit::model_selection::{Candidate, KFold, Search};
//! use chunkfit::ndarray::{Array1, Array2, Axis, array};
//! use chunkfit::prelude::*;
//! use serde::{Deserialize, Serialize};
//!
//! /// The parameters. Equal ones are one estimator, which is fitted once.
//! #[derive(Clone, Serialize)]
//! struct NearestCentroid {
//!     n_classes: usize,
//! }
//!
//! impl Identified for NearestCentroid {
//!     const NAME: &'static str = "docs::NearestCentroid";
//! }
//!
//! /// The model: for every class the sum and the number of its rows.
//! #[derive(Clone, Serialize, Deserialize)]
//! struct Centroids {
//!     classes: Vec<usize>,
//!     sums: Array2<f64>,
//!     counts: Array1<f64>,
//! }
//!
//! impl PartialFit<Array2<f64>, Array1<usize>> for NearestCentroid {
//!     type Model = Centroids;
//!
//!     fn partial_fit(
//!         &self,
//!         model: Option<Centroids>,
//!         chunk: &DatasetBase<Array2<f64>, Array1<usize>>,
//!     ) -> Result<Centroids, Error> {
//!         let shape = (self.n_classes, chunk.records.ncols());
//!         let begin = || Centroids {
//!             classes: (0..self.n_classes).collect(),
//!             sums: Array2::zeros(shape),
//!             counts: Array1::zeros(self.n_classes),
//!         };
//!         let mut model = model.unwrap_or_else(begin);
//!         for (row, &class) in chunk.records.rows().into_iter().zip(&chunk.targets) {
//!             if class >= self.n_classes {
//!                 return Err(Error::parameter("n_classes", self.n_classes, format!("above {class}, a label")));
//!             }
//!             model.sums.row_mut(class).scaled_add(1.0, &row);
//!             model.counts[class] += 1.0;
//!         }
//!         Ok(model)
//!     }
//!
//!     /// So that a chain that was interrupted goes on from its checkpoint.
//!     fn codec(&self) -> Option<Codec<Centroids>> {
//!         Some(Codec::serialized())
//!     }
//! }
//!
//! impl PredictInplace<Array2<f64>, Array1<usize>> for Centroids {
//!     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<usize>) {
//!         let centroids = &self.sums / &self.counts.view().insert_axis(Axis(1));
//!         for (row, label) in x.rows().into_iter().zip(y) {
//!             let distance = |class: usize| (&row - &centroids.row(class)).mapv(|d| d * d).sum();
//!             let nearest = (0..self.classes.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
//!             *label = nearest.unwrap_or(0);
//!         }
//!     }
//!
//!     fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
//!         Array1::zeros(x.nrows())
//!     }
//! }
//!
//! impl Model for Centroids {
//!     type Kind = kind::Classifier;
//! }
//!
//! impl Classes<usize> for Centroids {
//!     fn classes(&self) -> &[usize] {
//!         &self.classes
//!     }
//! }
//!
//! /// Scored by its labels, which come from `PredictInplace`.
//! impl Classify<Array2<f64>, usize> for Centroids {}
//!
//! // Now all of this works.
//! let chunk = |shift: f64| DatasetBase::new(array![[shift, 0.0], [9.0, shift], [shift, 1.0]], array![0, 1, 0]);
//! let chunks = Chunks::from_memory([0.0, 0.5, 1.0, 1.5].map(chunk));
//! let (train, test) = every_nth_split(&chunks, 2);
//!
//! let chained = Chained::new(NearestCentroid { n_classes: 2 });
//! let fit = chained.fit(&train);
//! let stopped = chained.epochs(100).early_stopping(EarlyStopping::default().validation_fraction(0.5)).fit(&train);
//! let scores = (fit.score(&test), stopped.score(&test), fit.confusion(&test));
//! let (accuracy, of_stopped, confusion) = Runtime::new().compute(scores)?;
//! assert_eq!((accuracy, of_stopped, confusion.f1(&1)), (1.0, 1.0, 1.0));
//!
//! let candidates = [2, 3].map(|n_classes| Candidate::new(NearestCentroid { n_classes })).to_vec();
//! let search = Search::new(candidates, |params: &NearestCentroid| Chained::new(params.clone())).folds(KFold::new(2));
//! assert_eq!(search.run(&Runtime::new(), &chunks)?.best_index(), 0);
//! # Ok::<(), Error>(())
//! ```
//!
//! # An estimator within this crate
//!
//! It has a folder of its own in the room of its family (`linear`, `bayes`, `cluster`, …): parameters, fit, model, one
//! file for each contract. Two files outside of the folder name it: the `mod.rs` of the family, and the list of subjects of
//! the conformance suite, `tests/conformance/subjects`: what it can do is claimed there, what it cannot do has its reason
//! there, and all laws hold for it. The table [`guide::estimators`](crate::guide::estimators) is made from that list.

mod as_kind;
mod assign_clusters;
mod average;
mod average_rounds;
mod class_scores;
mod classify;
mod decision;
mod evaluate;
pub mod kind;
mod learn_rows;
mod learn_transform;
mod linfa_fit_with;
#[cfg(feature = "linfa-clustering")]
mod linfa_k_means;
mod linfa_weights;
mod merge_warning;
mod model;
mod partial_fit;
mod passes;
mod pipeline_step;
mod score;
mod team;
mod transform_chunk;
mod transformer_checks;
mod try_predict;

#[cfg(feature = "persist")]
pub use crate::persist::Persist;
pub use as_kind::{AsClassifier, AsRegressor};
pub use assign_clusters::{AssignClusters, Assignment};
pub use average::{FitAverage, FitAverageFrom, Weighting};
pub use average_rounds::{AverageRounds, ByMixing, ByPasses, RoundsOf};
pub(crate) use class_scores::ClassScores;
pub use classify::{ClassOutputs, Classify, Wanted};
pub use decision::{Classes, DecisionFunction, PredictProba};
pub(crate) use decision::{write_classes, write_labels};
pub use evaluate::{Evaluate, EvaluateAs};
pub(crate) use learn_rows::linfa_traits;
pub use learn_rows::{LearnRows, TransformRows};
pub use learn_transform::LearnTransform;
pub use linfa_fit_with::Linfa;
pub(crate) use linfa_weights::refuse_ignored_weights;
pub use merge_warning::MergeWarning;
pub use model::Model;
pub use partial_fit::PartialFit;
pub(crate) use partial_fit::learn_chunk;
pub use passes::{FitPasses, FitSummed, RefineAverage};
pub use pipeline_step::{Learned, PipelineStep, Stateless, StepParams};
pub use score::Score;
pub use team::{LearnTogether, Team};
pub use transform_chunk::TransformChunk;
pub(crate) use transform_chunk::with_records;
pub(crate) use transformer_checks::{check_columns, check_numbers, check_overflow, check_rows};
pub(crate) use try_predict::check_targets;
pub use try_predict::{TryPredict, settle};
