//! Rows with the keys of the groups they belong to.

use std::collections::BTreeMap;

use linfa::dataset::Records;

use super::compact::{Compact, containers};
use super::{Footprint, Rows};
use crate::error::{Error, Result};

/// Rows that each belong to a group: one customer's, one sensor's, one language's.
///
/// As the records of a data set they are what
/// [`PerGroup`](crate::combine::PerGroup) learns from: one model a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyed<R, K> {
    rows: R,
    keys: Vec<K>,
}

impl<R: Rows, K: Ord + Clone> Keyed<R, K> {
    /// Rows with the key of each.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch): as many keys as rows are needed.
    pub fn new(rows: R, keys: Vec<K>) -> Result<Self> {
        if rows.n_rows() != keys.len() {
            return Err(Error::shape("keys", rows.n_rows(), keys.len()));
        }
        Ok(Keyed { rows, keys })
    }

    /// The rows of each group by their numbers, ascending; the groups sorted by key.
    pub fn groups(&self) -> BTreeMap<&K, Vec<usize>> {
        let mut groups: BTreeMap<&K, Vec<usize>> = BTreeMap::new();
        self.keys.iter().enumerate().for_each(|(i, key)| groups.entry(key).or_default().push(i));
        groups
    }
}

impl<R, K> Keyed<R, K> {
    /// Rows and as many keys, as whoever calls this knows.
    pub(super) fn from_parts(rows: R, keys: Vec<K>) -> Self {
        Keyed { rows, keys }
    }

    /// The rows.
    pub fn rows(&self) -> &R {
        &self.rows
    }

    /// Each row's key.
    pub fn keys(&self) -> &[K] {
        &self.keys
    }

    /// The rows, by value.
    pub fn into_rows(self) -> R {
        self.rows
    }
}

impl<R: Records, K> Records for Keyed<R, K> {
    type Elem = R::Elem;

    fn nsamples(&self) -> usize {
        self.rows.nsamples()
    }

    fn nfeatures(&self) -> usize {
        self.rows.nfeatures()
    }
}

/// A row and its key.
impl<R: Rows, K: Clone> Rows for Keyed<R, K> {
    type Row<'a>
        = (R::Row<'a>, &'a K)
    where
        Self: 'a;

    fn n_rows(&self) -> usize {
        self.rows.n_rows()
    }

    fn row(&self, i: usize) -> Self::Row<'_> {
        (self.rows.row(i), &self.keys[i])
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        Keyed { rows: self.rows.select_rows(rows), keys: self.keys.select_rows(rows) }
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let rows = R::concat_rows(&parts.iter().map(|part| &part.rows).collect::<Vec<_>>())?;
        let keys = Vec::concat_rows(&parts.iter().map(|part| &part.keys).collect::<Vec<_>>())?;
        Ok(Keyed { rows, keys })
    }
}

impl<R: Footprint, K: Footprint> Footprint for Keyed<R, K> {
    const COMPACT: Option<Compact<Self>> = containers::keyed();

    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes() + self.keys.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.keys.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_go_with_their_rows() {
        let keyed = Keyed::new(vec![10, 20, 30, 40], vec!["b", "a", "b", "a"]).unwrap();
        assert_eq!(keyed.groups(), BTreeMap::from([(&"a", vec![1, 3]), (&"b", vec![0, 2])]));
        let picked = keyed.select_rows(&[3, 0]);
        assert_eq!((picked.rows(), picked.keys(), picked.row(1)), (&vec![40, 10], &["a", "b"][..], (&10, &"b")));
        let whole = Keyed::concat_rows(&[&picked, &keyed]).unwrap();
        assert_eq!((whole.n_rows(), whole.select_rows(&[2, 3, 4, 5])), (6, keyed));
        assert!(Keyed::new(vec![1], vec![0; 2]).is_err());
    }
}
