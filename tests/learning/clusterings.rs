//! Clusterings over chunks: scored, searched, cross-validated, stopped early, in pipelines, and made a fit again.

use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::combine::{EarlyStopping, IntoFit};
use chunkfit::data::Rows;
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, Halving, KFold, Search, TrainScores, cross_validate};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Unlabelled = DatasetBase<Array2<f64>, Array1<()>>;
type Labelled = DatasetBase<Array2<f64>, Array1<String>>;

const CORNERS: [&str; 3] = ["north", "east", "south"];

/// Rows of chunk `c`, around three corners.
fn points(c: usize) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let noise = Array2::from_shape_fn((40, 3), |_| random.gen_range(-1.0..1.0));
    noise + Array2::from_shape_fn((40, 3), |(i, j)| if (i * 7 + c) % 3 == j { 6.0 } else { 0.0 })
}

fn unlabelled() -> Chunks<Unlabelled> {
    Chunks::from_fn("points", 6, |c| Ok(DatasetBase::from(points(c))))
}

fn labelled() -> Chunks<Labelled> {
    Chunks::from_memory(
        (0..6).map(|c| DatasetBase::new(points(c), Array1::from_shape_fn(40, |i| CORNERS[(i * 7 + c) % 3].to_owned()))),
    )
}

fn runtime() -> Runtime {
    Runtime::new().threads(2)
}

#[test]
fn passes_until_the_centres_settle_are_the_fit_of_all_rows() {
    let rows: Vec<Array2<f64>> = (0..6).map(points).collect();
    let whole = DatasetBase::from(Array2::concat_rows(&rows.iter().collect::<Vec<_>>()).unwrap());
    let given = Init::Centers(rows[0].select_rows(&[0, 1, 2]));
    for params in [KMeans::params().n_clusters(3).seed(4), KMeans::params().init(given)] {
        let expected = params.fit(&whole).unwrap();
        let fit = Summed::new(params.clone()).fit(&unlabelled());
        let (model, score) = runtime().compute((&fit, fit.score(&unlabelled()))).unwrap();
        assert!(model.has_converged() && model.n_iter() == expected.n_iter() && model.counts() == expected.counts());
        let apart = &model.cluster_centers() - &expected.cluster_centers();
        assert!(apart.iter().all(|apart| apart.abs() < 1e-12), "{apart}");
        assert!((score + expected.inertia(&whole.records).unwrap()).abs() < 1e-9);
        for runtime in [Runtime::new().threads(1), Runtime::new().threads(4).memory_limit(1 << 20)] {
            let again = runtime.compute((&fit, fit.score(&unlabelled()))).unwrap();
            assert_eq!(again, (model.clone(), score));
        }
        // The transformer of the same parameters, which makes all passes that it planned.
        let learned = runtime().compute(Preprocess::new(params.clone()).fit(&unlabelled())).unwrap();
        let apart = &model.cluster_centers() - &learned.cluster_centers();
        assert!(apart.iter().all(|apart| apart.abs() < 1e-12), "{apart}");
    }
}

/// One step, and one pass before it to sample rows.
#[test]
fn passes_end_by_the_steps_or_by_the_passes() {
    let three = || KMeans::params().n_clusters(3);
    let stopped = Summed::new(three().max_iter(1)).fit(&unlabelled());
    let cut_short = Summed::new(three()).max_passes(2).fit(&unlabelled());
    let (stopped, cut_short) = runtime().compute((stopped, cut_short)).unwrap();
    assert_eq!((stopped.n_iter(), stopped.cluster_centers()), (1, cut_short.cluster_centers()));
    let none = Chunks::from_memory([DatasetBase::from(Array2::<f64>::zeros((0, 3)))]);
    let error = runtime().compute(Summed::new(three()).fit(&none)).unwrap_err();
    assert!(matches!(error.kind(), chunkfit::ErrorKind::NoRows { .. }), "{error}");
    let error = runtime().compute(Summed::new(three().max_iter(0)).fit(&unlabelled())).unwrap_err();
    assert!(error.to_string().contains("max_iter"), "{error}");
}

#[test]
fn labels_are_compared_with_clusters_and_play_no_part_in_training() {
    let params = KMeans::params().n_clusters(3);
    let fit = Summed::new(params.clone()).fit(&labelled());
    let blind = Summed::new(params).fit(&unlabelled());
    let (model, same, score, table) =
        runtime().compute((&fit, blind, fit.score(&labelled()), fit.contingency(&labelled()))).unwrap();
    assert_eq!(model, same);
    assert_eq!(
        (table.adjusted_rand(), table.n_rows(), table.labels()),
        (1.0, 240, ["east", "north", "south"].map(str::to_owned).to_vec())
    );
    // A model in memory, as a fit.
    let again = model.into_fit();
    assert_eq!(runtime().compute(Fitted::<Labelled>::score(&again, &labelled())).unwrap(), score);
}

