//! Fitted models behind one signature: what they answer, their files, and how they go on learning.

use super::Violation;
use super::block::Block;
use super::outcome::violation;
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
pub struct Use {
    /// The name of the way.
    pub name: &'static str,
    /// Whether the targets of the rows have a part in it.
    pub(super) looks_at_targets: bool,
    pub(super) ask: Ask,
}

/// A fitted model, whatever its type: all that the laws need of it.
pub struct TestedModel {
    pub(super) uses: Vec<Use>,
    /// Goes on learning from blocks, if it was fitted by `partial_fit`.
    pub(super) learn_on: Option<FitBlocks>,
    /// Writes the model's file, if it is `Persist`.
    pub(super) file: Option<WriteFile>,
}

/// The file of a model, and what loads such files.
pub struct ModelFile {
    /// The kind that is written in the file.
    pub kind: String,
    /// The file's content.
    pub bytes: Vec<u8>,
    pub(super) load: LoadFile,
}

/// What a model answers to one use: numbers, or the error.
pub(super) type Answer = (&'static str, std::result::Result<Vec<f64>, String>);

impl Use {
    /// A way to use a model that has a name, and whether the targets of the rows have a part in it.
    pub fn new(
        name: &'static str,
        looks_at_targets: bool,
        ask: impl Fn(&Runtime, &[Block]) -> Result<Vec<f64>> + Send + Sync + 'static,
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

/// Whether two models answer the same on some blocks, up to this relative difference; 0 for the same bits.
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

/// Equal to the last bit if the tolerance is 0.
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
            worst.map_or(String::new(), |(i, a, b)| format!("number {i} of {} is {a:?}, and {b:?}", "the answer"))
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
