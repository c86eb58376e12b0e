//! Rows to learn from, in every layout and with every kind of target.

use chunkfit::Chunks;
use chunkfit::data::Chunk;
use chunkfit::data::{Csr, Footprint, Keyed, Rows, Text};
use linfa::Float;
use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1};

/// Some rows, what may be learned of them, and how much each counts.
#[derive(Clone, Debug)]
pub struct Block {
    pub x: Array2<f64>,
    pub class: Array1<usize>,
    pub value: Array1<f64>,
    /// `None`: a data set without weights.
    pub weights: Option<Array1<f32>>,
}

/// The width of the rows of [`blocks`].
pub const N_FEATURES: usize = 3;

/// Blocks that every estimator can learn from: rows of small positive numbers, three classes, values above 0.
pub fn blocks() -> Vec<Block> {
    let block = |c: usize| {
        let n = 12 + c;
        let x = Array2::from_shape_fn((n, N_FEATURES), |(i, j)| ((7 * i + 5 * j * i + 3 * c + j) % 11) as f64 / 4.0);
        let class = Array1::from_shape_fn(n, |i| (i + usize::from(x[(i, 0)] > 1.5)) % 3);
        let value = Array1::from_shape_fn(n, |i| 0.5 + x[(i, 0)] + 0.25 * x[(i, 1)] + 0.125 * class[i] as f64);
        Block { x, class, value, weights: None }
    };
    (0..3).map(block).collect()
}

/// A layout of rows, made of dense ones.
pub trait Layout: Records + Rows + Clone + Send + Sync + Footprint + 'static {
    const NAME: &'static str;

    fn of(x: &Array2<f64>) -> Self;
}

impl Layout for Array2<f64> {
    const NAME: &'static str = "dense f64";

    fn of(x: &Array2<f64>) -> Self {
        x.clone()
    }
}

impl Layout for Array2<f32> {
    const NAME: &'static str = "dense f32";

    fn of(x: &Array2<f64>) -> Self {
        x.mapv(|x| x as f32)
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
    Csr::new(x.ncols(), starts, columns, values).unwrap()
}

impl Layout for Csr<f64> {
    const NAME: &'static str = "sparse f64";

    fn of(x: &Array2<f64>) -> Self {
        sparse(x)
    }
}

impl Layout for Csr<f32> {
    const NAME: &'static str = "sparse f32";

    fn of(x: &Array2<f64>) -> Self {
        sparse(&x.mapv(|x| x as f32))
    }
}

/// Rows of two groups, in turns.
impl Layout for Keyed<Array2<f64>, usize> {
    const NAME: &'static str = "dense f64, groups";

    fn of(x: &Array2<f64>) -> Self {
        Keyed::new(x.clone(), (0..x.nrows()).map(|i| i % 2).collect()).unwrap()
    }
}

/// Every number is a category.
impl Layout for Array2<String> {
    const NAME: &'static str = "categories";

    fn of(x: &Array2<f64>) -> Self {
        x.mapv(|x| x.to_string())
    }
}

/// Every number is a word, every row a document.
impl Layout for Text {
    const NAME: &'static str = "documents";

    fn of(x: &Array2<f64>) -> Self {
        let document = |row: ArrayView1<'_, f64>| row.iter().map(|x| format!("word{x} ")).collect::<String>();
        x.rows().into_iter().map(document).collect()
    }
}

/// Targets of a block.
pub trait Targets: Rows + AsTargets + Clone + Send + Sync + Footprint + 'static {
    fn of(block: &Block) -> Self;
}

impl Targets for Array1<usize> {
    fn of(block: &Block) -> Self {
        block.class.clone()
    }
}

/// Two classes: the first against the others.
impl Targets for Array1<bool> {
    fn of(block: &Block) -> Self {
        block.class.mapv(|class| class > 0)
    }
}

impl Targets for Array1<f64> {
    fn of(block: &Block) -> Self {
        block.value.clone()
    }
}

impl Targets for Array1<f32> {
    fn of(block: &Block) -> Self {
        block.value.mapv(|value| value as f32)
    }
}

/// Label `j` is there where the class has bit `j`.
impl Targets for Array2<bool> {
    fn of(block: &Block) -> Self {
        Array2::from_shape_fn((block.class.len(), 2), |(i, j)| block.class[i] >> j & 1 == 1)
    }
}

/// A block as a data set.
pub fn dataset<R: Layout, T: Targets>(block: &Block) -> DatasetBase<R, T> {
    let rows = DatasetBase::new(R::of(&block.x), T::of(block));
    match &block.weights {
        Some(weights) => rows.with_weights(weights.clone()),
        None => rows,
    }
}

/// Blocks as chunks.
pub fn chunks<R: Layout, T: Targets>(blocks: &[Block]) -> Chunks<DatasetBase<R, T>>
where
    DatasetBase<R, T>: Chunk,
{
    Chunks::from_memory(blocks.iter().map(dataset).collect::<Vec<_>>())
}
