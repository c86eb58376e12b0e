//! Layouts of rows and kinds of targets that examples can be made in.

use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1};

use super::block::Block;
use crate::chunks::Chunks;
use crate::data::{Chunk, Csr, Footprint, Keyed, Rows, Shared, Text};
use crate::error::{Error, ErrorKind};

/// A layout of rows that examples can be made in: dense or sparse, `f64` or `f32`, by group, categories, documents; or rows
/// of your own, for which you implement it.
#[diagnostic::on_unimplemented(
    message = "no examples can be made of rows of type `{Self}`",
    note = "implement `chunkfit::testing::TestRows` for rows of your own"
)]
pub trait TestRows: Records + Rows + Footprint + Clone + Shared {
    /// Shown where a law does not hold: `dense f64`.
    const NAME: &'static str;

    /// True where a difference of 1e-7 may be rounding.
    const IS_NARROW: bool = false;

    /// False where values are not numbers, so that none can be NaN or infinite.
    const IS_OF_NUMBERS: bool = true;

    /// The rows of a block.
    fn of(block: &Block) -> Self;
}

impl TestRows for Array2<f64> {
    const NAME: &'static str = "dense f64";

    fn of(block: &Block) -> Self {
        block.x.clone()
    }
}

impl TestRows for Array2<f32> {
    const NAME: &'static str = "dense f32";
    const IS_NARROW: bool = true;

    fn of(block: &Block) -> Self {
        block.x.mapv(|x| x as f32)
    }
}

/// All values but zeros are stored, NaN and infinity too.
fn sparse<F: Float>(x: &Array2<F>) -> Csr<F> {
    let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for row in x.rows() {
        for (j, &value) in row.iter().enumerate().filter(|(_, value)| **value != F::zero()) {
            columns.push(j as u32);
            values.push(value);
        }
        starts.push(columns.len());
    }
    // Sorted columns within the width, as many values as columns: no matrix but a valid one.
    Csr::new(x.ncols(), starts, columns, values).unwrap_or_else(|error| panic!("sparse examples: {error}"))
}

impl TestRows for Csr<f64> {
    const NAME: &'static str = "sparse f64";

    fn of(block: &Block) -> Self {
        sparse(&block.x)
    }
}

impl TestRows for Csr<f32> {
    const NAME: &'static str = "sparse f32";
    const IS_NARROW: bool = true;

    fn of(block: &Block) -> Self {
        sparse(&block.x.mapv(|x| x as f32))
    }
}

impl<R: TestRows> TestRows for Keyed<R, usize> {
    const NAME: &'static str = "rows of groups";
    const IS_NARROW: bool = R::IS_NARROW;

    fn of(block: &Block) -> Self {
        Keyed::new(R::of(block), block.group.to_vec()).unwrap_or_else(|error| panic!("examples of groups: {error}"))
    }
}

/// Every number is a category.
impl TestRows for Array2<String> {
    const NAME: &'static str = "categories";
    const IS_OF_NUMBERS: bool = false;

    fn of(block: &Block) -> Self {
        block.x.mapv(|x| x.to_string())
    }
}

/// Every number is a word with a capital and an accent, every row a document.
impl TestRows for Text {
    const NAME: &'static str = "documents";
    const IS_OF_NUMBERS: bool = false;

    fn of(block: &Block) -> Self {
        let document = |row: ArrayView1<'_, f64>| row.iter().map(|x| format!("Café{x} the ")).collect::<String>();
        block.x.rows().into_iter().map(document).collect()
    }
}

/// What targets are of, which decides what laws hold for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// The class of the row.
    Classes,
    /// Whether the row is of the first class or of another one.
    TwoClasses,
    /// A number above 0.
    Values,
    /// Whether each of two labels is there.
    Labels,
    /// Nothing.
    None,
}

/// Targets that examples can be made in: labels, numbers, several labels a row, none; or targets of your own.
#[diagnostic::on_unimplemented(
    message = "no examples can be made of targets of type `{Self}`",
    note = "implement `chunkfit::testing::TestTargets` for labels of your own"
)]
pub trait TestTargets: Rows + AsTargets + Footprint + Clone + Shared {
    /// Decides what laws hold.
    const KIND: TargetKind;

    /// The targets of a block.
    fn of(block: &Block) -> Self;
}

impl TestTargets for Array1<usize> {
    const KIND: TargetKind = TargetKind::Classes;

    fn of(block: &Block) -> Self {
        block.class.clone()
    }
}

impl TestTargets for Array1<String> {
    const KIND: TargetKind = TargetKind::Classes;

    fn of(block: &Block) -> Self {
        block.class.mapv(|class| format!("class {class}"))
    }
}

impl TestTargets for Array1<bool> {
    const KIND: TargetKind = TargetKind::TwoClasses;

    fn of(block: &Block) -> Self {
        block.class.mapv(|class| class > 0)
    }
}

impl TestTargets for Array1<f64> {
    const KIND: TargetKind = TargetKind::Values;

    fn of(block: &Block) -> Self {
        block.value.clone()
    }
}

impl TestTargets for Array1<f32> {
    const KIND: TargetKind = TargetKind::Values;

    fn of(block: &Block) -> Self {
        block.value.mapv(|value| value as f32)
    }
}

/// Label `j` is there where the class has bit `j`.
impl TestTargets for Array2<bool> {
    const KIND: TargetKind = TargetKind::Labels;

    fn of(block: &Block) -> Self {
        Array2::from_shape_fn((block.n_rows(), 2), |(i, j)| block.class[i] >> j & 1 == 1)
    }
}

/// A block as a data set.
pub fn dataset<R: TestRows, T: TestTargets>(block: &Block) -> DatasetBase<R, T> {
    let rows = DatasetBase::new(R::of(block), T::of(block));
    match &block.weights {
        Some(weights) => rows.with_weights(weights.clone()),
        None => rows,
    }
}

/// Blocks as chunks, with names that last: a broken block is an error when it is read, and a block with a delay is
/// there after that time.
pub fn chunks<R: TestRows, T: TestTargets>(blocks: &[Block]) -> Chunks<DatasetBase<R, T>>
where
    DatasetBase<R, T>: Chunk,
{
    if blocks.iter().all(|block| !block.is_broken && block.delay.is_zero()) {
        return Chunks::from_memory(blocks.iter().map(dataset).collect::<Vec<_>>());
    }
    let (blocks, n) = (blocks.to_vec(), blocks.len());
    let read = move |c: usize| {
        let block = &blocks[c];
        std::thread::sleep(block.delay);
        match block.is_broken {
            true => Err(Error::new(ErrorKind::NoRows { estimator: "a block that cannot be read" })),
            false => Ok(dataset(block)),
        }
    };
    Chunks::from_fn("block", n, read).identified("examples of the conformance suite")
}
