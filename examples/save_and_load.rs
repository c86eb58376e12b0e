//! A model on disk: fits a text classifier on Reuters-21578, and uses it in another process.
//!
//!     cargo run --release --bin save_and_load -- fit acq.safetensors
//!     echo "Acme to buy 20 pct stake in Widget Corp" | cargo run --release --bin save_and_load -- predict acq.safetensors
//!
//! `examples/python/load_model.py` does the second with scikit-learn, and prints the same lines.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chunkfit::combine::FittedPipeline;
use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::persist::{Persist, describe};
use chunkfit::prelude::*;
use clap::Parser;

#[derive(Parser)]
#[command(about = "A model on disk: is a text about acquisitions?")]
enum Args {
    /// Fits a model and writes it to a file.
    Fit { file: PathBuf },
    /// Reads a model from a file; tells its margin and its label for every line of standard input.
    Predict { file: PathBuf },
}

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, bool>>;

fn main() -> ExitCode {
    let done = match Args::parse() {
        Args::Fit { file } => fit(&file),
        Args::Predict { file } => predict(&file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.full_message());
            ExitCode::FAILURE
        }
    }
}

fn fit(file: &Path) -> Result<(), Error> {
    let stories = reuters::locate(None)?.open()?;
    let examples = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    let sgd = Chained::new(SgdClassifier::params().seed(42));
    let model: Model = Runtime::new().compute(Pipeline::new(text, sgd).fit(&examples))?;
    let known = model.training().chunks(examples.len()).seed(42);
    model.save_with(file, &known)?;
    println!("{:#?}", describe(file)?);
    Ok(())
}

fn predict(file: &Path) -> Result<(), Error> {
    let model = Model::load(file)?;
    let lines: io::Result<Vec<String>> = io::stdin().lines().collect();
    let lines = lines.map_err(|error| Error::io("read", "standard input", error))?;
    for margin in model.decision_function(&lines)? {
        println!("{margin:.9}\t{}", margin > 0.0);
    }
    Ok(())
}
