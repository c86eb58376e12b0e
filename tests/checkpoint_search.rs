//! Searches that are interrupted and started again find what they would have found at once.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use chunkfit::data::Text;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles, Stories};
use chunkfit::graph::{Key, Run};
use chunkfit::linear::{LearningRate, Loss, SgdClassifierParams};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Candidate, Grid, Halving, HalvingResults, HashSplit, KFold, Search, SearchResults};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::Array1;

/// Where the killed child finds its folder.
const FOLDER: &str = "CHUNKFIT_TEST_SEARCH";

/// N-grams of up to so many words, and a classifier.
type Params = (usize, SgdClassifierParams<bool>);

fn runtime(threads: usize, folder: &Path) -> Runtime {
    Runtime::new().threads(threads).checkpoint(Checkpoint::new(folder))
}

/// The sample, by a name that lasts. Every chunk that is labelled writes a byte to the log, if there
/// is one.
fn data(log: Option<PathBuf>) -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let label = move |stories: &Stories| {
        if let Some(log) = &log {
            // Slow enough to be interrupted in the middle.
            std::thread::sleep(Duration::from_millis(1));
            fs::File::options().create(true).append(true).open(log).unwrap().write_all(b".").unwrap();
        }
        Ok(reuters::acq_examples(stories, Labelled::EveryD))
    };
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

/// Candidates that learn in teams, one that learns alone, and one that overflows.
fn search(runtime: &Runtime, log: Option<PathBuf>) -> Run<SearchResults<Params>> {
    let sgd = |alpha| SgdClassifier::params().alpha(alpha);
    let steep = sgd(1e-4).loss(Loss::SquaredError).learning_rate(LearningRate::Constant).eta0(1e300);
    let candidates = [(1, sgd(1e-3)), (2, sgd(1e-4)), (1, sgd(1e-5)), (2, sgd(1e-3).seed(1)), (1, steep)];
    let candidates = candidates.map(|params| Candidate { params, shown: Vec::new() });
    Search::new(candidates.to_vec(), |(n, sgd): &Params| pipeline(*n, sgd, 4))
        .folds(KFold::new(3).shuffle(0))
        .scoring([Scorer::Accuracy, Scorer::RocAuc])
        .run_and_tell(runtime, &data(log))
        .unwrap()
}

/// All that a search finds but the times.
fn findings(found: &SearchResults<Params>) -> String {
    let folds = found.candidates.iter().flat_map(|row| &row.folds);
    let bits = |scores: &[f64]| scores.iter().map(|score| format!("{:016x} ", score.to_bits())).collect::<String>();
    folds.map(|fold| format!("{}{:?}\n", bits(&fold.test_scores), fold.error)).collect()
}

/// The child of the next test.
#[test]
#[ignore = "is run by the test that kills it"]
fn searching_child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let found = search(&runtime(2, &folder.join("checkpoint")).memory_limit(300_000), Some(folder.join("log")));
    fs::write(folder.join("part"), findings(&found.values)).unwrap();
    fs::rename(folder.join("part"), folder.join("result")).unwrap();
}

#[test]
fn a_search_that_is_killed_again_and_again_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let whole = search(&Runtime::new().threads(1), None);
    assert!(findings(&whole.values).contains("beyond all bounds"));
    let checkpoint = folder.path().join("checkpoint");
    let mut kills = 0;
    for attempt in 0..300u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["searching_child", "--exact", "--ignored"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Long enough to get on, at a moment that is different every time.
        let before = newest(&checkpoint);
        while newest(&checkpoint) == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(attempt * 7919 % 60_000));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
            child.wait().unwrap();
        } else {
            assert!(child.wait().unwrap().success());
            break;
        }
    }
    let found = fs::read_to_string(folder.path().join("result")).expect("the child gets on at every attempt");
    assert_eq!(found, findings(&whole.values));
    assert!(kills >= 2, "only {kills} kills");
    // What is finished is not done again.
    let again = search(&runtime(2, &checkpoint), None);
    assert_eq!(findings(&again.values), found);
    assert_eq!(again.summary.runs("partial_fit"), 0);
    // The candidate that failed has no scores that could be kept.
    let scored = again.summary.stages.iter().filter(|stage| stage.name == "score" && stage.runs > 0);
    assert!(scored.map(|stage| stage.label.as_deref().unwrap()).all(|label| label.starts_with("candidate 4,")));
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
    let halve = |runtime: &Runtime| search.halve(runtime, &data(None), Halving::new(3), 4).unwrap();
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
    let error = search.clone().folds(split()).run(&runtime(1, folder.path()), &data(None)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLasting { .. }), "{error}");
    let named = || {
        let search = search.clone().folds(split().identified("length of the text"));
        let run = search.run_and_tell(&runtime(1, folder.path()), &data(None)).unwrap();
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
    let first = run(&data(None).persist(&Runtime::new()).unwrap());
    let again = run(&data(None).persist(&Runtime::new()).unwrap());
    assert_eq!((first.summary.runs("label"), again.summary.runs("partial_fit")), (0, 0));
    assert_eq!(first.values.0.model.coef(), again.values.0.model.coef());
    assert_eq!(first.values.1, again.values.1);
    // Held in memory or not, the chunks are the same.
    assert_eq!(run(&data(None)).values.1, first.values.1);
}
