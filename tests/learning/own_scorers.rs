//! Scorers that are functions of the user: they score as the named ones do, and are told apart.

use chunkfit::data::Rows;
use chunkfit::graph::Key;
use chunkfit::linear::LinearRegression;
use chunkfit::metrics::{ClassRow, ClassTally, ConfusionMatrix, Needs, Scorer, ValueTally};
use chunkfit::model_selection::{Grid, KFold, Search, SearchResults, TrainScores, cross_validate};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Chunk `c`: points around two centres, and the sum of their coordinates with some noise.
fn points(c: usize) -> (Array2<f64>, Array1<bool>, Array1<f64>) {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let labels = Array1::from_shape_fn(50, |_| random.gen_bool(0.4));
    let points = Array2::from_shape_fn((50, 3), |(i, _)| f64::from(labels[i]) + random.gen_range(-1.0..1.0));
    let sums = points.rows().into_iter().map(|row| row.sum() + random.gen_range(-0.5..0.5)).collect();
    (points, labels, sums)
}

fn labelled() -> Chunks<DatasetBase<Array2<f64>, Array1<bool>>> {
    Chunks::from_memory((0..4).map(points).map(|(points, labels, _)| DatasetBase::new(points, labels)))
}

fn measured() -> Chunks<DatasetBase<Array2<f64>, Array1<f64>>> {
    Chunks::from_memory((0..4).map(points).map(|(points, _, sums)| DatasetBase::new(points, sums)))
}

fn accuracy(name: &str) -> Scorer {
    Scorer::of_confusion(name, |counts: &ConfusionMatrix<bool>| {
        (counts.get(&false, &false) + counts.get(&true, &true)) as f64 / counts.n_rows() as f64
    })
}

fn hit(truth: &bool, predicted: &bool) -> f64 {
    f64::from(truth == predicted)
}

#[test]
fn own_functions_score_as_the_named_scorers_of_the_same_do() {
    let side = |row: &ClassRow<bool>| hit(row.truth, &(row.values[0] > 0.0));
    let surprise = |row: &ClassRow<bool>| row.values[row.class].clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln();
    let scorers = [
        Scorer::Accuracy,
        accuracy("of counts"),
        Scorer::mean_of_labels("of labels", hit),
        Scorer::mean_of_decision("of decision", side),
        Scorer::NegLogLoss,
        Scorer::mean_of_probabilities("of probabilities", surprise),
    ];
    let estimator = Averaged::new(LogisticRegression::params());
    let runtime = Runtime::new().threads(2);
    let folds = || KFold::new(3).shuffle(1);
    let row = cross_validate(&runtime, &estimator, &labelled(), folds(), scorers, TrainScores::With).unwrap();
    let both =
        |fold: &chunkfit::model_selection::FoldResult| [fold.test_scores.clone(), fold.train_scores.clone().unwrap()];
    for scores in row.folds.iter().flat_map(both) {
        assert_eq!((scores[1], scores[2], scores[3]), (scores[0], scores[0], scores[0]));
        assert_eq!(scores[5], scores[4]);
        assert!(scores[0] > 0.6 && scores[4] < 0.0, "{scores:?}");
    }

    let scorers = [
        Scorer::NegMeanAbsoluteError,
        Scorer::mean_of_values("of values", |truth, predicted| -(truth - predicted).abs()),
    ];
    let estimator = Averaged::new(LinearRegression::params());
    let row = cross_validate(&runtime, &estimator, &measured(), folds(), scorers, TrainScores::Without).unwrap();
    for fold in &row.folds {
        assert_eq!(fold.test_scores[1], fold.test_scores[0]);
        assert!(fold.test_scores[0] > -0.5, "{fold:?}");
    }
}

