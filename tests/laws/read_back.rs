//! What is read from files is checked: model files, sealed states, results of searches, patterns.
//!
//! A value is written as JSON, changed at some places, and read again: it is refused, or can be used without a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chunkfit::bayes::{BernoulliNb, GaussianNb, MultinomialNb};
use chunkfit::calibration::{ClassHistograms, ScoreHistogram};
use chunkfit::cluster::MiniBatchKMeans;
use chunkfit::data::Codec;
use chunkfit::decomposition::IncrementalPca;
use chunkfit::distributed::{OrderedMerge, OrderedSum, seal, unseal};
use chunkfit::estimator::PartialFit;
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::linear::{
    LinearRegression, LogisticRegression, PoissonRegressor, SgdClassifier, SgdOneClassSvm, SgdRegressor,
};
use chunkfit::metrics::{ClassTally, MultilabelCounts, ProbabilityLoss, RankedScores, Residuals, Scorer, ValueTally};
use chunkfit::model_selection::{HalvingResults, SearchResults};
use chunkfit::persist::{Persist, describe};
use chunkfit::text::HashingVectorizer;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Numbers that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as usize % n
    }
}

/// Changes one value somewhere in a tree.
fn forge(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Array(items) if !items.is_empty() && dice.below(4) > 0 => {
            let i = dice.below(items.len());
            match dice.below(6) {
                0 => drop(items.remove(i)),
                1 => items.insert(i, items[i].clone()),
                2 => items.clear(),
                _ => forge(&mut items[i], dice),
            }
        }
        Value::Object(fields) if !fields.is_empty() && dice.below(8) > 0 => {
            let i = dice.below(fields.len());
            let name = fields.keys().nth(i).cloned().unwrap();
            match dice.below(10) {
                0 => drop(fields.remove(&name)),
                // Where keys are numbers: bins, nodes of a tree.
                1 => {
                    let moved = fields.remove(&name).unwrap();
                    fields.insert(
                        [String::from("18446744073709551615"), "0".into(), "3".into()][dice.below(3)].clone(),
                        moved,
                    );
                }
                _ => forge(fields.get_mut(&name).unwrap(), dice),
            }
        }
        other => {
            *other = [
                json!(0),
                json!(1),
                json!(2),
                json!(-1),
                json!(64),
                json!(4_294_967_296_u64),
                json!(u64::MAX),
                json!(1e308),
                json!(0.5),
                json!(null),
                json!([]),
                json!([0.0, 1.0, 2.0]),
                json!("x"),
                json!(true),
            ][dice.below(14)]
            .clone();
        }
    }
}

