//! `Columns`: the columns of a `DataFrame` that are learned from.

use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use crate::error::unplanned;
use crate::label::LabelKind;
use crate::table::CHUNK;

/// The columns of a `DataFrame` that are learned from, by their names as they are written.
///
/// ```
/// use chunkfit_ballista::Columns;
/// let columns = Columns::new("body", "is_acq").weight("weight");
/// assert_eq!(columns.text(), "body");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    text: String,
    label: String,
    weight: Option<String>,
}

impl Columns {
    /// Documents and their labels.
    pub fn new(text: &str, label: &str) -> Self {
        Columns { text: text.to_owned(), label: label.to_owned(), weight: None }
    }

    /// A number of 0 or more a row: how much it counts. Default: all alike.
    pub fn weight(mut self, weight: &str) -> Self {
        self.weight = Some(weight.to_owned());
        self
    }

    /// The column with the documents.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The column with the labels.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The column with the weights, if there is one.
    pub fn weight_column(&self) -> Option<&str> {
        self.weight.as_deref()
    }

    /// The type of the labels, of columns that are there.
    pub(super) fn check(&self, schema: &DFSchema) -> Result<LabelKind> {
        let mut named = [&self.text, &self.label].into_iter().chain(&self.weight);
        named.try_for_each(|name| check_column(schema, name))?;
        LabelKind::of(schema.field_with_unqualified_name(&self.label)?.data_type(), &self.label)
    }

    /// The arguments of `fit`.
    pub(super) fn arguments(&self) -> Vec<Expr> {
        let names = [&*self.text, &*self.label, CHUNK].into_iter().chain(self.weight.as_deref());
        names.map(|name| Expr::Column(Column::new_unqualified(name))).collect()
    }
}

/// Refuses a column that is not there; those that are there are named.
pub(super) fn check_column(schema: &DFSchema, name: &str) -> Result<()> {
    let Err(error) = schema.field_with_unqualified_name(name) else { return Ok(()) };
    let there: Vec<String> = schema.fields().iter().map(|field| format!("`{}`", field.name())).collect();
    Err(unplanned(format!("no column `{name}` among {}: {error}", there.join(", "))))
}