#[test]
fn what_is_best_by_an_own_function_is_ranked_first() {
    let grid = || Grid::new(SgdClassifier::params()).vary("alpha", [1e-4, 10.0], |sgd, alpha| sgd.alpha(alpha));
    let search = || Search::new(grid(), |sgd| Chained::new(sgd.clone())).folds(KFold::new(2));
    let run = |scorer| search().scoring([scorer]).run(&Runtime::new().threads(2), &labelled()).unwrap();
    let ranks = |found: &SearchResults<_>| found.candidates.iter().map(|row| row.ranks[0]).collect::<Vec<_>>();
    assert_eq!(ranks(&run(accuracy("hits"))), [1, 2]);
    assert_eq!(ranks(&run(Scorer::mean_of_labels("neg_hits", |a: &bool, b| -hit(a, b)))), [2, 1]);
    // A strong penalty predicts one class only, of which this function makes no number.
    let precision = |counts: &ConfusionMatrix<bool>| counts.get(&true, &true) as f64 / counts.predicted(&true) as f64;
    let found = run(Scorer::of_confusion("own_precision", precision));
    assert!(found.candidates[1].mean_test_scores[0].is_nan(), "{found}");
    assert_eq!((ranks(&found), found.scorers.as_slice()), (vec![1, 2], &["own_precision".to_owned()][..]));
}

#[test]
fn a_function_that_panics_is_the_error_of_its_fold() {
    let fussy = Scorer::of_confusion("fussy", |counts: &ConfusionMatrix<bool>| {
        assert!(counts.predicted(&true) > 0, "nothing was taken for true");
        1.0
    });
    let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-4, 10.0], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).folds(KFold::new(2)).scoring([fussy]);
    let found = search.run(&Runtime::new().threads(2), &labelled()).unwrap();
    assert_eq!(found.candidates[0].mean_test_scores, [1.0]);
    for fold in &found.candidates[1].folds {
        assert!(fold.error.as_ref().unwrap().contains("a task panicked: nothing was taken for true"), "{fold:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_before_anything_runs() {
    type Dense = DatasetBase<Array2<f64>, Array1<bool>>;
    let unread = Chunks::from_fn("never", 2, |_| -> Result<Dense, Error> { panic!("a chunk was read") });
    let refused = |scorers: Vec<Scorer>| {
        let search = Search::new(Grid::new(SgdClassifier::params()), |sgd| Chained::new(sgd.clone()));
        let search = search.folds(KFold::new(2)).scoring(scorers);
        let error = search.run(&Runtime::new(), &unread).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }), "{error}");
        error.to_string()
    };
    let of_values = || Scorer::mean_of_values("near", |a, b| f64::from((a - b).abs() < 1.0));
    assert!(refused(vec![of_values()]).contains("a scorer of classifiers"));
    assert!(refused(vec![accuracy("")]).contains("a name that no other scorer has"));
    assert!(refused(vec![accuracy("f1")]).contains("a name that no other scorer has"));
    assert!(refused(vec![accuracy("one"), accuracy("one")]).contains("distinct names"));
    assert!(refused(vec![Scorer::F1, accuracy("one"), Scorer::F1]).contains("\"f1\": expected scorers of distinct"));
    let of_numbers = Scorer::mean_of_labels("same", |a: &usize, b: &usize| f64::from(a == b));
    assert!(refused(vec![of_numbers]).contains("labels of type bool, as the model's are; this one's are of usize"));

    type Values = DatasetBase<Array2<f64>, Array1<f64>>;
    let unread = Chunks::from_fn("never", 2, |_| -> Result<Values, Error> { panic!("a chunk was read") });
    let estimator = Averaged::new(LinearRegression::params());
    let error =
        cross_validate(&Runtime::new(), &estimator, &unread, KFold::new(2), [accuracy("one")], TrainScores::Without);
    assert!(error.unwrap_err().to_string().contains("\"one\": expected a scorer of regressors"));
}

