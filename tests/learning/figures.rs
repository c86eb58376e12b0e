//! Figures: the scores, objectives and losses that a run states as they come out.

use chunkfit::cluster::KMeans;
use chunkfit::combine::EarlyStopping;
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::graph::{Compute, FigureRecord};
use chunkfit::linear::{ElasticNet, LinearRegression, PoissonRegressor, RidgeClassifier};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Candidate, KFold, Search, TrainScores};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};

type Data<T> = Chunks<DatasetBase<Array2<f64>, Array1<T>>>;

/// Five chunks of twelve rows; `target` sees the number of a row and its first feature.
fn data<T: Clone + Send + Sync + 'static>(target: fn(usize, f64) -> T) -> Data<T>
where
    DatasetBase<Array2<f64>, Array1<T>>: chunkfit::data::Chunk,
{
    let chunk = |c: usize| {
        let x = Array2::from_shape_fn((12, 3), |(i, j)| (((c * 12 + i) * (5 + j) + j) % 11) as f64 / 5.0 - 1.0);
        let y = (0..12).map(|i| target(c * 12 + i, x[(i, 0)])).collect::<Vec<_>>();
        DatasetBase::new(x, Array1::from(y))
    };
    Chunks::from_memory((0..5).map(chunk))
}

fn classes() -> Data<usize> {
    data(|i, x| if i % 7 == 0 { i % 3 } else { usize::from(x > -0.2) + usize::from(x > 0.5) })
}

fn sides() -> Data<bool> {
    data(|i, x| (x > 0.1) ^ (i % 6 == 0))
}

fn values() -> Data<f64> {
    data(|i, x| 2.0 * x + 3.0 + ((i % 5) as f64) / 10.0)
}

fn run<C: Compute>(targets: C) -> (C::Output, Vec<FigureRecord>) {
    let run = Runtime::new().threads(2).profile(true).run(targets).unwrap();
    (run.values, run.profile.unwrap().figures)
}

/// The values of a series.
fn series(figures: &[FigureRecord], task: &str, name: &str) -> Vec<f64> {
    let of_series = figures.iter().filter(|figure| figure.task == task && figure.name == name);
    of_series.map(|figure| figure.value).collect()
}

/// The objectives of a fit in passes: several, of which none is the same again after the end, and falling.
fn objectives<C: Compute>(fit: C, name: &str) -> (C::Output, Vec<f64>) {
    let (model, figures) = run(fit);
    let stated = series(&figures, "advance", name);
    assert_eq!(stated.len(), figures.iter().filter(|figure| figure.task == "advance").count());
    assert!(stated.len() > 1 && stated.len() < 60, "{stated:?}");
    assert!(stated.windows(2).all(|pair| pair[1] <= pair[0] + 1e-12), "{stated:?}");
    assert!(stated[0] > stated[stated.len() - 1], "{stated:?}");
    (model, stated)
}

#[test]
fn passes_of_a_logistic_regression_state_the_objective() {
    for l1_ratio in [0.0, 0.5] {
        let params = LogisticRegression::params().alpha(1e-2).l1_ratio(l1_ratio);
        let data = sides();
        let (model, stated) = objectives(Summed::new(params).fit(&data), "objective");
        let rows = Runtime::new().compute(data.clone()).unwrap();
        let loss = |chunk: &DatasetBase<Array2<f64>, Array1<bool>>| {
            let margins = chunk.records.dot(&model.coef().row(0)) + model.intercept()[0];
            let signed = margins.iter().zip(&chunk.targets).map(|(margin, y)| if *y { *margin } else { -margin });
            signed.map(|margin| (-margin).exp().ln_1p()).sum::<f64>()
        };
        let (l1, l2) = (model.coef().mapv(f64::abs).sum(), 0.5 * model.coef().mapv(|w| w * w).sum());
        let expected = rows.iter().map(loss).sum::<f64>() / 60.0 + 1e-2 * (l1_ratio * l1 + (1.0 - l1_ratio) * l2);
        let last = stated[stated.len() - 1];
        assert!((last - expected).abs() < 1e-9 * expected, "{last} {expected}");
        // Without intercept and coefficients every row has a loss of ln 2.
        assert!(stated[0] <= 2.0_f64.ln() + 1e-12, "{stated:?}");
    }
}

#[test]
fn passes_of_other_models_state_their_objectives() {
    objectives(Summed::new(LogisticRegression::params().alpha(1e-3)).fit(&classes()), "objective");
    objectives(Summed::new(RidgeClassifier::params().alpha(1e-1)).fit(&classes()), "objective");
    objectives(Summed::new(PoissonRegressor::params().alpha(1e-2)).fit(&values()), "objective");
    objectives(Averaged::new(LogisticRegression::params().alpha(1e-2)).rounds(3).fit(&sides()), "objective");
    let (_, figures) = run(Averaged::new(ElasticNet::params().alpha(0.05)).rounds(3).fit(&values()));
    let (objectives, gaps) = (series(&figures, "advance", "objective"), series(&figures, "advance", "dual_gap"));
    assert!(objectives.len() > 2 && objectives.len() == gaps.len(), "{figures:?}");
    assert!(objectives.is_sorted_by(|a, b| a >= b) && gaps[gaps.len() - 1] < gaps[0], "{figures:?}");
}

