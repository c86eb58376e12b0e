//! A session, and the rows in files.

use std::path::PathBuf;
use std::sync::LazyLock;

use chunkfit::linear::{LogisticRegression, LogisticRegressionParams, Loss, SgdClassifier, SgdClassifierParams};
use chunkfit::text::{HashingVectorizer, HashingVectorizerParams};
use chunkfit_ballista::session;
use chunkfit_ballista::table::{Format, register_files};
use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;

use super::reuters;
use super::tables::{self, Part};

/// The rows, and where they are written.
pub struct Files {
    pub parts: Vec<Part>,
    folders: [PathBuf; 3],
    _folder: tempfile::TempDir,
}

/// Read and written once for all tests.
pub fn files() -> &'static Files {
    static FILES: LazyLock<Files> = LazyLock::new(|| {
        let mut parts = reuters::parts();
        // Enough files for incomplete levels of the tree and for a second block of neighbours in a pass.
        parts.truncate(19);
        let folder = tempfile::tempdir().unwrap();
        let write = |format| tables::write(&parts, format, folder.path());
        let folders = tables::Format::ALL.map(write);
        Files { parts, folders, _folder: folder }
    });
    &FILES
}

impl Files {
    pub fn folder(&self, format: Format) -> &str {
        let i = [Format::Parquet, Format::JsonLines, Format::Csv].iter().position(|own| *own == format).unwrap();
        self.folders[i].to_str().unwrap()
    }
}

/// A session with so many partitions as its target, and the functions.
pub fn context(target_partitions: usize) -> SessionContext {
    let config = session::config().with_target_partitions(target_partitions);
    let context = SessionContext::new_with_config(config);
    session::register(&context);
    context
}

/// The rows as the table `stories`, of these files.
pub async fn stories_in(context: &SessionContext, format: Format) -> DataFrame {
    let folder = format!("{}/", files().folder(format));
    context.deregister_table("stories").unwrap();
    register_files(context, "stories", &folder, format).await.unwrap()
}

/// The rows as the table `stories`.
pub async fn stories(context: &SessionContext) -> DataFrame {
    stories_in(context, Format::Parquet).await
}

pub fn text() -> HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 16).alternate_sign(false)
}

pub fn logistic<L>() -> LogisticRegressionParams<L> {
    LogisticRegression::<f64, L>::params().alpha(1e-5)
}

pub fn sgd<L>() -> SgdClassifierParams<L> {
    SgdClassifier::<f64, L>::params().loss(Loss::LogLoss).alpha(1e-5)
}
