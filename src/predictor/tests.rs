//! Predictors of files, of input of every form, and of files that are not theirs.

use std::collections::BTreeMap;

use linfa::{DatasetBase, Label};
use ndarray::{Array1, Array2, array};
use serde::{Deserialize, Serialize};

use super::{AnyLabel, Predictor, Transformed};
use crate::bayes::MultinomialNb;
use crate::calibration::{Calibration, ThresholdRule};
use crate::chunks::Chunks;
use crate::combine::{Calibrate, Chained, FitChunks, Pipeline, Preprocess, Summed};
use crate::combine::{FittedPipeline, PerGroup};
use crate::data::{Csr, Text};
use crate::data::{Footprint, Keyed};
use crate::error::{Error, ErrorKind};
use crate::graph::Runtime;
use crate::linear::SgdClassifier;
use crate::linear::{LinearRegression, OneVsRest};
use crate::persist::{Persist, Training};
use crate::preprocessing::OneHotEncoder;
use crate::preprocessing::{MaxAbsScaler, MinMaxScaler, StandardScaler, TfidfTransformer};
use crate::text::HashingVectorizer;

fn loaded<M: Persist>(model: &M) -> Predictor {
    Predictor::from_bytes(&model.to_bytes(&Training::default()).unwrap()).unwrap()
}

