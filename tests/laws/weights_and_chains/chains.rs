//! A chain over chunks is one pass over their rows, wherever these are cut, to the last bit.

use chunkfit::Chunks;
use chunkfit::Runtime;
use chunkfit::combine::{Chained, ChainedLabels, FitChunks};
use chunkfit::data::{Csr, Footprint, Rows};
use chunkfit::data::{FeatureRows, Identified};
use chunkfit::estimator::PartialFit;
use chunkfit::linear::{
    Averaging, LearningRate, Loss, OneVsRest, Penalty, SgdClassifier, SgdClassifierParams, SgdOneClassSvm,
    SgdRegressor, SgdTeam,
};
use linfa::dataset::{AsTargets, DatasetBase};
use ndarray::{Array1, Array2, array};
use serde::Serialize;

/// One pass over these four rows, whatever is known of their classes and wherever they are cut: scikit-learn 1.9.1.
#[test]
fn an_average_over_chunks_is_that_of_one_pass() {
    let (x, y) = (array![[1.0], [2.0], [-1.0], [3.0]], array![0_usize, 1, 2, 1]);
    let of = |x: Array2<f64>| DatasetBase::new(x, y.clone());
    let params = SgdClassifier::params()
        .loss(Loss::LogLoss)
        .learning_rate(LearningRate::Constant)
        .eta0(0.1)
        .penalty(Penalty::None)
        .average(Averaging::From(1))
        .shuffle(false);
    for params in [params.clone(), params.classes(vec![0, 1, 2])] {
        for cuts in [vec![4], vec![2, 2], vec![1, 3], vec![3, 1], vec![0, 1, 0, 1, 1, 1, 0]] {
            let model = Runtime::new().compute(Chained::new(params.clone()).fit(&cut(&of(x.clone()), &cuts))).unwrap();
            let expected = [-0.04107, 0.08735, -0.17002, -0.02802, -0.02322, -0.06901];
            for (found, expected) in model.coef().iter().chain(model.intercept()).zip(expected) {
                assert!((found - expected).abs() < 6e-6, "{found} {expected} {cuts:?}");
            }
        }
    }
}

/// A row without values is no step of passive-aggressive training: scikit-learn 1.9.1.
#[test]
fn a_passive_aggressive_penalty_is_not_charged_for_rows_without_values() {
    let params = SgdClassifier::params().learning_rate(LearningRate::Pa1).eta0(0.1).alpha(0.1).shuffle(false);
    let (x, y) = (array![[1.0], [0.0], [0.0]], array![1_usize, 0, 0]);
    let coef = |params: &SgdClassifierParams<usize>, rows: &[usize]| {
        let dense = DatasetBase::new(x.clone(), y.clone()).select_rows(rows);
        let sparse = DatasetBase::new(Csr::from_dense(&dense.records).unwrap(), dense.targets.clone());
        let dense = params.partial_fit(None, &dense).unwrap().coef()[(0, 0)];
        assert_eq!(params.partial_fit(None, &sparse).unwrap().coef()[(0, 0)], dense);
        dense
    };
    for average in [Averaging::Off, Averaging::From(1)] {
        for penalty in [Penalty::L2, Penalty::L1, Penalty::ElasticNet { l1_ratio: 0.5 }] {
            let params = params.clone().penalty(penalty).average(average).classes(vec![0, 1]);
            let alone = coef(&params, &[0]);
            assert_eq!((coef(&params, &[0, 1]), coef(&params, &[0, 1, 2])), (alone, alone), "{penalty:?} {average:?}");
        }
        let params = params.clone().average(average).classes(vec![0, 1]);
        assert_eq!(coef(&params, &[0, 1]), 0.1);
    }
}

/// A data set in chunks of so many rows.
fn cut<R, T>(all: &DatasetBase<R, T>, sizes: &[usize]) -> Chunks<DatasetBase<R, T>>
where
    R: FeatureRows + Rows + Clone + Footprint + Send + Sync + 'static,
    T: Rows + AsTargets + Clone + Footprint + Send + Sync + 'static,
{
    let mut start = 0;
    let chunk = |&size: &usize| {
        start += size;
        all.select_rows(&(start - size..start).collect::<Vec<_>>())
    };
    Chunks::from_memory(sizes.iter().map(chunk).collect::<Vec<_>>())
}

const ROWS: usize = 40;

