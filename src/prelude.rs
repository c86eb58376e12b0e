//! The names that most programs need: `use chunkfit::prelude::*;`.

pub use crate::bayes::{BernoulliNb, ComplementNb, GaussianNb, MultinomialNb};
pub use crate::chunks::{Chunks, every_nth_split, stratified_split, train_test_split};
pub use crate::combine::{Averaged, Calibrate, Chained, Concatenated, FitChunks, Fitted, Pipeline, Preprocess, Summed};
pub use crate::data::{Csr, Text};
pub use crate::error::{Error, ErrorKind};
pub use crate::estimator::Weighting;
pub use crate::graph::{Checkpoint, Lazy, Runtime};
pub use crate::linear::{LogisticRegression, SgdClassifier};
pub use crate::preprocessing::{MaxAbsScaler, MinMaxScaler, StandardScaler, TfidfTransformer};
pub use crate::text::HashingVectorizer;
