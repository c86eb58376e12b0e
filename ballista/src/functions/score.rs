//! `score`: the accuracy, as an aggregate function.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, UInt64Type};
use datafusion::error::Result;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, Signature, Volatility};
use datafusion::scalar::ScalarValue;

use super::given_model::{GivenModels, Run, constant_reference, model_type};
use crate::error::{refused, unplanned};
use crate::label::LabelKind;
use crate::model::{AnyModel, ModelRef, Stores, Text};

/// `score(model, text, label)`: the share of the rows whose label the model predicts, the core's
/// [`Fitted::score`](chunkfit::combine::Fitted::score).
///
/// It is a `DOUBLE`, made of two counts, so that it does not depend on how rows are dealt; NULL for no rows. The
/// model may be a column. NULL in any column is an error, and so is a label that training never saw.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ScoreUdaf {
    /// The model if it is a constant: the optimizer takes it out of the arguments, which are made an array of as many
    /// values as a batch has rows.
    model: Option<ModelRef>,
    stores: Stores,
    signature: Signature,
}

/// The function; models that are given by reference are looked up in `stores`.
pub fn score_udaf(stores: Stores) -> AggregateUDF {
    score_of_udaf(None, stores)
}

/// The same of a constant model if there is one: it has the arguments (text, label) then.
pub(crate) fn score_of_udaf(model: Option<ModelRef>, stores: Stores) -> AggregateUDF {
    AggregateUDF::from(ScoreUdaf { model, stores, signature: Signature::user_defined(Volatility::Immutable) })
}

impl ScoreUdaf {
    /// The model, if it is a constant.
    pub(crate) fn model(&self) -> Option<&ModelRef> {
        self.model.as_ref()
    }
}

impl AggregateUDFImpl for ScoreUdaf {
    fn name(&self) -> &str {
        "score"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let (model, text, label) = match (arg_types, &self.model) {
            ([model, text, label], None) => (Some(model), text, label),
            ([text, label], Some(_)) => (None, text, label),
            _ => return Err(unplanned("score wants a model, a text and a label: score(model, text, label)")),
        };
        if !text.is_string() {
            return Err(unplanned(format!("score: the text is of type {text}: cast it to VARCHAR")));
        }
        let label = match LabelKind::of(label, "label").map_err(|error| error.context("score"))? {
            LabelKind::Int => DataType::Int64,
            _ => label.clone(),
        };
        let model = model.map(|model| model_type("score", model)).transpose()?;
        Ok(model.into_iter().chain([text.clone(), label]).collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let count = |what| Arc::new(Field::new(format_state_name(args.name, what), DataType::UInt64, true));
        Ok(vec![count("correct"), count("rows")])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return Err(unplanned("score: DISTINCT means nothing to a score"));
        }
        let (model, stores) = (self.model.clone(), self.stores.clone());
        Ok(Box::new(Score { model, stores, models: GivenModels::default(), correct: 0, rows: 0 }))
    }

    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        if self.model.is_some() {
            return None;
        }
        let stores = self.stores.clone();
        Some(Box::new(move |mut function: AggregateFunction, _: &SimplifyContext| {
            let model = match function.params.args.first() {
                Some(Expr::Literal(value, _)) => constant_reference(value)?,
                _ => None,
            };
            if let Some(model) = model {
                function.func = Arc::new(score_of_udaf(Some(model), stores.clone()));
                function.params.args.remove(0);
            }
            Ok(Expr::AggregateFunction(function))
        }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

#[derive(Debug)]
struct Score {
    model: Option<ModelRef>,
    stores: Stores,
    models: GivenModels,
    correct: u64,
    rows: u64,
}

impl Accumulator for Score {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let (models, text, labels) = match values {
            [models, text, labels] => (Some(models), text, labels),
            [text, labels] => (None, text, labels),
            _ => return Err(refused("score wants a model, a text and a label")),
        };
        let named = models.iter().map(|models| (*models, "model")).chain([(text, "text"), (labels, "label")]);
        for (column, name) in named {
            if column.logical_null_count() > 0 {
                return Err(refused(format!("score: the {name} is NULL in some rows: leave them out")));
            }
        }
        let runs = match (models, &self.model) {
            (Some(models), _) => self.models.runs(&self.stores, models, text.len())?,
            (None, Some(model)) => vec![Run::of_all(AnyModel::of(&self.stores, model)?, text.len())],
            (None, None) => return Err(refused("score wants a model, a text and a label")),
        };
        for run in runs {
            let Some(model) = run.model else { continue };
            let text = Text::of(&text.slice(run.start, run.len), "text")?;
            self.correct += model.correct(&text, &labels.slice(run.start, run.len))?;
            self.rows += run.len as u64;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.correct.into(), self.rows.into()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [correct, rows] = states else { return Err(refused("score: a partial state is of two counts")) };
        let sum = |counts: &ArrayRef| -> Result<u64> {
            let counts = counts.as_primitive_opt::<UInt64Type>();
            let counts = counts.ok_or_else(|| refused("score: the counts are no numbers"))?;
            Ok(counts.iter().flatten().sum())
        };
        self.correct += sum(correct)?;
        self.rows += sum(rows)?;
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let score = (self.rows > 0).then(|| self.correct as f64 / self.rows as f64);
        Ok(ScalarValue::Float64(score))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
