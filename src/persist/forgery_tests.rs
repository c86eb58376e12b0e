//! Files that were forged, their checksum right: an error, or a model that predicts without a panic.
//!
//! Every kind of model; every part of its JSON and every tensor replaced by what does not belong there, one at a time and
//! two at random.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};
use proptest::prelude::*;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use super::file::{ENTRY, checksum, decode, encode};
use super::tensors::{Numbers, Tensor, Tensors};
use super::tests::pointers;
use super::writer::TENSOR;
use super::{Persist, Training};
use crate::bayes::{BernoulliNb, ComplementNb, GaussianNb, MultinomialNb};
use crate::calibration::{Calibrated, Calibration, ClassHistograms, ThresholdRule, Thresholded};
use crate::cluster::{KMeans, MiniBatchKMeans};
use crate::combine::{FittedPipeline, PartialFit, PerGroup};
use crate::data::{Csr, Keyed, Text};
use crate::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use crate::linear::{
    Averaging, DecisionFunction, LearningRate, LogisticRegression, Loss, OneVsRest, PoissonRegressor, PredictProba,
    SgdClassifier, SgdOneClassSvm, SgdRegressor,
};
use crate::preprocessing::{
    LabelBinarizer, LearnRows, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder,
    StandardScaler, TfidfTransformer, TransformRows, VarianceThreshold,
};
use crate::text::HashingVectorizer;

const COLUMNS: usize = 5;

/// A kind of model: its file, and what loads a file and predicts with it. Whether it could be loaded.
struct Subject {
    kind: String,
    file: Vec<u8>,
    try_out: Box<TryOut>,
}

type TryOut = dyn Fn(&[u8]) -> bool + Send + Sync;

fn subject<M: Persist>(model: &M, use_it: impl Fn(&M) + Send + Sync + 'static) -> Subject {
    use_it(model);
    let try_out = move |file: &[u8]| match decode::<M>(file) {
        Ok(model) => {
            // Rows of other widths are refused, in the model's own way.
            if model.columns_in().is_none_or(|columns| columns == COLUMNS) {
                use_it(&model);
            }
            true
        }
        Err(_) => false,
    };
    let file = encode(model, &Training::default()).unwrap();
    Subject { kind: M::kind(), file, try_out: Box::new(try_out) }
}

fn rows() -> Array2<f64> {
    Array2::from_shape_fn((40, COLUMNS), |(i, j)| ((i * 131 + j * 71 + i * i * (j + 1)) % 23) as f64 / 7.0)
}

fn classes(n: usize) -> Array1<usize> {
    rows().rows().into_iter().map(|row| (0..n - 1).filter(|&j| row[j] > 1.2).count()).collect()
}

