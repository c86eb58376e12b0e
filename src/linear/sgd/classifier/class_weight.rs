//! Class weights: how much the examples of each class count.

use linfa::Label;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The weights of the examples of each class (scikit-learn's `class_weight`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ClassWeight<L> {
    /// Every example counts once. The default.
    #[default]
    Uniform,
    /// Every class counts the same: an example of a class that occurs `n` times counts
    /// `rows / (classes * n)` (`balanced`). `fit` counts all labels. `partial_fit` counts those seen
    /// so far, the chunk at hand included, where scikit-learn's refuses; it needs declared classes
    /// or `bool`, of which those that have not occurred do not count. The model carries the counts.
    Balanced,
    /// These weights; classes that are not named count once (a `dict` in scikit-learn).
    ByLabel(Vec<(L, f64)>),
}

impl<L: Label> ClassWeight<L> {
    /// Refuses weights that are no numbers of 0 or more, and labels that stand twice, or not among the `declared` ones.
    pub(in crate::linear) fn check(&self, declared: Option<&[L]>) -> Result<()> {
        let ClassWeight::ByLabel(pairs) = self else { return Ok(()) };
        for (k, pair @ (label, weight)) in pairs.iter().enumerate() {
            let expected = if !(*weight >= 0.0 && weight.is_finite()) {
                "a finite weight of 0 or more".into()
            } else if pairs[..k].iter().any(|(other, _)| other == label) {
                "one weight a label".into()
            } else if let Some(classes) = declared.filter(|classes| !classes.contains(label)) {
                format!("labels among the declared classes {classes:?}")
            } else {
                continue;
            };
            return Err(Error::parameter("class_weight", pair, expected));
        }
        Ok(())
    }
}

/// The weight of each class. `counts` tells how often each occurred, for [`ClassWeight::Balanced`].
pub(in crate::linear) fn weights<L: Label>(class_weight: &ClassWeight<L>, classes: &[L], counts: &[usize]) -> Vec<f64> {
    match class_weight {
        ClassWeight::Uniform => vec![1.0; classes.len()],
        ClassWeight::ByLabel(pairs) => {
            let named = |class| pairs.iter().find(|(label, _)| label == class).map(|&(_, weight)| weight);
            classes.iter().map(|class| named(class).unwrap_or(1.0)).collect()
        }
        ClassWeight::Balanced => balanced(counts),
    }
}

/// The weights of classes that occurred so often, so that all count the same.
fn balanced(counts: &[usize]) -> Vec<f64> {
    let rows = counts.iter().fold(0usize, |rows, &count| rows.saturating_add(count));
    let present = counts.iter().filter(|&&count| count > 0).count();
    // A declared class that never occurs has no examples to weigh.
    let weight = |&count: &usize| rows as f64 / present.saturating_mul(count.max(1)) as f64;
    counts.iter().map(weight).collect()
}

/// Adds up how often each class occurs; `numbers` are those of the labels. Counts of a file that was forged may be the
/// largest that there are.
pub(in crate::linear::sgd) fn count(numbers: &[usize], counts: &mut [usize]) {
    numbers.iter().for_each(|&class| counts[class] = counts[class].saturating_add(1));
}

/// The counts after classes have appeared: `origin[k]` is the old number of the class that is now number `k`, if it has
/// one.
pub(in crate::linear::sgd) fn grown(counts: &[usize], origin: &[Option<usize>]) -> Vec<usize> {
    origin.iter().map(|old| old.map_or(0, |old| counts[old])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_weights_are_inverse_frequencies() {
        let mut counts = [0; 3];
        count(&[0, 0, 0, 2], &mut counts);
        assert_eq!(weights(&ClassWeight::Balanced, &[0usize, 1, 2], &counts), [4.0 / 6.0, 2.0, 2.0]);
        assert_eq!(weights(&ClassWeight::ByLabel(vec![(1usize, 3.0)]), &[0, 1], &[0, 0]), [1.0, 3.0]);
    }
}
