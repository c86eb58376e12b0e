//! The laws of fits in several passes: exact sums over chunks, and averages in rounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use chunkfit::data::{Csr, Rows};
use chunkfit::datasets::synthetic::{Classification, Regression};
use chunkfit::estimator::{FitAverage, FitAverageFrom};
use chunkfit::linear::{
    AveragedFamily, GammaRegressor, GlmParams, LinearRegression, LogisticRegressionParams, Loss, Normal, OneVsRest,
    PoissonRegressor, SgdClassifierParams, SgdOneClassSvm, TweedieRegressor,
};
use chunkfit::metrics::{Average, MultilabelCounts};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use proptest::prelude::*;

type Dense = DatasetBase<Array2<f64>, Array1<usize>>;
type Sparse = DatasetBase<Csr<f64>, Array1<usize>>;

/// Rows of classes 0 to `classes` - 1, some of them on the wrong side.
fn rows(n: usize, classes: usize) -> Dense {
    let x = Array2::from_shape_fn((n, 6), |(i, j)| match (i * 13 + j * 7) % 17 {
        v if v > 9 => 0.0,
        v => v as f64 / 5.0 - 0.8 + if j == i % classes { 0.7 } else { 0.0 },
    });
    let y = Array1::from_shape_fn(n, |i| if i % 9 == 0 { 0 } else { i % classes });
    let weights = Array1::from_shape_fn(n, |i| [1.0, 0.5, 0.0, 2.0][i % 4]);
    DatasetBase::new(x, y).with_weights(weights)
}

/// The rows cut before these numbers.
fn cut<D: Rows + chunkfit::data::Chunk + Clone>(rows: &D, cuts: &[usize]) -> Chunks<D> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (rows.n_rows() + 1)).collect();
    cuts.sort_unstable();
    let bounds: Vec<usize> = [0].into_iter().chain(cuts).chain([rows.n_rows()]).collect();
    Chunks::from_memory(bounds.windows(2).map(|pair| rows.select_rows(&(pair[0]..pair[1]).collect::<Vec<_>>())))
}

fn sparse(rows: &Dense) -> Sparse {
    DatasetBase::new(Csr::from_dense(&rows.records).unwrap(), rows.targets.clone()).with_weights(rows.weights.clone())
}

fn logistic() -> LogisticRegressionParams<usize> {
    LogisticRegression::params().alpha(1e-2).tol(1e-11)
}

fn close(a: &Array2<f64>, b: &Array2<f64>, tolerance: f64) -> bool {
    a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However the rows are cut, chunks of no rows and of one class among them.
    #[test]
    fn sums_over_chunks_find_the_fit_of_all_rows(
        classes in 2usize..5,
        cuts in proptest::collection::vec(0usize..60, 0..6),
        threads in 1usize..4,
    ) {
        let rows = rows(60, classes);
        let whole = Concatenated::new(logistic()).fit(&cut(&rows, &[]));
        let summed = Summed::new(logistic()).fit(&cut(&rows, &cuts));
        let summed_sparse = Summed::new(logistic()).fit(&cut(&sparse(&rows), &cuts));
        let (whole, summed, sparse) = Runtime::new().threads(threads).compute((whole, summed, summed_sparse)).unwrap();
        prop_assert!(summed.converged() && sparse.converged());
        prop_assert!(close(whole.coef(), summed.coef(), 1e-7), "{} {}", whole.coef(), summed.coef());
        prop_assert!(close(whole.coef(), sparse.coef(), 1e-7), "{} {}", whole.coef(), sparse.coef());
    }

    #[test]
    fn values_are_predicted_alike_however_the_rows_are_cut(cuts in proptest::collection::vec(0usize..60, 0..6)) {
        let rows = rows(60, 3);
        let rows = DatasetBase::new(rows.records, rows.targets.mapv(|y| y as f64)).with_weights(rows.weights);
        let line: GlmParams<Normal> = LinearRegression::params().alpha(1e-3).tol(1e-12);
        let counts = PoissonRegressor::params().alpha(1e-2).tol(1e-12);
        let chunks = cut(&rows, &cuts);
        let fits = (
            Concatenated::new(line.clone()).fit(&chunks),
            Summed::new(line.clone()).fit(&chunks),
            Averaged::new(line).fit(&chunks),
            Concatenated::new(counts.clone()).fit(&chunks),
            Summed::new(counts).fit(&chunks),
        );
        let (line, line_summed, normal_equations, counts, counts_summed) = Runtime::new().compute(fits).unwrap();
        let close = |a: &Array1<f64>, b: &Array1<f64>| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        prop_assert!(close(line.coef(), line_summed.coef()));
        prop_assert!(close(line.coef(), normal_equations.coef()));
        prop_assert!(close(counts.coef(), counts_summed.coef()));
    }
}

