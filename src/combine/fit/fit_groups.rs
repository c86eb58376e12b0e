//! Fitting estimators together that share what comes before them.

use crate::graph::Key;

/// Fits the estimators of equal keys together: `fit` is given the numbers of a group's members and
/// gives as many fits. The fits come in the order of the keys.
pub(in crate::combine) fn fit_groups<H>(keys: &[Key], mut fit: impl FnMut(&[usize]) -> Vec<H>) -> Vec<H> {
    let mut fits = Vec::with_capacity(keys.len());
    fits.resize_with(keys.len(), || None);
    for group in groups_of(keys) {
        for (fitted, i) in fit(&group).into_iter().zip(group) {
            fits[i] = Some(fitted);
        }
    }
    let mut all = Vec::with_capacity(keys.len());
    for fit in fits {
        all.push(fit.expect("every estimator is in a group"));
    }
    all
}

/// The numbers of those of equal keys.
fn groups_of(keys: &[Key]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        match groups.iter_mut().find(|group| keys[group[0]] == *key) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_of_groups_come_back_in_order() {
        let keys = ["a", "b", "a", "c", "b"].map(|name| Key::of(name).finish());
        let mut seen = Vec::new();
        let fits = fit_groups(&keys, |group| {
            seen.push(group.to_vec());
            group.iter().map(|i| 10 * i).collect()
        });
        assert_eq!(fits, [0, 10, 20, 30, 40]);
        assert_eq!(seen, [vec![0, 2], vec![1, 4], vec![3]]);
    }
}
