//! One cell of the table: a file is read, hashed and learned from.

use std::path::Path;

use chunkfit::linear::{Loss, SgdClassifier, SgdClassifierParams};
use chunkfit::prelude::*;
use sha2::{Digest, Sha256};

use crate::formats::{COLUMNS, Examples, Format};

/// The number of rows, and a hash of the model's bits.
pub fn learn(format: Format, file: &Path, chunk_bytes: u64, limit_mib: usize, threads: usize) -> Result<String, Error> {
    let runtime = Runtime::new().threads(threads).memory_limit(limit_mib << 20);
    let sgd = || Chained::new(classifier());
    let (model, rows) = match format.read(file, chunk_bytes)? {
        Examples::Documents(chunks) => {
            let text = HashingVectorizer::params().n_features(COLUMNS).dtype::<f32>();
            let fit = Pipeline::new(text, sgd()).fit(&chunks);
            let (fitted, rows) = runtime.compute((fit, chunks.n_rows()))?;
            (fitted.model, rows)
        }
        Examples::Rows(chunks) => runtime.compute((sgd().fit(&chunks), chunks.n_rows()))?,
    };
    Ok(format!("{rows} rows, model {}", digest(&model)))
}

fn classifier() -> SgdClassifierParams<bool> {
    SgdClassifier::params().loss(Loss::LogLoss).classes(vec![false, true])
}

fn digest(model: &SgdClassifier<f32, bool>) -> String {
    let mut hash = Sha256::new();
    model.coef().iter().chain(model.intercept()).for_each(|number| hash.update(number.to_le_bytes()));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
