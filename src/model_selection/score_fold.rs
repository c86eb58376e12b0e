//! One fit on the train rows of a fold, and its scores.

use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};

use super::evaluate::Evaluate;
use super::folds::Fold;
use crate::chunks::{Chunk, Chunks};
use crate::combine::{FitRows, Fitted};
use crate::data::{RowSet, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, Lazy, Summary, Task};
use crate::metrics::Scorer;

/// The handles on one fit's scores, one score a scorer; or why there are none.
pub(super) struct FoldScores {
    pub(super) test: Lazy<Result<Vec<f64>>>,
    pub(super) train: Option<Lazy<Result<Vec<f64>>>>,
}

/// Whether a fit is scored on the rows it was trained on as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrainScores {
    /// Test rows only.
    #[default]
    Without,
    /// Train rows as well: far better scores there mean overfitting.
    With,
}

/// Fits the train rows of a fold and scores its test rows. The tasks carry the label.
pub(super) fn fit_and_score<D, E, F, M, R, T>(
    estimator: &F,
    data: &Chunks<D>,
    fold: &Fold,
    scorers: &Arc<[Scorer]>,
    train_scores: TrainScores,
    label: &str,
) -> FoldScores
where
    F: FitRows<D, E>,
    F::Fit: Fitted<D, Model = M, Examples = DatasetBase<R, T>>,
    M: Evaluate<R, T> + Send + Sync + 'static,
    R: Records + 'static,
    T: 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    let fit = estimator.fit_rows(data, &fold.train, label);
    let examples = fit.examples(data);
    let score = |rows| scores(fit.model(), &examples, rows, scorers, label).caught();
    FoldScores { test: score(&fold.test), train: (train_scores == TrainScores::With).then(|| score(&fold.train)) }
}

/// The scores of a model on some rows of some chunks, one a scorer.
pub(super) fn scores<M, R, T>(
    model: &Lazy<M>,
    examples: &Chunks<DatasetBase<R, T>>,
    rows: &Chunks<RowSet>,
    scorers: &Arc<[Scorer]>,
    label: &str,
) -> Lazy<Vec<f64>>
where
    M: Evaluate<R, T> + Send + Sync + 'static,
    R: Records + 'static,
    T: 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    let label: Arc<str> = label.into();
    let parts = examples.iter().zip(rows.iter()).enumerate().map(|(c, (chunk, rows))| {
        let key = Key::of("score rows").params(&**scorers).input(model.key()).input(chunk.key()).input(rows.key());
        // Chunk by chunk over all models, as they were fitted.
        let task = Task::new("score", key.finish()).label(Some(label.clone())).order(model.turn() + 1 + c);
        let scorers = scorers.clone();
        model.zip2((chunk, rows), task, move |model, chunk, rows| model.tally(&rows.select(chunk), &scorers))
    });
    let parts: Vec<Lazy<M::Tally>> = parts.collect();
    let key = parts.iter().fold(Key::of("scores").params(&**scorers), |key, part| key.input(part.key())).finish();
    let scorers = scorers.clone();
    Lazy::gather(&parts, Task::new("scores", key).label(Some(label)), move |parts: &[&M::Tally]| {
        let Some((first, rest)) = parts.split_first() else {
            return Err(Error::new(ErrorKind::NoRows { estimator: "score" }));
        };
        let total = rest.iter().fold((*first).clone(), |total, part| M::merge(total, part));
        scorers.iter().map(|scorer| M::score(&total, scorer)).collect()
    })
}

/// Seconds spent on the tasks of a label, over all threads: fitting, and scoring.
pub(super) fn seconds(summary: &Summary, label: &str) -> (f64, f64) {
    let of_label = summary.stages.iter().filter(|stage| stage.label.as_deref() == Some(label));
    let (scoring, fitting): (Vec<_>, Vec<_>) = of_label.partition(|stage| stage.name.starts_with("score"));
    let sum = |stages: Vec<&crate::graph::Stage>| stages.iter().map(|stage| stage.busy.as_secs_f64()).sum();
    (sum(fitting), sum(scoring))
}
