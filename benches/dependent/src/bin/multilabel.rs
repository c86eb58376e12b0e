//! All topics of a text at once: a classifier for each, and how good each is.

use chunkfit::combine::ChainedLabels;
use chunkfit::datasets::reuters::{LewisSplit, ReutersFiles, Stories, mod_apte_topics};
use chunkfit::linear::{Averaging, OneVsRest};
use chunkfit::metrics::Average;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array2;

const SEED: u64 = 42;

fn main() -> Result<(), Error> {
    let runtime = Runtime::new();
    let stories = ReutersFiles::sample().open()?.persist(&runtime)?;
    let topics = runtime.compute(mod_apte_topics(&stories))?;
    let (train, test) = (side(&stories, LewisSplit::Train, &topics), side(&stories, LewisSplit::Test, &topics));

    let words = HashingVectorizer::params().n_features(1 << 16).alternate_sign(false).norm(None);
    let svm = SgdClassifier::params().alpha(1e-4).average(Averaging::From(1)).seed(SEED);
    let each_topic = ChainedLabels::new(OneVsRest::params(svm), topics.len()).epochs(3);
    let rarity = TfidfTransformer::params().sublinear_tf(true);
    let fit = Pipeline::steps(words).then(rarity).estimator(each_topic).fit(&train);
    let (counts, margins) = runtime.compute((fit.label_counts(&test), fit.decision_function(&test)))?;

    println!("{:12} {:>7} {:>9} {:>9}", "topic", "stories", "precision", "recall");
    for (k, topic) in topics.iter().enumerate() {
        let (support, precision, recall) = (counts.support(k), counts.precision(k), counts.recall(k));
        println!("{topic:12} {support:7} {precision:9.3} {recall:9.3}");
    }
    let [micro, every] = [Average::Micro, Average::Macro].map(|average| counts.mean_f1(average));
    println!("F1 {micro:.3} (micro), {every:.3} (macro) on {} stories.", counts.n_rows());
    if let Some(first) = margins.first().filter(|margins| margins.nrows() > 0) {
        let found = topics.iter().zip(first.row(0)).filter(|(_, margin)| **margin > 0.0);
        println!("The first is about: {:?}", found.map(|(topic, _)| topic).collect::<Vec<_>>());
    }
    Ok(())
}

/// One side of the split, with the topics of every story.
fn side(stories: &Chunks<Stories>, side: LewisSplit, topics: &[String]) -> Chunks<DatasetBase<Text, Array2<bool>>> {
    let topics = topics.to_vec();
    stories.map("topics", move |stories| stories.mod_apte(side, &topics))
}
