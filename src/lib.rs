//! Learns from data larger than memory, on all cores, the scikit-learn way, on top of linfa.
//!
//! A data set is a lazy list of [`Chunks`]; a chunk of examples is a [`linfa::DatasetBase`].
//! [`Chained`](combine::Chained) passes one model from chunk to chunk with `partial_fit`;
//! [`Averaged`](combine::Averaged) fits the chunks in parallel and merges the models;
//! [`Pipeline`](combine::Pipeline) transforms the chunks first, with a transformer that was learned from
//! them if need be. All of it is lazy and pure: several
//! fits and scores computed together share what they have in common, each chunk is read and
//! vectorized once, memory stays bounded, and the bits are the same on any number of threads.
//!
//! ```
//! use chunkfit::datasets::reuters::{self, Labelled};
//! use chunkfit::prelude::*;
//!
//! # fn main() -> Result<(), Error> {
//! let stories = reuters::ReutersFiles::sample().open()?; // one chunk a file, nothing read yet
//! let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
//! let (train, test) = train_test_split(&data, 0.2, 42);
//!
//! let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
//! let chained = Pipeline::new(text.clone(), Chained::new(SgdClassifier::params()));
//! let averaged = Pipeline::new(text, Averaged::new(LogisticRegression::params()));
//!
//! let (fit1, fit2) = (chained.fit(&train), averaged.fit(&train)); // still nothing has run
//! let (score1, score2) = (fit1.score(&test), fit2.score(&test));
//! let (fit1, fit2, score1, score2) = Runtime::new().compute((fit1, fit2, score1, score2))?;
//! assert!(score1 > 0.9 && score2 > 0.9);
//! assert_eq!(fit1.model.classes(), fit2.model.classes());
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! Lowest first; a module imports only from those above it in this list.
//! 1. [`Error`]. [`data`]: the contents of chunks, and what all algorithms share: rows of features, labels, weights.
//!    `files`, within the crate: files in folders that may be the user's.
//! 2. [`graph`]: lazy values and the scheduler, which know nothing of learning. [`metrics`]: scores that merge.
//!    [`statistics`]: of columns and groups, which merge. `persist`: fitted models on disk.
//! 3. [`estimator`]: the contracts of estimators and models, and the page for writing one. [`chunks`]: lazy lists of
//!    chunks, and splits.
//! 4. Algorithms, in memory and single-threaded, each by itself: [`text`], [`preprocessing`], [`linear`], [`bayes`],
//!    [`calibration`], [`cluster`], [`decomposition`]. They import neither each other, nor the graph, nor chunks.
//! 5. [`combine`]: from an estimator and chunks to a graph. [`sources`]: chunks from files.
//! 6. [`model_selection`]: many fits as one graph. `sinks`: predictions and chunks to files.
//! 7. Data sets for examples and benchmarks: [`datasets`]. Seeing what ran: `diagnostics`.
//!    Fits whose chunks are spread over processes: [`distributed`]. Fitted models of any kind, loaded without their types:
//!    `predictor`.
//!
//! Guides for users of scikit-learn and dask-ml ([`guide::from_scikit_learn`]) and of dask ([`guide::from_dask`]) have their
//! names beside ours.
//!
//! # Crates of the interface
//!
//! Some parameters and results are types of other crates. Those crates are re-exported here, so that a program can use
//! the versions that fit without naming them itself:
//!
//! - [`linfa`]: data sets, and the traits of estimators. [`ndarray`]: dense rows, labels, weights. [`sprs`]: what
//!   [`Csr`](data::Csr) is made from and seen as.
//! - [`rand`]: the distributions that [`Sampled`](model_selection::Sampled) draws from.
//! - `linfa_linear`, `linfa_logistic` (features of those names): linfa's own models that [`Averaged`](combine::Averaged) takes.
//! - `linfa_clustering` and `linfa_nn` (feature `linfa-clustering`): linfa's k-means, and its distances.
//! - `arrow` (feature of that name): arrays and record batches. `object_store` (feature `object-store`): the stores
//!   that [`Files`](sources::Files) may lie in.
//!
//! ```
//! use chunkfit::linfa::DatasetBase;
//! use chunkfit::model_selection::{Candidates, Sampled};
//! use chunkfit::ndarray::array;
//! use chunkfit::prelude::*;
//! use chunkfit::rand::distributions::Uniform;
//! use chunkfit::sprs::CsMatI;
//!
//! let rows = Csr::from_sprs(CsMatI::csr_from_dense(array![[0.0, 1.5], [2.0, 0.0]].view(), 0.0))?;
//! let chunks = Chunks::from_memory([DatasetBase::new(rows, array![true, false])]);
//! let model = Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&chunks))?;
//! assert_eq!(model.coef().ncols(), 2);
//!
//! let drawn = Sampled::new(SgdClassifier::<f64, bool>::params(), 5, 42)
//!     .vary("alpha", Uniform::new(1e-6, 1e-3), |sgd, alpha| sgd.alpha(alpha));
//! assert_eq!(drawn.candidates()?.len(), 5);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Features
//!
//! | Feature | Default | What it gives | Public items | Dependencies |
//! |---|---|---|---|---|
//! | `formats` | yes | JSON lines, CSV and svmlight: reading them, and writing predictions, chunks and the results of searches to files (svmlight is read without it, too) | `sources::JsonLines`, `sources::Csv`, `sources::Field`, `sources::TextFields`; `sinks`; `write_csv`, `write_csv_escaping_formulas` and `write_json` of `model_selection::SearchResults` | `csv`, `serde_json` |
//! | `persist` | yes | fitted models on disk, as safetensors | `persist`, `estimator::Persist` | `safetensors`, `serde_json` |
//! | `predictor` | no | fitted models of any kind loaded without their types; building this crate takes half as much CPU time again with it | `predictor` | feature `persist` |
//! | `progress` | yes | a progress bar on standard error, where [`Runtime::progress`] asks for it | none | `indicatif` |
//! | `arrow` | no | Arrow's record batches, in files and in memory | `arrow`, `data::arrow`, `sources::ArrowIpc`, `sources::Field`, `sources::TextFields` | `arrow-array`, `arrow-buffer`, `arrow-ipc`, `arrow-schema`, `arrow-select` |
//! | `parquet` | no | reading Parquet files; with `formats`, writing them | `sources::Parquet`, `sinks::Parquet`, `sinks::Sink::parquet` | `bytes`, `parquet`; feature `arrow` |
//! | `compression` | no | reading text files that gzip, Zstandard, bzip2 or xz compressed | none | `bzip2`, `flate2`, `liblzma`, `zstd` |
//! | `encodings` | no | reading text files in other encodings than UTF-8 | none | `encoding_rs` |
//! | `object-store` | no | files in S3, Google Cloud Storage, Azure, HTTP, or any other store of the crate `object_store` | `in_store` and `in_store_named` of `sources::Files`, `object_store` | `bytes`, `futures-util`, `object_store`, `tokio` |
//! | `download` | no | fetching data sets from their public addresses into the user's cache | `datasets::reuters::Archive` | `etcetera`, `flate2`, `sha2`, `tar`, `ureq`; feature `progress` |
//! | `diagnostics` | no | reports, pictures and traces of runs; CPU and memory over time in the [profile](Runtime::profile) of a run | `diagnostics` | `maud`, `serde_json`, `sysinfo` |
//! | `dashboard` | no | a page in the browser that follows runs live | `diagnostics::Dashboard`, `diagnostics::DashboardOptions`; `dashboard` of [`Runtime`] and [`graph::Session`], `watched_by` of [`Runtime`] | `hyper`, `hyper-util`, `tokio`; feature `diagnostics` |
//! | `linfa-clustering` | no | linfa's k-means learns over chunks as it is | `estimator::PartialFit` for `linfa_clustering::KMeansParams`; `linfa_clustering`, `linfa_nn` | `linfa-clustering`, `linfa-nn` |
//! | `linfa-linear` | no | linfa's linear regression is averaged over chunks as it is | `estimator::FitAverage` for `linfa_linear::LinearRegression`; `linfa_linear` | `linfa-linear` |
//! | `linfa-logistic` | no | linfa's logistic regression is averaged over chunks as it is | `estimator::FitAverage` for `linfa_logistic::LogisticRegression`; `linfa_logistic` | `linfa-logistic` |
//! | `testing` | no | the laws that estimators of your own are held to in tests | `testing` | `serde_json`, `tempfile`; features `formats`, `persist` |
//! | `tracing` | no | a span for every task and an event for every warning, for subscribers of the `tracing` crate | none | `tracing` |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(unreachable_pub)]

