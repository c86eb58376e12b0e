//! Class labels: the bound on their types, the sorted classes of some rows, and the number of each label.

use std::any::Any;
use std::fmt::Debug;

use linfa::Label;
use ndarray::ArrayView1;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};

/// A class label that can be written down: of type `bool`, `usize`, `String`, or of a type of your own.
///
/// A type of your own derives what is asked for and implements linfa's [`Label`], and [`Footprint`](super::Footprint) to be
/// split and searched; then it can be learned, kept in checkpoints, saved with a model, scored and searched like any other:
///
/// ```
/// use chunkfit::data::Footprint;
/// use chunkfit::linfa::{DatasetBase, Label};
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
/// enum Mail {
///     #[default]
///     Ham,
///     Spam,
/// }
///
/// impl Label for Mail {}
/// impl Footprint for Mail {}
///
/// let chunk = DatasetBase::new(array![[0.0], [1.0]], array![Mail::Ham, Mail::Spam]);
/// let chunks = Chunks::from_memory([chunk]);
/// let fit = Chained::new(SgdClassifier::params()).epochs(5).fit(&chunks);
/// let (model, accuracy) = Runtime::new().compute((&fit, fit.score(&chunks)))?;
/// assert_eq!((model.classes(), accuracy), (&[Mail::Ham, Mail::Spam][..], 1.0));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a label of a class",
    note = "use `usize`, `bool`, `String` or an enum of your own as the label of a classifier: numbers become \
            labels by `targets.mapv(|y| y as usize)`; to predict numbers, use a regressor",
    note = "a label of your own implements `linfa::Label`, serde's `Serialize` and `Deserialize`, and \
            `chunkfit::data::Footprint`"
)]
pub trait ClassLabel: Label + Serialize + DeserializeOwned + Shared {}

#[diagnostic::do_not_recommend]
impl<L: Label + Serialize + DeserializeOwned + Shared> ClassLabel for L {}

/// The classes that are known before any label is read: the declared ones; or for `bool` the two
/// that exist.
pub(crate) fn classes_beforehand<L: Label + 'static>(declared: Option<&[L]>) -> Option<Vec<L>> {
    if let Some(declared) = declared {
        return Some(declared.to_vec());
    }
    let truth = |value: bool| (&value as &dyn Any).downcast_ref::<L>().cloned();
    match (truth(false), truth(true)) {
        (Some(no), Some(yes)) => Some(vec![no, yes]),
        _ => None,
    }
}

/// The distinct labels, sorted; of these rows only, if they are given.
pub(crate) fn distinct<L: Label>(labels: ArrayView1<'_, L>, rows: Option<&[usize]>) -> Vec<L> {
    let mut distinct = Distinct { sorted: Vec::new(), fresh: Vec::new() };
    match rows {
        Some(rows) => {
            for &row in rows {
                distinct.add(&labels[row]);
            }
        }
        None => {
            for label in labels {
                distinct.add(label);
            }
        }
    }
    distinct.finish()
}

/// The number of decision boundaries of so many classes: one up to two classes, else one a class.
pub(crate) fn n_boundaries(n_classes: usize) -> usize {
    if n_classes <= 2 { 1 } else { n_classes }
}

/// The error of a classifier all of whose rows have one label.
pub(crate) fn only(label: &impl Debug) -> Error {
    Error::new(ErrorKind::OneClass { found: format!("the label {label:?}") })
}

/// Refuses training of which all rows were of one class, from how often each class occurred.
pub(crate) fn check_two<L: Label, N: PartialOrd + Default>(classes: &[L], counts: &[N]) -> Result<()> {
    let mut seen = classes.iter().zip(counts).filter(|(_, count)| **count > N::default());
    match (seen.next(), seen.next()) {
        (Some((label, _)), None) => Err(only(label)),
        _ => Ok(()),
    }
}

/// The number of each label among the sorted `classes`; of these rows only, if they are given.
pub(crate) fn numbers<L: Label>(
    labels: ArrayView1<'_, L>,
    rows: Option<&[usize]>,
    classes: &[L],
) -> Result<Vec<usize>> {
    let n = match rows {
        Some(rows) => rows.len(),
        None => labels.len(),
    };
    let mut numbers = Vec::with_capacity(n);
    for i in 0..n {
        let row = match rows {
            Some(rows) => rows[i],
            None => i,
        };
        let label = &labels[row];
        match classes.binary_search(label) {
            Ok(class) => numbers.push(class),
            Err(_) => return Err(unknown(label, classes).at_row(row)),
        }
    }
    Ok(numbers)
}

