//! Searches: what they share, what they equal, how they fail.

use chunkfit::data::{RowSet, Rows};
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::linear::{LearningRate, Loss, SgdRegressor};
use chunkfit::metrics::{Average, Scorer};
use chunkfit::model_selection::{
    Candidate, Grid, Halving, Hyperband, KFold, LogUniform, Sampled, Search, SearchResults, ShuffleSplit, Split,
    StratifiedKFold, TrainScores, cross_validate,
};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Dense = DatasetBase<Array2<f64>, Array1<bool>>;

/// Chunk `c`: 60 points in two overlapping clouds.
fn clouds(c: usize) -> Dense {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let labels = Array1::from_shape_fn(60, |_| random.gen_bool(0.4));
    let points = Array2::from_shape_fn((60, 3), |(i, j)| f64::from(labels[i] && j < 2) + random.gen_range(-1.0..1.0));
    DatasetBase::new(points, labels)
}

fn stories() -> Chunks<DatasetBase<Text, Array1<bool>>> {
    let stories = ReutersFiles::sample().open().unwrap();
    stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD))
}

fn text() -> chunkfit::text::HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 10)
}

fn sgd() -> chunkfit::linear::SgdClassifierParams<bool> {
    SgdClassifier::params()
}

fn scores<P>(found: &SearchResults<P>) -> Vec<u64> {
    let folds = found.candidates.iter().flat_map(|row| &row.folds);
    folds.flat_map(|fold| fold.test_scores.iter().map(|score| score.to_bits())).collect()
}

#[test]
fn a_search_is_a_loop_over_candidates_and_folds() {
    let chunks: Vec<Dense> = (0..3).map(clouds).collect();
    let data = Chunks::from_memory(chunks.clone());
    let alphas = [1e-1, 1e-3];
    let grid = Grid::new(LogisticRegression::params()).vary("alpha", alphas, |params, alpha| params.alpha(alpha));
    let search = Search::new(grid, |params| Concatenated::new(params.clone())).folds(KFold::new(4).shuffle(1));
    let search = search.scoring([Scorer::Accuracy, Scorer::F1]).train_scores(TrainScores::With);
    let found = search.run(&Runtime::new().threads(2), &data).unwrap();

    let folds = KFold::new(4).shuffle(1).folds(&data).unwrap();
    for (row, alpha) in found.candidates.iter().zip(alphas) {
        let mut by_hand = Vec::new();
        for fold in &folds {
            let (train, test) = Runtime::new().compute((&fold.train, &fold.test)).unwrap();
            let side = |rows: &[RowSet]| {
                let parts: Vec<Dense> = rows.iter().zip(&chunks).map(|(rows, chunk)| rows.select(chunk)).collect();
                Dense::concat_rows(&parts.iter().collect::<Vec<_>>()).unwrap()
            };
            let (train, test) = (side(&train), side(&test));
            let model = LogisticRegression::params().alpha(alpha).fit(&train).unwrap();
            let hits = model.predict(&test).iter().zip(&test.targets).filter(|(a, b)| a == b).count();
            by_hand.push(hits as f64 / test.targets.len() as f64);
        }
        let accuracy: Vec<f64> = row.folds.iter().map(|fold| fold.test_scores[0]).collect();
        assert_eq!(accuracy, by_hand);
        let mean = by_hand.iter().sum::<f64>() / 4.0;
        assert!((row.mean_test_scores[0] - mean).abs() < 1e-15);
        for fold in &row.folds {
            assert!(fold.train_scores.as_ref().unwrap()[0] > 0.6 && fold.fit_seconds > 0.0 && fold.score_seconds > 0.0);
        }
    }
}

