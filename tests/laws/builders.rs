//! Builders keep what was set, and offer every setting in any order: two orders of the same settings make the same.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chunkfit::bayes::{GaussianNb, MultinomialNb};
use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::combine::{ChainedLabels, Concatenated, EarlyStopping};
use chunkfit::data::Chunk;
use chunkfit::data::Norm;
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::graph::{Compute, Key};
use chunkfit::linear::{
    Averaging, ClassWeight, LearningRate, Loss, OneVsRest, Penalty, SgdClassifierParams, SgdOneClassSvm, SgdRegressor,
    TweedieRegressor,
};
use chunkfit::metrics::Scorer;
use chunkfit::model_selection::{Grid, KFold, Search, TrainScores};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{HandleUnknown, LabelBinarizer, OneHotEncoder, OrdinalEncoder};
use chunkfit::sources::{BadRecords, Csv, Files};
use chunkfit::text::FeatureHasher;
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde::Serialize;

type Examples<T> = DatasetBase<Array2<f64>, T>;

/// What `look` sees of a builder after its settings in each order, and after all but one of them.
macro_rules! orders {
    ($look:ident($($with:expr),*), $start:expr, [$($a:tt)*], [$($b:tt)*]) => {
        (
            vec![$look(&$start.$($a)*.$($b)*, $($with),*), $look(&$start.$($b)*.$($a)*, $($with),*)],
            vec![$look(&$start.$($a)*, $($with),*), $look(&$start.$($b)*, $($with),*)],
        )
    };
    ($look:ident($($with:expr),*), $start:expr, [$($a:tt)*], [$($b:tt)*], [$($c:tt)*]) => {
        (
            vec![
                $look(&$start.$($a)*.$($b)*.$($c)*, $($with),*),
                $look(&$start.$($a)*.$($c)*.$($b)*, $($with),*),
                $look(&$start.$($b)*.$($a)*.$($c)*, $($with),*),
                $look(&$start.$($b)*.$($c)*.$($a)*, $($with),*),
                $look(&$start.$($c)*.$($a)*.$($b)*, $($with),*),
                $look(&$start.$($c)*.$($b)*.$($a)*, $($with),*),
            ],
            vec![
                $look(&$start.$($b)*.$($c)*, $($with),*),
                $look(&$start.$($a)*.$($c)*, $($with),*),
                $look(&$start.$($a)*.$($b)*, $($with),*),
            ],
        )
    };
}

/// All orders make the same, to which every setting contributes.
fn obey<T: PartialEq + Debug>(name: &str, (all, without): (Vec<T>, Vec<T>)) {
    for (order, found) in all.iter().enumerate() {
        assert_eq!(found, &all[0], "{name}, order {order}");
    }
    for (left_out, found) in without.iter().enumerate() {
        assert_ne!(found, &all[0], "{name}: one setting is lost, see {left_out}");
    }
}

fn chunks<T>(targets: impl Fn(usize) -> T) -> Chunks<Examples<T>>
where
    Examples<T>: Chunk,
{
    let rows = |c: usize| Array2::from_shape_fn((12, 2), |(i, j)| ((i * 5 + c * 3 + j * 7) % 11) as f64);
    Chunks::from_memory((0..4).map(|c| DatasetBase::new(rows(c), targets(c))))
}

fn labelled() -> Chunks<Examples<Array1<bool>>> {
    chunks(|c| Array1::from_shape_fn(12, |i| (i + c).is_multiple_of(3)))
}

/// The identity of the model, and the labels of the tasks that make it.
fn fit<D, F>(estimator: &F, chunks: &Chunks<D>) -> (Key, BTreeSet<String>)
where
    F: FitChunks<D, Fit: Fitted<D, Model: Send + Sync + 'static> + Compute>,
{
    let fit = estimator.fit(chunks);
    let key = fit.model().key();
    let summary = Runtime::new().threads(1).run(fit).unwrap().summary;
    (key, summary.stages.iter().filter_map(|stage| stage.label.as_deref().map(str::to_owned)).collect())
}

fn params<P: Serialize>(params: &P) -> Key {
    Key::of("params").params(params).finish()
}

fn shown<B: Debug>(builder: &B) -> String {
    format!("{builder:?}")
}

