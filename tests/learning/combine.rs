//! Fits over chunks: what they equal, what they share, and how they fail.

use chunkfit::combine::EarlyStopping;
use chunkfit::data::Footprint;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::graph::{Compute, Key, Run, Task};
use chunkfit::linear::{LearningRate, LinearClassifier, SgdOneClassSvm};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{Fit, FitWith};
use ndarray::{Array1, Array2, array};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Dense<L> = DatasetBase<Array2<f64>, Array1<L>>;
type Stories = Chunks<DatasetBase<Text, Array1<bool>>>;

/// The generated stories within the library, as examples.
fn stories() -> Stories {
    let stories = ReutersFiles::sample().open().unwrap();
    stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD))
}

fn text() -> chunkfit::text::HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 12)
}

/// Chunk `c`: `rows` points in `classes` overlapping clouds.
fn clouds(c: usize, rows: usize, classes: usize) -> Dense<usize> {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let labels = Array1::from_shape_fn(rows, |_| random.gen_range(0..classes));
    let points = Array2::from_shape_fn((rows, 4), |(i, j)| f64::from(labels[i] == j) + random.gen_range(-1.0..1.0));
    DatasetBase::new(points, labels)
}

fn bits<L: linfa::Label>(model: &LinearClassifier<f64, L>) -> Vec<u64> {
    model.coef().iter().chain(model.intercept()).map(|x| x.to_bits()).collect()
}

fn run<C: Compute>(threads: usize, targets: C) -> Run<C::Output> {
    Runtime::new().threads(threads).run(targets).unwrap()
}

