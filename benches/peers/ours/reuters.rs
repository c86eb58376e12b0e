//! Reuters-21578 from the files to the scores: is a story about acquisitions?

use std::path::Path;
use std::time::Instant;

use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::linear::LinearClassifier;
use chunkfit::metrics::ConfusionMatrix;
use chunkfit::prelude::*;
use chunkfit::text::HashingVectorizerParams;
use linfa::ParamGuard;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::corpus::Documents;

/// Parses, hashes, holds out every fifth story, learns by a chain of SGD and by the plain mean of the logistic
/// regressions of the files, and scores both.
pub fn end_to_end(folder: &Path, threads: usize) -> Result<Value, Error> {
    let started = Instant::now();
    let (train, test) = every_nth_split(&stories(folder)?, 5);
    let chained = Pipeline::new(text(), Chained::new(SgdClassifier::params().shuffle(false))).fit(&train);
    // As liblinear has it: C is 1 on every file, and the intercept is penalized.
    let logistic = LogisticRegression::params().c(1.0).penalize_intercept(true);
    let averaged = Averaged::new(logistic).weighting(Weighting::Uniform);
    let averaged = Pipeline::new(text(), averaged).fit(&train);
    let scores = (chained.confusion(&test), averaged.confusion(&test));
    let runtime = Runtime::new().threads(threads);
    let (scores, chained, averaged) = runtime.compute((scores, chained, averaged))?;
    let seconds = started.elapsed().as_secs_f64();

    let (chunks, held_out) = runtime.compute((&train, test.n_rows()))?;
    let vectorizer = text().check()?;
    let stored = chunks.iter().map(|chunk| Ok(vectorizer.transform_text(&chunk.records)?.nnz()));
    let n_train: usize = chunks.iter().map(|chunk| chunk.targets.len()).sum();
    Ok(json!({
        "seconds": seconds,
        "documents": n_train + held_out,
        "train": n_train,
        "test": held_out,
        "stored": stored.sum::<Result<usize, Error>>()?,
        "chained": facts(chained.model.linear()?, &scores.0),
        "averaged": facts(averaged.model.linear(), &scores.1),
    }))
}

/// Parses, hashes and averages logistic regressions, by the defaults.
pub fn averaged(folder: &Path, threads: usize) -> Result<Value, Error> {
    let started = Instant::now();
    let fit = Pipeline::new(text(), Averaged::new(LogisticRegression::params())).fit(&stories(folder)?);
    let fit = Runtime::new().threads(threads).compute(fit)?;
    let seconds = started.elapsed().as_secs_f64();
    let linear = fit.model.linear();
    let mut bits = Sha256::new();
    linear.coef().iter().chain(linear.intercept()).for_each(|x| bits.update(x.to_le_bytes()));
    let bits: String = bits.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(json!({ "seconds": seconds, "bits": bits }))
}

fn stories(folder: &Path) -> Result<Chunks<Documents>, Error> {
    Ok(reuters::open(folder)?.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD)))
}

fn text() -> HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 18).alternate_sign(false)
}

fn facts(model: &LinearClassifier<f64, bool>, counts: &ConfusionMatrix<bool>) -> Value {
    json!({
        "accuracy": counts.accuracy(),
        "positive": counts.predicted(&true),
        "coef_norm": model.coef().iter().map(|w| w * w).sum::<f64>().sqrt(),
        "intercept": model.intercept()[0],
    })
}