/// How 40 rows may be cut.
fn cuts() -> Vec<Vec<usize>> {
    vec![vec![20, 20], vec![1; ROWS], vec![1, 0, 38, 0, 1], vec![7, 13, 2, 18], vec![3, 0, 0, 3, 34]]
}

fn rows() -> Array2<f64> {
    let value = |(i, j): (usize, usize)| ((i * 37 + j * 59 + i * i * (j + 3)) % 97) as f64 / 48.5 - 1.0;
    Array2::from_shape_fn((ROWS, 4), |(i, j)| if i % 7 == 0 || (i + j) % 3 == 0 { 0.0 } else { value((i, j)) })
}

/// One class first, then two, then four.
fn classes() -> Array1<usize> {
    Array1::from_shape_fn(ROWS, |i| match i {
        0..5 => 2,
        5..17 => [2, 0][i % 2],
        _ => [1, 2, 0, 5, 1][i % 5],
    })
}

fn weights() -> Array1<f32> {
    Array1::from_shape_fn(ROWS, |i| (i % 4) as f32 / 2.0)
}

/// Compares models by all that they hold.
fn check<P, R, T, M>(params: &P, all: &DatasetBase<R, T>, what: &str)
where
    P: PartialFit<R, T, Model = M> + Identified + Serialize + Clone + Send + Sync + 'static,
    M: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static,
    R: FeatureRows + Rows + Clone + Footprint + Send + Sync + 'static,
    T: Rows + AsTargets + Clone + Footprint + Send + Sync + 'static,
{
    let expected = params.partial_fit(None, all).unwrap();
    // One run for all of them: starting the threads takes longer than the rows.
    let fits: Vec<_> = cuts().iter().map(|cuts| Chained::new(params.clone()).fit(&cut(all, cuts))).collect();
    for (found, cuts) in Runtime::new().threads(2).compute(fits).unwrap().iter().zip(cuts()) {
        assert_eq!(*found, expected, "{what} in {cuts:?}");
    }
}

/// Both layouts, with weights and without.
fn check_all<P, T, M, N>(params: &P, targets: T, what: &str)
where
    P: PartialFit<Array2<f64>, T, Model = M>
        + PartialFit<Csr<f64>, T, Model = N>
        + Identified
        + Serialize
        + Clone
        + Send
        + Sync
        + 'static,
    M: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static,
    N: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static,
    T: Rows + AsTargets + Clone + Footprint + Send + Sync + 'static,
{
    for weights in [Array1::zeros(0), weights()] {
        let dense = DatasetBase::new(rows(), targets.clone()).with_weights(weights.clone());
        check(params, &dense, what);
        check(
            params,
            &DatasetBase::new(Csr::from_dense(&rows()).unwrap(), targets.clone()).with_weights(weights),
            what,
        );
    }
}

const AVERAGINGS: [Averaging; 4] = [Averaging::Off, Averaging::From(1), Averaging::From(6), Averaging::From(1000)];

/// All rules of steps, each with a loss that it takes.
fn rules() -> Vec<(Loss, LearningRate)> {
    let losses = [
        Loss::Hinge,
        Loss::LogLoss,
        Loss::ModifiedHuber,
        Loss::SquaredHinge,
        Loss::Perceptron,
        Loss::SquaredError,
        Loss::Huber { epsilon: 0.1 },
        Loss::EpsilonInsensitive { epsilon: 0.1 },
        Loss::SquaredEpsilonInsensitive { epsilon: 0.1 },
    ];
    let rates = [
        LearningRate::Optimal,
        LearningRate::Constant,
        LearningRate::InvScaling { power_t: 0.3 },
        LearningRate::Adaptive,
        LearningRate::AdaGrad,
        LearningRate::Ftrl { beta: 1.0 },
    ];
    let all = losses.iter().flat_map(|&loss| rates.iter().map(move |&rate| (loss, rate)));
    let passive_aggressive = [LearningRate::Pa1, LearningRate::Pa2].map(|rate| (Loss::Hinge, rate));
    all.chain(passive_aggressive).collect()
}

fn by_coordinate(rate: LearningRate) -> bool {
    matches!(rate, LearningRate::AdaGrad | LearningRate::Ftrl { .. })
}