/// The error of a computation that has to fail.
fn failure<C: Compute>(targets: C) -> Error {
    match Runtime::new().threads(2).compute(targets) {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

#[test]
fn chained_is_a_loop_over_the_chunks() {
    let sizes = [30, 0, 50, 7];
    let data: Vec<Dense<usize>> = sizes.iter().enumerate().map(|(c, &rows)| clouds(c, rows, 3)).collect();
    let params = SgdClassifier::params().seed(5);
    let mut by_hand = None;
    for _ in 0..3 {
        for chunk in data.iter().filter(|chunk| !chunk.targets.is_empty()) {
            by_hand = Some(params.fit_with(by_hand, chunk).unwrap());
        }
    }
    let chunks = Chunks::from_memory(data);
    let fit = Chained::new(params).epochs(3).fit(&chunks);
    for threads in [1, 2, 4] {
        let model = run(threads, &fit).values;
        assert_eq!(bits(model.linear().unwrap()), bits(by_hand.as_ref().unwrap().linear().unwrap()));
    }
}

#[test]
fn one_class_machines_learn_from_unlabelled_chunks() {
    let data: Vec<_> = (0..4).map(|c| DatasetBase::from(clouds(c, 40, 1).records + 1.0)).collect();
    let params = SgdOneClassSvm::params().nu(0.1);
    let by_hand = data.iter().fold(None, |model, chunk| Some(params.fit_with(model, chunk).unwrap())).unwrap();
    let chunks = Chunks::from_memory(data);
    let fit = Chained::new(params).fit(&chunks);
    for threads in [1, 2] {
        let (model, inliers) = run(threads, (&fit, fit.predict(&chunks))).values;
        assert_eq!(model, by_hand);
        let inliers = inliers.iter().flat_map(|chunk| chunk.iter()).filter(|&&inlier| inlier).count();
        assert!((120..=160).contains(&inliers), "{inliers} of 160");
    }
}

#[test]
fn single_passes_are_averaged_to_the_same_bits_on_any_number_of_threads() {
    let chunks = Chunks::from_memory((0..7).map(|c| clouds(c, 60, 3)));
    for rate in [LearningRate::Optimal, LearningRate::AdaGrad] {
        let params = SgdClassifier::params().learning_rate(rate).eta0(0.2);
        let fit = Averaged::new(params).fit(&chunks);
        let (model, accuracy) = run(1, (&fit, fit.score(&chunks))).values;
        assert!(accuracy > 0.6 && model.n_rows_seen() == 420, "{accuracy}");
        for threads in [2, 4] {
            let same = run(threads, Averaged::new(SgdClassifier::params().learning_rate(rate).eta0(0.2)).fit(&chunks));
            assert_eq!(bits(same.values.linear().unwrap()), bits(model.linear().unwrap()));
        }
    }
}

#[test]
fn concatenated_is_the_fit_of_all_rows() {
    let data: Vec<Dense<usize>> = (0..3).map(|c| clouds(c, 40, 2)).collect();
    let whole = <Dense<usize> as chunkfit::data::Rows>::concat_rows(&data.iter().collect::<Vec<_>>()).unwrap();
    let params = LogisticRegression::params().alpha(0.01);
    let by_hand = params.fit(&whole).unwrap();
    let chunks = Chunks::from_memory(data);
    let (all, score) = {
        let fit = Concatenated::new(params.clone()).fit(&chunks);
        run(2, (&fit, fit.score(&chunks))).values
    };
    assert_eq!(bits(all.linear()), bits(by_hand.linear()));
    assert!(score > 0.7, "{score}");
    // Averaging a single chunk is fitting it.
    let one = Chunks::from_memory([whole]);
    let averaged = run(2, Averaged::new(params).fit(&one)).values;
    for (a, b) in averaged.coef().iter().zip(by_hand.coef()) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

#[test]
fn the_same_bits_alone_twice_together_and_on_any_number_of_threads() {
    let (train, test) = train_test_split(&stories(), 0.2, 1);
    let sgd = Pipeline::new(text(), Chained::new(SgdClassifier::params()).epochs(2)).fit(&train);
    let curved = Pipeline::new(text(), Averaged::new(LogisticRegression::params())).fit(&train);
    let plain = Averaged::new(LogisticRegression::params().c(1.0)).weighting(Weighting::Uniform);
    let plain = Pipeline::new(text(), plain).fit(&train);
    let scores = (sgd.score(&test), curved.score(&test), plain.score(&test));
    let all_bits = |threads| {
        let (a, b, c, scores) = run(threads, (&sgd, &curved, &plain, &scores)).values;
        (bits(a.model.linear().unwrap()), bits(b.model.linear()), bits(c.model.linear()), scores)
    };
    let first = all_bits(1);
    assert!(first.3.0 > 0.9, "{:?}", first.3);
    for threads in [1, 2, 4] {
        assert_eq!(all_bits(threads), first);
        assert_eq!(bits(run(threads, &sgd).values.model.linear().unwrap()), first.0);
        assert_eq!(bits(run(threads, &curved).values.model.linear()), first.1);
        assert_eq!(bits(run(threads, &plain).values.model.linear()), first.2);
    }
}

#[test]
fn pipelines_over_one_vectorizer_vectorize_once() {
    let (train, test) = train_test_split(&stories(), 0.2, 1);
    let n = train.len();
    // Made twice, from equal parameters.
    let one = Pipeline::new(text(), Chained::new(SgdClassifier::params())).fit(&train);
    let two = Pipeline::new(text(), Averaged::new(LogisticRegression::params())).fit(&train);
    let three = Pipeline::new(text(), Chained::new(SgdClassifier::params())).fit(&train);
    let targets = (&one, &two, &three, one.score(&test), two.score(&test), three.confusion(&test));
    let summary = run(2, targets).summary;
    assert_eq!((summary.runs("parse"), summary.runs("label")), (n, n));
    assert_eq!(summary.runs("vectorize"), 2 * n, "train and test rows of every chunk, once");
    assert_eq!(summary.runs("partial_fit"), n, "equal estimators are one");
    assert_eq!(summary.runs("score"), 2 * n);
    let other = Pipeline::new(text().binary(true), Chained::new(SgdClassifier::params())).fit(&train);
    assert_eq!(run(2, (&one, &other)).summary.runs("vectorize"), 2 * n, "other parameters are other work");
}

#[test]
fn epochs_under_a_memory_limit_give_the_same_bits_within_it() {
    // Many small chunks: a quarter of them vectorized is still more than one of them as text.
    let stories = Chunks::from_fn("generate", 64, |c| {
        let stories = reuters::parse(&reuters::sample::generate(9, c as u32, 15))?;
        Ok(reuters::acq_examples(&stories, Labelled::EveryD))
    });
    let sgd = Chained::new(SgdClassifier::params()).epochs(5);
    let fit = Pipeline::new(text(), sgd).fit(&stories);
    let free = run(2, &fit);
    assert_eq!(free.summary.reruns(), 0);
    let vectorized = fit.examples(&stories).map("bytes", Footprint::heap_bytes);
    let bytes: usize = run(2, vectorized).values.iter().sum();
    for threads in [1, 2, 4] {
        let run = Runtime::new().threads(threads).memory_limit(bytes / 4).run(&fit).unwrap();
        assert_eq!(bits(run.values.model.linear().unwrap()), bits(free.values.model.linear().unwrap()));
        assert!(run.summary.peak_bytes <= bytes / 4, "{} > {}", run.summary.peak_bytes, bytes / 4);
        assert!(run.summary.reruns() > 0);
    }
}

/// The slow, obvious twin of early stopping: a loop.
#[test]
fn early_stopping_is_a_loop_that_ends() {
    let all: Vec<_> = (0..7).map(|c| clouds(c, 30 * usize::from(c != 2), 3)).collect();
    for (params, patience) in [(SgdClassifier::params(), 1), (SgdClassifier::params().alpha(1e-2), 3)] {
        let params = params.shuffle(false);
        let (mut model, mut best, mut stale, mut epochs) = (None, f64::NEG_INFINITY, 0, 0);
        while stale < patience {
            epochs += 1;
            // Every third is held out: the third and the sixth, of which the third is empty.
            for chunk in [0, 1, 3, 4, 6].map(|c| &all[c]) {
                model = Some(params.fit_with(model, chunk).unwrap());
            }
            let predicted = linfa::traits::Predict::predict(model.as_ref().unwrap(), &all[5].records);
            let right = predicted.iter().zip(&all[5].targets).filter(|(a, b)| a == b).count();
            let accuracy = right as f64 / 30.0;
            stale = if accuracy > best + 0.01 { 0 } else { stale + 1 };
            best = best.max(accuracy);
        }
        let stopping = EarlyStopping::default().validation_fraction(1.0 / 3.0).n_iter_no_change(patience).tol(0.01);
        let fit =
            Chained::new(params.clone()).epochs(50).early_stopping(stopping).fit(&Chunks::from_memory(all.clone()));
        for threads in [1, 3] {
            let found = run(threads, &fit);
            assert_eq!(bits(found.values.linear().unwrap()), bits(model.as_ref().unwrap().linear().unwrap()));
            assert!(epochs < 50 && found.values.n_rows_seen() == epochs * 150);
        }
        let too_few = Chained::new(params).early_stopping(stopping).fit(&Chunks::from_memory([all[0].clone()]));
        assert!(matches!(failure(too_few).kind(), ErrorKind::TooFewChunks { needed: 2, .. }));
    }
    // Values, too; and nothing held out that has rows is an error.
    let values = |c: usize| DatasetBase::new(clouds(c, 20, 2).records, Array1::from_shape_fn(20, |i| i as f64 / 20.0));
    let regressor = chunkfit::linear::SgdRegressor::params();
    let until = Chained::new(regressor).epochs(30).early_stopping(EarlyStopping::default().validation_fraction(0.5));
    run(2, until.fit(&Chunks::from_memory([values(0), values(1)])));
    let empty = DatasetBase::new(Array2::zeros((0, 4)), Array1::zeros(0));
    let error = failure(until.fit(&Chunks::from_memory([values(0), empty])));
    assert_eq!(error.kind(), &ErrorKind::NoHeldOutRows);
}

#[test]
fn labels_of_any_kind_and_classes_that_come_late() {
    let named = |c: usize| {
        let chunk = clouds(c, 60, 4);
        // The last class is in the last two chunks only; chunk 2 has a single class.
        let name = |k: usize| match (c, k) {
            (2, _) => "b",
            (_, 3) if c < 4 => "a",
            (_, k) => ["a", "b", "c", "d"][k],
        };
        let targets = chunk.targets.mapv(|k| name(k).to_owned());
        DatasetBase::new(chunk.records, targets)
    };
    let chunks =
        Chunks::from_memory((0..6).map(named).chain([named(0)].map(|none| {
            DatasetBase::new(Array2::zeros((0, none.records.ncols())), Array1::<String>::from_vec(vec![]))
        })));
    let open = Chained::new(SgdClassifier::params()).fit(&chunks);
    let declared: Vec<String> = ["d", "c", "b", "a"].map(String::from).into();
    let closed = Chained::new(SgdClassifier::params().classes(declared)).fit(&chunks);
    let averaged = Averaged::new(LogisticRegression::params()).fit(&chunks);
    let (open, closed, averaged, counts) = run(2, (open, closed, &averaged, averaged.confusion(&chunks))).values;
    assert_eq!(open.classes(), ["a", "b", "c", "d"]);
    assert_eq!(bits(open.linear().unwrap()), bits(closed.linear().unwrap()), "classes found are classes declared");
    assert_eq!(averaged.classes(), ["a", "b", "c", "d"]);
    assert_eq!(counts.n_rows(), 360);
    assert!(counts.accuracy() > counts.majority_rate(), "{}", counts.accuracy());
}

#[test]
fn predictions_come_chunk_by_chunk() {
    let chunks = Chunks::from_memory((0..3).map(|c| clouds(c, 20, 2)));
    let fit = Averaged::new(LogisticRegression::params()).fit(&chunks);
    let targets =
        (fit.predict::<_, _, Array1<usize>>(&chunks), fit.decision_function(&chunks), fit.predict_proba(&chunks));
    let (labels, margins, probabilities) = run(2, targets).values;
    for c in 0..3 {
        assert_eq!((labels[c].len(), margins[c].dim(), probabilities[c].dim()), (20, (20, 1), (20, 2)));
        for i in 0..20 {
            assert_eq!(labels[c][i] == 1, margins[c][(i, 0)] > 0.0);
            assert_eq!(labels[c][i] == 1, probabilities[c][(i, 1)] > 0.5);
        }
    }
}

#[test]
fn f32_and_f64_agree() {
    let (train, test) = train_test_split(&stories(), 0.2, 1);
    let wide = Pipeline::new(text(), Averaged::new(LogisticRegression::params())).fit(&train);
    let narrow = Pipeline::new(text().dtype::<f32>(), Averaged::new(LogisticRegression::params())).fit(&train);
    let (wide, narrow, a, b) = run(2, (&wide, &narrow, wide.score(&test), narrow.score(&test))).values;
    assert!((a - b).abs() < 0.02, "{a} {b}");
    let largest = wide.model.coef().iter().fold(0.0f64, |m, x| m.max(x.abs()));
    for (x, y) in wide.model.coef().iter().zip(narrow.model.coef()) {
        assert!((x - f64::from(*y)).abs() < 1e-2 * largest, "{x} {y}");
    }
}

#[test]
fn parameters_out_of_range_are_found_before_anything_runs() {
    let read = Chunks::from_fn("never", 2, |_| -> Result<DatasetBase<Text, Array1<bool>>, Error> {
        panic!("a chunk was read")
    });
    let fit = Pipeline::new(text().n_features(0), Chained::new(SgdClassifier::params())).fit(&read);
    let error = failure(&fit);
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "n_features", .. }), "{error}");
    assert!(matches!(failure(fit.score(&read)).kind(), ErrorKind::InvalidParameter { .. }));
    let fit = Pipeline::new(text(), Chained::new(SgdClassifier::params()).epochs(0)).fit(&read);
    assert!(matches!(failure(&fit).kind(), ErrorKind::InvalidParameter { name: "epochs", .. }));
}

