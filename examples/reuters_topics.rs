//! All topics of Reuters-21578 at once: which of 90 topics does a story have?
//!
//!     cargo run --release --bin reuters_topics
//!
//! Takes the ModApté split, chooses the topics that are on both sides of it, counts hashed words,
//! weighs them by rarity, and learns a linear support vector machine for every topic, all of them in
//! the same passes over the chunks. Finds the data as the example `reuters` does.

mod common;
#[path = "common/files.rs"]
mod files;
#[path = "common/label_table.rs"]
mod label_table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use chunkfit::combine::ChainedLabels;
use chunkfit::datasets::reuters::{self, LewisSplit, Stories, mod_apte_topics};
use chunkfit::graph::Key;
use chunkfit::linear::{Averaging, ClassWeight, OneVsRest};
use chunkfit::metrics::{Average, MultilabelCounts};
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use clap::Parser;
use label_table::label_table;
use linfa::DatasetBase;
use ndarray::Array2;
use serde_json::json;

#[derive(Parser)]
#[command(about = "All topics of Reuters-21578 at once")]
struct Args {
    /// The directory that holds the .sgm files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// Passes over the chunks.
    #[arg(long, default_value_t = 5, value_name = "N")]
    epochs: usize,
    /// How much small weights are preferred.
    #[arg(long, default_value_t = 1e-4, value_name = "A")]
    alpha: f64,
    /// How much more a story counts for a topic that it has.
    #[arg(long, default_value_t = 4.0, value_name = "W")]
    own_weight: f64,
    /// What the orders of the rows depend on.
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// How many topics the table shows.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let files = reuters::locate(args.data.as_deref())?;
    println!("Reuters-21578: which topics does a story have? The ModApté split.");
    files::announce(&files);

    let started = Instant::now();
    let runtime = Runtime::new().threads(args.threads).progress(true);
    // Read once, for the choice of topics and for the learning.
    let stories = files.open()?.persist(&runtime)?;
    let topics = runtime.compute(mod_apte_topics(&stories))?;
    println!("Learning {} topics from hashed words in 262,144 columns.\n", topics.len());
    let (train, test) = (side(&stories, LewisSplit::Train, &topics), side(&stories, LewisSplit::Test, &topics));

    // The defaults did best when the first two thirds of the train stories were learned and the last
    // third was scored: most topics are rare, and without the weight too few stories get them.
    let weights = ClassWeight::ByLabel(vec![(true, args.own_weight)]);
    let svm = SgdClassifier::params().alpha(args.alpha).average(Averaging::From(1)).class_weight(weights);
    let svm = svm.seed(args.seed);
    let each_topic = ChainedLabels::new(OneVsRest::params(svm), topics.len()).epochs(args.epochs);
    let words = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false).norm(None).dtype::<f32>();
    let rarity = TfidfTransformer::params().sublinear_tf(true);
    // Nine of ten columns have no word of the train stories: without them the model is a tenth as large.
    let fit = Pipeline::steps(words).then(rarity).then(VarianceThreshold::params()).estimator(each_topic).fit(&train);
    let (counts, margins, n_train) =
        runtime.compute((fit.label_counts(&test), fit.decision_function(&test), train.n_rows()))?;
    let seconds = started.elapsed().as_secs_f64();

    print_table(&topics, &counts);
    println!("{n_train} stories to train on, {} to test on.", counts.n_rows());
    if args.json {
        println!("{}", report(args, n_train, &counts, &margins, seconds));
    } else {
        println!("{seconds:.2} seconds in all");
    }
    Ok(())
}

/// The stories on one side of the split, each with its topics.
fn side(stories: &Chunks<Stories>, side: LewisSplit, topics: &[String]) -> Chunks<DatasetBase<Text, Array2<bool>>> {
    let key = Key::of("ModApté").params(&(format!("{side:?}"), topics)).finish();
    let topics = topics.to_vec();
    stories.map_keyed("label", key, move |stories| Ok(stories.mod_apte(side, &topics)))
}

/// The topics that most stories of the test side have.
fn print_table(topics: &[String], counts: &MultilabelCounts) {
    let mut frequent: Vec<usize> = (0..topics.len()).collect();
    frequent.sort_by_key(|&topic| std::cmp::Reverse(counts.support(topic)));
    let shown = frequent.into_iter().take(SHOWN).map(|topic| (topics[topic].as_str(), topic));
    println!("{}", label_table(["topic", "stories"], shown, counts));
    println!("stories: those of the test side that have the topic; the {SHOWN} most frequent topics are shown.");
    println!("Of all stories of the test side, {:.4} have exactly the topics predicted.", counts.subset_accuracy());
}

fn report(
    args: &Args,
    n_train: usize,
    counts: &MultilabelCounts,
    margins: &[Array2<f32>],
    seconds: f64,
) -> serde_json::Value {
    let margins: Vec<f64> = margins.iter().flatten().map(|&margin| f64::from(margin)).collect();
    json!({
        "train": n_train,
        "test": counts.n_rows(),
        "labels": counts.n_labels(),
        "micro_f1": counts.mean_f1(Average::Micro),
        "macro_f1": counts.mean_f1(Average::Macro),
        "seconds": seconds,
        "epochs": args.epochs,
        "alpha": args.alpha,
        "peak_rss_mb": common::peak_rss_mb(),
        // Of the bits of every test story's decision values.
        "digest": common::digest(&margins),
    })
}
