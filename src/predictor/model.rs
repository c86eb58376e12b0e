//! The model at the end of a predictor's steps.

use ndarray::Array2;

use super::load::Loaded;
use super::predictions::Predictions;
use super::rows::Layout;
use super::step::{Role, lacks, no_probabilities};
use crate::error::{Error, Result};
use crate::estimator::Wanted;

/// The predictions of a model for rows as it takes them.
pub(super) fn predict_by(model: &Loaded, rows: &Layout<'_>) -> Result<Predictions> {
    match model.step.facts().role {
        Role::Classifier => {
            let outputs = model.step.classify(rows, Wanted::default())?;
            Ok(Predictions::Labels(outputs.labels.iter().map(|&number| model.classes[number].clone()).collect()))
        }
        Role::Transformer => Err(not_of(model, "predict", "a transformer: it has `transform`")),
        _ => model.step.predict(rows),
    }
}

/// The decision values of a model, shape (rows, 1) or (rows, classes).
pub(super) fn decide_by(model: &Loaded, rows: &Layout<'_>) -> Result<Array2<f64>> {
    match model.step.facts().role {
        Role::Classifier => {
            let outputs = model.step.classify(rows, Wanted { decision: true, probabilities: false })?;
            outputs.decision.ok_or_else(|| lacks("decision_function"))
        }
        Role::MultilabelClassifier | Role::OutlierDetector => model.step.decide(rows),
        _ => Err(not_of(model, "decision_function", "of a kind without decision values")),
    }
}

/// The class probabilities of a model, shape (rows, classes).
pub(super) fn probabilities_by(model: &Loaded, rows: &Layout<'_>) -> Result<Array2<f64>> {
    if model.step.facts().role != Role::Classifier {
        return Err(not_of(model, "predict_proba", "no classifier"));
    }
    let outputs = model.step.classify(rows, Wanted { decision: false, probabilities: true })?;
    outputs.probabilities.ok_or_else(|| no_probabilities(&model.kind))
}

/// The error of a method that the kind of a model does not have.
fn not_of(model: &Loaded, method: &'static str, why: &str) -> Error {
    Error::parameter("model", format_args!("{}", model.kind), format!("a model that has `{method}`: this one is {why}"))
}
