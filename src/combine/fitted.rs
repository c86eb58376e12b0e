//! What a fit can be asked for: predictions and scores, chunk by chunk.

use linfa::dataset::{AsMultiTargets, AsSingleTargets, DatasetBase, Records};
use linfa::traits::PredictInplace;
use linfa::{Float, Label};
use ndarray::{Array1, Array2, ArrayView2};

use super::transform_chunk::TransformChunk;
use crate::chunks::{Chunk, Chunks};
use crate::data::{Footprint, checked_weights, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, Lazy, Task};
use crate::linear::{DecisionFunction, FeatureRows, PredictProba, TryPredict, classes_of, first_odd_row, labels};
use crate::metrics::{ConfusionMatrix, MultilabelCounts, ProbabilityLoss, Residuals};

/// A handle on a model to be, over chunks of type `D`.
///
/// A plain [`Lazy`] model is one, and so is a [`PipelineFit`](super::PipelineFit), which transforms
/// the chunks first. Everything is lazy, goes chunk by chunk, and shares its tasks with whatever
/// else is made from the same model and the same chunks.
///
/// A handle of your own may implement it, by [`model`](Fitted::model) and [`examples`](Fitted::examples); all else
/// follows from these.
pub trait Fitted<D> {
    /// The model.
    type Model;
    /// The chunks as the model wants them.
    type Examples;

    /// The handle on the model.
    fn model(&self) -> &Lazy<Self::Model>;

    /// The chunks as the model wants them.
    fn examples(&self, data: &Chunks<D>) -> Chunks<Self::Examples>;

    /// The model's predictions, one array a chunk.
    fn predict<R, T, Y>(&self, data: &Chunks<D>) -> Chunks<Y>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictInplace<R, Y> + Send + Sync + 'static,
        R: Records + Send + Sync + 'static,
        T: Send + Sync + 'static,
        Y: Chunk,
    {
        apply("predict", self.model(), &self.examples(data), |model, chunk| model.try_predict(&chunk.records))
    }

    /// Signed distances from the decision boundaries, one array of shape (rows, 1) for two
    /// classes, else (rows, classes), a chunk.
    fn decision_function<R, T, F>(&self, data: &Chunks<D>) -> Chunks<Array2<F>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: DecisionFunction<R> + Send + Sync + 'static,
        R: FeatureRows<Elem = F> + Send + Sync + 'static,
        T: Send + Sync + 'static,
        F: Float + Footprint,
    {
        apply("decision_function", self.model(), &self.examples(data), |model, chunk| {
            model.decision_function(&chunk.records)
        })
    }

    /// Class probabilities, one array of shape (rows, classes) a chunk.
    fn predict_proba<R, T, F>(&self, data: &Chunks<D>) -> Chunks<Array2<F>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictProba<R> + Send + Sync + 'static,
        R: FeatureRows<Elem = F> + Send + Sync + 'static,
        T: Send + Sync + 'static,
        F: Float + Footprint,
    {
        apply("predict_proba", self.model(), &self.examples(data), |model, chunk| model.predict_proba(&chunk.records))
    }

    /// Every chunk transformed, by a model that is a transformer: an
    /// [`IncrementalPca`](crate::decomposition::IncrementalPca), say.
    fn transform<U>(&self, data: &Chunks<D>) -> Chunks<U>
    where
        Self::Model: TransformChunk<Self::Examples, Output = U> + Send + Sync + 'static,
        Self::Examples: Send + Sync + 'static,
        U: Chunk,
    {
        apply(Self::Model::NAME, self.model(), &self.examples(data), |model, chunk| model.transform_chunk(chunk))
    }

    /// The mean accuracy over all rows of all chunks (scikit-learn's `score` of a classifier). Here and in all scores a row
    /// counts as often as its weight, if the chunks have weights.
    ///
    /// An accuracy says little without that of always giving the most frequent label:
    /// [`confusion`](Fitted::confusion) shows both when it is printed, and the scores of every label.
    ///
    /// Computing it fails on a label that the model's training never saw, where the model can tell
    /// which it saw; and on no rows at all ([`NoScoredRows`](ErrorKind::NoScoredRows)).
    fn score<R, T, L>(&self, data: &Chunks<D>) -> Lazy<f64>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictInplace<R, Array1<L>> + Send + Sync + 'static,
        R: Records + Send + Sync + 'static,
        T: AsSingleTargets<Elem = L> + Send + Sync + 'static,
        L: Label + Send + Sync + 'static,
    {
        let counts = self.confusion(data);
        let key = Key::of("accuracy").input(counts.key()).finish();
        counts.map(Task::new("accuracy", key), |counts| Ok(counts.accuracy()))
    }