/// Decision values first: where they fail, so do predictions, with a panic that is documented.
macro_rules! classifies {
    ($model:expr) => {
        subject(&$model, |model| {
            let (x, sparse) = (rows(), Csr::from_dense(&rows()).unwrap());
            if model.decision_function(&x).is_ok() && model.predict_proba(&x).is_ok() {
                let _: (Array1<usize>, Array1<usize>) = (model.predict(&x), model.predict(&sparse));
            }
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

fn subjects() -> &'static [Subject] {
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
            if model.decision_function(&rows()).is_ok() {
                let _: Array2<bool> = model.predict(&rows());
            }
        }),
        subject(&SgdRegressor::params().fit(&values).unwrap(), |model| {
            if model.is_fitted() {
                let _: Array1<f64> = model.predict(&rows());
            }
        }),
        subject(&SgdOneClassSvm::params().fit(&values).unwrap(), |model| {
            if model.decision_function(&rows()).is_ok() {
                let _: Array1<bool> = model.predict(&rows());
            }
        }),
        subject(&PoissonRegressor::params().fit(&values).unwrap(), |model| {
            let _: Array1<f64> = model.predict(&rows());
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
    macro_rules! predicts {
        ($model:expr) => {
            subject(&$model, |model| {
                if model.decision_function(&rows()).is_ok() {
                    let _: Array1<usize> = linfa::traits::PredictInplace::default_target(model, &rows());
                    let mut found = Array1::zeros(40);
                    linfa::traits::PredictInplace::predict_inplace(model, &rows(), &mut found);
                }
            })
        };
    }
    vec![
        classifies!(MultinomialNb::params().fit(&data(3)).unwrap()),
        classifies!(ComplementNb::params().alphas(vec![0.5; COLUMNS]).fit(&data(3)).unwrap()),
        classifies!(BernoulliNb::params().classes(vec![0, 1]).class_prior(vec![0.3, 0.7]).fit(&data(2)).unwrap()),
        classifies!(GaussianNb::params().fit(&data(3)).unwrap()),
        predicts!(calibrated(2, Calibration::Isotonic)),
        predicts!(calibrated(3, Calibration::Isotonic)),
        predicts!(calibrated(3, Calibration::Sigmoid)),
        predicts!(Thresholded::new(model(2), &held_out(2), ThresholdRule::FBeta(1.0)).unwrap()),
    ]
}

fn transformers() -> Vec<Subject> {
    let data = DatasetBase::from(rows());
    let labels = Array1::from_iter(words().column(1).iter().cloned());
    let sets: Vec<Vec<u16>> = vec![vec![3, 1], vec![], vec![7]];
    let clusters = |model: &KMeans| {
        if model.inertia(&rows()).is_ok() {
            let _: Array1<usize> = model.predict(&rows());
        }
    };
    vec![
        transforms!(StandardScaler::params().fit(&data).unwrap(), rows()),
        transforms!(MinMaxScaler::params().clip(true).fit(&data).unwrap(), rows()),
        transforms!(MaxAbsScaler::params().clip(true).fit(&data).unwrap(), rows()),
        transforms!(VarianceThreshold::params().threshold(0.9).fit(&data).unwrap(), rows()),
        transforms!(TruncatedSvd::params().fit(&data).unwrap(), rows()),
        transforms!(Pca::params().n_components(2).whiten(true).fit(&data).unwrap(), rows()),
        transforms!(IncrementalPca::params().n_components(2).fit(&data).unwrap(), rows()),
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
        transforms!(MiniBatchKMeans::params().n_clusters(3).fit(&data).unwrap(), rows()),
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
            if let Ok(scaled) = pipeline.transformer.transform_rows(&rows())
                && pipeline.model.is_fitted()
            {
                let _: Array1<f64> = pipeline.model.predict(&scaled);
            }
        }),
        subject(&groups, move |groups| {
            let fits = |model: &SgdRegressor<f64>| model.columns_in() == Some(COLUMNS);
            if (0..3).all(|key| groups.get(&key).is_ok_and(fits)) {
                let mut found = Array1::<f64>::zeros(40);
                linfa::traits::PredictInplace::predict_inplace(groups, &keyed(), &mut found);
            }
        }),
    ]
}

/// What a file says, apart: its entry and its tensors.
fn apart(file: &[u8]) -> (Value, Tensors) {
    let read = SafeTensors::deserialize(file).unwrap();
    let (_, metadata) = SafeTensors::read_metadata(file).unwrap();
    let mut entry: Value = serde_json::from_str(&metadata.metadata().as_ref().unwrap()[ENTRY]).unwrap();
    entry.as_object_mut().unwrap().remove("checksum");
    let words = |bytes: &[u8]| bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
    let numbers = |tensor: &safetensors::tensor::TensorView<'_>| -> Numbers {
        let words: Vec<u64> = words(tensor.data());
        match tensor.dtype() {
            Dtype::F64 => Numbers::F64(words.into_iter().map(f64::from_bits).collect()),
            Dtype::U64 => Numbers::U64(words),
            other => panic!("no subject has numbers of type {other:?}"),
        }
    };
    let all = read.tensors().into_iter();
    let all = all.map(|(name, tensor)| (name, Tensor { shape: tensor.shape().to_vec(), numbers: numbers(&tensor) }));
    (entry, all.collect())
}

/// The file of such an entry and tensors, its checksum right; `None` if no file can hold these.
fn together(mut entry: Value, tensors: &Tensors) -> Option<Vec<u8>> {
    let plain = safetensors::serialize(tensors, None).ok()?;
    let sum = checksum(&entry, &SafeTensors::deserialize(&plain).ok()?);
    entry["checksum"] = sum.into();
    safetensors::serialize(tensors, Some(HashMap::from([(ENTRY.to_owned(), entry.to_string())]))).ok()
}

/// What may be done to a part of the JSON.
fn replaced(was: &Value, lie: usize, tensors: &Tensors) -> Option<Value> {
    let list = was.as_array();
    let names = tensors.keys().map(|name| json!({ TENSOR: name }));
    let lies = [
        Some(json!(null)),
        Some(json!(0)),
        Some(json!(1)),
        Some(json!(3)),
        Some(json!(-1)),
        Some(json!(1u64 << 60)),
        Some(json!(u64::MAX)),
        Some(json!(0.5)),
        Some(json!(true)),
        Some(json!("x")),
        Some(json!([])),
        Some(json!([[1, 2]])),
        Some(json!({ "a": 1 })),
        Some(json!({ TENSOR: "gone" })),
        list.and_then(|list| Some(list.split_last()?.1.into())),
        list.and_then(|list| Some([list.clone(), vec![list.last()?.clone()]].concat().into())),
        list.map(|list| list.iter().rev().cloned().collect()),
    ];
    lies.into_iter().chain(names.map(Some)).nth(lie).flatten()
}

