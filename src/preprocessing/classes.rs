//! What the binarizers of labels have in common.

use serde::{Deserialize, Serialize};

use super::categories::{Category, CategoryIndex, CategorySets, HandleUnknown, check_declared};
use crate::data::check_weights;
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::check_rows;

/// # Errors
/// [`ErrorKind::InvalidParameter`] for `classes`: none, or one twice.
pub(super) fn check_classes<L: Category>(declared: &Option<Vec<L>>) -> Result<()> {
    declared.iter().try_for_each(|classes| check_declared("classes", classes))
}

/// Learns the classes of rows of labels. Where they are declared there is nothing to learn. Rows of weight 0 count as
/// absent.
pub(super) fn learn_classes<'a, L: Category>(
    rows: impl ExactSizeIterator<Item = impl IntoIterator<Item = &'a L>>,
    sample_weight: Option<&[f64]>,
    declared: &Option<Vec<L>>,
) -> Result<CategorySets<L>> {
    check_weights(rows.len(), sample_weight)?;
    let is_present = |row: usize| sample_weight.is_none_or(|weights| weights[row] > 0.0);
    let mut found = CategorySets::new(1, (0..rows.len()).filter(|&row| is_present(row)).count());
    if declared.is_none() {
        let present = rows.enumerate().filter(|(row, _)| is_present(*row));
        present.flat_map(|(_, labels)| labels).for_each(|label| found.add(0, label));
    }
    Ok(found)
}

/// The classes in the order of their columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Category + Deserialize<'de>"))]
pub(super) struct Classes<L>(CategoryIndex<L>);

impl<L: Category> Classes<L> {
    /// Those declared, else those found, sorted.
    pub(super) fn finish(found: CategorySets<L>, declared: &Option<Vec<L>>, estimator: &'static str) -> Result<Self> {
        check_rows(found.n_rows(), estimator)?;
        let found = || found.into_columns().next().expect("labels are one column");
        Ok(Classes(declared.clone().map_or_else(found, CategoryIndex::new)))
    }

    /// The column of a label of row `row`; `None` for an unknown one, if that is ignored.
    pub(super) fn find(&self, label: &L, row: usize, handle_unknown: HandleUnknown) -> Result<Option<usize>> {
        let found = self.0.find(label);
        if found.is_none() && handle_unknown == HandleUnknown::Error {
            let (label, known) = (format!("{label:?}"), format!("{:?}", self.as_slice()));
            return Err(Error::new(ErrorKind::UnknownLabel { label, known }).at_row(row));
        }
        Ok(found)
    }

    pub(super) fn as_slice(&self) -> &[L] {
        self.0.categories()
    }
}