    /// True against predicted labels over all rows of all chunks: accuracy, precision, recall, F1.
    ///
    /// Fails as [`score`](Fitted::score).
    fn confusion<R, T, L>(&self, data: &Chunks<D>) -> Lazy<ConfusionMatrix<L>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictInplace<R, Array1<L>> + Send + Sync + 'static,
        R: Records + Send + Sync + 'static,
        T: AsSingleTargets<Elem = L> + Send + Sync + 'static,
        L: Label + Send + Sync + 'static,
    {
        let parts = tally(self.model(), &self.examples(data), |model, chunk| {
            let counts = count_labels(model, chunk)?;
            check_labels(model, chunk)?;
            Ok(counts)
        });
        total(
            &parts,
            |counts: ConfusionMatrix<L>, part| Ok(counts.merge(part)),
            |counts| rows_of("accuracy", counts.n_rows()),
        )
    }

    /// True against predicted labels over all rows of all chunks, where a row may have several:
    /// precision, recall and F1 of every label and of all, as a model of
    /// [`OneVsRest`](crate::linear::OneVsRest) predicts them.
    ///
    /// Computing it fails on a number of columns or labels other than in training, and on no rows at
    /// all.
    fn label_counts<R, T, F>(&self, data: &Chunks<D>) -> Lazy<MultilabelCounts>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: DecisionFunction<R> + Send + Sync + 'static,
        R: FeatureRows<Elem = F> + Send + Sync + 'static,
        T: AsMultiTargets<Elem = bool> + Send + Sync + 'static,
        F: Float + Footprint,
    {
        let (examples, margins) = (self.examples(data), self.decision_function(data));
        let parts: Vec<_> = examples
            .iter()
            .zip(margins.iter())
            .map(|(chunk, margins)| {
                let key = Key::of("count labels").input(margins.key()).input(chunk.key()).finish();
                margins.zip(chunk, Task::new("score", key).order(margins.turn()), |margins, chunk| {
                    check_decision(margins.view())?;
                    let predicted = margins.mapv(|margin| margin > F::zero());
                    let weights = checked_weights(chunk)?;
                    let truth = chunk.targets.as_multi_targets();
                    MultilabelCounts::count_weighted(truth, predicted.view(), weights.as_deref())
                })
            })
            .collect();
        total(
            &parts,
            |counts: MultilabelCounts, part| counts.merge(part),
            |counts| rows_of("label_counts", counts.n_rows()),
        )
    }

    /// Log loss and Brier score of the class probabilities over all rows of all chunks.
    ///
    /// Fails as [`score`](Fitted::score); and where the model cannot tell its classes
    /// ([`UntoldClasses`](ErrorKind::UntoldClasses)), as those of this crate can, and others by
    /// [`column_classes`](PredictProba::column_classes).
    fn probability_loss<R, T, L>(&self, data: &Chunks<D>) -> Lazy<ProbabilityLoss>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictProba<R> + Send + Sync + 'static,
        R: FeatureRows + Send + Sync + 'static,
        T: AsSingleTargets<Elem = L> + Send + Sync + 'static,
        L: Label + Send + Sync + 'static,
    {
        let parts = tally(self.model(), &self.examples(data), |model, chunk| {
            let probabilities = model.predict_proba(&chunk.records)?;
            let classes: &[L] = model
                .column_classes()
                .ok_or_else(|| Error::new(ErrorKind::UntoldClasses { model: std::any::type_name::<Self::Model>() }))?;
            let truth = chunk.targets.as_single_targets();
            labels::check_known(truth, classes)?;
            let weights = checked_weights(chunk)?;
            ProbabilityLoss::count_weighted(truth.iter(), &probabilities, classes, weights.as_deref())
        });
        total(
            &parts,
            |sums: ProbabilityLoss, part| Ok(sums.merge(part)),
            |sums| rows_of("probability_loss", sums.n_rows()),
        )
    }

    /// The errors of a regressor over all rows of all chunks: R², mean squared and absolute error.
    ///
    /// Computing it fails on a true or predicted value that is NaN or infinite, and on no rows at all.
    fn residuals<R, T, F>(&self, data: &Chunks<D>) -> Lazy<Residuals>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>>,
        Self::Model: PredictInplace<R, Array1<F>> + Send + Sync + 'static,
        R: Records + Send + Sync + 'static,
        T: AsSingleTargets<Elem = F> + Send + Sync + 'static,
        F: Float,
    {
        let parts = tally(self.model(), &self.examples(data), count_residuals);
        total(&parts, |sums: Residuals, part| sums.merge(part).checked(), |sums| rows_of("residuals", sums.n_rows()))
    }
}

impl<M, R, T> Fitted<DatasetBase<R, T>> for Lazy<M>
where
    M: Send + Sync + 'static,
    R: Records,
{
    type Model = M;
    type Examples = DatasetBase<R, T>;

    fn model(&self) -> &Lazy<M> {
        self
    }

    fn examples(&self, data: &Chunks<DatasetBase<R, T>>) -> Chunks<DatasetBase<R, T>> {
        data.clone()
    }
}