#[test]
fn fits_on_no_rows_say_so() {
    let empty = || clouds(0, 0, 2);
    for chunks in [Chunks::from_memory([]), Chunks::from_memory([empty(), empty()])] {
        let no_rows = |error: Error| {
            assert!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{error}");
            assert!(error.to_string().contains("check the filter and the split"), "{error}");
        };
        no_rows(failure(Chained::new(SgdClassifier::params()).fit(&chunks)));
        no_rows(failure(Averaged::new(LogisticRegression::params()).fit(&chunks)));
        no_rows(failure(Concatenated::new(LogisticRegression::params()).fit(&chunks)));
        let fit = Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory([clouds(0, 9, 2)]));
        let error = failure(fit.score(&chunks));
        assert_eq!(error.kind(), &ErrorKind::NoScoredRows { score: "accuracy".into() });
    }
}

#[test]
fn chunks_that_do_not_fit_together_are_named() {
    let narrow = DatasetBase::new(Array2::zeros((5, 3)), clouds(0, 5, 2).targets);
    let chunks = Chunks::from_memory([clouds(0, 30, 2), clouds(1, 30, 2), narrow]);
    for error in [
        failure(Chained::new(SgdClassifier::params()).fit(&chunks)),
        failure(Averaged::new(LogisticRegression::params()).fit(&chunks)),
        failure(Concatenated::new(LogisticRegression::params()).fit(&chunks)),
    ] {
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 4, found: 3 }), "{error}");
    }
    let error = failure(Chained::new(SgdClassifier::params()).fit(&chunks));
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(2), Some("partial_fit")));
    let fit = Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory([clouds(0, 30, 2)]));
    for error in [failure(fit.score(&chunks)), failure(fit.decision_function(&chunks))] {
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{error}");
        assert_eq!(error.place().chunk, Some(2));
    }
    let error = failure(fit.predict::<_, _, Array1<usize>>(&chunks));
    assert!(error.to_string().contains("columns differs from training"), "{error}");
    assert_eq!((error.place().chunk, error.place().task.as_deref()), (Some(2), Some("predict")));
}