#[test]
fn combinators_keep_their_settings() {
    let (data, topics) =
        (labelled(), chunks(|c| Array2::from_shape_fn((12, 3), |(i, k)| (i + c + k).is_multiple_of(3))));
    let sgd = || SgdClassifier::<f64, bool>::params();
    let weighting = Weighting::Uniform;
    let averaged = || Averaged::new(LogisticRegression::<f64, bool>::params());
    obey("Averaged", orders!(fit(&data), averaged(), [rounds(2)], [weighting(weighting)], [label("average")]));
    let averaged = || Averaged::new(sgd()).rounds(5);
    obey("AveragedRounds", orders!(fit(&data), averaged(), [rounds(3)], [weighting(weighting)], [label("average")]));
    let stopping = EarlyStopping::default().validation_fraction(0.25).n_iter_no_change(2);
    let chained = || Chained::new(sgd());
    obey("Chained", orders!(fit(&data), chained(), [epochs(3)], [early_stopping(stopping)], [label("chain")]));
    let chained = || Chained::new(sgd()).early_stopping(EarlyStopping::default());
    obey("ChainedUntil", orders!(fit(&data), chained(), [epochs(3)], [early_stopping(stopping)], [label("chain")]));
    let chained = || ChainedLabels::new(OneVsRest::params(SgdClassifier::params()), 3);
    obey("ChainedLabels", orders!(fit(&topics), chained(), [epochs(3)], [label("labels")]));
    let summed = || Summed::new(LogisticRegression::<f64, bool>::params());
    obey("Summed", orders!(fit(&data), summed(), [max_passes(30)], [label("sum")]));
    let (one, other) = (Concatenated::new(sgd()).label("one"), Concatenated::new(sgd()).label("other").label("one"));
    assert_eq!(fit(&one, &data), fit(&other, &data));
    let early = EarlyStopping::default;
    obey("EarlyStopping", orders!(params(), early(), [validation_fraction(0.2)], [n_iter_no_change(9)], [tol(0.5)]));
}

#[test]
fn searches_and_sources_keep_their_settings() {
    type Seen = (Vec<String>, Vec<(Vec<f64>, bool)>);
    type Build = fn(&SgdClassifierParams<bool>) -> Chained<SgdClassifierParams<bool>>;
    type Sgds = Grid<SgdClassifierParams<bool>>;

    fn found(search: &Search<SgdClassifierParams<bool>, Sgds, Build, KFold>) -> Seen {
        let found = search.run(&Runtime::new().threads(1), &labelled()).unwrap();
        let scores = |row: chunkfit::model_selection::CandidateResult<_>| {
            (row.mean_test_scores, row.folds[0].train_scores.is_some())
        };
        (found.scorers, found.candidates.into_iter().map(scores).collect())
    }

    let grid = || Grid::new(SgdClassifier::params()).vary("alpha", [1e-2, 1e-3], |sgd, alpha| sgd.alpha(alpha));
    let search = || Search::new(grid(), (|sgd| Chained::new(sgd.clone())) as Build);
    let (folds, train_scores) = (KFold::new(3), TrainScores::With);
    obey("Search", orders!(found(), search(), [folds(folds)], [scoring([Scorer::F1])], [train_scores(train_scores)]));

    let csv = || Csv::over(Files::find_all(Vec::<&str>::new()).unwrap());
    obey("Csv", orders!(shown(), csv(), [chunk_bytes(1 << 10)], [columns(["a", "b"])], [weight("a")]));
    let bad = || BadRecords::skip().at_most(9);
    obey("Csv", orders!(shown(), csv(), [bad_records(bad())], [delimiter(b';')], [one_line_records()]));
    obey("BadRecords", orders!(shown(), BadRecords::skip(), [at_most(3)], [at_most_share(0.5)], [set_aside("aside")]));
}

fn setting<P>(_: &P, set: fn(P) -> P) -> fn(P) -> P {
    set
}

/// Parameters after all settings, begun at each of them and forwards or backwards, and after all but one.
macro_rules! params_of {
    ($start:expr; $($name:ident($($value:expr),*)),*) => {{
        let settings = [$(setting(&$start, |params| params.$name($($value),*))),*];
        let made = |order: Vec<usize>| params(&order.into_iter().fold($start, |made, i| settings[i](made)));
        let n = settings.len();
        let forwards = (0..n).map(|first| made((0..n).map(|i| (first + i) % n).collect()));
        let backwards = (0..n).map(|first| made((0..n).map(|i| (first + n - i) % n).collect()));
        let without = (0..n).map(|left_out| made((0..n).filter(|&i| i != left_out).collect()));
        obey(stringify!($start), (forwards.chain(backwards).collect(), without.collect()))
    }};
}