#[test]
fn further_rounds_lead_from_the_average_to_the_fit_of_all_rows() {
    for classes in [2, 4] {
        let rows = rows(80, classes);
        let chunks = cut(&rows, &[10, 10, 33, 50]);
        let whole = Concatenated::new(logistic()).fit(&chunks);
        let rounds = [1, 2, 3, 10].map(|rounds| Averaged::new(logistic()).rounds(rounds).fit(&chunks));
        let average = Averaged::new(logistic()).fit(&chunks);
        let (whole, rounds, average) = Runtime::new().compute((whole, rounds, average)).unwrap();
        let off = |model: &LogisticRegression<f64, usize>| {
            (model.coef() - whole.coef()).iter().map(|d| d * d).sum::<f64>().sqrt()
        };
        assert_eq!(rounds[0], average);
        assert!(off(&rounds[1]) < 0.3 * off(&average), "{} {}", off(&rounds[1]), off(&average));
        assert!(off(&rounds[2]) < 0.3 * off(&rounds[1]), "{} {}", off(&rounds[2]), off(&rounds[1]));
        assert!(off(&rounds[3]) < 1e-7, "{}", off(&rounds[3]));
        assert_eq!(rounds[1].n_iter(), 1);
    }
}

/// The distances of the average, and of the models after two, three and ten rounds, from the fit of all rows.
fn distances<K: AveragedFamily>(
    params: &GlmParams<K>,
    chunks: &Chunks<DatasetBase<Array2<f64>, Array1<f64>>>,
) -> [f64; 4] {
    let whole = Summed::new(params.clone()).fit(chunks);
    let rounds = [1, 2, 3, 10].map(|rounds| Averaged::new(params.clone()).rounds(rounds).fit(chunks));
    let (whole, rounds) = Runtime::new().compute((whole, rounds)).unwrap();
    assert!(whole.converged());
    rounds.map(|model| {
        let apart =
            (model.coef() - whole.coef()).mapv(|d| d * d).sum() + (model.intercept() - whole.intercept()).powi(2);
        apart.sqrt()
    })
}

#[test]
fn rounds_of_generalized_linear_regressions_lead_to_the_fit_of_all_rows() {
    let made = Regression::new(11).n_features(8).n_informative(4).noise(20.0).chunks(6, 150).unwrap();
    let chunks = made.map("above zero", |chunk: &DatasetBase<Array2<f64>, Array1<f64>>| {
        let y = chunk.targets.mapv(|y| (0.01 * y).exp());
        DatasetBase::new(chunk.records.clone(), y)
    });
    let tight = |[average, two, three, ten]: [f64; 4], name: &str| {
        assert!(average < 0.2 && two < 0.3 * average && three < 0.3 * two, "{name}: {average} {two} {three}");
        assert!(ten < 1e-6, "{name}: {ten}");
    };
    tight(distances(&PoissonRegressor::params().alpha(1e-3).tol(1e-11), &chunks), "Poisson");
    tight(distances(&GammaRegressor::params().alpha(1e-3).tol(1e-11), &chunks), "gamma");
    tight(distances(&TweedieRegressor::params().alpha(1e-3).power(1.5).tol(1e-11), &chunks), "Tweedie");
    tight(distances(&TweedieRegressor::params().alpha(1e-3).tol(1e-11), &chunks), "normal");
}

/// The slow, obvious twin: a loop over rounds and chunks.
#[test]
fn rounds_of_sgd_are_a_loop_over_chunks_from_the_merged_model() {
    let rows = rows(80, 3);
    let cuts = [10, 10, 33, 50];
    let chunks: Vec<Dense> = Runtime::new().compute(cut(&rows, &cuts)).unwrap();
    for weighting in [Weighting::Curvature, Weighting::Uniform] {
        let params = SgdClassifier::params().loss(Loss::LogLoss).seed(3);
        let mut model = None;
        for _ in 0..3 {
            let states = chunks.iter().map(|chunk| match &model {
                None => params.fit_state(chunk, weighting).unwrap(),
                Some(model) => FitAverageFrom::fit_state_from(&params, model, chunk, weighting).unwrap(),
            });
            // As the tree merges five: neighbours, and their neighbours.
            let [a, b, c, d, e] = states.collect::<Vec<_>>().try_into().unwrap();
            let merge = <SgdClassifierParams<usize> as FitAverage<Array2<f64>, Array1<usize>>>::merge;
            let state = merge(merge(merge(a, b).unwrap(), merge(c, d).unwrap()).unwrap(), e).unwrap();
            let fitted: SgdClassifier<f64, usize> =
                FitAverage::<Array2<f64>, Array1<usize>>::finish(&params, state).unwrap();
            model = Some(fitted);
        }
        let fit = Averaged::new(params).weighting(weighting).rounds(3).fit(&cut(&rows, &cuts));
        let found = Runtime::new().threads(2).compute(fit).unwrap();
        assert_eq!(found.linear().unwrap(), model.unwrap().linear().unwrap());
    }
}

