//! A saved model in use: says of a text, or of many at once, whether it is about acquisitions.
//!
//!     serve "Acme to buy 20 pct stake in Widget Corp"

use std::path::Path;

use chunkfit::combine::FittedPipeline;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::linear::Loss;
use chunkfit::persist::Persist;
use chunkfit::prelude::*;

const SEED: u64 = 42;

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>;

fn main() -> Result<(), Error> {
    let file = std::env::temp_dir().join("chunkfit-acquisitions.safetensors");
    // None yet, or one of another version.
    let model = Model::load(&file).or_else(|_| train(&file))?;

    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked = if asked.is_empty() { vec!["Acme to buy 20 pct stake in Widget Corp".to_owned()] } else { asked };
    for (text, probability) in asked.iter().zip(model.predict_proba(&asked)?.column(1)) {
        println!("{probability:.3}  {text}");
    }

    let stories = Runtime::new().compute(ReutersFiles::sample().open()?.gather())?;
    let found = model.predict(&stories.text())?;
    let n_found = found.iter().filter(|&&acquisition| acquisition).count();
    println!("{n_found} of {} stories are about acquisitions.", found.len());
    Ok(())
}

fn train(file: &Path) -> Result<Model, Error> {
    let stories = ReutersFiles::sample().open()?;
    let examples = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let text = HashingVectorizer::params().n_features(1 << 16).alternate_sign(false);
    let sgd = SgdClassifier::params().loss(Loss::LogLoss).seed(SEED);
    let model = Runtime::new().compute(Pipeline::new(text, Chained::new(sgd).epochs(3)).fit(&examples))?;
    model.save(file)?;
    println!("Trained, and saved as {}.", file.display());
    Ok(model)
}
