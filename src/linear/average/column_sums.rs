//! Weighted sums over chunks, column by column: what a weighted mean is made of.

use serde::{Deserialize, Serialize};

use super::ChunkWeight;
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::{Error, ErrorKind, Result};

/// `Σ weight · coefficient` and `Σ weight` of some boundaries, in the columns that any chunk touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(in crate::linear) struct ColumnSums {
    n_features: usize,
    columns: Vec<u32>,
    rows: Vec<RowSums>,
    /// Of one chunk the coefficients are kept as they are, not weighed: the weighted mean of one would
    /// have other last bits.
    alone: bool,
}

checked_when_read!(ColumnSums, serialize: [], deserialize: []);

impl ColumnSums {
    fn check_read(&self) -> Result<()> {
        let n = self.columns.len();
        let ascend = self.columns.windows(2).all(|pair| pair[0] < pair[1]);
        let inside = self.columns.last().is_none_or(|&last| (last as usize) < self.n_features);
        if !ascend || !inside || self.n_features as u64 > 1 << 32 {
            return Err(contradiction(format!("its columns do not ascend below {}", self.n_features)));
        }
        let fits = |row: &RowSums| match &row.weight {
            Weight::All(_) => row.weighted.len() == n,
            Weight::Each(weights) => row.weighted.len() == n && weights.len() == n,
        };
        let one_weighting = self
            .rows
            .windows(2)
            .all(|pair| matches!(pair[0].weight, Weight::All(_)) == matches!(pair[1].weight, Weight::All(_)));
        if self.rows.is_empty() || !self.rows.iter().all(fits) || !one_weighting {
            return Err(contradiction(format!("its sums are not over {n} columns each")));
        }
        Ok(())
    }

    /// Of how many boundaries these are the sums, and in which columns.
    pub(in crate::linear) fn layout(&self) -> (usize, &[u32]) {
        (self.rows.len(), &self.columns)
    }
}

/// The sums of one boundary; the `weighted` of a chunk alone are not weighed yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct RowSums {
    weighted: Vec<f64>,
    weight: Weight,
    /// Of weight · coefficient², over all columns.
    squares: f64,
    intercept_weighted: f64,
    intercept_weight: f64,
}

/// The sum of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Weight {
    /// One for all columns, those not touched too.
    All(f64),
    /// One a column.
    Each(Vec<f64>),
}

impl ColumnSums {
    /// The sums of one chunk. `columns` ascend; `coef` is as in [`CompactFit`](super::CompactFit).
    pub(in crate::linear) fn of_chunk(
        n_features: usize,
        columns: Vec<u32>,
        coef: Vec<f64>,
        intercept: &[f64],
        weight: ChunkWeight,
    ) -> Result<Self> {
        if let ChunkWeight::Each { coef: weights, intercept: intercept_weights } = &weight {
            if weights.len() != coef.len() {
                return Err(Error::shape("weights, one a coefficient", coef.len(), weights.len()));
            }
            if intercept_weights.len() != intercept.len() {
                return Err(Error::shape("weights, one an intercept", intercept.len(), intercept_weights.len()));
            }
        }
        let len = columns.len();
        let row = |(k, &b): (usize, &f64)| {
            let span = k * len..(k + 1) * len;
            let coef = &coef[span.clone()];
            match &weight {
                ChunkWeight::All(g) => RowSums {
                    weighted: coef.to_vec(),
                    weight: Weight::All(*g),
                    squares: coef.iter().map(|w| g * w * w).sum(),
                    intercept_weighted: b,
                    intercept_weight: *g,
                },
                ChunkWeight::Each { coef: weights, intercept } => RowSums {
                    weighted: coef.to_vec(),
                    squares: coef.iter().zip(&weights[span.clone()]).map(|(w, g)| g * w * w).sum(),
                    weight: Weight::Each(weights[span].to_vec()),
                    intercept_weighted: b,
                    intercept_weight: intercept[k],
                },
            }
        };
        let rows = intercept.iter().enumerate().map(row).collect();
        Ok(ColumnSums { n_features, columns, rows, alone: true })
    }

