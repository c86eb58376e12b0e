//! Every kind of model, small.

use std::sync::OnceLock;

use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};

use crate::bayes::{BernoulliNb, ComplementNb, GaussianNb, MultinomialNb};
use crate::calibration::{Calibrated, Calibration, ClassHistograms, ThresholdRule, Thresholded};
use crate::cluster::{KMeans, MiniBatchKMeans};
use crate::combine::{FittedPipeline, PerGroup};
use crate::data::{Csr, Keyed, Shared, Text};
use crate::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use crate::estimator::{DecisionFunction, LearnRows, PartialFit, PredictProba, TransformRows, TryPredict};
use crate::linear::{
    Averaging, LearningRate, LogisticRegression, Loss, OneVsRest, PoissonRegressor, SgdClassifier, SgdOneClassSvm,
    SgdRegressor,
};
use crate::persist::file::{decode, encode};
use crate::persist::{Persist, Training};
use crate::preprocessing::{
    LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder, StandardScaler,
    TfidfTransformer, VarianceThreshold,
};
use crate::text::HashingVectorizer;

pub(super) const COLUMNS: usize = 5;

/// A kind of model: its file, and what loads a file and predicts with it. Whether it could be loaded.
pub(super) struct Subject {
    pub kind: String,
    pub file: Vec<u8>,
    pub try_out: Box<TryOut>,
}

pub(super) type TryOut = dyn Fn(&[u8]) -> bool + Send + Sync;

fn subject<M: Persist>(model: &M, use_it: impl Fn(&M) + Shared) -> Subject {
    use_it(model);
    let try_out = move |file: &[u8]| match decode::<M>(file) {
        Ok(model) => {
            // Rows of other widths are refused, in the model's own way.
            if model.columns_in().is_none_or(|columns| columns == COLUMNS) {
                use_it(&model);
            }
            drop(encode(&model, &Training::default()));
            true
        }
        Err(_) => false,
    };
    let file = encode(model, &Training::default()).unwrap();
    Subject { kind: M::kind(), file, try_out: Box::new(try_out) }
}

pub(super) fn rows() -> Array2<f64> {
    Array2::from_shape_fn((40, COLUMNS), |(i, j)| ((i * 131 + j * 71 + i * i * (j + 1)) % 23) as f64 / 7.0)
}

fn classes(n: usize) -> Array1<usize> {
    rows().rows().into_iter().map(|row| (0..n - 1).filter(|&j| row[j] > 1.2).count()).collect()
}

/// Whether it predicts, or tells why not.
fn predicts<M: TryPredict<X, Y>, X, Y>(model: &M, x: &X) -> bool {
    model.try_predict(x).is_ok()
}

macro_rules! classifies {
    ($model:expr) => {
        subject(&$model, |model| {
            let (x, sparse) = (rows(), Csr::from_dense(&rows()).unwrap());
            let decides = (model.decision_function(&x).is_ok(), model.predict_proba(&x).is_ok());
            assert_eq!((predicts(model, &x), predicts(model, &sparse)), (decides.0, decides.0));
        })
    };
}

macro_rules! transforms {
    ($model:expr, $rows:expr) => {
        subject(&$model, |model| drop(model.transform_rows(&$rows)))
    };
}

fn words() -> Array2<String> {
    Array2::from_shape_fn((9, COLUMNS), |(i, j)| format!("{}", (i * (j + 2)) % 5))
}

fn learned<P: LearnRows<R>, R>(params: P, rows: &R) -> P::Learned {
    params.finish(params.learn(rows).unwrap()).unwrap()
}

pub(super) fn subjects() -> &'static [Subject] {
    static ALL: OnceLock<Vec<Subject>> = OnceLock::new();
    ALL.get_or_init(|| {
        [linear(), bayes_and_calibration(), transformers(), composites()].into_iter().flatten().collect()
    })
}

fn linear() -> Vec<Subject> {
    let data = |n| DatasetBase::new(rows(), classes(n));
    let sgd = || SgdClassifier::params().loss(Loss::LogLoss);
    let values = DatasetBase::new(rows(), rows().column(1).mapv(f64::exp));
    let labels = Array2::from_shape_fn((40, 9), |(i, k)| rows()[(i, k % COLUMNS)] > 0.3 * k as f64);
    let ada_grad = sgd().learning_rate(LearningRate::AdaGrad).eta0(0.1);
    vec![
        classifies!(LogisticRegression::params().fit(&data(3)).unwrap()),
        classifies!(sgd().fit(&data(2)).unwrap()),
        classifies!(sgd().average(Averaging::From(5)).fit(&data(3)).unwrap()),
        classifies!(sgd().fit_with(None, &data(3)).unwrap()),
        classifies!(ada_grad.fit(&data(2)).unwrap()),
        classifies!(SgdClassifier::from_parts(vec![1_usize, 4], rows().select(Axis(0), &[0]), array![0.5]).unwrap()),
        subject(&OneVsRest::params(SgdClassifier::params()).fit(&DatasetBase::new(rows(), labels)).unwrap(), |model| {
            assert_eq!(predicts(model, &rows()), model.decision_function(&rows()).is_ok());
        }),
        subject(&SgdRegressor::params().fit(&values).unwrap(), |model| {
            predicts(model, &rows());
        }),
        subject(&SgdOneClassSvm::params().fit(&values).unwrap(), |model| {
            assert_eq!(predicts(model, &rows()), model.decision_function(&rows()).is_ok());
        }),
        subject(&PoissonRegressor::params().fit(&values).unwrap(), |model| {
            predicts(model, &rows());
        }),
    ]
}

