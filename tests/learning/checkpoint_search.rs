//! Searches that go on from a checkpoint find what they would have found at once; `kills.rs` kills one.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use chunkfit::data::Text;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles, Stories};
use chunkfit::graph::Key;
use chunkfit::linear::SgdClassifierParams;
use chunkfit::model_selection::{Grid, Halving, HalvingResults, HashSplit, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array1;

fn runtime(threads: usize, folder: &Path) -> Runtime {
    Runtime::new().threads(threads).checkpoint(Checkpoint::new(folder))
}

/// The sample, by a name that lasts.
fn data() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let label = |stories: &Stories| Ok(reuters::acq_examples(stories, Labelled::EveryD));
    ReutersFiles::sample().open().unwrap().map_keyed("label", Key::of("acq").finish(), label)
}

fn pipeline(
    n: usize,
    sgd: &SgdClassifierParams<bool>,
    epochs: usize,
) -> Pipeline<HashingVectorizer<f64>, Chained<SgdClassifierParams<bool>>> {
    let text = HashingVectorizer::params().n_features(1 << 12).ngram_range(1, n);
    Pipeline::new(text, Chained::new(sgd.clone()).epochs(epochs))
}

/// When a file of the folder was last changed.
fn newest(folder: &Path) -> Option<SystemTime> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()?.modified().ok()).max()
}

#[test]
fn halving_goes_on_from_the_rung_in_work() {
    let folder = tempfile::tempdir().unwrap();
    let grid = Grid::new(SgdClassifier::params());
    let grid = grid.vary("alpha", [1e-2, 1e-3, 1e-4, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| pipeline(1, sgd, 1)).folds(KFold::new(2));
    let halve = |runtime: &Runtime| search.halve(runtime, &data(), Halving::new(3), 4).unwrap();
    let scores = |found: &HalvingResults<_>| {
        let rows = found.rungs.iter().flat_map(|rung| &rung.results.candidates);
        rows.flat_map(|row| row.mean_test_scores.iter().map(|score| score.to_bits())).collect::<Vec<_>>()
    };
    let whole = halve(&Runtime::new());
    assert!(whole.rungs.len() > 1);
    let kept = runtime(2, folder.path());
    assert_eq!(scores(&halve(&kept)), scores(&whole));
    let written = newest(folder.path());
    // The second time nothing is trained that would have been written.
    assert_eq!(scores(&halve(&kept)), scores(&whole));
    assert_eq!(newest(folder.path()), written);
}

#[test]
fn folds_by_a_closure_last_once_they_are_identified() {
    let folder = tempfile::tempdir().unwrap();
    let search = Search::new(Grid::new(SgdClassifier::params()), |sgd| pipeline(1, sgd, 1));
    let split = || HashSplit::new(0.3, |(text, _): (&str, &bool)| text.len());
    let error = search.clone().folds(split()).run(&runtime(1, folder.path()), &data()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLasting { .. }), "{error}");
    let named = || {
        let search = search.clone().folds(split().identified("length of the text"));
        let run = search.run_and_tell(&runtime(1, folder.path()), &data()).unwrap();
        (run.values.best_score().to_bits(), run.summary.runs("partial_fit"))
    };
    let (score, steps) = named();
    assert!(steps > 0);
    assert_eq!(named(), (score, 0));
}

#[test]
fn chunks_that_persist_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let run = |data: &Chunks<_>| {
        let fit = pipeline(1, &SgdClassifier::params(), 2).fit(data);
        runtime(2, folder.path()).run((&fit, fit.score(data))).unwrap()
    };
    let first = run(&data().keep_in_memory(&Runtime::new()).unwrap());
    let again = run(&data().keep_in_memory(&Runtime::new()).unwrap());
    assert_eq!((first.summary.runs("label"), again.summary.runs("partial_fit")), (0, 0));
    assert_eq!(first.values.0.model.coef(), again.values.0.model.coef());
    assert_eq!(first.values.1, again.values.1);
    // Held in memory or not, the chunks are the same.
    assert_eq!(run(&data()).values.1, first.values.1);
}