/// What may be done to a tensor.
fn changed(tensor: &Tensor, lie: usize) -> Option<Tensor> {
    let Tensor { shape, numbers } = tensor;
    let floats = match numbers {
        Numbers::F64(floats) => floats.clone(),
        _ => vec![0.0; numbers.len()],
    };
    let keep = |n: usize| match numbers {
        Numbers::F64(floats) => Numbers::F64(floats.iter().copied().cycle().take(n).collect()),
        Numbers::U64(words) => Numbers::U64(words.iter().copied().cycle().take(n).collect()),
        _ => Numbers::F64(vec![0.0; n]),
    };
    let of_shape = |shape: Vec<usize>| Tensor { numbers: keep(shape.iter().product()), shape };
    let filled = |number: f64| Tensor { shape: shape.clone(), numbers: Numbers::F64(vec![number; numbers.len()]) };
    let first = *shape.first()?;
    let with_first = |n: usize| of_shape([vec![n], shape[1..].to_vec()].concat());
    Some(match lie {
        0 => of_shape(shape.iter().rev().copied().collect()),
        1 => of_shape(vec![numbers.len()]),
        2 => with_first(first.checked_sub(1)?),
        3 => with_first(first + 1),
        4 => with_first(0),
        5 => of_shape([shape.clone(), vec![0]].concat()),
        6 => filled(f64::NAN),
        7 => filled(f64::INFINITY),
        8 => filled(-1e300),
        9 => Tensor { shape: shape.clone(), numbers: Numbers::F32(floats.iter().map(|&x| x as f32).collect()) },
        10 => Tensor { shape: shape.clone(), numbers: Numbers::U64(vec![u64::MAX; numbers.len()]) },
        _ => return None,
    })
}

/// Where lies can be told: a part of the JSON, or a tensor.
fn places(entry: &Value, tensors: &Tensors) -> Vec<String> {
    let mut all = Vec::new();
    pointers(&entry["model"], "/model", &mut all);
    all.extend(tensors.keys().cloned());
    all
}

const LIES: usize = 24;

/// Tells a lie at a place, if that one can be told there.
fn lie_at(place: &str, lie: usize, entry: &mut Value, tensors: &mut Tensors) -> Option<()> {
    if place.starts_with('/') {
        let was = entry.pointer(place)?.clone();
        *entry.pointer_mut(place)? = replaced(&was, lie, tensors)?;
    } else {
        let tensor = changed(tensors.get(place)?, lie)?;
        tensors.insert(place.to_owned(), tensor);
    }
    Some(())
}

/// Whether the file loads; a panic names the lies.
fn try_out(subject: &Subject, entry: Value, tensors: &Tensors, lies: &[(&str, usize)]) -> Option<bool> {
    let file = together(entry, tensors)?;
    let tried = catch_unwind(AssertUnwindSafe(|| (subject.try_out)(&file)));
    Some(tried.unwrap_or_else(|_| panic!("a {} with lies {lies:?} panics", subject.kind)))
}

#[test]
fn one_lie_anywhere_is_an_error_or_harmless() {
    for subject in subjects() {
        assert!((subject.try_out)(&subject.file));
        let (entry, tensors) = apart(&subject.file);
        let (mut refused, mut loaded) = (0, 0);
        for place in places(&entry, &tensors) {
            for lie in 0..LIES {
                let (mut entry, mut tensors) = (entry.clone(), tensors.clone());
                if lie_at(&place, lie, &mut entry, &mut tensors).is_none() {
                    continue;
                }
                match try_out(subject, entry, &tensors, &[(&place, lie)]) {
                    Some(true) => loaded += 1,
                    _ => refused += 1,
                }
            }
        }
        assert!(refused > loaded, "{}: {refused} refused, {loaded} loaded", subject.kind);
    }
}

#[test]
fn a_pipeline_whose_parts_have_other_columns_is_refused() {
    let transformer = StandardScaler::params().fit(&DatasetBase::from(rows())).unwrap();
    let save = |coef: Array1<f64>| {
        let model = SgdRegressor::from_parts(coef, 0.0).unwrap();
        encode(&FittedPipeline { transformer: transformer.clone().into(), model }, &Training::default()).unwrap()
    };
    type Pipeline = FittedPipeline<StandardScaler, SgdRegressor<f64>>;
    assert!(decode::<Pipeline>(&save(Array1::ones(COLUMNS))).is_ok());
    let error = decode::<Pipeline>(&save(Array1::ones(COLUMNS - 1))).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().contains("its parts contradict each other"), "{error}");
    assert!(cause.contains("columns of the model"), "{cause}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn several_lies_are_an_error_or_harmless(
        which in any::<prop::sample::Index>(),
        lies in proptest::collection::vec((any::<prop::sample::Index>(), 0..LIES), 1..4),
    ) {
        let subject = which.get(subjects());
        let (mut entry, mut tensors) = apart(&subject.file);
        let places = places(&entry, &tensors);
        let lies: Vec<(&str, usize)> = lies.iter().map(|(place, lie)| (place.get(&places).as_str(), *lie)).collect();
        for (place, lie) in &lies {
            lie_at(place, *lie, &mut entry, &mut tensors);
        }
        try_out(subject, entry, &tensors, &lies);
    }
}
