//! Models around models, over chunks: calibrated, thresholded, one a group, behind transformers, around one of a user's.

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::combine::{GroupModels, IntoFit, PerGroup};
use chunkfit::data::Chunk;
use chunkfit::data::FeatureRows;
use chunkfit::data::{Csr, Keyed};
use chunkfit::estimator::{AsClassifier, Classes, Classify, DecisionFunction, Evaluate, Model, PredictProba, kind};
use chunkfit::graph::Compute;
use chunkfit::linear::{LinearClassifier, Loss, OneVsRest, SgdRegressor};
use chunkfit::metrics::ClassTally;
use chunkfit::prelude::*;
use chunkfit::testing::{Block, TestRows, TestTargets, chunks};
use linfa::DatasetBase;
use linfa::dataset::Records;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, array};

use super::{N_FEATURES, ODD, PLACES, blocks, of_two_widths, with_value};

type Labels = Array1<usize>;
type Data<R> = Chunks<DatasetBase<R, Labels>>;

fn compute<C: Compute>(handle: C) -> Result<C::Output, Error> {
    Runtime::new().threads(2).compute(handle)
}

/// Two classes.
fn two(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.iter_mut().for_each(|block| block.class.mapv_inplace(|class| class.min(1)));
    blocks
}

/// What a fit is asked for, by name; and whether it looks at labels.
type Use<D> = (&'static str, bool, Box<dyn Fn(&Chunks<D>) -> Result<(), Error>>);

fn predicting<H, D, R>(fit: &H) -> Vec<Use<D>>
where
    H: Fitted<D, Examples = DatasetBase<R, Labels>> + Clone + 'static,
    H::Model: PredictInplace<R, Labels> + Evaluate<DatasetBase<R, Labels>, Tally = ClassTally<usize>>,
    R: Records + Send + Sync + 'static,
    D: 'static,
{
    let (predict, score, confusion) = (fit.clone(), fit.clone(), fit.clone());
    vec![
        ("predict", false, Box::new(move |data| compute(predict.predict::<R, Labels, Labels>(data)).map(drop))),
        ("score", true, Box::new(move |data| compute(score.score(data)).map(drop))),
        ("confusion", true, Box::new(move |data| compute(confusion.confusion(data)).map(drop))),
    ]
}

fn deciding<H, D, R>(fit: &H) -> Vec<Use<D>>
where
    H: Fitted<D, Examples = DatasetBase<R, Labels>> + Clone + 'static,
    H::Model: PredictInplace<R, Labels> + DecisionFunction<R> + PredictProba<R>,
    H::Model: Evaluate<DatasetBase<R, Labels>, Tally = ClassTally<usize>>,
    R: FeatureRows + Records<Elem = f64> + Send + Sync + 'static,
    D: 'static,
{
    let (decide, proba, loss) = (fit.clone(), fit.clone(), fit.clone());
    let mut uses = predicting(fit);
    uses.push(("decision_function", false, Box::new(move |data| compute(decide.decision_function(data)).map(drop))));
    uses.push(("predict_proba", false, Box::new(move |data| compute(proba.predict_proba(data)).map(drop))));
    uses.push(("probability_loss", true, Box::new(move |data| compute(loss.probability_loss(data)).map(drop))));
    uses
}

/// All laws at once, of the uses of a fit.
fn obey<D>(what: &str, uses: &[Use<D>], data: impl Fn(&[Block]) -> Chunks<D>, prepare: fn(Vec<Block>) -> Vec<Block>) {
    let mut unknown = prepare(blocks());
    unknown[2].class[4] = 7;
    for (name, looks_at_labels, apply) in uses {
        let what = format!("{what}, {name}");
        apply(&data(&prepare(blocks()))).unwrap_or_else(|error| panic!("{what}: {error}"));
        for place in PLACES {
            for odd in ODD {
                let error = apply(&data(&prepare(with_value(place, odd)))).expect_err(&what);
                let (chunk, row, column) = place;
                assert_eq!(error.kind(), &ErrorKind::NonFinite { column }, "{what}: {error}");
                assert_eq!((error.place().chunk, error.place().row), (Some(chunk), Some(row)), "{what}: {error}");
            }
        }
        for more in [true, false] {
            let error = apply(&data(&prepare(of_two_widths(more)))).expect_err(&what);
            assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{what}: {error}");
            assert_eq!(error.place().chunk, Some(2), "{what}: {error}");
        }
        match apply(&data(&unknown)) {
            Ok(()) => assert!(!looks_at_labels, "{what}: a label never seen went through"),
            Err(error) => {
                assert!(looks_at_labels, "{what}: {error}");
                assert!(
                    matches!(error.kind(), ErrorKind::UnknownLabel { label, .. } if label == "7"),
                    "{what}: {error}"
                );
                assert_eq!((error.place().chunk, error.place().row), (Some(2), Some(4)), "{what}: {error}");
            }
        }
    }
}

/// A fit, and what is calibrated and thresholded of it.
fn around<H, R>(what: &str, fit: &H, of_two: &H)
where
    H: Fitted<DatasetBase<R, Labels>, Examples = DatasetBase<R, Labels>> + Clone + 'static,
    H::Model: PredictInplace<R, Labels> + DecisionFunction<R> + PredictProba<R> + Classes<usize>,
    H::Model: Model<Kind = kind::Classifier> + Classify<R, usize> + Clone,
    R: TestRows + FeatureRows<Elem = f64>,
    DatasetBase<R, Labels>: Chunk,
{
    let what = format!("{what}, {}", R::NAME);
    let (three, two_classes): (Data<R>, Data<R>) = (chunks(&blocks()), chunks(&two(blocks())));
    let data = |blocks: &[Block]| -> Data<R> { chunks(blocks) };
    obey(&what, &deciding(fit), data, |blocks| blocks);
    for calibration in [Calibration::Sigmoid, Calibration::Isotonic] {
        let calibrated = fit.calibrated(&three, calibration);
        obey(&format!("{what}, calibrated"), &deciding(&calibrated), data, |blocks| blocks);
        // One within the other.
        let again = calibrated.calibrated(&three, calibration);
        obey(&format!("{what}, calibrated twice"), &deciding(&again), data, |blocks| blocks);
    }
    let thresholded = of_two.thresholded(&two_classes, ThresholdRule::FBeta(1.0));
    obey(&format!("{what}, thresholded"), &deciding(&thresholded), data, two);
    let both =
        of_two.calibrated(&two_classes, Calibration::Sigmoid).thresholded(&two_classes, ThresholdRule::FBeta(1.0));
    obey(&format!("{what}, thresholded and calibrated"), &deciding(&both), data, two);
}

fn of_layout<R>()
where
    R: TestRows + FeatureRows<Elem = f64>,
    DatasetBase<R, Labels>: Chunk,
{
    let (three, two_classes): (Data<R>, Data<R>) = (chunks(&blocks()), chunks(&two(blocks())));
    macro_rules! around {
        ($name:literal, $estimator:expr) => {
            // In memory, as one that was loaded.
            let in_memory = |data: &Data<R>| compute($estimator.fit(data)).unwrap().into_fit();
            around::<_, R>($name, &in_memory(&three), &in_memory(&two_classes));
        };
    }
    around!("SgdClassifier", Chained::new(SgdClassifier::params().loss(Loss::LogLoss)));
    around!("LogisticRegression", Concatenated::new(LogisticRegression::params()));
    around!("MultinomialNb", Averaged::new(MultinomialNb::params()));
    around!("GaussianNb", Averaged::new(GaussianNb::params()));
}

#[test]
fn calibrated_and_thresholded_models_refuse_what_plain_ones_refuse() {
    of_layout::<Array2<f64>>();
    of_layout::<Csr<f64>>();
}

/// The scaler is learned from good rows, and leaves rows of other numbers of columns to no model.
#[test]
fn so_do_models_behind_transformers() {
    let dense = |blocks: &[Block]| -> Data<Array2<f64>> { chunks(blocks) };
    let good = dense(&blocks());
    let plain = Chained::new(SgdClassifier::params().loss(Loss::LogLoss));
    let pipeline = Pipeline::new(StandardScaler::params(), plain).fit(&good);
    let loaded = compute(pipeline.clone()).unwrap().into_fit();
    obey("pipeline in memory", &deciding::<_, _, Array2<f64>>(&loaded), dense, |blocks| blocks);
    let calibrated = loaded.calibrated(&good, Calibration::Sigmoid);
    obey("pipeline, calibrated", &deciding::<_, _, Array2<f64>>(&calibrated), dense, |blocks| blocks);
    let twice = Pipeline::steps(MaxAbsScaler::params()).then(StandardScaler::params());
    let twice = twice.estimator(Chained::new(SgdClassifier::params().loss(Loss::LogLoss)));
    let twice = compute(twice.fit(&good)).unwrap().into_fit();
    obey("two transformers", &deciding::<_, _, Array2<f64>>(&twice), dense, |blocks| blocks);
}

type ByGroup<T> = DatasetBase<Keyed<Array2<f64>, usize>, T>;

/// Rows of two groups, in turns.
fn grouped<T: TestTargets>(blocks: &[Block]) -> Chunks<ByGroup<T>> {
    Chunks::from_memory(blocks.iter().map(|block| {
        let keys = (0..block.x.nrows()).map(|i| i % 2).collect();
        DatasetBase::new(Keyed::new(block.x.clone(), keys).unwrap(), T::of(block))
    }))
}

#[test]
fn so_do_models_of_groups() {
    let fit = Chained::new(PerGroup::new(SgdClassifier::params())).fit(&grouped::<Labels>(&blocks()));
    let models = compute(&fit).unwrap().into_fit();
    obey("groups", &predicting(&models), grouped::<Labels>, |blocks| blocks);
    let bayes = Chained::new(PerGroup::new(GaussianNb::params())).fit(&grouped::<Labels>(&blocks()));
    let models = compute(&bayes).unwrap().into_fit();
    obey("groups of naive Bayes", &predicting(&models), grouped::<Labels>, |blocks| blocks);
    let values = Chained::new(PerGroup::new(SgdRegressor::params())).fit(&grouped::<Array1<f64>>(&blocks()));
    let error = compute(values.residuals(&grouped::<Array1<f64>>(&with_value(PLACES[2], f64::NAN)))).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: PLACES[2].2 }, Some(PLACES[2].1)));
}

