//! `fit` as an aggregate function.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;

use crate::error::{refused, unplanned};
use crate::label::LabelKind;
use crate::learn::{Names, Partial, Step, partial};
use crate::model::Stores;
use crate::recipe::Recipe;

/// An aggregate function that fits a [`Recipe`]: `fit(text, label, chunk)`, or `fit(text, label, chunk, weight)`.
///
/// `chunk` is a number below 2^32; the rows that have it, in their order, are a chunk of the core's
/// [`Averaged`](chunkfit::combine::Averaged), and the result is that of `Averaged` over these chunks, to the last
/// bit. Tables with such a column are made by [`table`](crate::table). Labels are `BOOLEAN`, integers or strings. A
/// NULL in any column is an error. With `GROUP BY` there is a model a group.
///
/// What it gives is the bytes of a model file (`LargeBinary`), which `FittedPipeline::from_bytes` reads, see
/// [`Persist`](chunkfit::persist::Persist); the file says how many chunks and rows are in it.
///
/// # Errors
/// A query fails when a chunk comes twice ([`ErrorKind::RepeatedChunk`](chunkfit::ErrorKind)), as it does when
/// grouped aggregation runs out of memory and begins groups anew, or when the rows of a chunk were dealt to several
/// partitions: no model of parts of chunks is ever given.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct FitUdaf {
    name: String,
    recipe: Recipe,
    step: Step,
    stores: Stores,
    signature: Signature,
}

/// The aggregate function of this name that fits a recipe.
pub fn fit_udaf(name: &str, recipe: Recipe) -> AggregateUDF {
    fit_step_udaf(name, recipe, Step::Average, Stores::default())
}

/// One that does one [`Step`] of a fit; models it refers to are looked up in `stores`.
pub fn fit_step_udaf(name: &str, recipe: Recipe, step: Step, stores: Stores) -> AggregateUDF {
    let signature = Signature::user_defined(Volatility::Immutable);
    AggregateUDF::from(FitUdaf { name: name.to_owned(), recipe, step, stores, signature })
}

impl FitUdaf {
    /// What is fitted.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// What it does of a fit.
    pub fn step(&self) -> &Step {
        &self.step
    }
}

impl AggregateUDFImpl for FitUdaf {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let name = &self.name;
        let (text, label, chunk, weight) = match arg_types {
            [text, label, chunk] => (text, label, chunk, None),
            [text, label, chunk, weight] => (text, label, chunk, Some(weight)),
            _ => {
                return Err(unplanned(format!(
                    "{name} wants (text, label, chunk) or (text, label, chunk, weight); a table with a column `chunk` \
                     is made by register_files or register_partitions"
                )));
            }
        };
        let text = match text {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => text.clone(),
            DataType::Dictionary(_, values) if values.is_string() => DataType::LargeUtf8,
            other => return Err(unplanned(format!("{name}: the text is of type {other}: cast it to VARCHAR"))),
        };
        let label = match LabelKind::of(label, "label").map_err(|error| error.context(name.clone()))? {
            LabelKind::Bool => DataType::Boolean,
            LabelKind::Int => DataType::Int64,
            LabelKind::Str if label.is_string() => label.clone(),
            LabelKind::Str => DataType::LargeUtf8,
        };
        if !chunk.is_integer() {
            return Err(unplanned(format!("{name}: the chunk is of type {chunk}, and it is a number of 0 or more")));
        }
        let mut types = vec![text, label, DataType::UInt32];
        match weight {
            Some(weight) if weight.is_numeric() => types.push(DataType::Float32),
            Some(other) => return Err(unplanned(format!("{name}: the weight is of type {other}, and it is a number"))),
            None => {}
        }
        Ok(types)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::LargeBinary)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        // Large: the offsets of plain binary overflow near a thousand groups of two megabytes.
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "states"), DataType::LargeBinary, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct || !args.order_bys.is_empty() {
            return Err(unplanned(format!("{}: DISTINCT and ORDER BY mean nothing to a fit", self.name)));
        }
        let kind = match args.expr_fields {
            [_, label, ..] => LabelKind::of(label.data_type(), label.name())?,
            _ => return Err(unplanned(format!("{} wants a text, a label and a chunk", self.name))),
        };
        let name = |i: usize| args.exprs.get(i).map_or_else(String::new, |expr| plain(&expr.to_string()));
        let names = Names { text: name(0), label: name(1), chunk: name(2), weight: name(3) };
        let partial = partial(&self.recipe, &self.step, kind, names, &self.stores)?;
        Ok(Box::new(FitAccumulator { name: self.name.clone(), partial, is_over: false }))
    }

    /// A chunk's rows come in the order of their partition; chunks in any.
    fn order_sensitivity(&self) -> datafusion::logical_expr::utils::AggregateOrderSensitivity {
        datafusion::logical_expr::utils::AggregateOrderSensitivity::Insensitive
    }
}

/// A column's name without its place: `text@0` is `text`.
fn plain(expr: &str) -> String {
    match expr.rsplit_once('@') {
        Some((name, place)) if place.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => expr.to_owned(),
    }
}

#[derive(Debug)]
struct FitAccumulator {
    name: String,
    partial: Box<dyn Partial>,
    /// A model was given, and what it was made of is gone.
    is_over: bool,
}

impl FitAccumulator {
    /// A window that grows asks for a result again and again, of more rows each time.
    fn go_on(&self) -> Result<()> {
        let name = &self.name;
        let message =
            || format!("{name} gives one model: it is no window function over rows in an order; use GROUP BY");
        if self.is_over { Err(refused(message())) } else { Ok(()) }
    }
}

impl Accumulator for FitAccumulator {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.go_on()?;
        self.partial.push(values)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::LargeBinary(Some(self.partial.state()?))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = states.first().and_then(|column| column.as_binary_opt::<i64>());
        let states = states.ok_or_else(|| refused(format!("{}: the partial states are no LargeBinary", self.name)))?;
        for state in states.iter() {
            // Every partial result is there: one that is missing would be rows that are missing.
            let state = state.ok_or_else(|| refused(format!("{}: a partial state is NULL", self.name)))?;
            self.partial.merge(state)?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.go_on()?;
        self.is_over = true;
        Ok(ScalarValue::LargeBinary(Some(self.partial.evaluate()?)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.partial.bytes()
    }
}