    pub(in crate::linear) fn n_features(&self) -> usize {
        self.n_features
    }

    /// The sums of both; they must have the same boundaries.
    pub(in crate::linear) fn merge(mut self, mut other: Self) -> Result<Self> {
        if self.n_features != other.n_features {
            return Err(Error::shape("columns", self.n_features, other.n_features));
        }
        self.weigh();
        other.weigh();
        if self.columns != other.columns {
            let (union, places, other_places) = union(&self.columns, &other.columns);
            self.widen(union.len(), &places);
            other.widen(union.len(), &other_places);
            self.columns = union;
        }
        for (row, other) in self.rows.iter_mut().zip(other.rows) {
            row.add(other)?;
        }
        Ok(self)
    }

    /// Empties the sums of boundary `k`, as if there had been no chunk.
    pub(in crate::linear) fn forget(&mut self, k: usize) {
        if let Some(row) = self.rows.get_mut(k) {
            *row = row.nothing();
        }
    }

    /// Weighs the coefficients of one chunk: it is alone no longer.
    fn weigh(&mut self) {
        if std::mem::take(&mut self.alone) {
            self.rows.iter_mut().for_each(RowSums::weigh);
        }
    }

    /// Lays the sums out over more columns, among which those they have stand at `places`.
    fn widen(&mut self, len: usize, places: &[u32]) {
        let spread = |values: &mut Vec<f64>| {
            if values.len() < len {
                let mut wide = vec![0.0; len];
                places.iter().zip(&*values).for_each(|(&place, &value)| wide[place as usize] = value);
                *values = wide;
            }
        };
        for row in &mut self.rows {
            spread(&mut row.weighted);
            if let Weight::Each(weights) = &mut row.weight {
                spread(weights);
            }
        }
    }

    /// Two rows in place of one boundary between two classes: half of it against the first class,
    /// half for the second. Softmax over them gives the same probabilities.
    pub(super) fn split_pair(mut self) -> Self {
        let mut second = self.rows.swap_remove(0);
        second.scale(0.5);
        let mut first = second.clone();
        first.scale(-1.0);
        self.rows = vec![first, second];
        self
    }

    /// The rows at these places among `n`; the others are of nothing.
    pub(super) fn place_rows(mut self, places: &[usize], n: usize) -> Self {
        let nothing: Vec<RowSums> = self.rows.first().map(|row| vec![row.nothing(); n]).unwrap_or_default();
        let given = std::mem::replace(&mut self.rows, nothing);
        for (&place, row) in places.iter().zip(given) {
            self.rows[place] = row;
        }
        self
    }

    /// The columns, the means over them boundary by boundary, and the means of the intercepts; 0
    /// where nothing weighs. Of one chunk, what it gave.
    pub(in crate::linear) fn means(self) -> (Vec<u32>, Vec<f64>, Vec<f64>) {
        let mean = |weighted: f64, weight: f64| match weight {
            _ if self.alone => weighted,
            weight if weight > 0.0 => weighted / weight,
            _ => 0.0,
        };
        let mut coef = Vec::with_capacity(self.rows.len() * self.columns.len());
        for row in &self.rows {
            match &row.weight {
                Weight::All(g) => coef.extend(row.weighted.iter().map(|&w| mean(w, *g))),
                Weight::Each(weights) => coef.extend(row.weighted.iter().zip(weights).map(|(&w, &g)| mean(w, g))),
            }
        }
        let intercept = self.rows.iter().map(|row| mean(row.intercept_weighted, row.intercept_weight)).collect();
        (self.columns, coef, intercept)
    }

