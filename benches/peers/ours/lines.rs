//! A file of `label<TAB>text` to a model, as it is read.

use std::path::PathBuf;
use std::time::Instant;

use chunkfit::combine::IntoFit;
use chunkfit::linear::{LearningRate, Loss};
use chunkfit::prelude::*;
use chunkfit::sources::Csv;
use serde_json::{Value, json};

use super::corpus::Documents;

#[derive(clap::Args)]
pub struct Args {
    file: PathBuf,
    /// Tells the accuracy on this file, too, after the clock has stopped.
    #[arg(long)]
    test: Option<PathBuf>,
    #[arg(long, default_value_t = 1)]
    epochs: usize,
    /// N-grams of up to so many words.
    #[arg(long, default_value_t = 1)]
    words: usize,
    /// Two to the power of this are the columns.
    #[arg(long, default_value_t = 18)]
    bits: u32,
    #[arg(long, default_value_t = 1e-5)]
    alpha: f64,
    /// Follows the regularized leader by modified Huber loss, row by row in their order, in place of SGD by log loss.
    #[arg(long)]
    ftrl: bool,
}

/// Small enough for two threads to have several chunks each of some ten MB.
const CHUNK_BYTES: u64 = 512 << 10;

pub fn run(args: &Args) -> Result<Value, Error> {
    let started = Instant::now();
    let train = lines(&args.file)?;
    let text = HashingVectorizer::params().dtype::<f32>().n_features(1 << args.bits).alternate_sign(false);
    let text = text.ngram_range(1, args.words);
    let sgd = SgdClassifier::params().alpha(args.alpha);
    let sgd = if args.ftrl {
        sgd.loss(Loss::ModifiedHuber).learning_rate(LearningRate::Ftrl { beta: 0.3 }).eta0(0.7).shuffle(false)
    } else {
        sgd.loss(Loss::LogLoss)
    };
    let fit = Pipeline::new(text, Chained::new(sgd).epochs(args.epochs)).fit(&train);
    let runtime = Runtime::new().threads(2);
    let (model, documents) = runtime.compute((&fit, train.n_rows()))?;
    let seconds = started.elapsed().as_secs_f64();
    let mut facts = json!({ "seconds": seconds, "documents": documents });
    if let Some(test) = &args.test {
        facts["accuracy"] = runtime.compute(model.into_fit().score(&lines(test)?))?.into();
    }
    Ok(facts)
}

fn lines(file: &PathBuf) -> Result<Chunks<Documents>, Error> {
    let lines = Csv::open(file)?.delimiter(b'\t').columns(["label", "text"]).one_line_records();
    Ok(lines.chunk_bytes(CHUNK_BYTES).text_and_label::<bool>("text", "label")?.chunks())
}
