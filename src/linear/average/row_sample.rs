//! Row samples: a few rows of every class, on which a merged model is tried.

use std::collections::BTreeMap;

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use serde::{Deserialize, Serialize};

use super::CompactFit;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{CompiledRows, FeatureRow, FeatureRows, Float, RowsView, float_computation, wide, with_rows};
use crate::error::Result;
use crate::linear::targets::ClassTargets;

/// The most rows of a class.
const ROWS_A_CLASS: usize = 32;

/// About the most rows of all classes: with more than eight of them, each has fewer.
const ROWS: usize = 256;

/// Of every class the rows with the smallest hashes of their content, so that it does not matter
/// how the rows lay in chunks, nor in which order these are merged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct RowSample<L> {
    /// Sorted by class.
    classes: Vec<(L, Vec<SampledRow>)>,
}

checked_when_read!(RowSample<L>, serialize: [L: Serialize], deserialize: [L: Label + Deserialize<'de>]);

impl<L: Label> RowSample<L> {
    fn check_read(&self) -> Result<()> {
        let fits = |row: &SampledRow| row.columns.len() == row.values.len();
        let sorted = self.classes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        match sorted && self.classes.iter().flat_map(|(_, rows)| rows).all(fits) {
            true => Ok(()),
            false => Err(contradiction("the rows that an average is tried on do not fit their classes or columns")),
        }
    }
}

/// One row, in the columns that it has values in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SampledRow {
    hash: u64,
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// The classes that a model predicts for a sample.
pub(super) struct Tried {
    /// For how many rows each class was predicted, and how many have it, in the order of the model's.
    pub predicted: Vec<usize>,
    pub support: Vec<usize>,
}

impl<L> Default for RowSample<L> {
    fn default() -> Self {
        RowSample { classes: Vec::new() }
    }
}

impl<L: Label> RowSample<L> {
    /// Of the rows of positive weight.
    pub(super) fn of_chunk<X: FeatureRows, T: AsSingleTargets<Elem = L>>(chunk: &DatasetBase<X, T>) -> Self {
        let labels = chunk.targets.as_single_targets();
        let n_rows = chunk.records.nsamples().min(labels.len());
        let rows: Vec<usize> = (0..n_rows).filter(|&i| chunk.weight_for(i) > 0.0).collect();
        let ClassTargets { classes, class_of } = ClassTargets::of(labels, &rows);
        // Rows that cannot be read are no sample; fitting them is an error.
        let Ok(compiled) = CompiledRows::of(&chunk.records) else { return RowSample::default() };
        let sample = X::Elem::run::<Smallest<'_>>((compiled.view(), &rows, &class_of, classes.len()));
        sample.relabelled(|&class| classes[class].clone())
    }

    /// The labels of the rows.
    pub(super) fn labels(&self) -> impl Iterator<Item = &L> {
        self.classes.iter().map(|(label, _)| label)
    }

    /// The same with other labels of the same order.
    pub(super) fn relabelled<M>(self, label: impl Fn(&L) -> M) -> RowSample<M> {
        let mut classes = Vec::with_capacity(self.classes.len());
        for (own, rows) in self.classes {
            classes.push((label(&own), rows));
        }
        RowSample { classes }
    }

    /// The sample of the rows of both.
    pub(super) fn merge(mut self, other: Self) -> Self {
        for (label, rows) in other.classes {
            match self.classes.binary_search_by(|(own, _)| own.cmp(&label)) {
                Ok(place) => self.classes[place].1.extend(rows),
                Err(place) => self.classes.insert(place, (label, rows)),
            }
        }
        for (_, rows) in &mut self.classes {
            rows.sort_by_key(|row| row.hash);
            rows.dedup_by_key(|row| row.hash);
        }
        self.trim();
        self
    }

    /// The more classes, the fewer rows of each: what one of two samples has left out, the sample of
    /// both leaves out too.
    fn trim(&mut self) {
        let most = (ROWS / self.classes.len().max(1)).clamp(1, ROWS_A_CLASS);
        self.classes.iter_mut().for_each(|(_, rows)| rows.truncate(most));
    }

    /// The predictions of `fit` for the rows.
    pub(super) fn try_on(&self, fit: &CompactFit<L>) -> Tried {
        let n = fit.classes.len();
        let mut tried = Tried { predicted: vec![0; n], support: vec![0; n] };
        for (label, rows) in &self.classes {
            rows.iter().for_each(|row| tried.predicted[row.class_by(fit)] += 1);
            if let Ok(class) = fit.classes.binary_search(label) {
                tried.support[class] += rows.len();
            }
        }
        tried
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let row = |row: &SampledRow| size_of::<SampledRow>() + size_of_val(&*row.columns) + size_of_val(&*row.values);
        size_of_val(&*self.classes) + self.classes.iter().flat_map(|(_, rows)| rows).map(row).sum::<usize>()
    }
}

/// Rows, the numbers of those that count, the number of the class of each of these, and the number of classes.
type Args<'a, F> = (RowsView<'a, F>, &'a [usize], &'a [u32], usize);

float_computation!(Smallest<'a>(Args<'a, F>) -> RowSample<usize> = smallest);

