//! The laws of merging, for everything that merges over chunks: up to rounding neither the order of the
//! parts matters nor that of the merges, a part of nothing changes nothing, and where sums are promised
//! the parts merge to the whole.

use chunkfit::calibration::ClassHistograms;
use chunkfit::cluster::KMeans;
use chunkfit::data::{Csr, Rows};
use chunkfit::decomposition::{Pca, TruncatedSvd};
use chunkfit::estimator::LearnRows;
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::linear::{
    GammaRegressor, LinearRegression, NearestCentroid, OneVsRest, PoissonRegressor, SgdOneClassSvm, SgdRegressor,
    TweedieRegressor,
};
use chunkfit::metrics::{ClassTally, ConfusionMatrix, MultilabelCounts, ProbabilityLoss, RankedScores, Residuals};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{LabelBinarizer, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, VarianceThreshold};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

type Dense<T> = DatasetBase<Array2<f64>, Array1<T>>;

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];

/// Three parts of some rows: three columns of small whole numbers, the class, a weight.
#[derive(Clone, Debug)]
struct Parts {
    x: Array2<f64>,
    class: Array1<usize>,
    weights: Array1<f32>,
    /// Where the second part begins, and the third.
    cuts: [usize; 2],
}

fn parts() -> impl Strategy<Value = Parts> {
    let row = (prop::array::uniform3(0i8..6), 0usize..3, 1u8..4);
    (prop::collection::vec(row, 18..40), 6usize..9, 12usize..15).prop_map(|(rows, first, second)| {
        let n = rows.len();
        Parts {
            x: Array2::from_shape_fn((n, 3), |(i, j)| f64::from(rows[i].0[j])),
            // Every part has rows of every class, so that all their models can be averaged.
            class: Array1::from_shape_fn(n, |i| if i % 6 < 3 { i % 3 } else { rows[i].1 }),
            weights: Array1::from_shape_fn(n, |i| f32::from(rows[i].2)),
            cuts: [first, second],
        }
    })
}

impl Parts {
    fn spans(&self) -> [Vec<usize>; 3] {
        let [a, b] = self.cuts;
        [(0..a).collect(), (a..b).collect(), (b..self.x.nrows()).collect()]
    }

    fn dense<T: Clone>(&self, targets: impl Fn(usize) -> T) -> Dense<T> {
        let targets = (0..self.x.nrows()).map(targets).collect();
        DatasetBase::new(self.x.clone(), targets).with_weights(self.weights.clone())
    }

    fn classes(&self) -> Dense<usize> {
        self.dense(|i| self.class[i])
    }

    /// A number to be predicted, not quite a sum of the columns.
    fn values(&self) -> Dense<f64> {
        self.dense(|i| self.x.row(i).sum() + self.class[i] as f64)
    }

    fn of<D: Rows>(&self, whole: &D) -> [D; 3] {
        self.spans().map(|rows| whole.select_rows(&rows))
    }
}