/// Rows of a group may have a label that only another group's rows had in training.
#[test]
fn a_label_is_known_to_groups_if_it_is_to_one_of_them() {
    let of = |class: fn(usize) -> usize| {
        let mut block = blocks().swap_remove(0);
        block.class = Array1::from_shape_fn(12, class);
        vec![block]
    };
    // Group 0 has the labels 0 and 1, group 1 has 2 and 3.
    let train = grouped::<Labels>(&of(|i| 2 * (i % 2) + i / 2 % 2));
    let models = compute(Chained::new(PerGroup::new(SgdClassifier::params())).fit(&train)).unwrap().into_fit();
    let swapped = grouped::<Labels>(&of(|i| 2 * ((i + 1) % 2) + i / 2 % 2));
    assert_eq!(compute(models.score(&swapped)).unwrap(), 0.0);
    let unknown = grouped::<Labels>(&of(|i| if i == 3 { 9 } else { i % 4 }));
    let error = compute(models.score(&unknown)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { known, .. } if known == "0, 1, 2, 3"), "{error}");
    assert_eq!(error.place().row, Some(3));
}

/// Nothing was learned, not even that there are groups.
#[test]
fn groups_without_models_are_an_error() {
    let none: GroupModels<usize, SgdClassifier<f64, usize>> = serde_json::from_str("{\"models\":{}}").unwrap();
    let fit = Lazy::value(none);
    let error = compute(fit.predict::<_, _, Labels>(&grouped::<Labels>(&blocks()))).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NoRows { .. }), "{error}");
    assert!(matches!(compute(fit.score(&grouped::<Labels>(&blocks()))).unwrap_err().kind(), ErrorKind::NoRows { .. }));
}

