//! Which classes there are, and which number each label has.

use std::any::Any;
use std::collections::BTreeSet;

use linfa::Label;
use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// How much the examples of each class count (scikit-learn's `class_weight`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ClassWeight<L> {
    /// Every example counts once. The default.
    #[default]
    Uniform,
    /// Every class counts the same: an example of a class that occurs `n` times counts
    /// `rows / (classes * n)`. For `fit` only, which sees all labels (`balanced`).
    Balanced,
    /// These weights; classes that are not named count once (a `dict` in scikit-learn).
    ByLabel(Vec<(L, f64)>),
}

/// The classes that are known before any label is read: the declared ones; or for `bool` the two
/// that exist.
pub(super) fn classes_beforehand<L: Label + 'static>(declared: Option<&[L]>) -> Option<Vec<L>> {
    let truth = |value: bool| (&value as &dyn Any).downcast_ref::<L>().cloned();
    declared.map(<[L]>::to_vec).or_else(|| Some(vec![truth(false)?, truth(true)?]))
}

/// The distinct labels, sorted.
pub(super) fn distinct<L: Label>(labels: ArrayView1<'_, L>) -> Vec<L> {
    labels.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// The number of each label among the sorted `classes`; of these rows only, if they are given.
pub(super) fn numbers<L: Label>(
    labels: ArrayView1<'_, L>,
    rows: Option<&[usize]>,
    classes: &[L],
) -> Result<Vec<usize>> {
    let number = |row: usize| {
        let label = &labels[row];
        classes.binary_search(label).map_err(|_| unknown(label, classes).at_row(row))
    };
    match rows {
        Some(rows) => rows.iter().map(|&row| number(row)).collect(),
        None => (0..labels.len()).map(number).collect(),
    }
}

/// The weight of each class. `numbers` are those of the labels, which [`ClassWeight::Balanced`] counts.
pub(super) fn weights<L: Label>(class_weight: &ClassWeight<L>, classes: &[L], numbers: &[usize]) -> Vec<f64> {
    match class_weight {
        ClassWeight::Uniform => vec![1.0; classes.len()],
        ClassWeight::ByLabel(pairs) => {
            let named = |class| pairs.iter().find(|(label, _)| label == class).map(|&(_, weight)| weight);
            classes.iter().map(|class| named(class).unwrap_or(1.0)).collect()
        }
        ClassWeight::Balanced => {
            let mut counts = vec![0usize; classes.len()];
            numbers.iter().for_each(|&class| counts[class] += 1);
            let present = counts.iter().filter(|&&count| count > 0).count();
            // A declared class that never occurs has no examples to weigh.
            let weight = |count: usize| numbers.len() as f64 / (present * count.max(1)) as f64;
            counts.into_iter().map(weight).collect()
        }
    }
}

fn unknown<L: Label>(label: &L, classes: &[L]) -> Error {
    const SHOWN: usize = 10;
    let mut known = classes.iter().take(SHOWN).map(|class| format!("{class:?}")).collect::<Vec<_>>().join(", ");
    if classes.len() > SHOWN {
        known.push_str(&format!(" and {} more", classes.len() - SHOWN));
    }
    Error::new(ErrorKind::UnknownLabel { label: format!("{label:?}"), known })
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
        let error = numbers(array![4, 5].view(), None, &classes).unwrap_err();
        assert_eq!(error.place().row, Some(1));
        assert!(error.to_string().contains("label 5") && error.to_string().contains("18 and 2 more"), "{error}");
    }

    #[test]
    fn only_booleans_are_known_beforehand() {
        assert_eq!(classes_beforehand::<bool>(None), Some(vec![false, true]));
        assert_eq!(classes_beforehand::<usize>(None), None);
        assert_eq!(classes_beforehand(Some(&["a", "b"])), Some(vec!["a", "b"]));
    }

    #[test]
    fn balanced_weights_are_inverse_frequencies() {
        assert_eq!(weights(&ClassWeight::Balanced, &[0usize, 1, 2], &[0, 0, 0, 2]), [4.0 / 6.0, 2.0, 2.0]);
        assert_eq!(weights(&ClassWeight::ByLabel(vec![(1usize, 3.0)]), &[0, 1], &[]), [1.0, 3.0]);
    }
}