#[test]
fn k_means_states_the_inertia_that_each_step_began_with() {
    let fit = Summed::new(KMeans::params().n_clusters(3)).fit(&classes());
    let (model, stated) = objectives(&fit, "inertia");
    // The last step moves no centre, so that it measures the model.
    let score = Runtime::new().compute(fit.score(&classes())).unwrap();
    assert!(model.has_converged() && (stated[stated.len() - 1] + score).abs() < 1e-9 * score.abs());
    assert_eq!(stated.len(), model.n_iter());
}

#[test]
fn decompositions_state_the_share_of_the_variance_that_they_explain() {
    let name = "explained_variance_ratio";
    let data = classes();
    let fit = Preprocess::new(TruncatedSvd::params().n_components(2).n_iter(3)).fit(&data);
    let (_, figures) = run(fit.transform(&data));
    let shares = series(&figures, "learned", name);
    assert!(shares.len() == 4 && shares.iter().all(|share| (0.0..1.0).contains(share)), "{figures:?}");
    let (_, figures) = run(Preprocess::new(Pca::params().n_components(2)).fit(&data).transform(&data));
    assert_eq!(series(&figures, "learned", name).len(), 1);
    let (model, figures) = run(Chained::new(IncrementalPca::params().n_components(2)).fit(&data));
    let shares = series(&figures, "partial_fit", name);
    assert_eq!((shares.len(), shares[4]), (5, model.axes().explained_variance_ratio().sum()));
}

#[test]
fn scores_of_a_fit_have_the_names_of_their_scorers_and_of_the_model() {
    let scorers = [Scorer::Accuracy, Scorer::RocAuc, Scorer::NegLogLoss];
    let fit = Averaged::new(LogisticRegression::params()).display_name("ours").fit(&sides());
    let targets = (fit.score(&sides()), fit.scores(&sides(), scorers.clone()), fit.confusion(&sides()));
    let ((score, scores, confusion), figures) = run(targets);
    assert!(figures.iter().all(|figure| figure.display_name.as_deref() == Some("ours")), "{figures:?}");
    assert_eq!(series(&figures, "total score", "accuracy"), [score]);
    for (scorer, score) in scorers.iter().zip(&scores) {
        assert_eq!(series(&figures, "total scores", scorer.name()), [*score]);
    }
    assert_eq!(series(&figures, "confusion", "accuracy"), [confusion.accuracy()]);
    let fit = Averaged::new(LinearRegression::params()).fit(&values());
    let ((residuals, score), figures) = run((fit.residuals(&values()), fit.score(&values())));
    assert_eq!((series(&figures, "residuals", "r2"), residuals.r2()), (vec![score], score));
}

#[test]
fn early_stopping_states_a_validation_score_an_epoch_until_it_stops() {
    let chained = Chained::new(SgdClassifier::params()).epochs(50);
    let stopping = EarlyStopping::default().validation_fraction(0.2).n_iter_no_change(2);
    let (model, figures) = run(chained.early_stopping(stopping).fit(&sides()));
    let scores = series(&figures, "validation score", "accuracy");
    // Four of five chunks of twelve rows an epoch.
    assert_eq!(scores.len() * 48, model.n_rows_seen());
    assert!(scores.len() < 50 && scores.iter().all(|score| (0.0..=1.0).contains(score)), "{scores:?}");
}

#[test]
fn a_search_states_the_scores_of_every_candidate_and_fold() {
    let candidates: Vec<Candidate<f64>> = [1e-1, 1e-3].map(Candidate::new).into();
    let search = Search::new(candidates, |alpha| Averaged::new(LogisticRegression::params().alpha(*alpha)))
        .folds(KFold::new(3))
        .scoring([Scorer::Accuracy, Scorer::F1])
        .train_scores(TrainScores::With);
    let run = search.run_and_tell(&Runtime::new().profile(true), &sides()).unwrap();
    let figures = run.profile.unwrap().figures;
    assert_eq!(figures.len(), 2 * 3 * 4, "{figures:?}");
    for (i, candidate) in run.values.candidates.iter().enumerate() {
        for (k, fold) in candidate.folds.iter().enumerate() {
            let name = format!("candidate {i}, fold {k}");
            let own: Vec<_> = figures.iter().filter(|figure| figure.display_name.as_deref() == Some(&name)).collect();
            let value = |name: &str| own.iter().find(|figure| figure.name == name).map(|figure| figure.value);
            let found = ["accuracy", "f1", "train_accuracy", "train_f1"].map(value);
            let train = fold.train_scores.as_ref().unwrap();
            let expected = [fold.test_scores[0], fold.test_scores[1], train[0], train[1]];
            assert_eq!(found, expected.map(Some), "{figures:?}");
        }
    }
}