/// Tries many forgeries of a value; whatever is read is used.
fn assert_refused_or_harmless<T: Serialize + DeserializeOwned>(name: &str, value: &T, use_it: impl Fn(T)) {
    let written = serde_json::to_value(value).unwrap();
    serde_json::from_value::<T>(written.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (mut dice, mut refused) = (Dice(name.len() as u64), 0);
    for _ in 0..3_000 {
        let mut forged = written.clone();
        (0..1 + dice.below(3)).for_each(|_| forge(&mut forged, &mut dice));
        let text = forged.to_string();
        let outcome = catch_unwind(AssertUnwindSafe(|| match serde_json::from_str::<T>(&text) {
            Ok(value) => {
                use_it(value);
                0
            }
            Err(_) => 1,
        }));
        refused += outcome.unwrap_or_else(|_| panic!("{name} panics on {text}"));
    }
    assert!(refused > 0, "{name}: no forgery is refused");
}

/// As they are written to a file, since only a search makes them.
fn results() -> Value {
    let fold = |score: f64| {
        json!({
            "test_scores": [score, 1.0 - score],
            "train_scores": [score, null],
            "fit_seconds": 0.5,
            "score_seconds": 0.25,
            "error": null,
        })
    };
    let row = |i: usize| {
        json!({
            "candidate": {"params": i, "shown": [["alpha", i.to_string()]]},
            "folds": [fold(0.25 * i as f64), fold(0.5)],
            "mean_test_scores": [0.25, 0.5],
            "std_test_scores": [0.0, 0.0],
            "ranks": [1 + i, 1],
        })
    };
    json!({"scorers": ["accuracy", "f1"], "candidates": [row(0), row(1), row(2)]})
}

fn use_results(found: &SearchResults<usize>) {
    assert!(found.best_index() < found.candidates.len());
    let _ = (found.best(), found.best_score(), found.rows(), found.to_string());
    // Candidates of which one shows more than another are no table.
    let _ = found.write_csv(std::io::sink());
    found.write_json(std::io::sink()).unwrap();
}

#[test]
fn results_of_searches_are_results_of_searches() {
    let found: SearchResults<usize> = serde_json::from_value(results()).unwrap();
    assert_refused_or_harmless("results", &found, |found| use_results(&found));
    let rung = |chunks| json!({"chunks": chunks, "trained": 3, "results": results()});
    let halving: HalvingResults<usize> = serde_json::from_value(json!({"rungs": [rung(2), rung(4)]})).unwrap();
    assert_refused_or_harmless("halving", &halving, |found| {
        let _ = (found.best(), found.rungs.len());
    });
    let refused = |text: &str| serde_json::from_str::<SearchResults<usize>>(text).unwrap_err().to_string();
    assert!(refused(r#"{"scorers":[],"candidates":[]}"#).contains("0 candidates by 0 scorers"));
    assert!(refused(r#"{"scorers":["accuracy"],"candidates":[]}"#).contains("0 candidates"));
    assert!(serde_json::from_str::<HalvingResults<usize>>(r#"{"rungs":[]}"#).is_err());
    let sealed = seal("results", &(Vec::<String>::new(), Vec::<u8>::new())).unwrap();
    assert!(unseal::<SearchResults<usize>>("results", &sealed).is_err());
}

#[test]
fn sums_of_errors_and_tallies_are_those_of_rows() {
    let (truth, predicted) = ([1.0, 2.0, 4.0], [1.5, 2.0, 3.0]);
    let residuals = Residuals::count(truth.into_iter(), predicted.into_iter()).unwrap();
    assert_refused_or_harmless("residuals", &residuals, |forged| {
        for both in [forged.merge(&residuals), residuals.merge(&forged)] {
            let _ = (both.n_rows(), both.r2(), both.max_error(), both.score(&Scorer::R2));
        }
    });
    let tally = ValueTally::count(truth.into_iter(), predicted.into_iter(), &[Scorer::R2]).unwrap();
    assert_refused_or_harmless("values", &tally, |forged| {
        let both = forged.clone().merge(&tally).merge(&forged);
        let _ = both.score(&Scorer::R2);
    });
    let codec = Codec::<ClassTally<String>>::serialized();
    let mut bytes = codec.encode(&ClassTally::new(&["a".to_owned(), "b".to_owned()])).unwrap().unwrap();
    assert!(codec.decode(&bytes).is_ok());
    let places = [b'a', b'b'].map(|name| bytes.iter().position(|byte| *byte == name).unwrap());
    bytes.swap(places[0], places[1]);
    assert!(codec.decode(&bytes).is_err(), "classes that do not ascend");
}

/// What checkpoints keep: every number of a model, one at a time, is made one that no training makes; what is decoded all
/// the same learns on and comes to an end.
#[test]
fn models_in_checkpoints_are_checked() {
    fn check<P>(params: P)
    where
        P: PartialFit<Array2<f64>, Array1<f64>, Model: Send + 'static> + Clone + Send + 'static,
    {
        let data =
            || DatasetBase::new(Array2::from_shape_fn((8, 3), |(i, j)| (i * (j + 2) % 7) as f64), Array1::zeros(8));
        let codec = params.codec().expect("it is kept");
        let bytes = codec.encode(&params.partial_fit(None, &data()).unwrap()).unwrap().unwrap();
        let mut refused = 0;
        for at in 0..bytes.len() - 7 {
            for number in [f64::INFINITY, f64::NAN, -1e308] {
                let mut forged = bytes.clone();
                forged[at..at + 8].copy_from_slice(&number.to_le_bytes());
                let Ok(model) = codec.decode(&forged) else {
                    refused += 1;
                    continue;
                };
                let (params, (sender, receiver)) = (params.clone(), mpsc::channel());
                let learn = move || {
                    sender.send(catch_unwind(AssertUnwindSafe(|| params.partial_fit(Some(model), &data()).is_ok())))
                };
                thread::spawn(learn);
                let outcome = receiver.recv_timeout(Duration::from_secs(60)).expect("it comes to an end");
                assert!(outcome.is_ok(), "byte {at} of {number} panics");
            }
        }
        assert!(refused > bytes.len(), "{refused} refused");
    }
    check(IncrementalPca::params().n_components(2));
    check(MiniBatchKMeans::params().n_clusters(2));
}

/// A pipe may have no end, and neither has a device: nobody waits for one.
#[cfg(unix)]
#[test]
fn a_model_is_not_read_from_a_pipe_or_a_device() {
    let place = tempfile::tempdir().unwrap();
    let (pipe, link) = (place.path().join("pipe"), place.path().join("link"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [pipe, link, "/dev/zero".into()] {
        let (sender, receiver) = mpsc::channel();
        let read = move || sender.send((LogisticRegression::<f64, bool>::load(&path).err(), describe(&path).err()));
        thread::spawn(read);
        let (load, describe) = receiver.recv_timeout(Duration::from_secs(60)).expect("it comes to an end");
        for error in [load.unwrap(), describe.unwrap()] {
            assert!(matches!(error.kind(), chunkfit::ErrorKind::Io { action: "read" }), "{error}");
            assert!(error.full_message().contains("from_bytes"), "{}", error.full_message());
        }
    }
}

#[test]
fn counts_and_sums_of_scores_are_those_of_rows() {
    let positive = || [true, false, true, false].into_iter();
    let scores = || [0.5, -1.5, 2.0, 0.5].into_iter();
    let ranked = RankedScores::count(positive(), scores()).unwrap();
    assert_refused_or_harmless("ranked scores", &ranked, |forged| {
        let both = forged.merge(&ranked);
        let _ = (both.n_rows(), both.roc_auc(), both.average_precision());
    });
    let histogram = ScoreHistogram::count(positive(), scores()).unwrap();
    assert_refused_or_harmless("histogram", &histogram, |forged| {
        for both in [forged.clone().merge(&histogram), histogram.clone().merge(&forged)] {
            let _ = (both.n_rows(), both.bins().count(), both.relative_width(), both.positives());
        }
    });
    let truth = array![0_usize, 1, 1, 0];
    let decision = array![[0.5], [-1.5], [2.0], [0.5]];
    let classes = ClassHistograms::count(&[0, 1], truth.view(), &decision).unwrap();
    assert_refused_or_harmless("class histograms", &classes, |forged| {
        let both = forged.merge(&classes);
        let _ = (both.n_rows(), both.binary().map(ScoreHistogram::n_bins), both.histograms().len());
    });
    let loss = ProbabilityLoss::count(truth.iter(), &array![[0.5, 0.5], [0.25, 0.75], [0.0, 1.0], [1.0, 0.0]], &[0, 1]);
    let loss = loss.unwrap();
    assert_refused_or_harmless("probability loss", &loss, |forged| {
        let _ = forged.merge(&loss);
    });
    let rows = array![[true, false], [true, true]];
    let labels = MultilabelCounts::count(rows.view(), rows.view()).unwrap();
    assert_refused_or_harmless("labels", &labels, |forged| {
        let _ = (forged.subset_accuracy(), forged.hamming_loss());
        let _ = forged.merge(&labels);
    });
}

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;

#[test]
fn sealed_states_are_states_of_chunks() {
    let rows = |c: usize| -> Rows {
        let x = Array2::from_shape_fn((8, 3), |(i, j)| ((i * 5 + j * 3 + c) % 7) as f64);
        DatasetBase::new(x, (0..8).map(|i| (i + c).is_multiple_of(3)).collect())
    };
    type Params = chunkfit::linear::LogisticRegressionParams<bool>;
    let params: Params = LogisticRegression::<f64, bool>::params();
    let merge = <Params as FitAverage<Array2<f64>, Array1<bool>>>::merge;
    let state = |c: usize| params.fit_state(&rows(c), Weighting::Curvature).unwrap();
    let mut all = OrderedMerge::new();
    [0, 1, 4].into_iter().for_each(|c| all.insert(c, 8, state(c as usize), merge).unwrap());
    assert_refused_or_harmless("states", &all, |mut forged| {
        let _ = forged.insert(2, 8, state(2), merge);
        let _ = forged.absorb(all.clone(), merge);
        if let Ok(Some(state)) = forged.finish(merge) {
            let _ = FitAverage::<Array2<f64>, Array1<bool>>::finish(&params, state);
        }
    });
    // States of a type of one's own, whose code panics on what it has not made.
    let careless = |a: Vec<u8>, b: Vec<u8>| -> chunkfit::Result<Vec<u8>> { Ok(vec![a[0] + b[0]]) };
    let mut forged = OrderedMerge::new();
    forged.insert(0, 1, Vec::new(), careless).unwrap();
    let mut read = OrderedMerge::<Vec<u8>>::from_bytes("own", &forged.to_bytes("own").unwrap()).unwrap();
    let error = read.insert(1, 1, vec![1], careless).unwrap_err();
    assert!(error.to_string().contains("cannot be merged"), "{error}");
}

/// Sums of chunks of every estimator that is averaged.
#[test]
fn states_of_chunks_are_states_of_chunks() {
    fn check<P, L>(name: &str, params: P, label: fn(usize) -> L)
    where
        P: FitAverage<Array2<f64>, Array1<L>, State: Serialize + DeserializeOwned>,
    {
        let rows = |c: usize| Array2::from_shape_fn((10, 3), |(i, j)| ((i * 5 + j * 3 + c) % 7) as f64 + 0.5);
        let data = |c: usize| DatasetBase::new(rows(c), (0..10).map(|i| label(i + c)).collect::<Array1<L>>());
        let state = |c: usize| params.fit_state(&data(c), Weighting::Curvature).unwrap();
        assert_refused_or_harmless(name, &state(0), |forged: P::State| {
            let _ = params.finish(forged.clone());
            for merged in [P::merge(forged.clone(), state(1)), P::merge(state(1), forged)] {
                let _ = merged.and_then(|both| params.finish(both));
            }
        });
    }
    check("SgdClassifier", SgdClassifier::params(), |i| i % 3);
    check("SgdRegressor", SgdRegressor::params(), |i| (i % 3) as f64);
    check("LogisticRegression", LogisticRegression::params(), |i| i % 3);
    check("LinearRegression", LinearRegression::params(), |i| (i % 3) as f64);
    check("PoissonRegressor", PoissonRegressor::params(), |i| (i % 3) as f64);
    check("SgdOneClassSvm", SgdOneClassSvm::params(), |i| i);
    check("MultinomialNb", MultinomialNb::params(), |i| i % 3);
    check("BernoulliNb", BernoulliNb::params(), |i| i % 3);
    check("GaussianNb", GaussianNb::params(), |i| i % 3);
}

#[test]
fn trees_that_no_chunks_make_are_refused() {
    let tree = |nodes: Value, chunks: u64| json!({"nodes": nodes, "count": {"chunks": chunks, "rows": 9}});
    let read = serde_json::from_value::<OrderedMerge<f64>>;
    let node = |level: u64| json!({"level": level, "state": 0.5});
    assert!(read(tree(json!({"0": node(1), "2": node(0)}), 3)).is_ok());
    for (nodes, chunks) in [
        (json!({"0": node(1), "1": node(0)}), 3),
        (json!({"1": node(1)}), 2),
        (json!({"0": node(33)}), 1 << 33),
        (json!({"0": node(64)}), 0),
        (json!({"0": node(255)}), 0),
        (json!({"4294967296": node(0)}), 1),
        (json!({"18446744073709551615": node(0)}), 1),
        (json!({"0": node(0)}), 0),
        (json!({"0": node(0)}), u64::MAX),
    ] {
        assert!(read(tree(nodes.clone(), chunks)).is_err(), "{nodes}");
        let sums =
            json!({"parts": {}, "sums": tree(nodes, chunks), "count": {"chunks": chunks.wrapping_mul(16), "rows": 9}});
        assert!(serde_json::from_value::<OrderedSum<f64, f64>>(sums).is_err());
    }
    let sum = |parts: Value, sums: Value, chunks: u64| {
        let value = json!({"parts": parts, "sums": sums, "count": {"chunks": chunks, "rows": 9}});
        serde_json::from_value::<OrderedSum<f64, f64>>(value)
    };
    let none = || tree(json!({}), 0);
    assert!(sum(json!({"3": 0.5}), none(), 1).is_ok());
    assert!(sum(json!({"3": 0.5}), tree(json!({"0": node(0)}), 1), 17).is_err(), "the block is complete already");
    assert!(sum(json!({"3": 0.5}), none(), 2).is_err());
    assert!(sum(json!({}), tree(json!({"268435456": node(0)}), 1), 16).is_err(), "no chunk has such a number");
}

#[test]
fn patterns_are_those_of_python() {
    for (pattern, problem) in [("(?(2)d|be)", "invalid group reference 2"), ("(?(1)d|be)", "invalid group reference 1")]
    {
        let params = HashingVectorizer::<f64>::params().token_pattern(pattern);
        let error = params.check_ref().unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
        // The parameters are read; what is made of them is checked.
        let json = serde_json::to_string(&params).unwrap();
        assert!(
            serde_json::from_str::<chunkfit::text::HashingVectorizerParams<f64>>(&json)
                .is_ok_and(|p| p.check().is_err())
        );
    }
}