fn sparse<T: Clone>(rows: &Dense<T>) -> DatasetBase<Csr<f64>, Array1<T>> {
    DatasetBase::new(Csr::from_dense(&rows.records).unwrap(), rows.targets.clone()).with_weights(rows.weights.clone())
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

fn assert_close(a: &[f64], b: &[f64], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (x, y) in a.iter().zip(b) {
        let tolerance = 1e-9 * (1.0 + x.abs().max(y.abs()));
        assert!((x - y).abs() <= tolerance || x == y || (x.is_nan() && y.is_nan()), "{what}: {a:?} {b:?}");
    }
}

/// The laws of a merge, as the numbers of what comes of it show them.
fn assert_laws<S: Clone>(
    [a, b, c]: [S; 3],
    merge: impl Fn(S, S) -> S,
    numbers: impl Fn(S) -> Vec<f64>,
    what: &str,
) -> Vec<f64> {
    let (ab, ba) = (merge(a.clone(), b.clone()), merge(b.clone(), a.clone()));
    assert_close(&numbers(ab.clone()), &numbers(ba), what);
    let (left, right) = (numbers(merge(ab, c.clone())), numbers(merge(a, merge(b, c))));
    assert_close(&left, &right, what);
    left
}

/// Sums of two are the same bits in either order.
fn assert_swap<S: Clone>([a, b, _]: &[S; 3], merge: impl Fn(S, S) -> S, numbers: impl Fn(S) -> Vec<f64>, what: &str) {
    let (ab, ba) = (numbers(merge(a.clone(), b.clone())), numbers(merge(b.clone(), a.clone())));
    assert_eq!(bits(&ab), bits(&ba), "{what}: the order of two parts matters");
}

/// The laws of an average; a chunk of nothing is its default.
fn assert_average<P, R, T>(
    params: &P,
    chunks: &[DatasetBase<R, T>; 3],
    numbers: impl Fn(&P::Model) -> Vec<f64>,
    what: &str,
) where
    P: FitAverage<R, T>,
    R: linfa::dataset::Records,
{
    for weighting in WEIGHTINGS {
        let states = chunks.each_ref().map(|chunk| params.fit_state(chunk, weighting).unwrap());
        let merge = |a, b| P::merge(a, b).unwrap();
        let finished = |state| numbers(&params.finish(state).unwrap());
        let alone = bits(&finished(states[0].clone()));
        assert_eq!(bits(&finished(merge(states[0].clone(), P::State::default()))), alone, "{what}, {weighting:?}");
        assert_eq!(bits(&finished(merge(P::State::default(), states[0].clone()))), alone, "{what}, {weighting:?}");
        assert_laws(states, merge, finished, &format!("{what}, {weighting:?}"));
    }
}

/// The same for coefficients, whose sums of two are the same bits in either order.
fn assert_coefficients<P, R, T>(
    params: &P,
    chunks: &[DatasetBase<R, T>; 3],
    numbers: impl Fn(&P::Model) -> Vec<f64>,
    what: &str,
) where
    P: FitAverage<R, T>,
    R: linfa::dataset::Records,
{
    assert_average(params, chunks, &numbers, what);
    for weighting in WEIGHTINGS {
        let states = chunks.each_ref().map(|chunk| params.fit_state(chunk, weighting).unwrap());
        assert_swap(&states, |a, b| P::merge(a, b).unwrap(), |state| numbers(&params.finish(state).unwrap()), what);
    }
}

/// The laws of an average whose states are sums: the parts merge to the whole, too.
fn assert_sums<P, R, T>(
    params: &P,
    whole: &DatasetBase<R, T>,
    chunks: &[DatasetBase<R, T>; 3],
    numbers: impl Fn(&P::Model) -> Vec<f64>,
    what: &str,
) where
    P: FitAverage<R, T>,
    R: linfa::dataset::Records,
{
    assert_average(params, chunks, &numbers, what);
    let state = |chunk| params.fit_state(chunk, Weighting::default()).unwrap();
    let merged = chunks.iter().map(state).reduce(|a, b| P::merge(a, b).unwrap()).unwrap();
    let of = |state| numbers(&params.finish(state).unwrap());
    assert_close(&of(merged), &of(state(whole)), what);
}

/// The laws of a transformer's states, whose parts merge to the whole; no rows change nothing.
fn assert_learned<P, R>(
    params: &P,
    whole: &R,
    parts: [R; 3],
    nothing: &R,
    numbers: impl Fn(&P::Learned) -> Vec<f64>,
    what: &str,
) where
    P: LearnRows<R>,
{
    let merge = |a, b| P::merge(a, b).unwrap();
    let finished = |state| numbers(&params.finish(state).unwrap());
    let states = parts.each_ref().map(|part| params.learn(part).unwrap());
    let alone = bits(&finished(states[0].clone()));
    assert_eq!(bits(&finished(merge(states[0].clone(), params.learn(nothing).unwrap()))), alone, "{what}");
    assert_eq!(bits(&finished(merge(params.learn(nothing).unwrap(), states[0].clone()))), alone, "{what}");
    let merged = assert_laws(states, merge, finished, what);
    assert_close(&merged, &finished(params.learn(whole).unwrap()), what);
}

/// The laws of counts, whose parts merge to the whole; the default is of no rows.
fn assert_counts<S: Clone + Default>(
    parts: [S; 3],
    whole: S,
    merge: impl Fn(S, &S) -> S,
    numbers: impl Fn(&S) -> Vec<f64>,
    what: &str,
) {
    let alone = bits(&numbers(&parts[0]));
    assert_eq!(bits(&numbers(&merge(parts[0].clone(), &S::default()))), alone, "{what}");
    assert_eq!(bits(&numbers(&merge(S::default(), &parts[0]))), alone, "{what}");
    assert_swap(&parts, |a, b| merge(a, &b), |state| numbers(&state), what);
    let merged = assert_laws(parts, |a, b| merge(a, &b), |state| numbers(&state), what);
    assert_close(&merged, &numbers(&whole), what);
}

fn coefficients(model: &LogisticRegression<f64, usize>) -> Vec<f64> {
    model.coef().iter().chain(model.intercept()).copied().collect()
}

/// What a naive Bayes makes of two rows.
fn log_proba<K: chunkfit::bayes::EventModel>(model: &chunkfit::bayes::NaiveBayes<K, usize>) -> Vec<f64> {
    use chunkfit::estimator::PredictProba;
    let rows = Array2::from_shape_fn((4, 3), |(i, j)| ((i * 5 + j * 3) % 4) as f64);
    model.predict_proba(&rows).unwrap().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn averages_of_linear_models_keep_the_laws(parts in parts()) {
        let (classes, values) = (parts.classes(), parts.values());
        let logistic = LogisticRegression::params().alpha(1e-2);
        assert_coefficients(&logistic, &parts.of(&classes), coefficients, "logistic");
        let rows = parts.of(&classes).map(|chunk| sparse(&chunk));
        assert_coefficients(&logistic, &rows, coefficients, "logistic, sparse");
        let sgd = SgdClassifier::params().epochs(1);
        let linear = |model: &SgdClassifier<f64, usize>| model.linear().unwrap().coef().iter().copied().collect();
        assert_coefficients(&sgd, &parts.of(&classes), linear, "SGD");
        let regressor = SgdRegressor::params().eta0(1e-3);
        let linear = |model: &SgdRegressor<f64>| model.linear().unwrap().coef().to_vec();
        assert_coefficients(&regressor, &parts.of(&values), linear, "SGD regression");
        let machine = SgdOneClassSvm::params().nu(0.3);
        let model = |model: &SgdOneClassSvm<f64>| model.coef().iter().copied().chain([model.offset()]).collect();
        assert_coefficients(&machine, &parts.of(&values), model, "one-class SVM");
        let labels = Array2::from_shape_fn((parts.x.nrows(), 4), |(i, k)| k < 3 && parts.class[i] == k);
        let labels = DatasetBase::new(parts.x.clone(), labels).with_weights(parts.weights.clone());
        let chunks = parts.spans().map(|rows| labels.select_rows(&rows));
        let model = |model: &OneVsRest<f64>| model.coef().iter().chain(model.intercept()).copied().collect();
        assert_coefficients(&OneVsRest::params(SgdClassifier::params()), &chunks, model, "one-vs-rest");
        let above = parts.dense(|i| 0.5 + parts.x.row(i).sum() + parts.class[i] as f64);
        let of_glm = |parts: [&[f64]; 2]| parts.concat();
        let poisson = PoissonRegressor::params().alpha(1e-2);
        let model = |model: &PoissonRegressor<f64>| of_glm([&model.coef().to_vec(), &[model.intercept()]]);
        assert_coefficients(&poisson, &parts.of(&above), model, "Poisson");
        assert_coefficients(&poisson, &parts.of(&above).map(|chunk| sparse(&chunk)), model, "Poisson, sparse");
        let gamma = GammaRegressor::params().alpha(1e-2);
        let model = |model: &GammaRegressor<f64>| of_glm([&model.coef().to_vec(), &[model.intercept()]]);
        assert_coefficients(&gamma, &parts.of(&above), model, "gamma");
        let tweedie = TweedieRegressor::params().alpha(1e-2).power(1.5);
        let model = |model: &TweedieRegressor<f64>| of_glm([&model.coef().to_vec(), &[model.intercept()]]);
        assert_coefficients(&tweedie, &parts.of(&above), model, "Tweedie");
        #[cfg(feature = "linfa-logistic")]
        {
            let ends = parts.dense(|i| parts.class[i].min(1));
            let linfa = linfa_logistic::LogisticRegression::default().alpha(0.1);
            assert_coefficients(&linfa, &parts.of(&ends), coefficients, "linfa's logistic");
        }
    }

    #[test]
    fn models_of_sums_are_those_of_all_rows(parts in parts()) {
        let (classes, values) = (parts.classes(), parts.values());
        let chunks = parts.of(&classes);
        let gram = LinearRegression::params().alpha(1e-3);
        assert_sums(&gram, &values, &parts.of(&values), |model| model.coef().to_vec(), "least squares");
        assert_sums(&MultinomialNb::params(), &classes, &chunks, log_proba, "multinomial");
        assert_sums(&ComplementNb::params(), &classes, &chunks, log_proba, "complement");
        assert_sums(&BernoulliNb::params(), &classes, &chunks, log_proba, "Bernoulli");
        let gaussian = GaussianNb::params().var_smoothing(1e-2);
        assert_sums(&gaussian, &classes, &chunks, log_proba, "Gaussian");
        let learned = |model: &NearestCentroid<usize>| {
            let std_dev = model.within_class_std_dev().unwrap();
            model.centroids().unwrap().iter().chain(std_dev).copied().collect()
        };
        assert_sums(&NearestCentroid::params(), &classes, &chunks, learned, "nearest centroid");
    }

    #[test]
    fn weights_a_constant_times_as_large_change_no_average(parts in parts(), factor in prop::sample::select(vec![0.5f32, 3.0])) {
        let classes = parts.classes();
        let scaled = classes.clone().with_weights(classes.weights.mapv(|weight| weight * factor));
        let average = |whole: &Dense<usize>, weighting| {
            let params = LogisticRegression::params().alpha(1e-2).tol(1e-11);
            let states = parts.of(whole).map(|chunk| params.fit_state(&chunk, weighting).unwrap());
            type Params = chunkfit::linear::LogisticRegressionParams<usize>;
            let merge = <Params as FitAverage<Array2<f64>, Array1<usize>>>::merge;
            let state = states.into_iter().reduce(|a, b| merge(a, b).unwrap()).unwrap();
            let model = FitAverage::<Array2<f64>, Array1<usize>>::finish(&params, state).unwrap();
            coefficients(&model)
        };
        for weighting in WEIGHTINGS {
            for (a, b) in average(&classes, weighting).into_iter().zip(average(&scaled, weighting)) {
                prop_assert!((a - b).abs() < 1e-6, "{a} {b}, {weighting:?}");
            }
        }
    }

    #[test]
    fn the_average_of_one_chunk_is_its_fit_to_the_bit(parts in parts()) {
        let rows = parts.classes();
        let chunk = Chunks::from_memory([rows.clone()]);
        let params = LogisticRegression::params().alpha(1e-2);
        let fitted = params.fit(&rows).unwrap();
        for weighting in WEIGHTINGS {
            let averaged = Averaged::new(params.clone()).weighting(weighting);
            let (plain, rounds) = Runtime::new().threads(1).compute((averaged.fit(&chunk), averaged.rounds(1).fit(&chunk))).unwrap();
            prop_assert_eq!(&plain, &fitted);
            prop_assert_eq!(&rounds, &fitted);
        }
        #[cfg(feature = "linfa-logistic")]
        {
            let ends = parts.dense(|i| parts.class[i].min(1));
            let linfa = linfa_logistic::LogisticRegression::default().alpha(0.1);
            let fitted = linfa.fit(&ends).unwrap();
            let averaged = Averaged::opaque(linfa).fit(&Chunks::from_memory([ends]));
            let averaged = Runtime::new().threads(1).compute(averaged).unwrap();
            let sign = if fitted.labels().pos.class == 1 { 1.0 } else { -1.0 };
            prop_assert_eq!(averaged.coef().row(0).to_owned(), fitted.params() * sign);
            prop_assert_eq!(averaged.intercept()[0], fitted.intercept() * sign);
        }
    }

    #[test]
    fn what_transformers_learn_keeps_the_laws(parts in parts()) {
        let spans = parts.spans();
        let take = |x: &Array2<f64>| spans.clone().map(|rows| x.select(ndarray::Axis(0), &rows));
        let (x, none) = (&parts.x, &Array2::zeros((0, 3)));
        let standard = StandardScaler::params().check().unwrap();
        assert_learned(&standard, x, take(x), none, |s| [s.mean(), s.var(), s.scale()].concat(), "StandardScaler");
        let max_abs = MaxAbsScaler::params().check().unwrap();
        assert_learned(&max_abs, x, take(x), none, |s| s.scale().to_vec(), "MaxAbsScaler");
        let min_max = MinMaxScaler::params().check().unwrap();
        assert_learned(&min_max, x, take(x), none, |s| [s.scale(), s.min()].concat(), "MinMaxScaler");
        let variance = VarianceThreshold::params().threshold(1.0).check().unwrap();
        let kept = |s: &VarianceThreshold| s.support().iter().map(|&j| f64::from(j)).collect();
        // With no column left it is an error, which merging has no part in.
        if LearnRows::<Array2<f64>>::finish(&variance, variance.learn(x).unwrap()).is_ok() && spans.iter().all(|rows| {
            LearnRows::<Array2<f64>>::finish(&variance, variance.learn(&x.select(ndarray::Axis(0), rows)).unwrap()).is_ok()
        }) {
            assert_learned(&variance, x, take(x), none, kept, "VarianceThreshold");
        }
        let csr = |x: &Array2<f64>| Csr::from_dense(x).unwrap();
        let tfidf = TfidfTransformer::params().check().unwrap();
        let idf = |s: &TfidfTransformer| s.idf().unwrap().to_vec();
        assert_learned(&tfidf, &csr(x), take(x).map(|part| csr(&part)), &csr(none), idf, "TfidfTransformer");
        let scatter = Pca::params().n_components(1).check().unwrap();
        let variance = |s: &Pca| s.axes().explained_variance().to_vec();
        assert_learned(&scatter, x, take(x), none, variance, "Pca");
        let sketch = TruncatedSvd::params().n_components(1).check().unwrap();
        let singular = |s: &TruncatedSvd| s.singular_values().to_vec();
        assert_learned(&sketch, x, take(x), none, singular, "TruncatedSvd");
        let means = KMeans::params().n_clusters(2).check().unwrap();
        let centers = |s: &KMeans| s.cluster_centers().iter().copied().collect();
        assert_learned(&means, x, take(x), none, centers, "KMeans, the sample that it begins with");
    }

    #[test]
    fn what_encoders_learn_keeps_the_laws(parts in parts()) {
        let spans = parts.spans();
        let words = parts.x.mapv(|x| x as i64);
        let none = Array2::zeros((0, 3));
        let take = || spans.clone().map(|rows| words.select(ndarray::Axis(0), &rows));
        let of = |categories: Vec<&[i64]>| categories.concat().iter().map(|&c| c as f64).collect::<Vec<f64>>();
        let one_hot = OneHotEncoder::<i64, f64>::params().check().unwrap();
        let numbers = |s: &OneHotEncoder<i64, f64>| of(s.categories().collect());
        assert_learned(&one_hot, &words, take(), &none, numbers, "OneHotEncoder");
        let ordinal = OrdinalEncoder::<i64, f64>::params().check().unwrap();
        let numbers = |s: &OrdinalEncoder<i64, f64>| of(s.categories().collect());
        assert_learned(&ordinal, &words, take(), &none, numbers, "OrdinalEncoder");
        let labels = |rows: &[usize]| rows.iter().map(|&i| words[(i, 0)]).collect::<Array1<i64>>();
        let all: Vec<usize> = (0..words.nrows()).collect();
        let binarizer = LabelBinarizer::<i64, f64>::params().check().unwrap();
        let numbers = |s: &LabelBinarizer<i64, f64>| of(vec![s.classes()]);
        let parts = spans.clone().map(|rows| labels(&rows));
        assert_learned(&binarizer, &labels(&all), parts, &labels(&[]), numbers, "LabelBinarizer");
        let sets = |rows: &[usize]| rows.iter().map(|&i| words.row(i).to_vec()).collect::<Vec<Vec<i64>>>();
        let several = MultiLabelBinarizer::<i64, f64>::params().check().unwrap();
        let numbers = |s: &MultiLabelBinarizer<i64, f64>| of(vec![s.classes()]);
        let parts = spans.clone().map(|rows| sets(&rows));
        assert_learned(&several, &sets(&all), parts, &sets(&[]), numbers, "MultiLabelBinarizer");
    }

    #[test]
    fn counts_of_scores_keep_the_laws(parts in parts()) {
        let all: Vec<usize> = (0..parts.x.nrows()).collect();
        let spans = parts.spans();
        let guess: Vec<usize> = parts.x.column(0).iter().map(|&x| x as usize % 3).collect();
        let (truths, guesses) = (
            |rows: &[usize]| rows.iter().map(|&i| parts.class[i]).collect::<Vec<usize>>(),
            |rows: &[usize]| rows.iter().map(|&i| guess[i]).collect::<Vec<usize>>(),
        );

        let count = |rows: &[usize]| ConfusionMatrix::count(truths(rows).iter(), guesses(rows).iter()).unwrap();
        let numbers = |c: &ConfusionMatrix<usize>| c.pairs().flat_map(|(&t, &p, n)| [t, p, n].map(|x| x as f64)).collect();
        assert_counts(spans.each_ref().map(|rows| count(rows)), count(&all), ConfusionMatrix::merge, numbers, "ConfusionMatrix");

        let proba = |rows: &[usize]| Array2::from_shape_fn((rows.len(), 3), |(k, class)| {
            let x = parts.x.row(rows[k]);
            (1.0 + x[class]) / (3.0 + x.sum())
        });
        let classes = [0usize, 1, 2];
        let count = |rows: &[usize]| ProbabilityLoss::count(truths(rows).iter(), &proba(rows), &classes).unwrap();
        let numbers = |loss: &ProbabilityLoss| vec![loss.log_loss(), loss.brier_score(), loss.n_rows() as f64];
        assert_counts(spans.each_ref().map(|rows| count(rows)), count(&all), ProbabilityLoss::merge, numbers, "ProbabilityLoss");

        let value = |rows: &[usize], column: usize| rows.iter().map(|&i| parts.x[(i, column)]).collect::<Vec<f64>>();
        let count = |rows: &[usize]| Residuals::count(value(rows, 0).into_iter(), value(rows, 1).into_iter()).unwrap();
        let numbers = |r: &Residuals| vec![r.r2(), r.mean_squared_error(), r.mean_absolute_error(), r.max_error()];
        assert_counts(spans.each_ref().map(|rows| count(rows)), count(&all), Residuals::merge, numbers, "Residuals");

        let positive = |rows: &[usize]| truths(rows).into_iter().map(|class| class == 0).collect::<Vec<bool>>();
        let count = |rows: &[usize]| RankedScores::count(positive(rows).into_iter(), value(rows, 2).into_iter()).unwrap();
        let numbers = |r: &RankedScores| vec![r.roc_auc().unwrap(), r.average_precision().unwrap()];
        assert_counts(spans.each_ref().map(|rows| count(rows)), count(&all), RankedScores::merge, numbers, "RankedScores");

        let sets = |rows: &[usize], least: f64| Array2::from_shape_fn((rows.len(), 3), |(k, j)| parts.x[(rows[k], j)] > least);
        let count = |rows: &[usize]| MultilabelCounts::count(sets(rows, 2.0).view(), sets(rows, 3.0).view()).unwrap();
        let numbers = |m: &MultilabelCounts| vec![m.hamming_loss(), m.subset_accuracy(), m.samples_f1(), m.f1(1)];
        let merge = |a: MultilabelCounts, b: &MultilabelCounts| a.merge(b).unwrap();
        assert_counts(spans.each_ref().map(|rows| count(rows)), count(&all), merge, numbers, "MultilabelCounts");

        let count = |rows: &[usize]| {
            let mut tally = ClassTally::new(&classes);
            tally.count_labels(truths(rows).iter(), guesses(rows).iter()).unwrap();
            tally.count_probabilities(truths(rows).iter(), &proba(rows)).unwrap();
            tally
        };
        let scorers = ["accuracy", "f1_macro", "neg_log_loss"].map(|name| name.parse().unwrap());
        let numbers = |t: ClassTally<usize>| scorers.iter().map(|scorer| t.score(scorer).unwrap()).collect();
        let merged = assert_laws(spans.each_ref().map(|rows| count(rows)), |a, b| a.merge(&b), numbers, "ClassTally");
        assert_close(&merged, &numbers(count(&all)), "ClassTally");

        let count = |rows: &[usize]| {
            ClassHistograms::count(&classes, Array1::from(truths(rows)).view(), &proba(rows)).unwrap()
        };
        let numbers = |h: ClassHistograms<usize>| {
            let bins = h.histograms().iter().flat_map(|h| h.bins());
            bins.flat_map(|bin| [bin.mean, bin.positives as f64, bin.negatives as f64]).collect()
        };
        let merged = assert_laws(spans.each_ref().map(|rows| count(rows)), |a, b| a.merge(&b), numbers, "ClassHistograms");
        assert_close(&merged, &numbers(count(&all)), "ClassHistograms");
    }
}