/// A chunk of results for every chunk of examples, in one more pass over them after the model's.
fn apply<M, D, U>(
    name: &'static str,
    model: &Lazy<M>,
    examples: &Chunks<D>,
    f: impl Fn(&M, &D) -> Result<U> + Copy + Send + Sync + 'static,
) -> Chunks<U>
where
    M: Send + Sync + 'static,
    D: Send + Sync + 'static,
    U: Chunk,
{
    Chunks::from_lazies(examples.iter().enumerate().map(|(c, chunk)| {
        let key = Key::of(name).input(model.key()).input(chunk.key()).finish();
        model.zip(chunk, Task::new(name, key).measured::<U>().order(model.turn() + 1 + c), f)
    }))
}

/// A count, or a sum, for every chunk of examples, in one more pass over them after the model's.
pub(super) fn tally<M, D, U>(
    model: &Lazy<M>,
    examples: &Chunks<D>,
    f: impl Fn(&M, &D) -> Result<U> + Copy + Send + Sync + 'static,
) -> Vec<Lazy<U>>
where
    M: Send + Sync + 'static,
    D: Send + Sync + 'static,
    U: Send + Sync + 'static,
{
    let part = |(c, chunk): (usize, &Lazy<D>)| {
        let key = Key::of("score").input(model.key()).input(chunk.key()).finish();
        model.zip(chunk, Task::new("score", key).order(model.turn() + 1 + c), f)
    };
    examples.iter().enumerate().map(part).collect()
}

/// All parts merged, in the order of the chunks; `check` looks at the whole.
pub(super) fn total<U: Default + Send + Sync + 'static>(
    parts: &[Lazy<U>],
    merge: impl Fn(U, &U) -> Result<U> + Send + Sync + 'static,
    check: impl Fn(&U) -> Result<()> + Send + Sync + 'static,
) -> Lazy<U> {
    let key = parts.iter().fold(Key::of("total"), |key, part| key.input(part.key())).finish();
    Lazy::gather(parts, Task::new("total score", key), move |parts| {
        let total = parts.iter().try_fold(U::default(), |total, part| merge(total, part))?;
        check(&total).map(|()| total)
    })
}

/// Refuses a score of no rows.
fn rows_of(score: &str, n_rows: usize) -> Result<()> {
    match n_rows {
        0 => Err(Error::new(ErrorKind::NoScoredRows { score: score.to_owned() })),
        _ => Ok(()),
    }
}

/// True against predicted labels of a chunk.
pub(super) fn count_labels<M, R, T, L>(model: &M, chunk: &DatasetBase<R, T>) -> Result<ConfusionMatrix<L>>
where
    M: PredictInplace<R, Array1<L>>,
    R: Records,
    T: AsSingleTargets<Elem = L>,
    L: Label,
{
    let predicted = model.try_predict(&chunk.records)?;
    let weights = checked_weights(chunk)?;
    ConfusionMatrix::count_weighted(chunk.targets.as_single_targets().iter(), predicted.iter(), weights.as_deref())
}

/// The errors of the values predicted for a chunk.
pub(super) fn count_residuals<M, R, T, F>(model: &M, chunk: &DatasetBase<R, T>) -> Result<Residuals>
where
    M: PredictInplace<R, Array1<F>>,
    R: Records,
    T: AsSingleTargets<Elem = F>,
    F: Float,
{
    let predicted = model.try_predict(&chunk.records)?;
    let truth = chunk.targets.as_single_targets();
    let weights = checked_weights(chunk)?;
    Residuals::count_weighted(truth.iter().map(|&y| wide(y)), predicted.iter().map(|&p| wide(p)), weights.as_deref())
}

/// Refuses labels that the model's training never saw, where the model can tell which it saw.
fn check_labels<M, R, T, L>(model: &M, chunk: &DatasetBase<R, T>) -> Result<()>
where
    M: PredictInplace<R, Array1<L>>,
    R: Records,
    T: AsSingleTargets<Elem = L>,
    L: Label,
{
    let Some(classes) = classes_of(model, &chunk.records) else { return Ok(()) };
    let mut classes = classes.to_vec();
    if !classes.is_sorted() {
        classes.sort();
    }
    classes.dedup();
    labels::check_known(chunk.targets.as_single_targets(), &classes)
}

/// Refuses decision values of which nobody can say on which side of the boundary they are.
fn check_decision<F: Float>(values: ArrayView2<'_, F>) -> Result<()> {
    match first_odd_row(values) {
        Some(row) => Err(Error::new(ErrorKind::NonFiniteResult { what: "decision value" }).at_row(row)),
        None => Ok(()),
    }
}