#[test]
fn candidates_and_folds_share_the_vectorized_chunks() {
    let data = stories();
    let grid = Grid::new((text(), sgd()))
        .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
        .vary("alpha", [1e-3, 1e-4], |(text, sgd), alpha| (text, sgd.alpha(alpha)))
        .vary("loss", [Loss::Hinge, Loss::LogLoss], |(text, sgd), loss| (text, sgd.loss(loss)));
    let search = Search::new(grid, |(text, sgd)| Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(2)))
        .folds(StratifiedKFold::new(3).shuffle(0))
        .scoring([Scorer::F1, Scorer::RocAuc, Scorer::MeanRecall(Average::Macro)]);
    let run = search.run_and_tell(&Runtime::new().threads(2), &data).unwrap();
    let n = data.len();
    assert_eq!((run.summary.runs("parse"), run.summary.runs("vectorize")), (n, 2 * n));
    // Of every chunk, vectorizer and fold the test rows are copied once, however many candidates
    // want it.
    assert_eq!(run.summary.runs("select rows"), n * 2 * 3);
    // The four candidates of a vectorizer and fold learn together.
    assert_eq!(run.summary.runs("partial_fit"), n * 2 * 3 * 2);
    assert!(run.values.best_score() > 0.5, "{}", run.values);

    for threads in [1, 4] {
        let again = search.run(&Runtime::new().threads(threads), &data).unwrap();
        assert_eq!(scores(&again), scores(&run.values), "{threads} threads");
    }
    let tight = search.run_and_tell(&Runtime::new().threads(2).memory_limit(300_000), &data).unwrap();
    assert!(tight.summary.reruns() > 0);
    assert_eq!(scores(&tight.values), scores(&run.values), "under a memory limit");

    let (model, alone) = (search.refit(&run.values, &data), &run.values.best().candidate.params);
    let by_hand = Pipeline::new(alone.0.clone(), Chained::new(alone.1.clone()).epochs(2)).fit(&data);
    let (model, by_hand) = Runtime::new().compute((model, by_hand)).unwrap();
    assert_eq!(model.model.coef(), by_hand.model.coef());
}

#[test]
fn candidates_that_learn_together_score_as_they_would_alone() {
    let data = stories();
    let pipeline = |(text, sgd): &(chunkfit::text::HashingVectorizerParams<f64>, _), epochs| {
        let sgd: &chunkfit::linear::SgdClassifierParams<bool> = sgd;
        Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(epochs))
    };
    // Two vectorizers, numbers of epochs and orders of rows: five kinds of teams, some of one.
    let candidates: Vec<_> = [(1, 2, 0), (2, 1, 0), (1, 2, 0), (1, 2, 7), (2, 1, 0), (1, 1, 0), (1, 2, 0)]
        .into_iter()
        .zip([1e-2, 1e-3, 1e-4, 1e-5, 1e-3, 1e-4, 1e-5])
        .map(|((n, epochs, seed), alpha)| ((text().ngram_range(1, n), sgd().alpha(alpha).seed(seed)), epochs))
        .collect();
    let listed = candidates.iter().cloned().map(Candidate::new);
    let search = Search::new(listed.collect::<Vec<_>>(), |(params, epochs)| pipeline(params, *epochs));
    let search = search.folds(KFold::new(3)).scoring([Scorer::Accuracy, Scorer::RocAuc]);
    let run = search.run_and_tell(&Runtime::new().threads(2), &data).unwrap();
    assert_eq!(run.summary.runs("partial_fit"), data.len() * 3 * (2 + 1 + 2 + 1));
    for (row, (params, epochs)) in run.values.candidates.iter().zip(&candidates) {
        let scorers = [Scorer::Accuracy, Scorer::RocAuc];
        let alone = pipeline(params, *epochs);
        let alone =
            cross_validate(&Runtime::new(), &alone, &data, KFold::new(3), scorers, TrainScores::Without).unwrap();
        for (fold, alone) in row.folds.iter().zip(&alone.folds) {
            assert_eq!(fold.test_scores, alone.test_scores, "{params:?}");
            assert!(fold.fit_seconds > 0.0 && fold.score_seconds > 0.0);
        }
    }
}

#[test]
fn fitting_a_search_is_running_it_and_fitting_its_best() {
    let data = stories();
    let grid = Grid::new((text(), sgd())).vary("alpha", [1.0, 1e-4], |(text, sgd), alpha| (text, sgd.alpha(alpha)));
    let build = |(text, sgd): &(chunkfit::text::HashingVectorizerParams<f64>, _)| {
        Pipeline::new(text.clone(), Chained::new(Clone::clone(sgd)))
    };
    let search = Search::new(grid, build).folds(KFold::new(3).shuffle(0)).scoring([Scorer::F1]);
    let runtime = Runtime::new().threads(2);
    let found = search.fit(&runtime, &data).unwrap();
    assert_eq!(scores(&found.results), scores(&search.run(&runtime, &data).unwrap()));
    assert_eq!(found.results.best_index(), 1);
    let best = Pipeline::new(text(), Chained::new(sgd().alpha(1e-4))).fit(&data);
    let (refitted, best) = runtime.compute((search.refit(&found.results, &data), best)).unwrap();
    for model in [&refitted, &best] {
        assert_eq!(found.model.model.coef(), model.model.coef());
        assert_eq!(found.model.model.intercept(), model.model.intercept());
    }
}

