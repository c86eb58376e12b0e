//! Fitted models without their types: their answers, their files, and further learning.

use super::Violation;
use super::block::Block;
use super::outcome::violation;
use super::uses::UseOf;
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Runtime;

/// All numbers that a model answers on some blocks, each a chunk: predictions, scores, transformed rows.
pub(super) type Ask = Box<dyn Fn(&Runtime, &[Block]) -> Result<Vec<f64>> + Send + Sync>;

/// Fits blocks, each a chunk.
pub(super) type FitBlocks = Box<dyn Fn(&Runtime, &[Block]) -> Result<TestedModel> + Send + Sync>;

/// Loads the file of a model.
pub(super) type LoadFile = Box<dyn Fn(&[u8]) -> Result<TestedModel> + Send + Sync>;

/// Writes the file of a model.
pub(super) type WriteFile = Box<dyn Fn() -> Result<ModelFile> + Send + Sync>;

/// A way to use a model: `predict`, `decision_function`, `predict_proba`, `score`, `confusion`, …, each over chunks.
///
/// One of your own is claimed by [`Estimator::used`](super::Estimator::used):
///
/// ```
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::prelude::*;
/// use chunkfit::testing::{Examples, Use};
///
/// let means = |scaler: &StandardScaler| {
///     let means = scaler.mean().to_vec();
///     Use::new("mean", false, move |_, _| Ok(means.clone()))
/// };
/// let scaler = Examples::<Array2<f64>, Array1<usize>>::new().estimator(StandardScaler::params());
/// let subject = scaler.learned().used(means).subject();
/// let model = subject.ways()[0].fit(&Runtime::new(), subject.blocks())?;
/// assert_eq!(model.uses()[1].ask(&Runtime::new(), subject.blocks())?.len(), 3);
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub struct Use {
    /// The name of the way.
    pub name: &'static str,
    /// True if the answer depends on the targets of the rows.
    pub(super) looks_at_targets: bool,
    pub(super) ask: Ask,
}

/// A fitted model without its type: all that the laws need of it. Made by [`Way::fit`](super::Way::fit).
///
/// ```
/// use chunkfit::bayes::GaussianNb;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::prelude::*;
/// use chunkfit::testing::Examples;
///
/// let naive_bayes = Examples::<Array2<f64>, Array1<usize>>::new().estimator(GaussianNb::params());
/// let subject = naive_bayes.partial_fit().persisted().subject();
/// let (runtime, blocks) = (Runtime::new(), subject.blocks());
/// let model = subject.ways()[0].fit(&runtime, &blocks[..2])?;
/// assert_eq!(model.uses().iter().map(|used| used.name).collect::<Vec<_>>(), ["predict", "score", "confusion"]);
/// let Some(learned) = model.learn_on(&runtime, &blocks[2..]) else { panic!("it was fitted by `partial_fit`") };
/// let expected = subject.ways()[0].fit(&runtime, blocks)?;
/// assert_eq!(learned?.uses()[0].ask(&runtime, blocks)?, expected.uses()[0].ask(&runtime, blocks)?);
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub struct TestedModel {
    pub(super) uses: Vec<Use>,
    /// Goes on learning from blocks, if it was fitted by `partial_fit`.
    pub(super) learn_on: Option<FitBlocks>,
    /// Writes the model's file, if it is `Persist`.
    pub(super) file: Option<WriteFile>,
}

/// The file of a model, and the function that loads such files. Made by [`TestedModel::file`].
///
/// ```
/// use chunkfit::bayes::GaussianNb;
/// use chunkfit::ndarray::{Array1, Array2};
/// use chunkfit::prelude::*;
/// use chunkfit::testing::Examples;
///
/// let naive_bayes = Examples::<Array2<f64>, Array1<usize>>::new().estimator(GaussianNb::params());
/// let subject = naive_bayes.partial_fit().persisted().subject();
/// let model = subject.ways()[0].fit(&Runtime::new(), subject.blocks())?;
/// let Some(file) = model.file()? else { panic!("it is claimed to be saved") };
/// assert!(file.load(&file.bytes).is_ok() && file.load(&file.bytes[1..]).is_err());
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub struct ModelFile {
    /// The kind that is written in the file.
    pub kind: String,
    /// The file's content.
    pub bytes: Vec<u8>,
    pub(super) load: LoadFile,
}

