//! `predict`, `decision_function`, `predict_proba`.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Float64Builder, ListBuilder, new_null_array};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use super::given_model::{GivenModels, Run, constant_reference, model_type};
use crate::error::{refused, unplanned};
use crate::model::{AnyModel, ModelRef, Predicted, Stores, Text};

/// What is asked of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PredictWhat {
    /// `predict`: the label.
    Label,
    /// `decision_function`: a list of signed distances from the boundaries: one for two classes, else one a class.
    DecisionFunction,
    /// `predict_proba`: a list of probabilities, one a class in sorted order.
    Proba,
}

impl PredictWhat {
    /// The functions.
    pub const ALL: [PredictWhat; 3] = [PredictWhat::Label, PredictWhat::DecisionFunction, PredictWhat::Proba];

    /// What the function is called.
    pub fn name(self) -> &'static str {
        match self {
            PredictWhat::Label => "predict",
            PredictWhat::DecisionFunction => "decision_function",
            PredictWhat::Proba => "predict_proba",
        }
    }
}

/// A function of a model and a text: see [`PredictWhat`].
///
/// `predict` gives labels of the model's type if the model is a reference that stands in the query as a constant,
/// for it
/// tells their type. Else, if it is bytes or a column (a join with a table of models), the labels are `VARCHAR`: cast
/// them. The lists are of `DOUBLE`. NULL for a text or a model that is NULL.
#[derive(Debug)]
pub struct PredictUdf {
    what: PredictWhat,
    stores: Stores,
    models: GivenModels,
    signature: Signature,
}

impl PartialEq for PredictUdf {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl Eq for PredictUdf {}

impl Hash for PredictUdf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.what.hash(state);
    }
}

/// The function; models that are given by reference are looked up in `stores`.
pub fn predict_udf(what: PredictWhat, stores: Stores) -> ScalarUDF {
    let signature = Signature::user_defined(Volatility::Immutable);
    ScalarUDF::from(PredictUdf { what, stores, models: GivenModels::default(), signature })
}

impl PredictUdf {
    /// What is asked of a model.
    pub fn what(&self) -> PredictWhat {
        self.what
    }

    fn of_run(&self, run: &Run, text: &ArrayRef, data_type: &DataType) -> Result<ArrayRef> {
        let Some(model) = &run.model else { return Ok(new_null_array(data_type, run.len)) };
        let text = Text::of(&text.slice(run.start, run.len), "text")?;
        match self.what {
            PredictWhat::Label => Ok(cast(&model.predict(&text)?, data_type)?),
            PredictWhat::DecisionFunction => numbers(model, &text, Predicted::DecisionFunction, run.len),
            PredictWhat::Proba => numbers(model, &text, Predicted::Proba, run.len),
        }
    }
}

/// A list a document, null where the document is.
fn numbers(model: &AnyModel, text: &Text, of: Predicted, rows: usize) -> Result<ArrayRef> {
    let numbers = model.numbers(text, of)?;
    let mut lists = ListBuilder::with_capacity(Float64Builder::with_capacity(numbers.len()), rows);
    for (row, of_row) in numbers.rows().into_iter().enumerate() {
        let is_null = text.nulls().is_some_and(|nulls| nulls.is_null(row));
        if !is_null {
            of_row.iter().for_each(|&number| lists.values().append_value(number));
        }
        lists.append(!is_null);
    }
    Ok(Arc::new(lists.finish()))
}

fn list() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true)))
}

impl ScalarUDFImpl for PredictUdf {
    fn name(&self) -> &str {
        self.what.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arg_types: &[DataType]) -> Result<Vec<DataType>> {
        let name = self.what.name();
        let [model, text] = arg_types else {
            return Err(unplanned(format!("{name} wants a model and a text: {name}(model, text)")));
        };
        let text = match text {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => text.clone(),
            DataType::Dictionary(_, values) if values.is_string() => DataType::LargeUtf8,
            DataType::Null => DataType::Utf8,
            other => return Err(unplanned(format!("{name}: the text is of type {other}: cast it to VARCHAR"))),
        };
        Ok(vec![model_type(name, model)?, text])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(if self.what == PredictWhat::Label { DataType::Utf8 } else { list() })
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        // The type may not change while a query is made simpler, as bytes that are the result of a cast do when it
        // is done
        // beforehand. Planning reads no model.
        let labels = match args.scalar_arguments.first().copied().flatten() {
            Some(value) => match constant_reference(value)? {
                Some(ModelRef::Stored { label, .. }) => label.data_type(),
                _ => DataType::Utf8,
            },
            None => DataType::Utf8,
        };
        let data_type = if self.what == PredictWhat::Label { labels } else { list() };
        Ok(Arc::new(Field::new(self.name(), data_type, true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [models, text] = &args.args[..] else {
            return Err(refused(format!("{} wants a model and a text", self.name())));
        };
        let data_type = args.return_field.data_type();
        let models = match models {
            ColumnarValue::Scalar(model) => model.to_array()?,
            ColumnarValue::Array(models) => models.clone(),
        };
        let text = text.to_array(args.number_rows)?;
        let runs = self.models.runs(&self.stores, &models, args.number_rows)?;
        let parts = runs.iter().map(|run| self.of_run(run, &text, data_type)).collect::<Result<Vec<_>>>()?;
        let whole = match &parts[..] {
            [] => new_null_array(data_type, 0),
            [one] => one.clone(),
            several => concat(&several.iter().map(|part| &**part as &dyn Array).collect::<Vec<_>>())?,
        };
        Ok(ColumnarValue::Array(whole))
    }
}
