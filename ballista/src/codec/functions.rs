//! Functions as bytes.

use std::sync::Arc;

use chunkfit::distributed::{seal, unseal};
use datafusion::error::Result;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use serde::{Deserialize, Serialize};

use crate::error::from_core;
use crate::functions::{FitUdaf, PredictUdf, PredictWhat, ScoreUdaf, fit_step_udaf, predict_udf, score_of_udaf};
use crate::learn::Step;
use crate::model::{ModelRef, Stores};
use crate::recipe::Recipe;

const SCALAR: &str = "scalar function";
const AGGREGATE: &str = "aggregate function";

#[derive(Serialize, Deserialize)]
enum Scalar {
    Label,
    DecisionFunction,
    Proba,
}

#[derive(Serialize, Deserialize)]
enum Aggregate {
    /// The recipe as JSON: its labels are of any type, which only a format that describes itself can tell.
    Fit {
        recipe: String,
        step: Step,
    },
    Score {
        model: Option<ModelRef>,
    },
}

/// Writes a scalar function if it is ours.
pub(super) fn encode_udf(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<bool> {
    let Some(ours) = function.inner().downcast_ref::<PredictUdf>() else { return Ok(false) };
    let scalar = match ours.what() {
        PredictWhat::Label => Scalar::Label,
        PredictWhat::DecisionFunction => Scalar::DecisionFunction,
        PredictWhat::Proba => Scalar::Proba,
    };
    bytes.extend(seal(SCALAR, &scalar).map_err(from_core("encoding a function"))?);
    Ok(true)
}

/// Reads a scalar function of ours.
pub(super) fn decode_udf(name: &str, bytes: &[u8], stores: &Stores) -> Result<Arc<ScalarUDF>> {
    let scalar = unseal(SCALAR, bytes).map_err(from_core(format!("decoding the function {name}")))?;
    let what = match scalar {
        Scalar::Label => PredictWhat::Label,
        Scalar::DecisionFunction => PredictWhat::DecisionFunction,
        Scalar::Proba => PredictWhat::Proba,
    };
    Ok(Arc::new(predict_udf(what, stores.clone())))
}

/// Writes an aggregate function if it is ours.
pub(super) fn encode_udaf(function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<bool> {
    let aggregate = if let Some(fit) = function.inner().downcast_ref::<FitUdaf>() {
        Aggregate::Fit { recipe: fit.recipe().to_json(), step: fit.step().clone() }
    } else if let Some(score) = function.inner().downcast_ref::<ScoreUdaf>() {
        Aggregate::Score { model: score.model().cloned() }
    } else {
        return Ok(false);
    };
    bytes.extend(seal(AGGREGATE, &aggregate).map_err(from_core("encoding a function"))?);
    Ok(true)
}

/// Reads an aggregate function of ours.
pub(super) fn decode_udaf(name: &str, bytes: &[u8], stores: &Stores) -> Result<Arc<AggregateUDF>> {
    let aggregate = unseal(AGGREGATE, bytes).map_err(from_core(format!("decoding the function {name}")))?;
    Ok(Arc::new(match aggregate {
        Aggregate::Fit { recipe, step } => fit_step_udaf(name, Recipe::from_json(&recipe)?, step, stores.clone()),
        Aggregate::Score { model } => score_of_udaf(model, stores.clone()),
    }))
}
