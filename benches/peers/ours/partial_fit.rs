//! Passes of SGD over rows in memory, chunk by chunk.

use std::path::Path;

use chunkfit::prelude::*;
use linfa::traits::{FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use serde_json::{Value, json};

use super::{corpus, passes};

const EPOCHS: usize = 5;

pub fn run(folder: &Path, shuffle: bool) -> Result<Value, Error> {
    let vectorizer = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false).check()?;
    let vectorized = |chunk: &corpus::Documents| {
        let rows = vectorizer.transform_text(&chunk.records)?;
        Ok(DatasetBase::new(rows, chunk.targets.clone()))
    };
    let chunks = corpus::by_file(folder)?.iter().map(vectorized).collect::<Result<Vec<_>, Error>>()?;
    let sgd = SgdClassifier::params().shuffle(shuffle);
    let (seconds, model) = passes::per_pass(|| {
        let visits = (0..EPOCHS).flat_map(|_| &chunks);
        visits.map(Ok).try_fold(None, |model, chunk: Result<_, Error>| sgd.fit_with(model, chunk?).map(Some))
    })?;
    let model = model.ok_or_else(|| Error::parameter("corpus", folder.display(), "a folder with documents"))?;
    let right = |chunk: &DatasetBase<Csr<f64>, _>| {
        model.predict(&chunk.records).iter().zip(&chunk.targets).filter(|(a, b)| a == b).count()
    };
    let (rows, right) =
        chunks.iter().fold((0, 0), |(rows, all), chunk| (rows + chunk.targets.len(), all + right(chunk)));
    Ok(json!({
        "seconds": seconds,
        "documents": rows,
        "accuracy": right as f64 / rows as f64,
        "intercept": model.intercept()[0],
        "coef_sum": model.coef().sum(),
        "coef_norm": model.coef().iter().map(|w| w * w).sum::<f64>().sqrt(),
    }))
}