/// Their tasks are shown as one kind: the time of each fit is known nevertheless.
#[test]
fn candidates_of_one_display_name_have_times_of_their_own() {
    let data = Chunks::from_memory((0..3).map(clouds));
    let build = |params: &chunkfit::linear::LogisticRegressionParams<bool>| {
        Averaged::new(params.clone()).display_name("score them")
    };
    let grid = Grid::new(LogisticRegression::params()).vary("alpha", [1e-3, 1e-1], |params, alpha| params.alpha(alpha));
    let search = Search::new(grid, build).folds(KFold::new(2));
    let run = search.run_and_tell(&Runtime::new().threads(2), &data).unwrap();
    let folds: Vec<_> = run.values.candidates.iter().flat_map(|candidate| &candidate.folds).collect();
    assert!(folds.iter().all(|fold| fold.fit_seconds > 0.0 && fold.score_seconds > 0.0));
    let (fits, shown) = (folds.iter().map(|fold| fold.fit_seconds).sum::<f64>(), "score them");
    assert!((fits - run.summary.busy_shown_as(shown).as_secs_f64()).abs() < 1e-9);
    let scores = folds.iter().map(|fold| fold.score_seconds).sum::<f64>();
    assert!((scores - (run.summary.busy("score") + run.summary.busy("scores")).as_secs_f64()).abs() < 1e-9);
}

#[test]
fn a_search_without_a_score_is_not_fitted() {
    let data = Chunks::from_memory((0..3).map(clouds));
    let nothing = Scorer::mean_of_labels("nothing", |_: &bool, _: &bool| f64::NAN);
    let search = Search::new(Grid::new(sgd()), |sgd| Chained::new(sgd.clone()));
    let search = search.folds(KFold::new(2)).scoring([nothing, Scorer::Accuracy]);
    assert!(search.run(&Runtime::new(), &data).unwrap().best_score().is_nan());
    let error = search.fit(&Runtime::new(), &data).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NoBest { scorer: "nothing".into() });
}

#[test]
fn a_candidate_that_fails_does_not_stop_the_others() {
    let data = Chunks::from_memory((0..3).map(clouds));
    let grid = Grid::new(sgd()).vary("alpha", [1e-3, -1.0, 1e-4], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, |params| Chained::new(params.clone())).folds(KFold::new(3)).error_score(-1.0);
    let found = search.run(&Runtime::new().threads(2), &data).unwrap();
    let failed = &found.candidates[1];
    assert_eq!((failed.mean_test_scores[0], failed.ranks[0]), (-1.0, 3));
    assert!(failed.folds.iter().all(|fold| fold.error.as_ref().unwrap().contains("alpha")), "{failed:?}");
    assert!(found.best_score() > 0.6 && found.candidates[0].folds[0].error.is_none());
    assert!(found.to_string().contains("3 of 3: invalid parameter alpha"), "{found}");
    // The same where it fails on the way, beside others that learn with it.
    let rates = [0.1, 1e300, 0.2];
    let steep = sgd().loss(Loss::SquaredError).learning_rate(LearningRate::Constant);
    let grid = Grid::new(steep).vary("eta0", rates, |sgd, eta0| sgd.eta0(eta0));
    let search = Search::new(grid, |params| Chained::new(params.clone()).epochs(2)).folds(KFold::new(3));
    let found = search.run(&Runtime::new().threads(2), &data).unwrap();
    let error = found.candidates[1].folds[0].error.as_ref().unwrap();
    assert!(
        error.contains("beyond all bounds") && error.contains("chunk 0") && error.contains("partial_fit"),
        "{error}"
    );
    assert!(found.candidates[0].mean_test_scores[0] > 0.6 && found.candidates[1].mean_test_scores[0].is_nan());
    // The same where the error is known before anything runs.
    let grid = Grid::new(text()).vary("n_features", [0, 64], |text, n| text.n_features(n));
    let search = Search::new(grid, |text| Pipeline::new(text.clone(), Chained::new(sgd()))).folds(KFold::new(2));
    let found = search.run(&Runtime::new(), &stories()).unwrap();
    assert!(found.candidates[0].mean_test_scores[0].is_nan() && found.best_index() == 1);
    let all_bad = Search::new(Grid::new(sgd().alpha(-1.0)), |params| Chained::new(params.clone()));
    let error = all_bad.run(&Runtime::new(), &data).unwrap_err();
    assert!(error.to_string().contains("every fit of the search failed") && error.to_string().contains("alpha"));
}