#[test]
fn so_does_one_versus_the_rest() {
    type Data = Chunks<DatasetBase<Array2<f64>, Array2<bool>>>;
    let good: Data = chunks(&blocks());
    let fit = compute(Chained::new(OneVsRest::params(SgdClassifier::params())).fit(&good)).unwrap().into_fit();
    assert!(compute(fit.label_counts(&good)).is_ok());
    for more in [true, false] {
        let other: Data = chunks(&of_two_widths(more));
        let error = compute(fit.label_counts(&other)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { expected: N_FEATURES, .. }), "{error}");
    }
    let three = Chunks::from_memory([DatasetBase::new(blocks()[0].x.clone(), Array2::from_elem((12, 3), true))]);
    assert!(matches!(compute(fit.label_counts(&three)).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
}

/// A model of a user's, which takes NaN for something, and has labels of its own.
#[derive(Clone)]
struct Tolerant(LinearClassifier<f64, usize>);

impl PredictInplace<Array2<f64>, Labels> for Tolerant {
    fn predict_inplace(&self, x: &Array2<f64>, y: &mut Labels) {
        let filled = x.mapv(|value| if value.is_finite() { value } else { 0.0 });
        self.0.predict_inplace(&filled, y);
        y.mapv_inplace(|label| 10 + label);
    }

    fn default_target(&self, x: &Array2<f64>) -> Labels {
        self.0.default_target(x)
    }
}

#[test]
fn a_model_of_a_users_may_take_them_and_is_not_taken_for_the_one_inside() {
    let inside = LinearClassifier::from_parts(vec![0, 1], array![[1.0, 1.0, 1.0]], array![-2.0]).unwrap();
    let fit = Lazy::value(AsClassifier(Tolerant(inside)));
    let mut odd = with_value(PLACES[2], f64::NAN);
    odd.iter_mut().for_each(|block| block.class.fill(10));
    odd[0].class[0] = 77;
    let data: Data<Array2<f64>> = chunks(&odd);
    let (labels, score) = compute((fit.predict::<_, _, Labels>(&data), fit.score(&data))).unwrap();
    assert!(labels.iter().flatten().all(|label| [10, 11].contains(label)) && score < 1.0);
    // What the model inside refuses is an error all the same.
    let narrow: Data<Array2<f64>> = chunks(&of_two_widths(false));
    let error = compute(fit.score(&narrow)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }) && error.place().chunk == Some(2), "{error}");
}