fn rows() -> Array2<f64> {
    array![[0.0, 1.0], [1.0, 0.5], [2.0, 0.0], [3.0, -2.5], [0.25, 0.5], [2.5, -1.0]]
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Mail {
    #[default]
    Spam,
    Ham,
}

impl Label for Mail {}
impl Footprint for Mail {}

#[test]
fn labels_are_those_that_were_learned() {
    // An enumeration whose order is not that of the names of its variants.
    let mails = array![Mail::Spam, Mail::Ham, Mail::Ham, Mail::Ham, Mail::Spam, Mail::Ham];
    let chunks = Chunks::from_memory([DatasetBase::new(rows(), mails)]);
    let sgd = Chained::new(SgdClassifier::params()).epochs(5);
    let model = Runtime::new().compute(Pipeline::new(StandardScaler::params(), sgd).fit(&chunks)).unwrap();
    let predictor = loaded(&model);
    assert_eq!(predictor.classes(), ["Spam".into(), "Ham".into()]);
    assert_eq!(
        (predictor.n_features_in(), predictor.kind()),
        (Some(2), "FittedPipeline<StandardScaler, SgdClassifier>")
    );
    let expected = model.predict(&rows()).unwrap().mapv(|mail| AnyLabel::from(format!("{mail:?}")));
    assert_eq!(predictor.predict(&rows()).unwrap().labels(), Some(&expected));
    assert_eq!(predictor.decision_function(rows().row(3)).unwrap(), model.decision_function(rows().row(3)).unwrap());
    let Transformed::Dense(scaled) = predictor.transform(&rows()).unwrap() else { panic!("dense rows stay dense") };
    assert_eq!(scaled, model.transform_all(&rows()).unwrap());
}

#[test]
fn labels_of_every_type_and_classes_that_were_declared() {
    macro_rules! check {
        ($label:ty, $classes:expr) => {{
            let classes: Vec<$label> = $classes;
            let targets = Array1::from_shape_fn(6, |i| classes[i % 2].clone());
            let chunks = Chunks::from_memory([DatasetBase::new(rows().mapv(f64::abs), targets)]);
            let params = MultinomialNb::params().classes(classes.clone());
            let model = Runtime::new().compute(Chained::new(params).fit(&chunks)).unwrap();
            let predictor = loaded(&model);
            assert_eq!(predictor.classes(), classes.iter().cloned().map(AnyLabel::from).collect::<Vec<_>>());
            assert_eq!(predictor.predict_proba(&rows().mapv(f64::abs)).unwrap().dim(), (6, classes.len()));
        }};
    }
    check!(String, ["a", "b", "c"].map(str::to_owned).to_vec());
    check!(usize, vec![3, 7, 1 << 60]);
    check!(bool, vec![false, true]);
}

#[test]
fn rows_of_the_other_width_are_converted_and_other_input_is_refused() {
    let narrow = rows().mapv(|value| value as f32);
    let values = array![0.5_f32, 1.25, 3.0, 4.5, 0.75, 3.5];
    let chunks = Chunks::from_memory([DatasetBase::new(narrow.clone(), values)]);
    let fit = Pipeline::new(MinMaxScaler::params(), Summed::new(LinearRegression::params())).fit(&chunks);
    let model = Runtime::new().compute(fit).unwrap();
    let predictor = loaded(&model);
    let expected = model.predict(&narrow).unwrap().mapv(f64::from);
    assert_eq!(predictor.predict(&narrow).unwrap().numbers(), Some(&expected));
    assert_eq!(predictor.predict(&rows()).unwrap().numbers(), Some(&expected));
    assert!(predictor.classes().is_empty());

    let said = |error: Error| error.to_string();
    let text = said(predictor.predict(&["a text"]).unwrap_err());
    assert!(text.contains("texts") && text.contains("MinMaxScaler") && text.contains("Array2<f64>"), "{text}");
    let sparse = said(predictor.predict(&Csr::from_dense(&rows()).unwrap()).unwrap_err());
    assert!(sparse.contains("sparse rows") && sparse.contains("dense rows"), "{sparse}");
    assert!(matches!(predictor.predict(&array![[1.0]]).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
    let odd = predictor.predict(&array![[1.0, 2.0], [f64::NAN, 0.0]]).unwrap_err();
    assert_eq!((odd.kind(), odd.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
    assert!(said(predictor.predict_proba(&rows()).unwrap_err()).contains("no classifier"));
    assert!(said(predictor.decision_function(&rows()).unwrap_err()).contains("decision values"));
}

/// Three transformers, then a model.
type OfThree<A, B, C, M> = FittedPipeline<A, FittedPipeline<B, FittedPipeline<C, M>>>;

/// The same transformers before another model.
fn with_model<A, B, C, M, N>(fit: &OfThree<A, B, C, M>, model: N) -> OfThree<A, B, C, N> {
    let third = FittedPipeline { transformer: fit.model.model.transformer.clone(), model };
    let second = FittedPipeline { transformer: fit.model.transformer.clone(), model: third };
    FittedPipeline { transformer: fit.transformer.clone(), model: second }
}

#[test]
fn nested_pipelines_of_text_and_models_around_models() {
    let texts = ["oil is up", "tea is down", "oil sinks", "tea is up"];
    let documents: Text = texts.iter().collect();
    let data = DatasetBase::new(documents.clone(), array![true, false, true, false]);
    let chunks = Chunks::from_memory([data.clone(), data]);
    let counts = HashingVectorizer::params().n_features(1 << 8).alternate_sign(false).norm(None);
    let steps = Pipeline::steps(counts).then(TfidfTransformer::params()).then(MaxAbsScaler::params());
    let fit = steps.estimator(Chained::new(SgdClassifier::params())).fit(&chunks);
    let calibrated = fit.calibrated(&chunks, Calibration::Sigmoid);
    let thresholded = fit.thresholded(&chunks, ThresholdRule::FBeta(1.0));
    let (fit, calibrated, thresholded) = Runtime::new().compute((&fit, calibrated, thresholded)).unwrap();

    let predictor = loaded(&fit);
    assert_eq!(predictor.predict(&texts).unwrap().labels(), Some(&fit.predict(&texts).unwrap().mapv(AnyLabel::Bool)));
    assert_eq!(predictor.decision_function(&documents).unwrap(), fit.decision_function(&documents).unwrap());
    assert_eq!(predictor.n_features_in(), None);
    let hinge = predictor.predict_proba("oil").unwrap_err();
    assert!(hinge.to_string().contains("LogLoss"), "{hinge}");
    let thresholded = with_model(&fit, thresholded);
    let expected = thresholded.predict(&texts).unwrap().mapv(AnyLabel::Bool);
    assert_eq!(loaded(&thresholded).predict(&texts).unwrap().labels(), Some(&expected));
    let calibrated = with_model(&fit, calibrated);
    let predictor = loaded(&calibrated);
    assert!(predictor.kind().ends_with("Calibrated<SgdClassifier>>>>"), "{}", predictor.kind());
    assert_eq!(predictor.predict_proba(&documents).unwrap(), calibrated.predict_proba(&documents).unwrap());
}

#[test]
fn groups_label_sets_and_categories() {
    let keys: Vec<String> = ["b", "a", "b", "a", "b", "a"].map(str::to_owned).to_vec();
    let keyed = Keyed::new(rows(), keys).unwrap();
    let values = array![0.5, 1.25, 3.0, 4.5, 0.75, 3.5];
    let chunks = Chunks::from_memory([DatasetBase::new(keyed.clone(), values)]);
    let sgd = PerGroup::new(crate::linear::SgdRegressor::params());
    let model = Runtime::new().compute(Chained::new(sgd).fit(&chunks)).unwrap();
    let expected: Array1<f64> = crate::estimator::TryPredict::try_predict(&model, &keyed).unwrap();
    let predictor = loaded(&model);
    assert_eq!(predictor.predict(&keyed).unwrap().numbers(), Some(&expected));
    let strange = Keyed::new(rows(), vec!["b", "c", "b", "a", "d", "a"]).unwrap();
    let strange =
        Keyed::new(rows(), strange.keys().iter().map(|key| (*key).to_owned()).collect::<Vec<String>>()).unwrap();
    let error = predictor.predict(&strange).unwrap_err();
    assert_eq!((error.place().row, matches!(error.kind(), ErrorKind::UnknownGroup { .. })), (Some(1), true));

    let sets = array![[true, false], [true, true], [false, true], [false, false], [true, true], [false, true]];
    let chunks = Chunks::from_memory([DatasetBase::new(rows(), sets)]);
    let each = Chained::new(OneVsRest::params(SgdClassifier::params()));
    let model = Runtime::new().compute(Pipeline::new(StandardScaler::params(), each).fit(&chunks)).unwrap();
    let expected: Array2<bool> = model.predict(&rows()).unwrap();
    assert_eq!(loaded(&model).predict(&rows()).unwrap().label_sets(), Some(&expected));

    let categories = array![["red", "small"], ["blue", "small"], ["red", "large"]].mapv(str::to_owned);
    let chunks = Chunks::from_memory([DatasetBase::new(categories.clone(), array![true, false, true])]);
    let fit = Pipeline::new(OneHotEncoder::params(), Chained::new(SgdClassifier::params())).fit(&chunks);
    let model = Runtime::new().compute(fit).unwrap();
    let expected = model.predict(&categories).unwrap().mapv(AnyLabel::Bool);
    assert_eq!(loaded(&model).predict(&categories).unwrap().labels(), Some(&expected));
    let odd = loaded(&model).predict(&array![["green", "small"]].mapv(str::to_owned)).unwrap_err();
    assert!(odd.to_string().contains("green"), "{odd}");
}

#[derive(Serialize, Deserialize)]
struct Own(BTreeMap<u8, f64>);

impl Persist for Own {
    fn kind() -> String {
        "Own".into()
    }
}

#[test]
fn files_of_other_kinds_and_labels_are_refused() {
    let refused = |bytes: &[u8]| Predictor::from_bytes(bytes).unwrap_err().full_message();
    let own = Own(BTreeMap::new()).to_bytes(&Training::default()).unwrap();
    let said = refused(&own);
    assert!(said.contains("kind Own") && said.contains("by its own type"), "{said}");
    assert!(refused(b"no model").contains("safetensors"));
    assert!(refused(&own[..own.len() - 1]).contains("safetensors"));

    let chunks =
        Chunks::from_memory([DatasetBase::new(rows(), Array1::from_shape_fn(6, |i| (i > 2).then_some(i > 3)))]);
    let model = Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&chunks)).unwrap();
    let said = refused(&model.to_bytes(&Training::default()).unwrap());
    assert!(said.contains("a truth value or an integer"), "{said}");
    let scaler = Runtime::new().compute(Preprocess::new(StandardScaler::params()).fit(&chunks)).unwrap();
    let error = loaded(&*scaler).predict(&rows()).unwrap_err();
    assert!(error.to_string().contains("transform"), "{error}");
}

#[test]
fn a_predictor_serves_all_threads() {
    fn is_shared<T: crate::data::Shared>() {}
    is_shared::<Predictor>();
    let folder = tempfile::tempdir().unwrap();
    let missing = Predictor::load(folder.path().join("none")).unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::Io { .. }), "{missing}");
}
