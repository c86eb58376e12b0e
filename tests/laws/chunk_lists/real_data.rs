//! The operations of lists on the Reuters files: batches of stories, the first ones, words of all.

use std::path::PathBuf;

use chunkfit::data::Rows;
use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::prelude::*;

#[test]
#[ignore = "needs the real Reuters files, in the folder that CHUNKFIT_DATA names"]
fn stories_are_learned_in_batches_as_from_chunks_of_that_size() {
    let data = std::env::var_os("CHUNKFIT_DATA").expect("CHUNKFIT_DATA names the folder of the real data");
    let runtime = Runtime::new().memory_limit(64 << 20);
    let stories = reuters::open(PathBuf::from(data).join("reuters21578")).unwrap();
    let stories = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let counted = stories.counted(&runtime).unwrap();

    let batches = counted.rechunk(500);
    let (whole, first, four) = runtime.compute((stories.gather(), stories.head(5), counted.repartition(4))).unwrap();
    let n = whole.targets.len();
    assert_eq!((batches.len(), first.targets.len(), four.len()), (n.div_ceil(500), 5, 4));
    assert!(four.iter().all(|part| part.targets.len().abs_diff(n / 4) <= 1));

    let cut = |i: usize| whole.select_rows(&(i..n.min(i + 500)).collect::<Vec<_>>());
    let by_hand = Chunks::from_memory((0..n).step_by(500).map(cut));
    let text = HashingVectorizer::params().n_features(1 << 18);
    let pipeline = Pipeline::new(text, Chained::new(SgdClassifier::params()).epochs(2));
    let (fit, expected) = runtime.compute((pipeline.fit(&batches), pipeline.fit(&by_hand))).unwrap();
    assert_eq!(fit.model.coef(), expected.model.coef());
    assert!(runtime.compute(pipeline.fit(&batches).score(&stories)).unwrap() > 0.95);

    let words = stories.flat_map("words", |(text, _)| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let counts = stories.fold("count words", 0, |n, (text, _)| n + text.split_whitespace().count(), |a, b| a + b);
    let (words, counts) = runtime.compute((words.n_rows(), counts)).unwrap();
    assert_eq!(words, counts);
}