#[test]
fn clusterings_are_searched_by_inertia_and_against_labels() {
    let numbers = [2, 3, 4];
    let grid = || Grid::new(KMeans::params()).vary("n_clusters", numbers, |params, n| params.n_clusters(n));
    let search = || Search::new(grid(), |params| Summed::new(params.clone())).folds(KFold::new(3));
    let inertia = search().scoring([Scorer::NegInertia]).run(&runtime(), &unlabelled()).unwrap();
    let means: Vec<f64> = inertia.candidates.iter().map(|row| row.mean_test_scores[0]).collect();
    assert!(means.iter().all(|mean| *mean < 0.0) && means[0] < means[1], "{means:?}");
    let scorers = [Scorer::AdjustedRand, Scorer::VMeasure, Scorer::NegInertia];
    let found = search().scoring(scorers.clone()).run(&runtime(), &labelled()).unwrap();
    assert_eq!((found.best_index(), found.best_score()), (1, 1.0));
    let best = Summed::new(KMeans::params().n_clusters(3));
    let alone = cross_validate(&runtime(), &best, &labelled(), KFold::new(3), scorers, TrainScores::With).unwrap();
    assert_eq!(alone.mean_test_scores, found.candidates[1].mean_test_scores);
    // Fold by fold, by hand.
    assert_eq!(inertia.candidates[1].folds.len(), 3);
    let labels_as_well = found.candidates[1].mean_test_scores[2];
    assert!((labels_as_well / means[1] - 1.0).abs() < 1e-12);
}

#[test]
fn mini_batches_are_searched_halved_and_stopped_early() {
    let grid = || Grid::new(MiniBatchKMeans::params()).vary("n_clusters", [1, 3], |params, n| params.n_clusters(n));
    let chain = |params: &chunkfit::cluster::MiniBatchKMeansParams| Chained::new(params.clone()).epochs(2);
    let search = Search::new(grid(), chain).folds(KFold::new(2)).scoring([Scorer::NormalizedMutualInfo]);
    assert_eq!(search.run(&runtime(), &labelled()).unwrap().best_index(), 1);
    let halved = search.halve(&runtime(), &labelled(), Halving::new(2), 1).unwrap();
    assert_eq!(halved.best().candidate.params, MiniBatchKMeans::params().n_clusters(3));
    let pipelines = Search::new(grid(), |params: &chunkfit::cluster::MiniBatchKMeansParams| {
        Pipeline::new(StandardScaler::params(), Chained::new(params.clone()))
    });
    let pipelines = pipelines.folds(KFold::new(2)).scoring([Scorer::NegInertia, Scorer::Rand]);
    assert_eq!(pipelines.run(&runtime(), &labelled()).unwrap().best_index(), 1);
    let stopping = EarlyStopping::default().validation_fraction(0.5).n_iter_no_change(2);
    let chained = Chained::new(MiniBatchKMeans::params().n_clusters(3)).epochs(50);
    let stopped = runtime().compute(chained.early_stopping(stopping.tol(1e3)).fit(&unlabelled())).unwrap();
    // Three chunks learn, for the first epoch and for two without a gain of a thousand.
    assert_eq!(stopped.n_steps(), 3 * 3);
}

#[test]
fn scorers_that_do_not_fit_are_refused_before_any_work() {
    let chunks: Chunks<Unlabelled> = Chunks::from_fn("never read", 2, |_| panic!("a chunk was read"));
    let refused = |scorer: Scorer| {
        let kmeans = Summed::new(KMeans::params().n_clusters(2));
        cross_validate(&runtime(), &kmeans, &chunks, KFold::new(2), [scorer], TrainScores::Without)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(Scorer::AdjustedRand).contains("chunks whose targets are labels"));
    assert!(refused(Scorer::Accuracy).contains("a scorer of clusterings, such as neg_inertia"));
    assert!(refused(Scorer::R2).contains("a scorer of clusterings"));
    // Wrong columns, and rows without numbers, are errors of the score.
    let fit = Summed::new(KMeans::params().n_clusters(2)).fit(&unlabelled());
    for bad in [Array2::zeros((2, 5)), Array2::from_elem((2, 3), f64::NAN)] {
        assert!(runtime().compute(fit.score(&Chunks::from_memory([DatasetBase::from(bad)]))).is_err());
    }
    let none = Chunks::from_memory([DatasetBase::from(Array2::<f64>::zeros((0, 3)))]);
    let error = runtime().compute(fit.score(&none)).unwrap_err();
    assert!(matches!(error.kind(), chunkfit::ErrorKind::NoScoredRows { .. }), "{error}");
}