    /// The share of `Σ weight · coefficient²` that the means leave, from 0 (all alike) to 1 (they cancel).
    pub(super) fn disagreement(&self) -> f64 {
        if self.alone {
            return 0.0;
        }
        let squares: f64 = self.rows.iter().map(|row| row.squares).sum();
        let explained: f64 = self.rows.iter().map(RowSums::explained).sum();
        if squares > 0.0 { (1.0 - explained / squares).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The columns, and how much all chunks' coefficients in them weigh, and their intercepts; `None`
    /// if chunks were weighed as a whole.
    pub(in crate::linear) fn total_weight(&self) -> Option<(Vec<u32>, ChunkWeight)> {
        let mut coef = Vec::with_capacity(self.rows.len() * self.columns.len());
        for row in &self.rows {
            match &row.weight {
                Weight::All(_) => return None,
                Weight::Each(weights) => coef.extend_from_slice(weights),
            }
        }
        let intercept = self.rows.iter().map(|row| row.intercept_weight).collect();
        Some((self.columns.clone(), ChunkWeight::Each { coef, intercept }))
    }

    pub(in crate::linear) fn heap_bytes(&self) -> usize {
        let row = |row: &RowSums| match &row.weight {
            Weight::All(_) => row.weighted.len(),
            Weight::Each(weights) => row.weighted.len() + weights.len(),
        };
        size_of_val(&*self.columns) + size_of::<f64>() * self.rows.iter().map(row).sum::<usize>()
    }
}

impl RowSums {
    /// What the chunk was weighed by, as far as it shows.
    fn weighting(&self) -> &'static str {
        match self.weight {
            Weight::All(_) => "one weight for all columns",
            Weight::Each(_) => "one weight a column",
        }
    }

    /// Of no chunk, over the same columns.
    fn nothing(&self) -> Self {
        RowSums {
            weighted: vec![0.0; self.weighted.len()],
            weight: match &self.weight {
                Weight::All(_) => Weight::All(0.0),
                Weight::Each(weights) => Weight::Each(vec![0.0; weights.len()]),
            },
            squares: 0.0,
            intercept_weighted: 0.0,
            intercept_weight: 0.0,
        }
    }

    fn weigh(&mut self) {
        match &self.weight {
            Weight::All(g) => self.weighted.iter_mut().for_each(|w| *w *= g),
            Weight::Each(weights) => self.weighted.iter_mut().zip(weights).for_each(|(w, g)| *w *= g),
        }
        self.intercept_weighted *= self.intercept_weight;
    }

    fn add(&mut self, other: Self) -> Result<()> {
        let add = |a: &mut [f64], b: &[f64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        match (&mut self.weight, &other.weight) {
            (Weight::All(a), Weight::All(b)) => *a += b,
            (Weight::Each(a), Weight::Each(b)) => add(a, b),
            _ => return Err(self.mismatched(&other)),
        }
        add(&mut self.weighted, &other.weighted);
        self.squares += other.squares;
        self.intercept_weighted += other.intercept_weighted;
        self.intercept_weight += other.intercept_weight;
        Ok(())
    }

    /// The error of sums that were weighted in another way.
    #[cold]
    #[inline(never)]
    fn mismatched(&self, other: &Self) -> Error {
        let (expected, found) = (self.weighting().to_owned(), other.weighting().to_owned());
        Error::new(ErrorKind::MismatchedStates { expected, found })
    }

    /// `Σ weight · mean²`.
    fn explained(&self) -> f64 {
        let term = |(&w, g): (&f64, f64)| if g > 0.0 { w * w / g } else { 0.0 };
        match &self.weight {
            Weight::All(g) => self.weighted.iter().map(|w| term((w, *g))).sum(),
            Weight::Each(weights) => self.weighted.iter().zip(weights.iter().copied()).map(term).sum(),
        }
    }

    /// Scales the coefficients, not their weight.
    fn scale(&mut self, factor: f64) {
        self.weighted.iter_mut().for_each(|w| *w *= factor);
        self.squares *= factor * factor;
        self.intercept_weighted *= factor;
    }
}

/// Two ascending lists as one, and the places in it of what each of them has. Which list has the next column is anyone's
/// guess, so there is no branch on it. By itself, so that its inner loop has the registers whatever its caller needs.
#[inline(never)]
fn union(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let mut union = Vec::with_capacity(a.len() + b.len());
    let (mut places_a, mut places_b) = (vec![0; a.len()], vec![0; b.len()]);
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        (places_a[i], places_b[j]) = (union.len() as u32, union.len() as u32);
        union.push(a[i].min(b[j]));
        let (from_a, from_b) = (a[i] <= b[j], b[j] <= a[i]);
        i += usize::from(from_a);
        j += usize::from(from_b);
    }
    // What is left of one of them comes last.
    places_a[i..]
        .iter_mut()
        .chain(&mut places_b[j..])
        .zip(union.len() as u32..)
        .for_each(|(place, next)| *place = next);
    union.extend_from_slice(&a[i..]);
    union.extend_from_slice(&b[j..]);
    (union, places_a, places_b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn sums(columns: &[u32], coef: &[f64], weights: &[f64]) -> ColumnSums {
        let weight = ChunkWeight::Each { coef: weights.to_vec(), intercept: vec![1.0] };
        ColumnSums::of_chunk(9, columns.to_vec(), coef.to_vec(), &[1.0], weight).unwrap()
    }

    proptest! {
        #[test]
        fn a_union_has_all_in_order_and_tells_their_places(
            a in prop::collection::btree_set(0_u32..60, 0..40),
            b in prop::collection::btree_set(0_u32..60, 0..40),
        ) {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<_>>();
            let (union, places_a, places_b) = union(&list(&a), &list(&b));
            prop_assert_eq!(&union, &list(&(&a | &b)));
            let at = |places: &[u32]| places.iter().map(|&place| union[place as usize]).collect::<Vec<_>>();
            prop_assert_eq!((at(&places_a), at(&places_b)), (list(&a), list(&b)));
        }
    }

    #[test]
    fn columns_are_joined_and_weighed_one_by_one() {
        let merged =
            sums(&[1, 4], &[1.0, 2.0], &[3.0, 1.0]).merge(sums(&[0, 4, 8], &[5.0, 6.0, 7.0], &[1.0, 3.0, 0.0]));
        assert_eq!(merged.unwrap().means(), (vec![0, 1, 4, 8], vec![5.0, 1.0, 5.0, 0.0], vec![1.0]));
        let plain = |columns: &[u32], coef: &[f64]| {
            ColumnSums::of_chunk(9, columns.to_vec(), coef.to_vec(), &[2.0], ChunkWeight::All(1.0)).unwrap()
        };
        let merged = plain(&[1], &[1.0]).merge(plain(&[2], &[4.0])).unwrap();
        assert_eq!(merged.means(), (vec![1, 2], vec![0.5, 2.0], vec![2.0]));
        assert!(plain(&[1], &[1.0]).merge(sums(&[1], &[1.0], &[1.0])).is_err());
    }

    #[test]
    fn chunks_disagree_by_what_their_means_leave() {
        let two = |a: f64, b: f64| sums(&[1], &[a], &[1.0]).merge(sums(&[1], &[b], &[1.0])).unwrap();
        for (a, b, expected) in [(2.0, 2.0, 0.0), (4.0, 0.0, 0.5), (3.0, -3.0, 1.0), (0.0, 0.0, 0.0)] {
            assert_eq!(two(a, b).disagreement(), expected);
            assert_eq!(two(a, b).split_pair().place_rows(&[2, 0], 3).disagreement(), expected);
        }
        // What only one of them has, they do not disagree about, unless both weigh in every column.
        let apart = sums(&[1], &[4.0], &[2.0]).merge(sums(&[2], &[9.0], &[1.0])).unwrap();
        assert_eq!(apart.disagreement(), 0.0);
        let plain = |columns: &[u32], coef: &[f64]| {
            ColumnSums::of_chunk(9, columns.to_vec(), coef.to_vec(), &[1.0], ChunkWeight::All(1.0)).unwrap()
        };
        assert_eq!(plain(&[1], &[4.0]).merge(plain(&[2], &[9.0])).unwrap().disagreement(), 0.5);
    }

    #[test]
    fn a_pair_splits_into_opposite_halves() {
        let split = sums(&[3], &[4.0], &[2.0]).split_pair().place_rows(&[2, 0], 3);
        assert_eq!(split.means(), (vec![3], vec![2.0, 0.0, -2.0], vec![0.5, 0.0, -0.5]));
    }
}
