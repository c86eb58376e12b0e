//! Targets of a chunk: one a row, and for classifiers the classes among them.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use ndarray::ArrayView1;

use crate::data::FeatureRows;
use crate::error::{Error, Result};
use crate::linear::smooth::{ChunkRows, ChunkTargets};

/// The targets of a chunk, one a row.
///
/// # Errors
/// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) if there are not as many as rows.
pub(super) fn targets_of<X: Records, T: AsSingleTargets>(chunk: &DatasetBase<X, T>) -> Result<ArrayView1<'_, T::Elem>> {
    let (targets, rows) = (chunk.targets.as_single_targets(), chunk.records.nsamples());
    if targets.len() == rows { Ok(targets) } else { Err(Error::shape("targets, one a row", rows, targets.len())) }
}

/// The distinct labels, sorted.
pub(super) fn sorted_classes<'a, L: Label + 'a>(labels: impl Iterator<Item = &'a L>) -> Vec<L> {
    let mut classes: Vec<L> = Vec::new();
    for label in labels {
        if let Err(place) = classes.binary_search(label) {
            classes.insert(place, label.clone());
        }
    }
    classes
}

/// The classes of a chunk's rows.
#[derive(Debug)]
pub struct ClassTargets<L> {
    /// Sorted.
    pub(super) classes: Vec<L>,
    /// The number among them of each row's.
    pub(super) class_of: Vec<u32>,
}

impl<L: Label> ClassTargets<L> {
    /// The classes of the rows with these numbers.
    pub(super) fn of(labels: ArrayView1<'_, L>, rows: &[usize]) -> Self {
        let classes = sorted_classes(rows.iter().map(|&i| &labels[i]));
        let mut class_of = Vec::with_capacity(rows.len());
        for &i in rows {
            class_of.push(classes.binary_search(&labels[i]).expect("the classes are the labels'") as u32);
        }
        ClassTargets { classes, class_of }
    }

    /// The rows of a chunk that count, gathered with their classes.
    pub(super) fn gather<X, T>(chunk: &DatasetBase<X, T>) -> Result<ChunkRows<X::Elem, Self>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = L>,
    {
        let labels = targets_of(chunk)?;
        ChunkRows::gather(chunk, |rows| Ok(Self::of(labels, rows)))
    }

    /// The number of each row's class among the classes of all chunks, where `number` finds that of a class.
    pub(super) fn numbers(&self, number: impl Fn(&L) -> Option<usize>) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.classes.len());
        for class in &self.classes {
            numbers.push(number(class).expect("all chunks' classes were surveyed") as u32);
        }
        renumbered(&self.class_of, &numbers)
    }
}

/// The number that stands at the place of each.
fn renumbered(class_of: &[u32], numbers: &[u32]) -> Vec<u32> {
    class_of.iter().map(|&class| numbers[class as usize]).collect()
}

impl<L> ChunkTargets for ClassTargets<L> {
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.classes) + size_of_val(&*self.class_of)
    }
}