#[test]
fn parameters_keep_their_settings() {
    params_of!(SgdClassifier::<f64, usize>::params();
        loss(Loss::LogLoss), learning_rate(LearningRate::Constant), penalty(Penalty::L1), alpha(0.5), eta0(0.5),
        fit_intercept(false), shuffle(false), seed(9), epochs(9), tol(None), n_iter_no_change(9),
        average(Averaging::From(9)), class_weight(ClassWeight::ByLabel(vec![(1, 2.0)])), classes(vec![1, 2]));
    params_of!(SgdRegressor::params();
        loss(Loss::Huber { epsilon: 0.5 }), learning_rate(LearningRate::Constant),
        penalty(Penalty::L1), alpha(0.5), eta0(0.5), fit_intercept(false), shuffle(false), seed(9), epochs(9));
    params_of!(SgdOneClassSvm::params();
        nu(0.1), learning_rate(LearningRate::Constant), eta0(0.5), fit_intercept(false), shuffle(false), seed(9));
    params_of!(LogisticRegression::<f64, usize>::params();
        c(0.5), fit_intercept(false), penalize_intercept(true), max_iter(9), tol(0.5));
    params_of!(TweedieRegressor::params(); power(1.5), alpha(0.5), fit_intercept(false), max_iter(9), tol(0.5));
    params_of!(MultinomialNb::<usize>::params(); alpha(0.5), force_alpha(false), fit_prior(false), classes(vec![1, 2]));
    params_of!(GaussianNb::<usize>::params(); var_smoothing(0.5), priors(vec![0.5, 0.5]), classes(vec![1, 2]));
    params_of!(KMeans::params(); n_clusters(3), init(Init::Random), init_size(99), max_iter(9), seed(9));
    params_of!(MiniBatchKMeans::params();
        n_clusters(3), init(Init::Random), batch_size(99), reassignment_ratio(0.5), seed(9));
    params_of!(TruncatedSvd::params(); n_components(9), n_iter(9), n_oversamples(9), seed(9));
    params_of!(Pca::params(); n_components(9), whiten(true));
    params_of!(IncrementalPca::params(); n_components(9), whiten(true));
    params_of!(StandardScaler::params(); with_mean(false), with_std(false));
    params_of!(MinMaxScaler::params(); feature_range(-1.0, 2.0), clip(true));
    params_of!(TfidfTransformer::params(); norm(None), use_idf(false), smooth_idf(false), sublinear_tf(true));
    let words = || HashingVectorizer::params();
    params_of!(words();
        n_features(9), alternate_sign(false), norm(Some(Norm::L1)), binary(true), lowercase(false), ngram_range(1, 3));
}

/// The element type is a parameter of the type: setting it keeps the others.
#[test]
fn types_of_elements_are_set_in_any_order() {
    let words = HashingVectorizer::params;
    obey("words", orders!(params(), words(), [n_features(9)], [dtype::<f32>()], [binary(true)]));
    let hasher = FeatureHasher::params;
    obey("hasher", orders!(params(), hasher(), [n_features(9)], [dtype::<f32>()], [alternate_sign(false)]));
    let (ignore, classes) = (HandleUnknown::Ignore, || vec![1, 2]);
    let one_hot = OneHotEncoder::<i32, f64>::params;
    obey(
        "one-hot",
        orders!(params(), one_hot(), [categories(vec![classes()])], [dtype::<f32>()], [handle_unknown(ignore)]),
    );
    let ordinal = OrdinalEncoder::<i32, f64>::params;
    obey(
        "ordinal",
        orders!(params(), ordinal(), [categories(vec![classes()])], [dtype::<f32>()], [unknown_value(Some(9.0))]),
    );
    let labels = LabelBinarizer::<i32, f64>::params;
    obey(
        "labels",
        orders!(params(), labels(), [classes(classes())], [dtype::<f32>()], [values(-1.0, 2.0).handle_unknown(ignore)]),
    );
}