/// One pass over each chunk and the average, five rounds of that, and a chain of as many epochs.
#[test]
fn rounds_of_labels_and_of_one_class_machines_come_near_to_a_chain() {
    let made = Classification::new(5).n_features(20).n_informative(6).n_classes(4).flip_y(0.0).chunks(10, 200).unwrap();
    let labels = made.map("labels", |chunk: &Dense| {
        let has =
            |(i, k): (usize, usize)| if k < 4 { chunk.targets[i] == k } else { chunk.targets[i].is_multiple_of(2) };
        DatasetBase::new(chunk.records.clone(), Array2::from_shape_fn((chunk.n_rows(), 5), has))
    });
    let (train, test) = every_nth_split(&labels, 5);
    let params = OneVsRest::params(SgdClassifier::params().alpha(1e-3));
    let averaged = Averaged::new(params.clone());
    let chained = Chained::new(params).epochs(5).fit(&train).label_counts(&test);
    let rounds = [1, 5].map(|rounds| averaged.clone().rounds(rounds).fit(&train).label_counts(&test));
    let ([one, five], chained) = Runtime::new().threads(2).compute((rounds, chained)).unwrap();
    let micro = |counts: &MultilabelCounts| counts.mean_f1(Average::Micro);
    assert!(micro(&five) > micro(&one) - 0.02 && micro(&five) > micro(&chained) - 0.03);

    let inside = made
        .map("inside", |chunk: &Dense| DatasetBase::new(chunk.records.mapv(|v| 3.0 + 0.5 * v), chunk.targets.clone()));
    let params = SgdOneClassSvm::params().nu(0.1);
    let objective = |model: &SgdOneClassSvm<f64>, chunks: &[Dense]| {
        let short = |chunk: &Dense| {
            let scores = model.score_samples(&chunk.records).unwrap();
            scores.mapv(|score| (model.offset() - score).max(0.0)).mean().unwrap()
        };
        let coef = model.coef();
        0.1 * (0.5 * coef.dot(&coef) - model.offset()) + chunks.iter().map(short).sum::<f64>() / chunks.len() as f64
    };
    let averaged = Averaged::new(params.clone());
    let fits = (
        [1, 5, 20].map(|rounds| averaged.clone().rounds(rounds).fit(&inside)),
        Chained::new(params).epochs(20).fit(&inside),
    );
    let ((rounds, chained), chunks) = Runtime::new().threads(2).compute((fits, inside)).unwrap();
    let [one, five, twenty] = rounds.each_ref().map(|model| objective(model, &chunks));
    let chained = objective(&chained, &chunks);
    assert!(five < one && twenty - chained < 0.5 * (one - chained), "{one} {five} {twenty} {chained}");
}

/// What a chunk remembers of the last pass does not show, and passes that are not needed read nothing.
#[test]
fn the_bits_depend_neither_on_threads_nor_on_memory() {
    let reads = Arc::new(AtomicUsize::new(0));
    let all = sparse(&rows(400, 3));
    let chunks = {
        let reads = reads.clone();
        Chunks::from_fn("read", 8, move |c| {
            reads.fetch_add(1, SeqCst);
            Ok(all.select_rows(&(50 * c..50 * (c + 1)).collect::<Vec<_>>()))
        })
    };
    let summed = Summed::new(logistic()).fit(&chunks);
    let rounds = Averaged::new(logistic()).rounds(3).fit(&chunks);
    let first = Runtime::new().threads(1).compute((&summed, &rounds)).unwrap();
    assert_eq!(reads.swap(0, SeqCst), 8);
    for threads in [1, 2, 4] {
        for limit in [8_000, 20_000, 1 << 30] {
            let again = Runtime::new().threads(threads).memory_limit(limit).compute((&summed, &rounds)).unwrap();
            assert_eq!(again, first, "{threads} threads, {limit} bytes");
        }
        reads.store(0, SeqCst);
    }
    let mut read = [200, 400].map(|most| {
        let fit = Summed::new(logistic()).max_passes(most).fit(&chunks);
        Runtime::new().threads(1).memory_limit(8_000).compute(fit).unwrap();
        reads.swap(0, SeqCst)
    });
    read.sort_unstable();
    assert!(read[0] > 8 && read[1] - read[0] < 8, "{read:?} reads");
}

