//! All topics of a text at once: a classifier for each, and how good each is.

use chunkfit::combine::ChainedLabels;
use chunkfit::datasets::reuters::{LewisSplit, ReutersFiles};
use chunkfit::linear::{Averaging, OneVsRest};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{HandleUnknown, MultiLabelBinarizer};

const SEED: u64 = 42;

fn main() -> Result<(), Error> {
    let runtime = Runtime::new();
    let stories = ReutersFiles::sample().open()?.keep_in_memory(&runtime)?;
    let [train, test] = [LewisSplit::Train, LewisSplit::Test]
        .map(|side| stories.map("topics", move |stories| stories.mod_apte_sets(side)));
    let binarizer = train.label_binarizer(MultiLabelBinarizer::params().handle_unknown(HandleUnknown::Ignore));
    let topics = runtime.compute(&binarizer)?.class_names();
    let [train, test] = [train, test].map(|stories| stories.binarized_labels(&binarizer));

    let words = HashingVectorizer::params().n_features(1 << 16).alternate_sign(false).norm(None);
    let svm = SgdClassifier::params().alpha(1e-4).average(Averaging::From(1)).seed(SEED);
    let each_topic = ChainedLabels::new(OneVsRest::params(svm), topics.len()).epochs(3);
    let rarity = TfidfTransformer::params().sublinear_tf(true);
    let fit = Pipeline::steps(words).then(rarity).estimator(each_topic).fit(&train);
    let (counts, predicted, binarizer) = runtime.compute((fit.label_counts(&test), fit.predict(&test), binarizer))?;

    println!("{}\n{} stories.", counts.report(&topics)?, counts.n_rows());
    if let Some(found) = predicted.first().map(|rows| binarizer.inverse_transform(rows.view())).transpose()? {
        println!("The first is about: {:?}", found.first());
    }
    Ok(())
}
