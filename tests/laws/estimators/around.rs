//! The catalogue's models around models, variants of one, and transformers of what is no numbers: dense rows of `f64`,
//! for the layout is that of the model inside.

use chunkfit::Error;
use chunkfit::calibration::{Calibrated, Calibration, ThresholdRule, Thresholded};
use chunkfit::combine::{FittedPipeline, PerGroup};
use chunkfit::data::{Keyed, Text};
use chunkfit::estimator::{LearnRows, Persist, TransformRows};
use chunkfit::linear::{
    Averaging, LearningRate, LinearClassifier, Loss, SgdClassifier, SgdClassifierParams, SgdRegressor,
};
use chunkfit::prelude::*;
use chunkfit::preprocessing::{LabelBinarizer, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder};
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa::{Label, ParamGuard};
use ndarray::{Array1, Array2, array};

use super::blocks::{Block, Layout, blocks, chunks, dataset};
use super::model::{Model, Uses};
use super::numbers::Numbers;
use super::trials::{of_chain, of_fit, of_model, of_search};
use super::uses::using;
use super::ways::{chain, compute, fit, partial_fit};
use super::{FitBlocks, Learner, Learns, UseBlocks};

type Rows = Array2<f64>;
type Data<T> = Chunks<DatasetBase<Rows, T>>;

