//! The names that a first program needs, all in one import: `use chunkfit::prelude::*;`.
//!
//! Chunks from files, splits, transformers, estimators and the combinators around them, searches, scores, predictions
//! into files, and models on disk. Everything here has its page in the module that it comes from.
//!
//! ```
//! use chunkfit::prelude::*;
//!
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("reviews.csv");
//! # std::fs::write(&file, "text,stars\n".to_owned() + &"good film,5\npoor film,1\n".repeat(20))?;
//! let reviews = Csv::open(&file)?.text_and_label::<usize>("text", "stars")?.chunks();
//! let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-4], |sgd, alpha| sgd.alpha(alpha));
//! let words = HashingVectorizer::params().n_features(1 << 10);
//! let search = Search::new(grid, move |sgd| Pipeline::new(words.clone(), Chained::new(sgd.clone())))
//!     .folds(StratifiedKFold::new(3).shuffle(42))
//!     .scoring([Scorer::MeanF1(Average::Macro), Scorer::Accuracy]);
//! let found = search.fit(&Runtime::new(), &reviews)?;
//! found.model.save(folder.path().join("model.safetensors"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use linfa::dataset::DatasetBase;
pub use linfa::traits::Predict;

pub use crate::bayes::{BernoulliNb, ComplementNb, GaussianNb, MultinomialNb};
pub use crate::chunks::{Chunks, every_nth_split, stratified_split, train_test_split};
pub use crate::combine::{
    Averaged, Calibrate, Chained, ChainedLabels, Concatenated, FitChunks, Fitted, FittedPipeline, IntoFit, Online,
    Pipeline, Preprocess, Summed,
};
pub use crate::data::{Csr, Record, Text};
pub use crate::error::{Error, ErrorKind};
#[cfg(feature = "persist")]
pub use crate::estimator::Persist;
pub use crate::estimator::{DecisionFunction, PredictProba, Score, TryPredict, Weighting};
pub use crate::graph::{Checkpoint, ChunkCache, Lazy, Runtime};
pub use crate::linear::{LinearRegression, LogisticRegression, Loss, OneVsRest, Penalty, SgdClassifier, SgdRegressor};
pub use crate::metrics::{Average, Scorer, Scores};
pub use crate::model_selection::{
    Grid, GroupKFold, KFold, Sampled, Search, ShuffleSplit, StratifiedKFold, TrainScores, cross_validate,
};
pub use crate::preprocessing::{
    FunctionTransformer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, StandardScaler,
    TfidfTransformer,
};
#[cfg(feature = "formats")]
pub use crate::sinks::{Predictions, Sink};
#[cfg(feature = "arrow")]
pub use crate::sources::ArrowIpc;
#[cfg(feature = "parquet")]
pub use crate::sources::Parquet;
pub use crate::sources::{BadRecords, Files, Svmlight, TextLines};
#[cfg(feature = "formats")]
pub use crate::sources::{Csv, JsonLines};
pub use crate::text::HashingVectorizer;
