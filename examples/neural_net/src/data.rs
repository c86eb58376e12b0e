//! Rows of `make_classification`, made by chunk, as batches of sequences.

use chunkfit::datasets::synthetic::Classification;
use chunkfit::graph::Key;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2, Array3, Axis};
use chunkfit::{Chunks, Result};

use crate::sequences::Sequences;

/// The rows of a sequence.
pub const STEPS: usize = 50;
/// The sequences of a batch.
pub const BATCH: usize = 128;
/// The features of a row.
pub const FEATURES: usize = 10;
/// One held-out sequence in so many is spoiled.
pub const SPOILED: usize = 10;

/// Rows with classes.
pub type LabelledRows = DatasetBase<Array2<f64>, Array1<usize>>;
/// Sequences, with the scores that they should have.
pub type Batch = DatasetBase<Sequences, Array1<f32>>;

/// So many chunks of so many rows each, of 5 informative and 5 redundant columns.
///
/// # Errors
/// None for these parameters.
pub fn rows(chunks: usize, rows: usize) -> Result<Chunks<LabelledRows>> {
    Classification::new(1).n_features(FEATURES).n_informative(5).n_redundant(5).chunks(chunks, rows)
}

/// The same from a chunk on: rows that `rows(first, …)` does not have.
///
/// # Errors
/// None for these parameters.
pub fn rows_from(first: usize, chunks: usize, rows: usize) -> Result<Chunks<LabelledRows>> {
    let all = self::rows(first + chunks, rows)?;
    let later = Chunks::from_lazies(all.iter().skip(first).cloned());
    Ok(later.with_row_counts(std::iter::repeat_n(rows, chunks)))
}

/// Batches of 128 sequences of 50 rows, each a chunk; the last with what is left. The chunks of rows may be smaller or
/// larger than that.
pub fn batches(rows: &Chunks<LabelledRows>) -> Chunks<Batch> {
    let key = Key::of("batches").params(&STEPS).finish();
    rows.rechunk(BATCH * STEPS).map_keyed("sequences", key, |rows| {
        let sequences = Sequences::cut(rows.records.view(), STEPS)?;
        let scores = Array1::zeros(sequences.len());
        Ok(DatasetBase::new(sequences, scores))
    })
}

/// The same with every tenth sequence spoiled: its columns are in reverse order, so that the redundant ones do not
/// follow from the informative ones. The score that it should have is 1.
pub fn spoiled(batches: &Chunks<Batch>) -> Chunks<Batch> {
    let key = Key::of("spoiled").params(&SPOILED).finish();
    batches.map_keyed("spoil", key, |batch| {
        let mut values: Array3<f32> = batch.records.values().to_owned();
        for mut sequence in values.axis_iter_mut(Axis(0)).step_by(SPOILED) {
            let mut reversed = sequence.view();
            reversed.invert_axis(Axis(1));
            let reversed = reversed.to_owned();
            sequence.assign(&reversed);
        }
        let scores = Array1::from_shape_fn(batch.targets.len(), |i| if i % SPOILED == 0 { 1.0 } else { 0.0 });
        Ok(DatasetBase::new(Sequences::new(values), scores))
    })
}