/// The rows of each class with the smallest hashes.
fn smallest<F: Float>((rows, numbers, class_of, n_classes): Args<'_, F>) -> RowSample<usize> {
    with_rows!(rows, x => smallest_of(x, numbers, class_of, n_classes))
}

fn smallest_of<X: FeatureRows>(x: &X, numbers: &[usize], class_of: &[u32], n_classes: usize) -> RowSample<usize> {
    let mut smallest: Vec<BTreeMap<u64, usize>> = vec![BTreeMap::new(); n_classes];
    for (&i, &class) in numbers.iter().zip(class_of) {
        let rows = &mut smallest[class as usize];
        rows.insert(content_hash(x.feature_row(i)), i);
        if rows.len() > ROWS_A_CLASS {
            rows.pop_last();
        }
    }
    let row = |(hash, i)| SampledRow::of(hash, x.feature_row(i));
    let class = |(class, rows): (usize, BTreeMap<u64, usize>)| (class, rows.into_iter().map(row).collect());
    let mut sample = RowSample { classes: smallest.into_iter().enumerate().map(class).collect() };
    sample.trim();
    sample
}

impl SampledRow {
    fn of<F: Float>(hash: u64, row: impl FeatureRow<F>) -> Self {
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        row.for_each(|j, value| {
            if value != F::zero() {
                columns.push(j as u32);
                values.push(wide(value));
            }
        });
        SampledRow { hash, columns, values }
    }

    /// The number of the class that `fit` predicts for it.
    fn class_by<L: Label>(&self, fit: &CompactFit<L>) -> usize {
        let n = fit.columns.len();
        let mut margins = fit.intercept.clone();
        for (column, value) in self.columns.iter().zip(&self.values) {
            if let Ok(place) = fit.columns.binary_search(column) {
                margins.iter_mut().enumerate().for_each(|(k, margin)| *margin += fit.coef[k * n + place] * value);
            }
        }
        match margins[..] {
            [_] if fit.classes.len() == 1 => 0,
            [margin] => usize::from(margin > 0.0),
            _ => (1..margins.len()).fold(0, |best, k| if margins[k] > margins[best] { k } else { best }),
        }
    }
}

/// Zeros do not count, be they stored or not.
fn content_hash<F: Float>(row: impl FeatureRow<F>) -> u64 {
    // A sum waits for no value before it, as a chain would.
    let mut hash: u64 = 0;
    row.for_each(|j, value| {
        if value != F::zero() {
            hash = hash.wrapping_add(folded(j as u64, wide(value).to_bits()));
        }
    });
    mixed(hash)
}

/// Both halves of one long product, as in wyhash (Wang Yi 2019): little to do for each of many values.
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xbf58_476d_1ce4_e5b9);
    product as u64 ^ (product >> 64) as u64
}

/// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every bit depends on all. A hash of bytes
/// would want them copied together first, which takes longer than mixing them.
fn mixed(hash: u64) -> u64 {
    let hash = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