/// The penalties and averages that go with a rule: L1 is charged within a chunk where steps are plain, as in scikit-learn.
fn settings(rate: LearningRate) -> Vec<(Penalty, Averaging)> {
    if by_coordinate(rate) {
        let penalties = [Penalty::None, Penalty::L2, Penalty::L1, Penalty::ElasticNet { l1_ratio: 0.3 }];
        return penalties.map(|penalty| (penalty, Averaging::Off)).to_vec();
    }
    AVERAGINGS.into_iter().flat_map(|average| [(Penalty::None, average), (Penalty::L2, average)]).collect()
}

fn classifiers<L: linfa::Label>() -> Vec<SgdClassifierParams<L>> {
    let of = |(loss, rate): (Loss, LearningRate)| {
        let params = SgdClassifier::params().loss(loss).learning_rate(rate).eta0(0.05).alpha(0.01).shuffle(false);
        settings(rate).into_iter().map(move |(penalty, average)| params.clone().penalty(penalty).average(average))
    };
    rules().into_iter().flat_map(of).collect()
}

#[test]
fn classes_may_appear_anywhere_under_every_loss_penalty_and_schedule() {
    for params in classifiers() {
        check_all(&params, classes(), &format!("{params:?}"));
    }
}

#[test]
fn classifiers_of_two_truths_and_teams_of_them_are_no_exception() {
    let truths = classes().mapv(|class| class == 2);
    for params in classifiers() {
        check_all(&params, truths.clone(), &format!("{params:?}"));
    }
    let all = DatasetBase::new(rows(), truths).with_weights(weights());
    let params: Vec<_> = classifiers::<bool>();
    for members in SgdTeam::<f64, bool>::divide(&params.iter().collect::<Vec<_>>()) {
        let members: Vec<_> = members.into_iter().map(|i| params[i].clone()).collect();
        let mut at_once = SgdTeam::<f64, bool>::new(members.clone()).unwrap();
        at_once.fit_chunk(&all).unwrap();
        let mut cut = at_once.clone();
        cut.clone_from(&SgdTeam::new(members.clone()).unwrap());
        for rows in (0..ROWS).collect::<Vec<_>>().chunks(3) {
            cut.fit_rows(&all, rows).unwrap();
        }
        for (i, params) in members.iter().enumerate() {
            let alone = params.partial_fit(None, &all).unwrap();
            assert_eq!((&cut.model(i).unwrap(), &at_once.model(i).unwrap()), (&alone, &alone), "{params:?}");
        }
    }
}

#[test]
fn regressions_one_class_machines_and_many_labels_are_no_exception() {
    let values = rows().rows().into_iter().map(|row| row[0] - 0.5 * row[3] + 0.25).collect::<Array1<f64>>();
    for (loss, rate) in [
        (Loss::SquaredError, LearningRate::InvScaling { power_t: 0.25 }),
        (Loss::Huber { epsilon: 0.1 }, LearningRate::Constant),
        (Loss::EpsilonInsensitive { epsilon: 0.1 }, LearningRate::Pa1),
        (Loss::EpsilonInsensitive { epsilon: 0.1 }, LearningRate::Pa2),
        (Loss::SquaredEpsilonInsensitive { epsilon: 0.1 }, LearningRate::AdaGrad),
        (Loss::SquaredError, LearningRate::Ftrl { beta: 1.0 }),
    ] {
        for (penalty, average) in settings(rate) {
            let params = SgdRegressor::params().loss(loss).learning_rate(rate).eta0(0.05).alpha(0.01).shuffle(false);
            let params = params.penalty(penalty).average(average);
            check_all(&params, values.clone(), &format!("{params:?}"));
        }
    }
    for average in AVERAGINGS {
        let params = SgdOneClassSvm::params().nu(0.2).shuffle(false).average(average);
        check_all(&params, values.clone(), &format!("{params:?}"));
        let labels = Array2::from_shape_fn((ROWS, 11), |(i, label)| (i * 7 + label * 5) % 11 < label);
        let each = SgdClassifier::params().loss(Loss::LogLoss).shuffle(false).average(average);
        let params = OneVsRest::params(each);
        check_all(&params, labels.clone(), &format!("{params:?}"));
        let all = DatasetBase::new(rows(), labels).with_weights(weights());
        let expected = params.partial_fit(None, &all).unwrap();
        for cuts in cuts() {
            let fit = ChainedLabels::new(params.clone(), 11).fit(&cut(&all, &cuts));
            assert_eq!(Runtime::new().threads(2).compute(fit).unwrap(), expected, "{cuts:?}");
        }
    }
}
