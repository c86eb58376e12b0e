//! Documents in memory to predictions, by a model that was fitted before the clock.

use std::path::Path;

use chunkfit::data::Rows;
use chunkfit::prelude::*;
use linfa::traits::{FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use serde_json::{Value, json};

use super::{corpus, passes};

pub fn run(folder: &Path) -> Result<Value, Error> {
    let documents = corpus::whole(folder)?;
    let vectorizer = HashingVectorizer::params().check()?;
    let rows = vectorizer.transform_text(&documents.records)?;
    let model =
        SgdClassifier::params().shuffle(false).fit_with(None, &DatasetBase::new(rows, documents.targets.clone()))?;
    let (seconds, predicted) = passes::per_pass(|| Ok(model.predict(&vectorizer.transform_text(&documents.records)?)))?;
    Ok(json!({
        "seconds": seconds,
        "documents": documents.n_rows(),
        "positive": predicted.iter().filter(|&&positive| positive).count(),
        "right": predicted.iter().zip(&documents.targets).filter(|(a, b)| a == b).count(),
    }))
}
