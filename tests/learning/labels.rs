//! Many labels a row over chunks: the chains' model is that of one loop, whatever runs them.

use chunkfit::combine::{ChainedLabels, FitRows};
use chunkfit::datasets::reuters::{LewisSplit, ReutersFiles, Stories, mod_apte_topics};
use chunkfit::estimator::DecisionFunction;
use chunkfit::graph::Key;
use chunkfit::linear::{ClassWeight, OneVsRest, OneVsRestParams};
use chunkfit::metrics::{Average, MultilabelCounts};
use chunkfit::model_selection::{KFold, Split};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{FitWith, Predict};
use ndarray::{Array2, Axis};

const LABELS: usize = 19;

/// Sparse rows, each with the labels whose columns are large.
fn chunks() -> Chunks<DatasetBase<Csr<f64>, Array2<bool>>> {
    let chunks = Chunks::from_fn("rows", 5, |c| {
        let value = |i: usize, j: usize| ((c * 977 + i * 131 + j * 71 + i * i * j) % 23) as f64 / 11.0;
        let n = if c == 2 { 0 } else { 30 + c };
        let x = Array2::from_shape_fn((n, 25), |(i, j)| if value(i, j) > 0.9 { value(i, j) } else { 0.0 });
        let y = Array2::from_shape_fn((n, LABELS), |(i, k)| value(i, k) + 0.3 * value(i, k + 3) > 1.8);
        Ok(DatasetBase::new(Csr::from_dense(&x)?, y))
    });
    chunks.identified(("labels", 1))
}

fn params() -> OneVsRestParams {
    OneVsRest::params(SgdClassifier::params().alpha(1e-3).seed(4))
}

#[test]
fn chains_side_by_side_learn_what_one_loop_learns() {
    let data = Runtime::new().compute(chunks()).unwrap();
    let mut plain = None;
    for _ in 0..3 {
        for chunk in data.iter().filter(|chunk| !chunk.targets.is_empty()) {
            plain = Some(params().fit_with(plain, chunk).unwrap());
        }
    }
    let plain = plain.unwrap();
    for threads in [1, 2, 4] {
        let chained = Chained::new(params()).epochs(3).fit(&chunks());
        let labels = ChainedLabels::new(params(), LABELS).epochs(3).fit(&chunks());
        let (chained, labels) = Runtime::new().threads(threads).compute((&chained, &labels)).unwrap();
        assert_eq!(chained, plain);
        assert_eq!(labels, plain);
    }
    assert_eq!((plain.n_labels(), plain.coef().dim()), (LABELS, (LABELS, 25)));
}

#[test]
fn counts_over_chunks_are_those_of_all_rows() {
    let fit = ChainedLabels::new(params(), LABELS).epochs(20).fit(&chunks());
    let (model, counts, margins, predicted) = Runtime::new()
        .compute((&fit, fit.label_counts(&chunks()), fit.decision_function(&chunks()), fit.predict(&chunks())))
        .unwrap();
    let whole = Runtime::new().compute(chunks().gather()).unwrap();
    let guess = model.predict(&whole.records);
    assert_eq!(ndarray::concatenate(Axis(0), &predicted.iter().map(Array2::view).collect::<Vec<_>>()).unwrap(), guess);
    assert_eq!(
        margins[0],
        model.decision_function(&whole.records).unwrap().select(Axis(0), &(0..30).collect::<Vec<_>>())
    );
    let expected = MultilabelCounts::count(whole.targets.view(), guess.view()).unwrap();
    assert_eq!((counts.n_rows(), counts.subset_accuracy()), (expected.n_rows(), expected.subset_accuracy()));
    assert_eq!(counts.mean_f1(Average::Micro), expected.mean_f1(Average::Micro));
    assert!(counts.mean_f1(Average::Micro) > 0.8, "{counts:?}");
}

#[test]
fn chains_of_labels_learn_from_the_rows_of_a_fold() {
    let folds = KFold::new(2).folds(&chunks()).unwrap();
    let (labels, chained) = (ChainedLabels::new(params(), LABELS), Chained::new(params()));
    let fits = (
        labels.fit_rows(&chunks(), &folds[0].train, "labels"),
        chained.fit_rows(&chunks(), &folds[0].train, "chained"),
    );
    let (labels, chained) = Runtime::new().compute((&fits.0, &fits.1)).unwrap();
    assert_eq!(labels, chained);
}

#[test]
fn labels_that_do_not_fit_are_errors() {
    let compute = |params, n| Runtime::new().compute(ChainedLabels::new(params, n).fit(&chunks())).unwrap_err();
    assert!(matches!(compute(params(), LABELS + 1).kind(), ErrorKind::ShapeMismatch { what: "labels", .. }));
    assert!(matches!(compute(params(), 0).kind(), ErrorKind::InvalidParameter { name: "n_labels", .. }));
    let balanced = OneVsRest::params(SgdClassifier::params().class_weight(ClassWeight::Balanced));
    assert!(matches!(compute(balanced, LABELS).kind(), ErrorKind::InvalidParameter { name: "class_weight", .. }));
    let epochs = ChainedLabels::new(params(), LABELS).epochs(0).fit(&chunks());
    assert!(matches!(Runtime::new().compute(epochs).unwrap_err().kind(), ErrorKind::InvalidParameter { .. }));
}

#[test]
fn chains_of_labels_go_on_from_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().threads(2).checkpoint(Checkpoint::new(folder.path()));
    let fit = |epochs| ChainedLabels::new(params(), LABELS).epochs(epochs).fit(&chunks());
    let short = runtime.run(fit(2)).unwrap();
    let long = runtime.run(fit(3)).unwrap();
    let steps = |run: &chunkfit::graph::Run<_>| run.summary.runs("partial_fit");
    assert_eq!((steps(&short), steps(&long)), (3 * 5 * 2, 3 * 5));
    assert_eq!(long.values, Runtime::new().compute(fit(3)).unwrap());
}

#[test]
fn topics_are_learned_from_the_generated_stories() {
    let stories = ReutersFiles::sample().open().unwrap();
    let topics = Runtime::new().compute(mod_apte_topics(&stories)).unwrap();
    let n_topics = topics.len();
    let side = |side: LewisSplit| {
        let topics = topics.clone();
        let key = Key::of("side").params(&format!("{side:?}")).finish();
        stories.map_keyed("label", key, move |stories: &Stories| Ok(stories.mod_apte(side, &topics)))
    };
    let (train, test) = (side(LewisSplit::Train), side(LewisSplit::Test));
    let words = HashingVectorizer::params().n_features(1 << 12).alternate_sign(false).norm(None).dtype::<f32>();
    let labels = ChainedLabels::new(OneVsRest::params(SgdClassifier::params()), n_topics).epochs(5);
    let fit = Pipeline::steps(words).then(TfidfTransformer::params()).estimator(labels).fit(&train);
    let counts = Runtime::new().compute(fit.label_counts(&test)).unwrap();
    assert_eq!(counts.n_labels(), n_topics);
    assert!(n_topics > 2 && counts.mean_f1(Average::Micro) > 0.65, "{n_topics} {counts:?}");
}