/// One way to fit, by the name of the way.
fn one<M>(
    way: &'static str,
    learn: impl Fn(&[Block]) -> Result<M, Error> + 'static,
    uses: Uses<M>,
) -> (&'static str, FitBlocks)
where
    M: Persist + Clone + Send + Sync + 'static,
{
    (way, Box::new(move |blocks| learn(blocks).map(|model| Model::new(model, uses))))
}

/// Classifiers by stochastic gradient descent, whose weights have other forms inside.
fn variants(learners: &mut Vec<Learner>) {
    /// Of any type of labels.
    fn sgd<L: Label>() -> SgdClassifierParams<L> {
        SgdClassifier::params().loss(Loss::LogLoss)
    }
    add!(
        learners,
        "SgdClassifier of two classes",
        TwoClasses,
        sgd(),
        [fit, chain],
        Rows,
        f64,
        Array1<bool>,
        two_classes
    );
    add!(learners, "SgdClassifier that shuffles", Classes, sgd(), [fit, chain], Rows, f64, Array1<usize>, classifier);
    add!(
        learners,
        "SgdClassifier that averages",
        Classes,
        sgd().average(Averaging::From(5)),
        [fit, chain],
        Rows,
        f64,
        Array1<usize>,
        classifier
    );
    add!(
        learners,
        "SgdClassifier by AdaGrad",
        TwoClasses,
        sgd().learning_rate(LearningRate::AdaGrad).eta0(0.1),
        [fit, chain],
        Rows,
        f64,
        Array1<bool>,
        two_classes
    );
    let parts = |_: &[Block]| SgdClassifier::from_parts(vec![0_usize, 2], array![[1.0, -0.5, 0.25]], array![0.5]);
    let ways = vec![one("from_parts", parts, decides_of!(Array1<usize>))];
    learners.push(Learner { name: "SgdClassifier from parts".into(), learns: Learns::Rows, ways, trials: Vec::new() });
    let bernoulli = BernoulliNb::params().classes(vec![false, true]).class_prior(vec![0.3, 0.7]);
    add!(
        learners,
        "BernoulliNb with priors",
        TwoClasses,
        bernoulli,
        [fit, partial_fit, chain],
        Rows,
        f64,
        Array1<bool>,
        two_classes
    );
}

/// Linear models without their training.
fn linear(learners: &mut Vec<Learner>) {
    let classifier =
        |_: &[Block]| LinearClassifier::from_parts(vec![0_usize, 2], array![[1.0, -0.5, 0.25]], array![0.5]);
    let ways = vec![one("from_parts", classifier, decides_of!(Array1<usize>))];
    learners.push(Learner { name: "LinearClassifier".into(), learns: Learns::Rows, ways, trials: Vec::new() });
    let regressor = |blocks: &[Block]| {
        let model = SgdRegressor::params().fit(&dataset::<Rows, Array1<f64>>(&blocks[0]))?;
        model.linear().cloned()
    };
    let ways = vec![one("linear", regressor, regressor!(Rows, f64))];
    learners.push(Learner { name: "LinearRegressor".into(), learns: Learns::Values, ways, trials: Vec::new() });
}

/// Calibrated and thresholded models. They are made after a fit and learn nothing chunk by chunk: searches, early stopping
/// and checkpoints are those of the estimator inside.
fn calibrated(learners: &mut Vec<Learner>) {
    macro_rules! calibrated {
        ($name:literal, $learns:ident, $labels:ty, $how:expr, $uses:ident) => {{
            let learn = |blocks: &[Block]| {
                let data: Data<$labels> = chunks(blocks);
                let fit = Chained::new(SgdClassifier::params().shuffle(false)).fit(&data);
                compute(fit.calibrated(&data, $how)) as Result<Calibrated<_, _>, Error>
            };
            let ways = vec![one("calibrated", learn, $uses!(Rows, f64))];
            let scored = of_model(move || (chunks::<Rows, $labels>(&blocks()), learn(&blocks()).unwrap()));
            learners.push(Learner { name: $name.into(), learns: Learns::$learns, ways, trials: vec![scored] });
        }};
    }
    calibrated!("Calibrated, isotonic, of two classes", TwoClasses, Array1<bool>, Calibration::Isotonic, two_classes);
    calibrated!("Calibrated, isotonic", Classes, Array1<usize>, Calibration::Isotonic, probabilistic);
    calibrated!("Calibrated, sigmoid", Classes, Array1<usize>, Calibration::Sigmoid, probabilistic);
    let two = |blocks: &[Block]| -> Data<Array1<usize>> {
        let two = |block: &Block| Block { class: block.class.mapv(|class| class.min(1)), ..block.clone() };
        chunks(&blocks.iter().map(two).collect::<Vec<_>>())
    };
    let learn = move |blocks: &[Block]| {
        let data = two(blocks);
        let fit = Chained::new(SgdClassifier::params().shuffle(false)).fit(&data);
        compute(fit.thresholded(&data, ThresholdRule::FBeta(1.0))) as Result<Thresholded<_, _>, Error>
    };
    let ways = vec![one("thresholded", learn, decides_of!(Array1<usize>))];
    let scored = of_model(move || (two(&blocks()), learn(&blocks()).unwrap()));
    learners.push(Learner { name: "Thresholded".into(), learns: Learns::TwoClasses, ways, trials: vec![scored] });
}

type ByGroup = Keyed<Rows, usize>;

/// Models of groups, and of what a transformer makes of rows.
fn composites(learners: &mut Vec<Learner>) {
    macro_rules! groups {
        ($name:literal, $learns:ident, $params:expr, $targets:ty) => {{
            type Grouped = Chunks<DatasetBase<ByGroup, $targets>>;
            let params = PerGroup::new($params);
            let uses: Uses<_> = |models| {
                vec![
                    using("predict", models, |fit, data: &Grouped| fit.predict::<ByGroup, $targets, $targets>(data)),
                    using("score", models, |fit, data: &Grouped| fit.score(data)),
                ]
            };
            let ways =
                vec![partial_fit::<_, ByGroup, $targets>(&params, uses), chain::<_, ByGroup, $targets>(&params, uses)];
            let mut trials = of_chain::<_, ByGroup, $targets>(&params);
            let inside = params.clone();
            trials.push(of_model(move || {
                let data: Grouped = chunks(&blocks());
                let model = compute(Chained::new(inside.clone()).fit(&data)).unwrap();
                (data, model)
            }));
            learners.push(Learner { name: $name.into(), learns: Learns::$learns, ways, trials });
        }};
    }
    groups!("PerGroup of SgdRegressor", Values, SgdRegressor::params(), Array1<f64>);
    groups!("PerGroup of GaussianNb", Classes, GaussianNb::params(), Array1<usize>);
    let pipeline = |epochs| {
        let sgd = SgdRegressor::params().shuffle(false);
        Pipeline::new(StandardScaler::params(), Chained::new(sgd).epochs(epochs))
    };
    let learn = move |blocks: &[Block]| compute(pipeline(2).fit(&chunks::<Rows, Array1<f64>>(blocks)));
    let ways = vec![one("pipeline", learn, of_pipeline)];
    let trials = vec![of_search(|| chunks::<Rows, Array1<f64>>(&blocks()), [pipeline(1), pipeline(2)])];
    learners.push(Learner { name: "FittedPipeline".into(), learns: Learns::Values, ways, trials });
}

type Scaled<V> = FittedPipeline<V, SgdRegressor<f64>>;

fn of_pipeline<V>(pipeline: &Scaled<V>) -> Vec<(&'static str, UseBlocks)>
where
    Scaled<V>: chunkfit::combine::IntoFit<
            Fit: Fitted<
                DatasetBase<Rows, Array1<f64>>,
                Model = SgdRegressor<f64>,
                Examples = DatasetBase<Rows, Array1<f64>>,
            >,
        > + Clone
        + 'static,
{
    use chunkfit::combine::IntoFit;
    let (one, other) = (pipeline.clone(), pipeline.clone());
    let predict = move |blocks: &[Block]| {
        let data: Data<Array1<f64>> = chunks(blocks);
        let fit = one.clone().into_fit();
        Ok(compute(Fitted::predict::<Rows, Array1<f64>, Array1<f64>>(&fit, &data))?.numbers())
    };
    let score = move |blocks: &[Block]| {
        let data: Data<Array1<f64>> = chunks(blocks);
        Ok(vec![compute(Fitted::score(&other.clone().into_fit(), &data))?])
    };
    vec![("predict", Box::new(predict)), ("score", Box::new(score))]
}

/// Labels of a block, as words.
fn words(blocks: &[Block]) -> Array1<String> {
    blocks.iter().flat_map(|block| block.class.iter().map(|class| format!("class {class}"))).collect()
}

/// For every row the classes up to its own.
fn sets(blocks: &[Block]) -> Vec<Vec<u16>> {
    blocks.iter().flat_map(|block| block.class.iter().map(|&class| (0..class as u16).collect())).collect()
}

/// What is learned of rows in memory.
fn learned<P: LearnRows<R>, R>(params: &P, rows: &R) -> Result<P::Learned, Error> {
    params.finish(params.learn(rows)?)
}

/// Transformers of categories, labels and documents.
fn encoders(learners: &mut Vec<Learner>) {
    type Categories = Array2<String>;
    learners.push(super::transformer::<_, Categories, _>(
        "OneHotEncoder",
        OneHotEncoder::params(),
        super::transforms::<_, Categories>,
    ));
    let ordinal = OrdinalEncoder::params().unknown_value(Some(-1.0));
    learners.push(super::transformer::<_, Categories, _>(
        "OrdinalEncoder",
        ordinal,
        super::transforms::<_, Categories>,
    ));
    macro_rules! of_labels {
        ($name:literal, $model:ty, $rows:ident) => {{
            let learn = |blocks: &[Block]| {
                let params = <$model>::params().check()?;
                learned(&params, &$rows(blocks))
            };
            let ways = vec![one("learn", learn, |model: &$model| {
                let model = model.clone();
                vec![(
                    "transform",
                    Box::new(move |blocks: &[Block]| Ok(model.transform_rows(&$rows(blocks))?.numbers())),
                )]
            })];
            learners.push(Learner { name: $name.into(), learns: Learns::Rows, ways, trials: Vec::new() });
        }};
    }
    of_labels!("LabelBinarizer", LabelBinarizer<String, f64>, words);
    of_labels!("MultiLabelBinarizer", MultiLabelBinarizer<u16, f64>, sets);
    let learn = |_: &[Block]| HashingVectorizer::<f64>::params().n_features(64).check();
    let ways = vec![one("learn", learn, |model| {
        vec![using("transform", model, |fit, data: &Chunks<DatasetBase<Text, Array1<usize>>>| fit.transform(data))]
    })];
    learners.push(Learner { name: "HashingVectorizer".into(), learns: Learns::Rows, ways, trials: Vec::new() });
}

/// All of them.
pub fn around() -> Vec<Learner> {
    let mut learners = Vec::new();
    variants(&mut learners);
    linear(&mut learners);
    calibrated(&mut learners);
    composites(&mut learners);
    encoders(&mut learners);
    learners
}
