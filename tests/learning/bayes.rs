//! Naive Bayes over chunks: chained, merged, scored, searched.

use chunkfit::bayes::{EventModel, NaiveBayesParams};
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::estimator::{DecisionFunction, Evaluate, PredictProba};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, array};

type Stories = Chunks<DatasetBase<Text, Array1<bool>>>;

/// The generated stories within the library, as examples.
fn stories() -> Stories {
    let stories = ReutersFiles::sample().open().unwrap();
    stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD))
}

/// Counts of words: whole numbers.
fn words() -> chunkfit::text::HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 12).alternate_sign(false).norm(None)
}

/// In parallel or one after the other, on any number of threads: the very same model.
fn assert_one_model<K: EventModel>(params: NaiveBayesParams<K, bool>) {
    let (train, test) = train_test_split(&stories(), 0.2, 1);
    let chained = Pipeline::new(words(), Chained::new(params.clone())).fit(&train);
    let averaged = Pipeline::new(words(), Averaged::new(params.clone())).fit(&train);
    let whole = Pipeline::new(words(), Concatenated::new(params)).fit(&train);
    for threads in [1, 2, 4] {
        let (chained, averaged, whole, score) =
            Runtime::new().threads(threads).compute((&chained, &averaged, &whole, averaged.confusion(&test))).unwrap();
        assert_eq!(chained.model, whole.model);
        assert_eq!(averaged.model, whole.model);
        // One who always said no would be right of 66 in 79.
        assert!(score.accuracy() > 0.9, "{score:?}");
    }
}

#[test]
fn chunks_in_parallel_give_the_model_of_all_rows() {
    assert_one_model(MultinomialNb::params().alpha(0.01));
    assert_one_model(ComplementNb::params().alpha(0.01));
    assert_one_model(BernoulliNb::params().alpha(0.01));
}

fn chunk(shift: f64, labels: [&str; 4]) -> DatasetBase<Array2<f64>, Array1<String>> {
    let x = array![[1.0 + shift, 0.0], [shift, 2.0], [3.0, 1.0], [0.0, 4.0 + shift]];
    DatasetBase::new(x, labels.into_iter().map(String::from).collect())
}

#[test]
fn labels_and_columns_that_training_never_saw_are_named() {
    let train = Chunks::from_memory([chunk(0.0, ["a", "b", "a", "b"])]);
    let other = Chunks::from_memory([chunk(0.0, ["a", "b", "c", "b"])]);
    let narrow = Chunks::from_memory([DatasetBase::new(array![[1.0], [2.0]], array!["a".to_owned(), "b".to_owned()])]);
    let error = |fit: Lazy<f64>| Runtime::new().compute(fit).unwrap_err();
    let fit = Chained::new(MultinomialNb::params()).fit(&train);
    let unknown = error(fit.score(&other));
    assert!(matches!(unknown.kind(), ErrorKind::UnknownLabel { label, .. } if label == "\"c\""), "{unknown}");
    assert_eq!((unknown.place().chunk, unknown.place().row), (Some(0), Some(2)));
    let shape = error(fit.score(&narrow));
    assert!(matches!(shape.kind(), ErrorKind::ShapeMismatch { expected: 2, found: 1, .. }), "{shape}");
    let gaussian = Averaged::new(GaussianNb::params()).fit(&train);
    assert!(matches!(error(gaussian.score(&other)).kind(), ErrorKind::UnknownLabel { .. }));
    let bad = Chunks::from_memory([chunk(0.0, ["a", "b", "a", "b"]), chunk(-9.0, ["a", "b", "a", "b"])]);
    let negative = error(Averaged::new(ComplementNb::params()).fit(&bad).score(&train));
    assert!(matches!(negative.kind(), ErrorKind::InvalidFeature { column: 0, value: -8.0, .. }), "{negative}");
    assert_eq!((negative.place().chunk, negative.place().row), (Some(1), Some(0)));
}

#[test]
fn searches_choose_among_them() {
    let grid = Grid::new(MultinomialNb::params()).vary("alpha", [1e4, 1e-2], |params, alpha| params.alpha(alpha));
    let build = |params: &NaiveBayesParams<_, bool>| Pipeline::new(words(), Averaged::new(params.clone()));
    let search = Search::new(grid, build).folds(KFold::new(2).shuffle(3)).scoring([Scorer::F1]);
    let found = search.run(&Runtime::new().threads(2), &stories()).unwrap();
    assert_eq!(found.best_index(), 1, "{found}");
}

#[test]
fn they_are_scored_by_labels_ranks_probabilities_and_decisions() {
    let data = chunk(0.5, ["a", "b", "b", "b"]);
    let model = MultinomialNb::params().fit(&data).unwrap();
    let scorers = [
        Scorer::Accuracy,
        Scorer::RocAuc,
        Scorer::NegLogLoss,
        Scorer::mean_of_decision::<String>("odds", |row| row.values[0]),
        Scorer::mean_of_probabilities::<String>("sure", |row| row.values[row.class]),
    ];
    let tally = model.tally(&data, &scorers).unwrap();
    let scores: Vec<f64> = scorers.iter().map(|s| tally.score(s).unwrap()).collect();

    let odds = model.decision_function(&data.records).unwrap();
    let proba = model.predict_proba(&data.records).unwrap();
    let own: Vec<f64> = (0..4).map(|i| proba[(i, usize::from(data.targets[i] == "b"))]).collect();
    let hits = model.predict(&data.records).iter().zip(&data.targets).filter(|(a, b)| a == b).count();
    // Of the three pairs of an "a" and a "b", those in the right order.
    let ranked = (1..4).filter(|&i| proba[(i, 1)] > proba[(0, 1)]).count();
    let by_hand = [
        hits as f64 / 4.0,
        ranked as f64 / 3.0,
        own.iter().map(|p| p.ln()).sum::<f64>() / 4.0,
        odds.mean().unwrap(),
        own.iter().sum::<f64>() / 4.0,
    ];
    for (found, expected) in scores.iter().zip(by_hand) {
        assert!((found - expected).abs() < 1e-12, "{scores:?}, not {by_hand:?}");
    }
    assert!(hits < 4 && 0 < ranked && ranked < 3, "{hits} {ranked}: nothing to tell apart");
}