#[cfg(feature = "arrow")]
pub mod arrow;
pub mod bayes;
pub mod calibration;
pub mod chunks;
pub mod cluster;
pub mod combine;
pub mod data;
pub mod datasets;
pub mod decomposition;
#[cfg(feature = "diagnostics")]
pub mod diagnostics;
pub mod distributed;
mod error;
pub mod estimator;
mod files;
pub mod graph;
pub mod guide;
pub mod linear;
pub mod metrics;
pub mod model_selection;
#[cfg(feature = "persist")]
pub mod persist;
#[cfg(feature = "predictor")]
pub mod predictor;
pub mod prelude;
pub mod preprocessing;
mod sealed;
#[cfg(feature = "formats")]
pub mod sinks;
pub mod sources;
pub mod statistics;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;

pub use chunks::Chunks;
pub use error::{Error, ErrorKind, Place, Result};
pub use graph::{Lazy, Runtime};

pub use linfa;
#[cfg(feature = "linfa-clustering")]
pub use linfa_clustering;
#[cfg(feature = "linfa-linear")]
pub use linfa_linear;
#[cfg(feature = "linfa-logistic")]
pub use linfa_logistic;
#[cfg(feature = "linfa-clustering")]
pub use linfa_nn;
pub use ndarray;
#[cfg(feature = "object-store")]
pub use object_store;
pub use rand;
pub use sprs;

/// The code in the README is tested.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