#[test]
fn what_cannot_work_is_refused_before_anything_runs() {
    let unread = Chunks::from_fn("never", 2, |_| -> Result<Dense, Error> { panic!("a chunk was read") });
    let refused = |error: Error, name: &str| {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: n, .. } if *n == name), "{error}");
    };
    let runtime = Runtime::new();
    let search = |grid: Grid<_>| {
        Search::new(grid, |params: &chunkfit::linear::SgdClassifierParams<bool>| Chained::new(params.clone()))
    };
    let one = || Grid::new(sgd());
    let empty = one().vary("alpha", [0.0; 0], |sgd, alpha| sgd.alpha(alpha));
    refused(search(empty).run(&runtime, &unread).unwrap_err(), "candidates");
    refused(search(one()).scoring([Scorer::F1; 0]).run(&runtime, &unread).unwrap_err(), "scoring");
    refused(search(one()).scoring([Scorer::R2]).run(&runtime, &unread).unwrap_err(), "scoring");
    refused(search(one()).folds(KFold::new(1)).run(&runtime, &unread).unwrap_err(), "n_splits");
    refused(search(one()).folds(ShuffleSplit::new(2, 1.5, 0)).run(&runtime, &unread).unwrap_err(), "test_size");
}

#[test]
fn folds_without_rows_and_probabilities_that_are_not_there_are_told() {
    // Two of each class, so that any three have both.
    let all = clouds(0);
    let of = |label: bool| (0..60).filter(move |&i| label == clouds(0).targets[i]).take(2);
    let few = Chunks::from_memory([all.select_rows(&of(false).chain(of(true)).collect::<Vec<_>>())]);
    let one = || Search::new(Grid::new(sgd()), |params| Chained::new(params.clone()));
    let error = one().folds(KFold::new(5)).run(&Runtime::new(), &few).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "n_splits", .. }), "{error}");
    assert!(error.to_string().contains("the number of rows: 4"), "{error}");
    let data = Chunks::from_memory((0..2).map(clouds));
    let error = one().scoring([Scorer::NegLogLoss]).run(&Runtime::new(), &data).unwrap_err();
    assert!(error.to_string().contains("LogLoss or ModifiedHuber"), "{error}");
}

#[test]
fn one_estimator_is_cross_validated_by_several_scorers() {
    let data = Chunks::from_memory((0..3).map(clouds));
    let estimator = Averaged::new(LogisticRegression::params());
    let scorers = [Scorer::Accuracy, Scorer::NegLogLoss, Scorer::AveragePrecision];
    let split = ShuffleSplit::new(4, 0.3, 2);
    let row = cross_validate(&Runtime::new(), &estimator, &data, split, scorers, TrainScores::With).unwrap();
    assert_eq!((row.folds.len(), row.mean_test_scores.len()), (4, 3));
    assert!(row.mean_test_scores[0] > 0.6 && row.mean_test_scores[1] < 0.0 && row.mean_test_scores[2] > 0.6);
}

#[test]
fn drawn_candidates_are_searched_like_listed_ones() {
    let data = Chunks::from_memory((0..3).map(clouds));
    let drawn = || Sampled::new(sgd(), 6, 3).vary("alpha", LogUniform::new(1e-6, 1.0), |sgd, alpha| sgd.alpha(alpha));
    let build = |params: &chunkfit::linear::SgdClassifierParams<bool>| Chained::new(params.clone());
    let found = Search::new(drawn(), build).run(&Runtime::new(), &data).unwrap();
    let listed: Vec<Candidate<_>> = found.candidates.iter().map(|row| row.candidate.clone()).collect();
    assert_eq!(scores(&Search::new(listed, build).run(&Runtime::new(), &data).unwrap()), scores(&found));
}

