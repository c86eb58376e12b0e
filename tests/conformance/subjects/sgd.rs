//! Learners by stochastic gradient descent.

use chunkfit::combine::Averaged;
use chunkfit::linear::{
    Averaging, ClassWeight, LearningRate, Loss, OneVsRest, Penalty, SgdClassifierParams, SgdOneClassSvm, SgdRegressor,
};
use chunkfit::prelude::*;
use chunkfit::testing::{Capability, Examples, Subject};
use ndarray::{Array1, Array2};

const STEPS: &str = "steps follow each other: no sum over the chunks has their result";
const EPOCHS: &str = "`fit` goes over the rows several times, `partial_fit` once";
const WEIGHTED_STEPS: &str = "a step of twice the weight is not two steps";

fn sgd<L: linfa::Label>() -> SgdClassifierParams<L> {
    SgdClassifier::params().shuffle(false).epochs(30)
}

/// The settings that all of them have, each changed.
macro_rules! settings {
    ($estimator:expr) => {
        $estimator
            .varied("penalty", |params| params.penalty(Penalty::L1))
            .varied("alpha", |params| params.alpha(0.1))
            .varied_where("eta0", |params| params.learning_rate(LearningRate::Constant), |params| params.eta0(0.5))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("shuffle", |params| params.shuffle(true))
            .varied_where("seed", |params| params.shuffle(true), |params| params.seed(7))
            .varied("epochs", |params| params.epochs(1))
            .varied("tol", |params| params.tol(None))
            .varied("n_iter_no_change", |params| params.n_iter_no_change(1))
            .varied("average", |params| params.average(Averaging::From(1)))
            .varied("learning_rate", |params| params.learning_rate(LearningRate::Constant))
    };
}

macro_rules! claims {
    ($estimator:expr) => {
        $estimator
            .chained()
            .in_memory()
            .scored()
            .persisted()
            .lacks(Capability::Summed, STEPS)
            .except("one chunk", EPOCHS)
            .except("repeated rows", WEIGHTED_STEPS)
    };
}

fn classifiers() -> Vec<Subject> {
    over_layouts! {
        settings!(claims!(Examples::<Rows, Array1<usize>>::new().estimator(sgd())))
            .varied("loss", |params| params.loss(Loss::SquaredHinge))
            .varied("class_weight", |params| params.class_weight(ClassWeight::ByLabel(vec![(1, 0.5)])))
            .varied("classes", |params| params.classes(vec![0, 1, 2, 5]))
            .average().rounds().searched("average", Averaged::new)
            .decision_function().calibrated().into_files::<usize>()
            .lacks(Capability::Probabilities, "the hinge loss has none: log loss and modified Huber have")
            .subject()
    }
}

/// The same for two classes, whose one column of weights has other forms inside, with probabilities.
fn of_two_classes() -> Vec<Subject> {
    over_two_layouts! {
        claims!(Examples::<Rows, Array1<bool>>::new().estimator(sgd().loss(Loss::LogLoss)))
            .named("SgdClassifier of two classes, log loss")
            .average().rounds().searched("average", Averaged::new)
            .decision_function().calibrated().probabilities().into_files::<bool>()
            .subject()
    }
}

/// Forms that weights have inside, by the rule of steps.
fn variants() -> Vec<Subject> {
    macro_rules! variant {
        ($name:literal, $params:expr) => {
            Examples::<Array2<f64>, Array1<usize>>::new()
                .estimator($params.loss(Loss::LogLoss))
                .named($name)
                .partial_fit()
                .checkpointed()
                .in_memory()
                .decision_function()
                .probabilities()
                .persisted()
                .except("one chunk", EPOCHS)
                .except("repeated rows", WEIGHTED_STEPS)
        };
    }
    vec![
        variant!("SgdClassifier that shuffles", SgdClassifier::params())
            .except("cuts", "rows are shuffled within each chunk")
            .subject(),
        variant!("SgdClassifier that averages its steps", sgd().average(Averaging::From(5))).subject(),
        variant!("SgdClassifier by AdaGrad", sgd().learning_rate(LearningRate::AdaGrad).eta0(0.1)).subject(),
        variant!("SgdClassifier with L1", sgd().penalty(Penalty::L1))
            .except("cuts", "the L1 penalty is charged within a chunk, as in scikit-learn")
            .subject(),
    ]
}

fn regressors() -> Vec<Subject> {
    over_layouts! {
        settings!(claims!(Examples::<Rows, Array1<Float>>::new().estimator(SgdRegressor::params().shuffle(false).epochs(30))))
            .varied("loss", |params| params.loss(Loss::Huber { epsilon: 0.1 }))
            .average().rounds().searched("average", Averaged::new)
            .into_files::<Float>()
            .subject()
    }
}

fn one_class() -> Vec<Subject> {
    over_two_layouts! {
        claims!(Examples::<Rows, Array1<bool>>::new().estimator(SgdOneClassSvm::params().shuffle(false).epochs(30)))
            .varied("nu", |params| params.nu(0.1))
            .varied("learning_rate", |params| params.learning_rate(LearningRate::InvScaling { power_t: 0.25 }))
            .varied_where("eta0", |params| params.learning_rate(LearningRate::Constant), |params| params.eta0(0.5))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("shuffle", |params| params.shuffle(true))
            .varied_where("seed", |params| params.shuffle(true), |params| params.seed(7))
            .varied("epochs", |params| params.epochs(1))
            .varied("tol", |params| params.tol(None))
            .varied("n_iter_no_change", |params| params.n_iter_no_change(1))
            .varied("average", |params| params.average(Averaging::From(1)))
            .average().rounds().searched("average", Averaged::new)
            .decision_function().into_files::<bool>()
            .subject()
    }
}

fn one_vs_rest() -> Vec<Subject> {
    over_two_layouts! {
        claims!(Examples::<Rows, Array2<bool>>::new().estimator(OneVsRest::params(sgd())))
            .average().rounds().searched("average", Averaged::new)
            .decision_function().labels_into_files()
            .varied("each", |_| OneVsRest::params(sgd().alpha(0.1)))
            .subject()
    }
}

pub fn subjects() -> Vec<Subject> {
    let all = [classifiers(), of_two_classes(), variants(), regressors(), one_class(), one_vs_rest()];
    all.into_iter().flatten().collect()
}