fn bayes_and_calibration() -> Vec<Subject> {
    let data = |n| DatasetBase::new(rows(), classes(n));
    let model = |n| SgdClassifier::params().fit(&data(n)).unwrap();
    let held_out = |n| {
        let model = model(n);
        let decision = model.decision_function(&rows()).unwrap();
        ClassHistograms::count(model.classes(), classes(n).view(), &decision).unwrap()
    };
    let calibrated = |n, how| Calibrated::new(model(n), &held_out(n), how).unwrap();
    macro_rules! decides {
        ($model:expr) => {
            subject(&$model, |model| {
                predicts(model, &rows());
            })
        };
    }
    vec![
        subject(&GaussianNb::params().fit(&data(3)).unwrap(), |model: &GaussianNb<usize>| {
            let next = GaussianNb::params().fit_with(Some(model.clone()), &DatasetBase::new(rows(), classes(3)));
            drop(next.map(|next| next.predict_proba(&rows())));
        }),
        classifies!(MultinomialNb::params().fit(&data(3)).unwrap()),
        classifies!(ComplementNb::params().alphas(vec![0.5; COLUMNS]).fit(&data(3)).unwrap()),
        classifies!(BernoulliNb::params().classes(vec![0, 1]).class_prior(vec![0.3, 0.7]).fit(&data(2)).unwrap()),
        classifies!(GaussianNb::params().fit(&data(3)).unwrap()),
        decides!(calibrated(2, Calibration::Isotonic)),
        decides!(calibrated(3, Calibration::Isotonic)),
        decides!(calibrated(3, Calibration::Sigmoid)),
        decides!(Thresholded::new(model(2), &held_out(2), ThresholdRule::FBeta(1.0)).unwrap()),
    ]
}

fn transformers() -> Vec<Subject> {
    let data = DatasetBase::from(rows());
    let labels = Array1::from_iter(words().column(1).iter().cloned());
    let sets: Vec<Vec<u16>> = vec![vec![3, 1], vec![], vec![7]];
    let clusters = |model: &KMeans| {
        predicts(model, &rows());
    };
    vec![
        transforms!(StandardScaler::params().fit(&data).unwrap(), rows()),
        transforms!(MinMaxScaler::params().clip(true).fit(&data).unwrap(), rows()),
        transforms!(MaxAbsScaler::params().clip(true).fit(&data).unwrap(), rows()),
        transforms!(VarianceThreshold::params().threshold(0.9).fit(&data).unwrap(), rows()),
        transforms!(TruncatedSvd::params().fit(&data).unwrap(), rows()),
        transforms!(Pca::params().n_components(2).whiten(true).fit(&data).unwrap(), rows()),
        subject(&IncrementalPca::params().n_components(2).fit(&data).unwrap(), |model| {
            drop(model.transform_rows(&rows()));
            let next = IncrementalPca::params().fit_with(Some(model.clone()), &DatasetBase::from(rows()));
            drop(next.map(|next| next.transform_rows(&rows())));
        }),
        transforms!(
            learned(TfidfTransformer::params().check().unwrap(), &Csr::from_dense(&rows()).unwrap()),
            Csr::from_dense(&rows()).unwrap()
        ),
        transforms!(learned(OneHotEncoder::params().check().unwrap(), &words()), words()),
        transforms!(learned(OrdinalEncoder::params().unknown_value(Some(-1.0)).check().unwrap(), &words()), words()),
        transforms!(
            learned(LabelBinarizer::params().check().unwrap(), &labels),
            Array1::from_iter(words().column(1).iter().cloned())
        ),
        transforms!(learned(MultiLabelBinarizer::params().check().unwrap(), &sets), vec![vec![3u16, 7], vec![1]]),
        subject(&MiniBatchKMeans::params().n_clusters(3).fit(&data).unwrap(), |model| {
            drop(model.transform_rows(&rows()));
            let next =
                MiniBatchKMeans::params().n_clusters(3).fit_with(Some(model.clone()), &DatasetBase::from(rows()));
            drop(next.map(|next| next.transform_rows(&rows())));
        }),
        subject(&KMeans::params().n_clusters(3).fit(&data).unwrap(), clusters),
        subject(&HashingVectorizer::params().n_features(64).check().unwrap(), |model| {
            drop(model.transform_text(&["oil prices", "exports"].into_iter().collect::<Text>()));
        }),
    ]
}

fn composites() -> Vec<Subject> {
    let scaler = StandardScaler::params().fit(&DatasetBase::from(rows())).unwrap();
    let model = SgdRegressor::params().fit(&DatasetBase::new(rows(), rows().column(1).to_owned())).unwrap();
    let keys: Vec<usize> = (0..40).map(|i| i % 3).collect();
    let keyed = move || Keyed::new(rows(), keys.clone()).unwrap();
    let chunk = DatasetBase::new(keyed(), rows().column(2).to_owned());
    let groups = PerGroup::new(SgdRegressor::params()).partial_fit(None, &chunk).unwrap();
    vec![
        subject(&FittedPipeline { transformer: scaler.into(), model }, |pipeline| {
            if let Ok(scaled) = pipeline.transformer.transform_rows(&rows()) {
                predicts(&pipeline.model, &scaled);
            }
        }),
        subject(&groups, move |groups| {
            predicts(groups, &keyed());
        }),
    ]
}