/// All values are multiples of 1/4, whose sums are exact: the parts must not show at all.
#[test]
fn parts_merged_in_any_way_score_as_the_whole() {
    let truth = ["a", "b", "b", "a", "b"];
    let predicted = ["a", "a", "b", "b", "b"];
    let probabilities = array![[0.75, 0.25], [0.5, 0.5], [0.25, 0.75], [0.0, 1.0], [0.25, 0.75]];
    let decision = array![[-0.25], [0.0], [1.5], [0.75], [2.0]];
    let scorers = [
        Scorer::mean_of_labels("hits", |a: &&'static str, b: &&'static str| f64::from(a == b)),
        Scorer::mean_of_probabilities("p", |row: &ClassRow<&'static str>| row.values[row.class]),
        Scorer::mean_of_decision("margin", |row: &ClassRow<&'static str>| {
            row.values[0] * if *row.truth == row.classes[1] { 1.0 } else { -1.0 }
        }),
    ];
    let part = |rows: std::ops::Range<usize>| {
        let numbers: Vec<usize> = rows.clone().collect();
        let truth = &truth[rows.clone()];
        let mut tally = ClassTally::new(&["a", "b"]);
        tally.count_labels(truth.iter(), predicted[rows].iter()).unwrap();
        tally.count_means(&scorers, Needs::Decision, truth.iter(), &decision.select_rows(&numbers)).unwrap();
        tally.count_means(&scorers, Needs::Probabilities, truth.iter(), &probabilities.select_rows(&numbers)).unwrap();
        tally
    };
    let (y, p) = ([1.0, 2.0, 3.0, 4.0, 5.0], [1.5, 2.0, 2.0, 4.25, 5.0]);
    let far = [Scorer::mean_of_values("far", |y, p| (y - p).abs())];
    let values = |rows: std::ops::Range<usize>| {
        ValueTally::count(y[rows.clone()].iter().copied(), p[rows].iter().copied(), &far).unwrap()
    };
    for (a, b) in (0..=5).flat_map(|b| (0..=b).map(move |a| (a, b))) {
        let forth = part(0..a).merge(&part(a..b)).merge(&part(b..5));
        let back = part(b..5).merge(&part(0..a)).merge(&part(a..b));
        for tally in [forth, back] {
            let scores: Vec<f64> = scorers.iter().map(|scorer| tally.score(scorer).unwrap()).collect();
            assert_eq!(scores, [0.6, 0.55, 3.0 / 5.0], "cut at {a} and {b}");
        }
        let tally = values(b..5).merge(&values(0..a).merge(&values(a..b)));
        assert_eq!(tally.score(&far[0]).unwrap(), 0.35);
    }
    assert_eq!(
        ClassTally::<&str>::default().score(&scorers[0]).unwrap_err().kind(),
        &ErrorKind::NoScoredRows { score: scorers[0].name().to_owned() }
    );
    // What was not counted is told, not taken for zero.
    let mut labels_only = ClassTally::new(&["a", "b"]);
    labels_only.count_labels(truth.iter(), predicted.iter()).unwrap();
    assert!(labels_only.score(&scorers[1]).unwrap_err().to_string().contains("not counted"));
    assert!(values(0..5).score(&Scorer::mean_of_values("new", |_, _| 0.0)).is_err());
    let unknown = labels_only.count_means(&scorers, Needs::Decision, ["a", "c"].iter(), &array![[0.0], [0.0]]);
    let error = unknown.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { .. }) && error.place().row == Some(1), "{error}");
}

#[test]
fn functions_are_told_apart_by_the_call_that_made_them() {
    let key = |scorer: &Scorer| Key::of("score").params(std::slice::from_ref(scorer)).finish();
    let (one, two) = (accuracy("own"), accuracy("own"));
    assert!(one == one.clone() && key(&one) == key(&one.clone()));
    assert!(one != two && key(&one) != key(&two));
    assert_ne!(key(&one), key(&Scorer::Accuracy));
    // Where people and other programs read it, it is the name, which is no function.
    assert_eq!(serde_json::to_string(&[&one, &Scorer::F1]).unwrap(), r#"["own","f1"]"#);
    assert_eq!(serde_json::from_str::<Scorer>("\"f1\"").unwrap(), Scorer::F1);
    let error = serde_json::from_str::<Scorer>("\"own\"").unwrap_err();
    assert!(error.to_string().contains("expected one of accuracy"), "{error}");
}
