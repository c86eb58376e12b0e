//! Composites: models around models, models of parts, pipelines.

use chunkfit::calibration::{Calibration, ThresholdRule};
use chunkfit::combine::{IntoFit, PerGroup};
use chunkfit::data::Keyed;
use chunkfit::linear::{LinearClassifier, SgdRegressor};
use chunkfit::prelude::*;
use chunkfit::testing::{Capability, Examples, Numbers, Subject, Use, chunks};
use ndarray::{Array1, Array2, array};

type Rows = Array2<f64>;

const WEIGHTED_STEPS: &str = "the model inside learns by steps: one of twice the weight is not two";

fn calibrated() -> Vec<Subject> {
    macro_rules! calibrated {
        ($name:literal, $label:ty, $how:expr) => {
            Examples::<Rows, Array1<$label>>::new()
                .fitted("Calibrated", |runtime, blocks| {
                    let data = chunks::<Rows, Array1<$label>>(blocks);
                    runtime.compute(
                        Chained::new(SgdClassifier::params().shuffle(false)).fit(&data).calibrated(&data, $how),
                    )
                })
                .named($name)
                .of_kind()
                .probabilities()
                .scored()
                .persisted()
                .into_files::<$label>()
                .except("repeated rows", WEIGHTED_STEPS)
                .subject()
        };
    }
    let thresholded = Examples::<Rows, Array1<usize>>::new()
        .map(|mut block| {
            block.class.mapv_inplace(|class| class.min(1));
            block
        })
        .fitted("Thresholded", |runtime, blocks| {
            let data = chunks::<Rows, Array1<usize>>(blocks);
            let fit = Chained::new(SgdClassifier::params().shuffle(false)).fit(&data);
            runtime.compute(fit.thresholded(&data, ThresholdRule::FBeta(1.0)))
        })
        .of_kind()
        .decision_function()
        .scored()
        .persisted()
        .into_files::<usize>()
        .except("repeated rows", WEIGHTED_STEPS)
        .subject();
    vec![
        calibrated!("Calibrated, isotonic, of two classes", bool, Calibration::Isotonic),
        calibrated!("Calibrated, isotonic", usize, Calibration::Isotonic),
        calibrated!("Calibrated, sigmoid", usize, Calibration::Sigmoid),
        thresholded,
    ]
}

const BY_CHUNK: &str = "a group may be in any chunk: `PerGroup` is around what learns chunk by chunk";

fn groups() -> Vec<Subject> {
    macro_rules! groups {
        ($params:expr, $targets:ty) => {
            Examples::<Keyed<Rows, usize>, $targets>::new()
                .estimator(PerGroup::new($params))
                .partial_fit()
                .checkpointed()
                .searched("chain", Chained::new)
                .halved("chain", Chained::new)
                .stopped_early()
                .scored()
                .persisted()
                .lacks(Capability::InMemory, BY_CHUNK)
                .lacks(Capability::Averaged, BY_CHUNK)
                .lacks(Capability::Summed, BY_CHUNK)
                .lacks(Capability::PerGroup, "groups of groups are groups of pairs of keys")
                .lacks(Capability::Calibrated, "each group has its own classes and decision values")
                .lacks(Capability::Probabilities, "each group has its own classes and decision values")
        };
    }
    vec![
        groups!(SgdRegressor::params().shuffle(false), Array1<f64>)
            .varied("estimator", |_| PerGroup::new(SgdRegressor::params().shuffle(false).alpha(0.1)))
            .groups_into_files::<f64>()
            .except("repeated rows", WEIGHTED_STEPS)
            .subject(),
        groups!(GaussianNb::params(), Array1<usize>)
            .varied("estimator", |_| PerGroup::new(GaussianNb::params().var_smoothing(0.01)))
            .groups_into_files::<usize>()
            .subject(),
    ]
}

/// Models of given coefficients, which have classes of their own, and linear models without their training.
fn parts() -> Vec<Subject> {
    macro_rules! parts {
        ($name:ident) => {
            Examples::<Rows, Array1<usize>>::new()
                .fitted(stringify!($name), |_, _| {
                    $name::from_parts(vec![0_usize, 2], array![[1.0, -0.5, 0.25]], array![0.5])
                })
                .named(concat!(stringify!($name), " of given parts"))
                .learns_nothing()
                .predict::<usize>()
                .decision_function()
                .persisted()
                .into_files::<usize>()
        };
    }
    let regressor = Examples::<Rows, Array1<f64>>::new()
        .fitted("LinearRegressor", |runtime, blocks| {
            let chained = Chained::new(SgdRegressor::params().shuffle(false));
            runtime.compute(chained.fit(&chunks::<Rows, Array1<f64>>(blocks)))?.linear().cloned()
        })
        .of_kind()
        .scored()
        .persisted()
        .into_files::<f64>()
        .except("repeated rows", WEIGHTED_STEPS);
    vec![parts!(SgdClassifier).subject(), parts!(LinearClassifier).subject(), regressor.subject()]
}

fn pipelines() -> Vec<Subject> {
    let pipeline = || Pipeline::new(StandardScaler::params(), Chained::new(SgdRegressor::params().shuffle(false)));
    let fitted = Examples::<Rows, Array1<f64>>::new()
        .fitted("Pipeline", move |runtime, blocks| {
            runtime.compute(pipeline().fit(&chunks::<Rows, Array1<f64>>(blocks)))
        })
        .of_kind()
        .used(|fitted| {
            let fitted = fitted.clone();
            Use::new("predict", false, move |runtime, blocks| {
                let data = chunks::<Rows, Array1<f64>>(blocks);
                let predicted = fitted.clone().into_fit().predict::<Rows, Array1<f64>, Array1<f64>>(&data);
                Ok(runtime.compute(predicted)?.numbers())
            })
        })
        .searched("pipeline", move |()| pipeline())
        .persisted()
        .except("repeated rows", WEIGHTED_STEPS);
    let text = || {
        let vectorizer = HashingVectorizer::params().n_features(64);
        Pipeline::new(vectorizer, Chained::new(SgdClassifier::params().shuffle(false)))
    };
    let of_text = Examples::<Text, Array1<usize>>::new()
        .fitted("Pipeline", move |runtime, blocks| runtime.compute(text().fit(&chunks::<Text, Array1<usize>>(blocks))))
        .of_kind()
        .named("Pipeline of a vectorizer")
        .used(|fitted| {
            let fitted = fitted.clone();
            Use::new("decision_function", false, move |runtime, blocks| {
                let decided = fitted.clone().into_fit().decision_function(&chunks::<Text, Array1<usize>>(blocks));
                Ok(runtime.compute(decided)?.numbers())
            })
        })
        .searched("pipeline", move |()| text())
        .halved("pipeline", move |()| text())
        .persisted()
        .except("columns", "documents have words, not columns")
        .except("repeated rows", WEIGHTED_STEPS);
    vec![of_text.subject(), fitted.subject()]
}

pub fn subjects() -> Vec<Subject> {
    [calibrated(), groups(), parts(), pipelines()].into_iter().flatten().collect()
}