#[test]
fn values_that_are_no_numbers_are_named() {
    let mut bad = clouds(1, 30, 2);
    for value in [f64::NAN, f64::INFINITY] {
        bad.records[(17, 2)] = value;
        let chunks = Chunks::from_memory([clouds(0, 30, 2), bad.clone()]);
        for error in [
            failure(Chained::new(SgdClassifier::params()).fit(&chunks)),
            failure(Averaged::new(LogisticRegression::params()).fit(&chunks)),
        ] {
            assert_eq!(*error.kind(), ErrorKind::NonFinite { column: 2 });
            assert_eq!((error.place().chunk, error.place().row), (Some(1), Some(17)), "{error}");
        }
    }
}

#[test]
fn labels_never_seen_in_training_are_named() {
    let train = Chunks::from_memory([clouds(0, 50, 2)]);
    let test = Chunks::from_memory([clouds(1, 20, 2), DatasetBase::new(array![[0.0, 0.0, 0.0, 0.0]], array![7])]);
    let sgd = Chained::new(SgdClassifier::params()).fit(&train);
    let logistic = Averaged::new(LogisticRegression::params()).fit(&train);
    for error in [failure(sgd.score(&test)), failure(logistic.confusion(&test))] {
        assert!(matches!(error.kind(), ErrorKind::UnknownLabel { label, .. } if label == "7"), "{error}");
        assert_eq!((error.place().chunk, error.place().row), (Some(1), Some(0)));
    }
}

#[test]
fn sources_of_ones_own_can_be_chained() {
    let source = |c: usize| {
        let task = Task::new("own", Key::unique()).chunk(c).remakeable().measured::<Dense<usize>>();
        Lazy::source(task, move || Ok(clouds(c, 30, 2)))
    };
    let chunks = Chunks::from_lazies((0..4).map(source));
    let fit = Chained::new(SgdClassifier::params()).fit(&chunks);
    assert!(run(2, fit.score(&chunks)).values > 0.6);
}