/// The answer of a model to one use: numbers, or the error.
pub(super) type Answer = (&'static str, std::result::Result<Vec<f64>, String>);

impl Use {
    /// A way to use a model: its name, whether the answer depends on the targets of the rows, and the function that answers
    /// on some blocks.
    pub fn new(
        name: &'static str,
        looks_at_targets: bool,
        ask: impl Fn(&Runtime, &[Block]) -> Result<Vec<f64>> + Shared,
    ) -> Self {
        Use { name, looks_at_targets, ask: Box::new(ask) }
    }

    /// The numbers that the model answers on some blocks.
    ///
    /// # Errors
    /// Blocks that the model refuses.
    pub fn ask(&self, runtime: &Runtime, blocks: &[Block]) -> Result<Vec<f64>> {
        (self.ask)(runtime, blocks)
    }
}

impl ModelFile {
    /// The model of such a file.
    ///
    /// # Errors
    /// A file that no such model has written.
    pub fn load(&self, bytes: &[u8]) -> Result<TestedModel> {
        (self.load)(bytes)
    }
}

impl TestedModel {
    /// A model that is asked, and neither saved nor taught any more.
    pub(super) fn asked<M>(model: &M, uses: &[UseOf<M>]) -> Self {
        TestedModel { uses: uses.iter().map(|used| used(model)).collect(), learn_on: None, file: None }
    }

    /// All ways to use it.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// The model's file; `None` if it is not [`Persist`](crate::estimator::Persist).
    ///
    /// # Errors
    /// A model that cannot be written.
    pub fn file(&self) -> Result<Option<ModelFile>> {
        self.file.as_ref().map(|file| file()).transpose()
    }

    /// The model after further blocks; `None` if it was not fitted by `partial_fit`.
    ///
    /// # Errors
    /// Blocks that it refuses.
    pub fn learn_on(&self, runtime: &Runtime, blocks: &[Block]) -> Option<Result<TestedModel>> {
        self.learn_on.as_ref().map(|learn_on| learn_on(runtime, blocks))
    }

    /// All that it answers on some blocks, with the kinds of errors.
    pub(super) fn answers(&self, runtime: &Runtime, blocks: &[Block]) -> Vec<Answer> {
        let answer = |used: &Use| (used.ask)(runtime, blocks).map_err(|error| format!("{:?}", error.kind()));
        self.uses.iter().map(|used| (used.name, answer(used))).collect()
    }
}

/// Compares the answers of two models on some blocks, up to this relative difference; 0 for the same bits.
///
/// # Errors
/// Answers that differ.
pub(super) fn same_answers(
    a: &TestedModel,
    b: &TestedModel,
    blocks: &[Block],
    tolerance: f64,
) -> std::result::Result<(), Violation> {
    let runtime = Runtime::new().threads(1);
    for ((name, a), (_, b)) in a.answers(&runtime, blocks).into_iter().zip(b.answers(&runtime, blocks)) {
        let same = match (&a, &b) {
            (Ok(a), Ok(b)) => are_close(a, b, tolerance),
            (a, b) => a == b,
        };
        if !same {
            return Err(violation(format!("{name}: {}", difference(&a, &b))));
        }
    }
    Ok(())
}

/// True if numbers are equal up to a relative difference: to the last bit if it is 0.
pub(super) fn are_close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    let close = |(a, b): (&f64, &f64)| {
        a.to_bits() == b.to_bits() || a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
    };
    a.len() == b.len() && a.iter().zip(b).all(close)
}

/// The first numbers that differ, for messages.
fn difference(a: &std::result::Result<Vec<f64>, String>, b: &std::result::Result<Vec<f64>, String>) -> String {
    match (a, b) {
        (Ok(a), Ok(b)) if a.len() == b.len() => {
            let largest = |(_, a, b): &(usize, f64, f64)| (a - b).abs();
            let all = a.iter().zip(b).enumerate().map(|(i, (a, b))| (i, *a, *b));
            let worst = all.max_by(|x, y| largest(x).total_cmp(&largest(y)));
            worst.map_or(String::new(), |(i, a, b)| format!("number {i} is {a:?}, and {b:?}"))
        }
        (Ok(a), Ok(b)) => format!("{} numbers, and {}", a.len(), b.len()),
        (a, b) => format!("{}, and {}", shown(a), shown(b)),
    }
}

fn shown(answer: &std::result::Result<Vec<f64>, String>) -> String {
    match answer {
        Ok(numbers) => format!("{} numbers", numbers.len()),
        Err(error) => format!("the error {error}"),
    }
}