/// With an L1 penalty, passes sum up the Hessian of a working set.
#[test]
fn sums_with_an_l1_penalty_find_the_fit_of_all_rows() {
    for classes in [2, 3] {
        let rows = rows(120, classes);
        let params = logistic().alpha(0.02).l1_ratio(0.9);
        let whole = params.fit(&rows).unwrap();
        let (dense, sparse) = (cut(&rows, &[7, 7, 50]), cut(&sparse(&rows), &[0, 31, 32, 90]));
        let fits = (
            Summed::new(params.clone()).fit(&dense),
            Summed::new(params.clone()).fit(&sparse),
            Averaged::new(params.clone()).rounds(10).fit(&sparse),
        );
        let first = Runtime::new().threads(1).compute((&fits.0, &fits.1, &fits.2)).unwrap();
        assert!(whole.n_nonzero() > 0 && whole.n_nonzero() < whole.coef().len(), "{}", whole.coef());
        for model in [&first.0, &first.1, &first.2] {
            assert!(close(model.coef(), whole.coef(), 1e-7), "{} {}", model.coef(), whole.coef());
            assert!(model.coef().iter().zip(whole.coef()).all(|(a, b)| (*a == 0.0) == (*b == 0.0)));
        }
        for (threads, limit) in [(1, 8_000), (2, 8_000), (4, 1 << 30)] {
            let runtime = Runtime::new().threads(threads).memory_limit(limit);
            assert_eq!(
                runtime.compute((&fits.0, &fits.1, &fits.2)).unwrap(),
                first,
                "{threads} threads, {limit} bytes"
            );
        }
    }
}

/// Where a working set would be too large, passes sum up products.
#[test]
fn sums_with_an_l1_penalty_and_many_coefficients_find_the_fit_of_all_rows() {
    let noise = |i: usize| ((i * i * 31 + i * 17) % 1009) as f64 / 1009.0;
    // Of 300 dense columns, a working set has 277 at most.
    let x = Array2::from_shape_fn((40, 300), |(i, j)| 2.0 * noise(i * 300 + j) - 1.0);
    let rows = DatasetBase::new(x, Array1::from_shape_fn(40, |i| i % 2));
    let params = logistic().alpha(1e-3).l1_ratio(0.01).tol(1e-7);
    let whole = params.fit(&rows).unwrap();
    assert!(whole.converged() && whole.n_nonzero() > 260 && whole.n_nonzero() < 300, "{}", whole.n_nonzero());
    let fit = Summed::new(params).max_passes(1000).fit(&cut(&rows, &[11]));
    let summed = Runtime::new().compute(fit).unwrap();
    assert!(summed.converged() && summed.n_nonzero() == whole.n_nonzero() && summed.n_iter() == whole.n_iter());
    assert!(close(summed.coef(), whole.coef(), 1e-5));
}

#[test]
fn what_cannot_be_fitted_is_told() {
    let rows = rows(20, 2);
    let one_class = rows.select_rows(&[0, 9, 18]);
    let none = rows.select_rows(&[]);
    let kind = |chunks: &Chunks<Dense>| {
        let (summed, averaged) = (Summed::new(logistic()).fit(chunks), Averaged::new(logistic()).rounds(2).fit(chunks));
        (
            Runtime::new().compute(summed).map(drop).map_err(|error| error.kind().clone()),
            Runtime::new().compute(averaged).map(|model| model.classes().len()).map_err(|error| error.kind().clone()),
        )
    };
    let (summed, averaged) = kind(&Chunks::from_memory([]));
    assert!(matches!(summed, Err(ErrorKind::NoRows { estimator: "Summed" })));
    assert!(matches!(averaged, Err(ErrorKind::NoRows { .. })));
    let (summed, averaged) = kind(&Chunks::from_memory([none.clone(), none]));
    assert!(matches!((summed, averaged), (Err(ErrorKind::NoRows { .. }), Err(ErrorKind::NoRows { .. }))));
    let (summed, averaged) = kind(&Chunks::from_memory([one_class]));
    assert!(matches!((summed, averaged), (Err(ErrorKind::OneClass { .. }), Err(ErrorKind::OneClass { .. }))));
    let chunks = cut(&rows, &[]);
    let error = Runtime::new().compute(Averaged::new(logistic()).rounds(0).fit(&chunks)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "rounds", .. }));
    let error = Runtime::new().compute(Summed::new(logistic().alpha(-1.0)).fit(&chunks)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "alpha", .. }));
    let counts = DatasetBase::new(rows.records.clone(), rows.targets.mapv(|y| 1.0 - 2.0 * y as f64));
    let error = Runtime::new().compute(Summed::new(PoissonRegressor::params()).fit(&cut(&counts, &[7]))).unwrap_err();
    assert_eq!((error.place().chunk, error.place().row), (Some(0), Some(1)));
}