#[test]
fn halving_goes_on_where_it_stopped() {
    let data = Chunks::from_memory((0..9).map(clouds));
    let alphas = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
    let grid = || Grid::new(sgd()).vary("alpha", alphas, |sgd, alpha| sgd.alpha(alpha));
    let build = |params: &chunkfit::linear::SgdClassifierParams<bool>| Chained::new(params.clone());
    let search = || Search::new(grid(), build).folds(KFold::new(3).shuffle(4));
    let found = search().halve(&Runtime::new().threads(2), &data, Halving::new(2), 1).unwrap();
    let rungs: Vec<_> = found.rungs.iter().map(|rung| (rung.results.candidates.len(), rung.chunks)).collect();
    assert_eq!(rungs, [(6, 2), (3, 4), (2, 9)]);
    assert_eq!(found.trained(), 3 * (6 * 2 + 3 * 2 + 2 * 5));
    // Those that came to the end were trained as if they had never stopped.
    let full = search().run(&Runtime::new(), &data).unwrap();
    for row in &found.rungs[2].results.candidates {
        let twin = full.candidates.iter().find(|twin| twin.candidate == row.candidate).unwrap();
        assert_eq!(row.mean_test_scores, twin.mean_test_scores);
    }
    let again = search().halve(&Runtime::new().threads(4), &data, Halving::new(2), 1).unwrap();
    assert_eq!(scores(&again.rungs[2].results), scores(&found.rungs[2].results));
    // Two passes go over every chunk again.
    let twice = search().halve(&Runtime::new(), &data, Halving::new(2), 2).unwrap();
    assert_eq!(twice.rungs.last().unwrap().chunks, 18);
    let epochs = |params: &chunkfit::linear::SgdClassifierParams<bool>| Chained::new(params.clone()).epochs(2);
    let full = Search::new(grid(), epochs).folds(KFold::new(3).shuffle(4)).run(&Runtime::new(), &data).unwrap();
    let best = twice.best();
    let twin = full.candidates.iter().find(|twin| twin.candidate == best.candidate).unwrap();
    assert_eq!(best.mean_test_scores, twin.mean_test_scores);
}

#[test]
fn hyperband_runs_its_brackets_and_halving_drops_what_fails() {
    let data = Chunks::from_memory((0..9).map(clouds));
    let hyperband = Hyperband::new(3);
    let n = hyperband.n_candidates(9).unwrap();
    let drawn = Sampled::new(sgd(), n, 8).vary("alpha", LogUniform::new(1e-6, 1.0), |sgd, alpha| sgd.alpha(alpha));
    let build = |params: &chunkfit::linear::SgdClassifierParams<bool>| Chained::new(params.clone());
    let search = Search::new(drawn, build).folds(KFold::new(2));
    let found = search.hyperband(&Runtime::new().threads(2), &data, hyperband, 1).unwrap();
    let rungs: Vec<_> = found.rungs.iter().map(|rung| (rung.results.candidates.len(), rung.chunks)).collect();
    assert_eq!(rungs, [(9, 1), (3, 3), (1, 9), (5, 3), (1, 9), (3, 9)]);
    assert!(found.best().mean_test_scores[0] > 0.65, "{}", found.best().mean_test_scores[0]);

    let grid = Grid::new(sgd()).vary("alpha", [-1.0, 1e-3, -2.0, 1e-4], |sgd, alpha| sgd.alpha(alpha));
    let search = Search::new(grid, build).folds(KFold::new(2));
    let found = search.halve(&Runtime::new(), &data, Halving::new(2), 1).unwrap();
    assert!(found.rungs[0].results.candidates[0].folds[0].error.is_some());
    assert!(found.rungs[1].results.candidates.iter().all(|row| row.folds[0].error.is_none()));
    let error = Search::new(Grid::new(sgd()), build).halve(&Runtime::new(), &data, Halving::new(1), 1).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "factor", .. }));
}

#[test]
fn regressions_are_searched_like_classifications() {
    let chunk = |c: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(c as u64);
        let x = Array2::from_shape_fn((50, 3), |_| random.gen_range(-1.0..1.0));
        let y = x.rows().into_iter().map(|row| 2.0 + row[0] - 3.0 * row[2] + random.gen_range(-0.1..0.1)).collect();
        DatasetBase::new(x, Array1::from_vec(y))
    };
    let data = Chunks::from_memory((0..4).map(chunk));
    let grid = Grid::new(SgdRegressor::params()).vary("eta0", [1e-5, 0.05], |sgd, eta0| sgd.eta0(eta0));
    let search = Search::new(grid, |sgd| Chained::new(sgd.clone()).epochs(10)).folds(KFold::new(3));
    let found = search.clone().scoring([Scorer::R2, Scorer::NegMeanAbsoluteError]).run(&Runtime::new(), &data).unwrap();
    assert_eq!(found.best_index(), 1);
    assert!(found.best_score() > 0.95, "{found}");
    let error = search.scoring([Scorer::Accuracy]).run(&Runtime::new(), &data).unwrap_err();
    assert!(error.to_string().contains("a scorer of regressors"), "{error}");
}
