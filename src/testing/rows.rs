//! Layouts of rows and kinds of targets that examples can be made in.

use linfa::dataset::{AsTargets, DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1};

use super::block::Block;
use crate::chunks::Chunks;
use crate::data::{Csr, Float, Footprint, Keyed, Rows, Shared, Text};
use crate::error::{Error, ErrorKind};

/// A layout of rows that examples can be made in: dense or sparse, `f64` or `f32`, by group, categories, documents; or rows
/// of your own.
///
/// ```
/// use chunkfit::data::{Csr, Text};
/// use chunkfit::testing::{Block, TestRows};
///
/// let block = &Block::examples()[0];
/// assert_eq!(Csr::<f64>::of(block).to_dense(), block.x);
/// assert_eq!((Text::of(block).len(), Text::NAME), (12, "documents"));
/// ```
#[diagnostic::on_unimplemented(
    message = "no examples can be made of rows of type `{Self}`",
    note = "implement `chunkfit::testing::TestRows` for rows of your own"
)]
pub trait TestRows: Records + Rows + Footprint + Clone + Shared {
    /// The name of the layout, for messages: `dense f64`.
    const NAME: &'static str;

    /// True where a difference of 1e-7 may be rounding. By default false.
    const IS_NARROW: bool = false;

    /// False where values are not numbers, so that none can be NaN or infinite. By default true.
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

/// The content of targets: classes, values, several labels or nothing. Some laws are about one of them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// The class of the row.
    Classes,
    /// `true` or `false`: `false` for rows of class 0.
    TwoClasses,
    /// A number above 0.
    Values,
    /// Several labels a row, each of which the row has or has not.
    Labels,
    /// Nothing.
    None,
}

/// Targets that examples can be made in: arrays of labels or numbers ([`TestTarget`]), several labels a row, none; or a
/// container of your own.
///
/// ```
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::{Block, TargetKind, TestTargets};
///
/// let blocks = Block::examples();
/// assert_eq!(Array1::<String>::of(&blocks[0])[2], "class 2");
/// assert_eq!(Array2::<bool>::of(&blocks[0]).dim(), (12, 2));
/// assert_eq!(<Array1<f64> as TestTargets>::KIND, TargetKind::Values);
/// ```
#[diagnostic::on_unimplemented(
    message = "no examples can be made of targets of type `{Self}`",
    note = "implement `chunkfit::testing::TestTarget` for labels of your own, or `TestTargets` for a container of your own"
)]
pub trait TestTargets: Rows + AsTargets + Footprint + Clone + Shared {
    /// The content of the targets.
    const KIND: TargetKind;

    /// The targets of a block.
    fn of(block: &Block) -> Self;
}

/// The target of one row that examples can be made of: `usize`, `String`, `bool`, `f64`, `f32`; or a label of your own.
///
/// The classes of the examples are 0, 1 and 2. One law asks for the label of class 7, which training has not seen. For a
/// label type without such a value, [exclude](super::Estimator::except) the law of `labels`.
///
/// ```
/// use chunkfit::data::Footprint;
/// use chunkfit::linear::NearestCentroid;
/// use chunkfit::linfa::Label;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::testing::{Block, Examples, Numbers, TargetKind, TestTarget};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
/// enum Mail {
///     #[default]
///     Ham,
///     Spam,
///     Scam,
///     Unseen,
/// }
///
/// impl Label for Mail {}
/// impl Footprint for Mail {}
///
/// impl TestTarget for Mail {
///     const KIND: TargetKind = TargetKind::Classes;
///
///     fn of(block: &Block, row: usize) -> Self {
///         *[Mail::Ham, Mail::Spam, Mail::Scam].get(block.class[row]).unwrap_or(&Mail::Unseen)
///     }
/// }
///
/// impl Numbers for Mail {
///     fn numbers(&self) -> Vec<f64> {
///         vec![f64::from(*self as u8)]
///     }
/// }
///
/// Examples::<Array2<f64>, Array1<Mail>>::new().estimator(NearestCentroid::params()).partial_fit().into_files().check();
/// ```
#[diagnostic::on_unimplemented(
    message = "no examples can be made of targets of type `{Self}`",
    note = "implement `chunkfit::testing::TestTarget` for labels of your own"
)]
pub trait TestTarget: Footprint + Clone + Shared {
    /// The content of the targets.
    const KIND: TargetKind;

    /// The target of one row of a block.
    fn of(block: &Block, row: usize) -> Self;
}

impl<L: TestTarget> TestTargets for Array1<L> {
    const KIND: TargetKind = L::KIND;

    fn of(block: &Block) -> Self {
        Array1::from_shape_fn(block.n_rows(), |row| L::of(block, row))
    }
}

macro_rules! test_targets {
    ($($target:ty, $kind:ident: |$block:ident, $row:ident| $of:expr;)*) => { $(impl TestTarget for $target {
        const KIND: TargetKind = TargetKind::$kind;

        fn of($block: &Block, $row: usize) -> Self {
            $of
        }
    })* };
}

test_targets! {
    usize, Classes: |block, row| block.class[row];
    String, Classes: |block, row| format!("class {}", block.class[row]);
    bool, TwoClasses: |block, row| block.class[row] > 0;
    f64, Values: |block, row| block.value[row];
    f32, Values: |block, row| block.value[row] as f32;
}

/// A row has label `j` where its class has bit `j`.
impl TestTargets for Array2<bool> {
    const KIND: TargetKind = TargetKind::Labels;

    fn of(block: &Block) -> Self {
        Array2::from_shape_fn((block.n_rows(), 2), |(i, j)| block.class[i] >> j & 1 == 1)
    }
}

/// A block as a data set, with weights if the block has some.
pub fn dataset<R: TestRows, T: TestTargets>(block: &Block) -> DatasetBase<R, T> {
    let rows = DatasetBase::new(R::of(block), T::of(block));
    match &block.weights {
        Some(weights) => rows.with_weights(weights.clone()),
        None => rows,
    }
}

/// Blocks as chunks, one chunk a block. A broken block is an error when it is read; reading a block takes as long as its
/// delay.
pub fn chunks<R: TestRows, T: TestTargets>(blocks: &[Block]) -> Chunks<DatasetBase<R, T>> {
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
