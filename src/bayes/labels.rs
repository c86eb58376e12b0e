//! Which classes there are, and which number each label has.

use std::any::Any;
use std::collections::BTreeSet;

use linfa::Label;
use ndarray::ArrayView1;

use crate::error::{Error, ErrorKind, Result};

/// The classes that are known before any label is read: the declared ones; or for `bool` the two
/// that exist.
pub(super) fn known<L: Label + 'static>(declared: Option<&[L]>) -> Option<Vec<L>> {
    let truth = |value: bool| (&value as &dyn Any).downcast_ref::<L>().cloned();
    declared.map(<[L]>::to_vec).or_else(|| Some(vec![truth(false)?, truth(true)?]))
}

/// The classes and the labels together, sorted.
pub(super) fn with_those_of<'a, L: Label>(classes: &'a [L], labels: impl IntoIterator<Item = &'a L>) -> Vec<L> {
    let mut all: BTreeSet<&L> = classes.iter().collect();
    all.extend(labels);
    all.into_iter().cloned().collect()
}

/// The number of each label among the sorted `classes`.
pub(super) fn numbers<L: Label>(labels: ArrayView1<'_, L>, classes: &[L]) -> Result<Vec<usize>> {
    let number = |(row, label)| classes.binary_search(label).map_err(|_| unknown(label, classes).at_row(row));
    labels.iter().enumerate().map(number).collect()
}

fn unknown<L: Label>(label: &L, classes: &[L]) -> Error {
    Error::new(ErrorKind::UnknownLabel { label: format!("{label:?}"), known: format!("{classes:?}") })
}