/// The classes and the labels together, sorted.
pub(crate) fn with_those_of<'a, L: Label>(classes: &'a [L], labels: impl IntoIterator<Item = &'a L>) -> Vec<L> {
    let mut distinct = Distinct { sorted: classes.iter().collect(), fresh: Vec::new() };
    for label in labels {
        distinct.add(label);
    }
    distinct.finish()
}

/// Refuses labels, row by row, that are not among the sorted `classes`.
pub(crate) fn check_known<'a, L: Label + 'a>(labels: impl IntoIterator<Item = &'a L>, classes: &[L]) -> Result<()> {
    for (row, label) in labels.into_iter().enumerate() {
        if classes.binary_search(label).is_err() {
            return Err(unknown(label, classes).at_row(row));
        }
    }
    Ok(())
}

pub(crate) fn unknown<L: Label>(label: &L, classes: &[L]) -> Error {
    let mut shown = Vec::new();
    for class in &classes[..classes.len().min(SHOWN)] {
        shown.push(format!("{class:?}"));
    }
    unknown_of(format!("{label:?}"), &shown, classes.len())
}

/// The most classes that an error lists.
const SHOWN: usize = 10;

fn unknown_of(label: String, shown: &[String], n_classes: usize) -> Error {
    let mut known = shown.join(", ");
    if n_classes > SHOWN {
        known.push_str(&format!(" and {} more", n_classes - SHOWN));
    }
    Error::new(ErrorKind::UnknownLabel { label, known })
}

/// Distinct labels, in their order. It takes a fraction of a set's code, which is compiled for each type of labels.
struct Distinct<'a, L> {
    sorted: Vec<&'a L>,
    /// A few more, sorted by themselves, so that many labels are not moved for each one that comes.
    fresh: Vec<&'a L>,
}

impl<'a, L: Ord + Clone> Distinct<'a, L> {
    fn add(&mut self, label: &'a L) {
        if self.sorted.binary_search(&label).is_ok() {
            return;
        }
        if let Err(place) = self.fresh.binary_search(&label) {
            self.fresh.insert(place, label);
            if self.fresh.len() == 256 {
                self.merge();
            }
        }
    }

    fn merge(&mut self) {
        let (mut merged, mut i) = (Vec::with_capacity(self.sorted.len() + self.fresh.len()), 0);
        for &label in &self.fresh {
            while i < self.sorted.len() && self.sorted[i] < label {
                merged.push(self.sorted[i]);
                i += 1;
            }
            merged.push(label);
        }
        merged.extend_from_slice(&self.sorted[i..]);
        (self.sorted, self.fresh) = (merged, Vec::new());
    }

    fn finish(mut self) -> Vec<L> {
        self.merge();
        let mut labels = Vec::with_capacity(self.sorted.len());
        for &label in &self.sorted {
            labels.push(label.clone());
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn labels_have_numbers_or_are_named_in_the_error() {
        let classes: Vec<usize> = (0..12).map(|k| 2 * k).collect();
        assert_eq!(numbers(array![4, 0].view(), None, &classes).unwrap(), [2, 0]);
        assert_eq!(numbers(array![4, 5, 0].view(), Some(&[0, 2]), &classes).unwrap(), [2, 0]);
        for error in [
            numbers(array![4, 5].view(), None, &classes).unwrap_err(),
            check_known(&array![4, 5], &classes).unwrap_err(),
        ] {
            assert_eq!(error.place().row, Some(1));
            assert!(error.to_string().contains("label 5") && error.to_string().contains("18 and 2 more"), "{error}");
        }
        assert!(check_known(&array![4, 0], &classes).is_ok());
    }

    #[test]
    fn only_booleans_are_known_beforehand() {
        assert_eq!(classes_beforehand::<bool>(None), Some(vec![false, true]));
        assert_eq!(classes_beforehand::<usize>(None), None);
        assert_eq!(classes_beforehand(Some(&["a", "b"])), Some(vec!["a", "b"]));
    }
}
