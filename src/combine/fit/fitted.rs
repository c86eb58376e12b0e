//! Fits: predictions, transformations and scores of a model to be, chunk by chunk.

use linfa::Label;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::Array2;

use super::score_figures::{key_of_scorers, no_scored_rows, score_figure, score_figures};
use crate::chunks::Chunks;
use crate::data::{Chunk, FeatureRows, Float, Footprint, Shared};
use crate::error::Result;
use crate::estimator::{DecisionFunction, Evaluate, PredictProba, TransformChunk, TryPredict};
use crate::graph::{Figure, Key, Lazy, Task};
use crate::metrics::{
    ClassTally, ClusterTally, ConfusionMatrix, ContingencyTable, IntoScorer, MultilabelCounts, ProbabilityLoss,
    Residuals, Scorer, Scores, Tally, TallyOf, ValueTally,
};

/// A handle on a model to be, over chunks of type `D`.
///
/// A plain [`Lazy`] model is one, and so is a [`PipelineFit`](crate::combine::PipelineFit), which transforms
/// the chunks first. Everything is lazy, goes chunk by chunk, and shares its tasks with whatever
/// else is made from the same model and the same chunks.
///
/// A handle of your own may implement it, by [`model`](Fitted::model) and [`examples`](Fitted::examples); all else
/// follows from these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fit over chunks of type `{D}`",
    note = "a fit is what `fit` returns; the chunks that it scores and predicts are of the type that it was fitted \
            on, before the transformers of its pipeline"
)]
pub trait Fitted<D> {
    /// The model.
    type Model: Shared;
    /// The chunks as the model wants them.
    type Examples: Shared;

    /// The handle on the model.
    fn model(&self) -> &Lazy<Self::Model>;

    /// The chunks as the model wants them.
    fn examples(&self, data: &Chunks<D>) -> Chunks<Self::Examples>;

    /// The model's predictions, one array a chunk.
    fn predict<R, T, Y>(&self, data: &Chunks<D>) -> Chunks<Y>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: PredictInplace<R, Y>>,
        R: Records + Shared,
        T: Shared,
        Y: Chunk,
    {
        apply("predict", self.model(), &self.examples(data), |model, chunk| model.try_predict(&chunk.records))
    }

    /// Signed distances from the decision boundaries, one array of shape (rows, 1) for two
    /// classes, else (rows, classes), a chunk.
    fn decision_function<R, T, F>(&self, data: &Chunks<D>) -> Chunks<Array2<F>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: DecisionFunction<R>>,
        R: FeatureRows<Elem = F> + Shared,
        T: Shared,
        F: Float + Footprint,
    {
        apply("decision_function", self.model(), &self.examples(data), |model, chunk| {
            model.decision_function(&chunk.records)
        })
    }

    /// Class probabilities, one array of shape (rows, classes) a chunk.
    fn predict_proba<R, T, F>(&self, data: &Chunks<D>) -> Chunks<Array2<F>>
    where
        Self: Fitted<D, Examples = DatasetBase<R, T>, Model: PredictProba<R>>,
        R: FeatureRows<Elem = F> + Shared,
        T: Shared,
        F: Float + Footprint,
    {
        apply("predict_proba", self.model(), &self.examples(data), |model, chunk| model.predict_proba(&chunk.records))
    }

    /// Every chunk transformed, by a model that is a transformer: an
    /// [`IncrementalPca`](crate::decomposition::IncrementalPca), say.
    fn transform<U>(&self, data: &Chunks<D>) -> Chunks<U>
    where
        Self::Model: TransformChunk<Self::Examples, Output = U>,
        U: Chunk,
    {
        apply(Self::Model::NAME, self.model(), &self.examples(data), |model, chunk| model.transform_chunk(chunk))
    }

    /// The score of the model over all rows of all chunks, by the scorer of its kind (scikit-learn's `score`): the accuracy
    /// of a classifier or outlier detector, the R² of a regressor, the share of rows all of whose labels are right of a
    /// multilabel classifier, minus the inertia of a clusterer. Here and in all scores a row counts as often as its
    /// weight, if the chunks have weights.
    ///
    /// An accuracy says little without that of always giving the most frequent label:
    /// [`confusion`](Fitted::confusion) shows both when it is printed, and the scores of every label.
    ///
    /// Computing it fails on a number of columns other than in training, on a label that training never saw, on a NaN or
    /// infinite value, and on no rows at all ([`NoScoredRows`](crate::ErrorKind::NoScoredRows)). A model that only predicts, one of
    /// another crate say, is scored inside of
    /// [`AsClassifier`](crate::estimator::AsClassifier) or [`AsRegressor`](crate::estimator::AsRegressor).
    fn score(&self, data: &Chunks<D>) -> Lazy<f64>
    where
        Self::Model: Evaluate<Self::Examples>,
    {
        let scorer = <Self::Model as Evaluate<Self::Examples>>::DEFAULT_SCORER;
        let counts = counted(self, data, [scorer.clone()]);
        let key = Key::of("score of counts").input(counts.key()).finish();
        let stated = scorer.clone();
        let task =
            task_of(self.model(), "total score", key).figures(move |score: &f64| vec![score_figure(&stated, *score)]);
        counts.map(task, move |counts| counts.score(&scorer))
    }

    /// The scores of the model over all rows of all chunks by these scorers, in one pass, by name. A row counts as often
    /// as its weight, if the chunks have weights.
    ///
    /// Scorers are named by [`Scorer`] or by scikit-learn's names:
    ///
    /// ```
    /// use chunkfit::metrics::Scorer;
    /// use chunkfit::prelude::*;
    /// # use linfa::DatasetBase;
    /// # use ndarray::array;
    /// # let chunk = |shift: f64| DatasetBase::new(array![[shift], [4.0 + shift]], array![false, true]);
    /// # let chunks = Chunks::from_memory([chunk(0.0), chunk(0.5), chunk(1.0)]);
    ///
    /// let fit = Summed::new(LogisticRegression::params()).fit(&chunks);
    /// let runtime = Runtime::new();
    /// let scores = runtime.compute(fit.evaluate(&chunks, [Scorer::RocAuc, Scorer::F1]))?;
    /// assert_eq!(scores[&Scorer::RocAuc], 1.0);
    /// assert_eq!(scores.to_string(), "roc_auc  1.000000\nf1       1.000000");
    ///
    /// let scores = runtime.compute(fit.evaluate(&chunks, ["accuracy", "f1_macro"]))?;
    /// assert_eq!(scores["f1_macro"], 1.0);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// Fails as [`score`](Fitted::score); before any work on a name that no scorer has and on a scorer that does not fit the
    /// model, and after it on one that is not defined for these rows, such as the ROC AUC of rows of one class.
    fn evaluate<I>(&self, data: &Chunks<D>, scorers: I) -> Lazy<Scores>
    where
        Self::Model: Evaluate<Self::Examples>,
        I: IntoIterator<Item: IntoScorer>,
    {
        let values = |scores: &Scores| scores.values();
        scored(self, data, all_scorers(scorers), "evaluation of counts", Scores::from_iter, values)
    }

    /// The values of [`evaluate`](Fitted::evaluate) alone, in the order of the scorers.
    ///
    /// Fails as [`evaluate`](Fitted::evaluate).
    fn scores<I>(&self, data: &Chunks<D>, scorers: I) -> Lazy<Vec<f64>>
    where
        Self::Model: Evaluate<Self::Examples>,
        I: IntoIterator<Item: IntoScorer>,
    {
        let values = |scores: Vec<(Scorer, f64)>| scores.into_iter().map(|(_, value)| value).collect();
        scored(self, data, all_scorers(scorers), "scores of counts", values, Vec::clone)
    }

    /// True against predicted labels over all rows of all chunks: accuracy, precision, recall, F1.
    ///
    /// Fails as [`score`](Fitted::score).
    fn confusion<L: Label + Shared>(&self, data: &Chunks<D>) -> Lazy<ConfusionMatrix<L>>
    where
        Self::Model: Evaluate<Self::Examples, Tally: TallyOf<ClassTally<L>>>,
    {
        let counts = counted(self, data, [Scorer::Accuracy]);
        let key = Key::of("confusion").input(counts.key()).finish();
        let task = task_of(self.model(), "confusion", key)
            .figures(|counts: &ConfusionMatrix<L>| vec![score_figure(&Scorer::Accuracy, counts.accuracy())]);
        counts.map(task, |counts| Ok(counts.as_tally().confusion().clone()))
    }

    /// True against predicted labels over all rows of all chunks, where a row may have several:
    /// precision, recall and F1 of every label and of all, as a model of
    /// [`OneVsRest`](crate::linear::OneVsRest) predicts them.
    ///
    /// Computing it fails on a number of columns or labels other than in training, and on no rows at
    /// all.
    fn label_counts(&self, data: &Chunks<D>) -> Lazy<MultilabelCounts>
    where
        Self::Model: Evaluate<Self::Examples, Tally: TallyOf<MultilabelCounts>>,
    {
        let counts = counted(self, data, [Scorer::Accuracy]);
        let key = Key::of("label counts").input(counts.key()).finish();
        let task = task_of(self.model(), "label counts", key)
            .figures(|counts: &MultilabelCounts| vec![score_figure(&Scorer::Accuracy, counts.subset_accuracy())]);
        counts.map(task, |counts| Ok(counts.as_tally().clone()))
    }

    /// Labels against clusters over all rows of all chunks, of a clusterer: adjusted Rand index, V-measure and others.
    /// The labels play no part in training.
    ///
    /// Computing it fails as [`score`](Fitted::score). Of chunks without labels, whose targets are `()`, it is empty.
    fn contingency<L: Label + Shared>(&self, data: &Chunks<D>) -> Lazy<ContingencyTable<L>>
    where
        Self::Model: Evaluate<Self::Examples, Tally: TallyOf<ClusterTally<L>>>,
    {
        let counts = counted(self, data, [Scorer::VMeasure]);
        let key = Key::of("contingency").input(counts.key()).finish();
        let task = task_of(self.model(), "contingency", key)
            .figures(|table: &ContingencyTable<L>| vec![score_figure(&Scorer::VMeasure, table.v_measure())]);
        counts.map(task, |counts| Ok(counts.as_tally().contingency().clone()))
    }

    /// Log loss and Brier score of the class probabilities over all rows of all chunks.
    ///
    /// Fails as [`score`](Fitted::score), and where the model has no probabilities.
    fn probability_loss<L: Label + Shared>(&self, data: &Chunks<D>) -> Lazy<ProbabilityLoss>
    where
        Self::Model: Evaluate<Self::Examples, Tally: TallyOf<ClassTally<L>>>,
    {
        let counts = counted(self, data, [Scorer::NegLogLoss]);
        let key = Key::of("probability loss").input(counts.key()).finish();
        let task = task_of(self.model(), "probability loss", key)
            .figures(|loss: &ProbabilityLoss| vec![Figure::new("log_loss", loss.log_loss())]);
        counts.map(task, |counts| Ok(*counts.as_tally().probability_loss()))
    }

    /// The errors of a regressor over all rows of all chunks: R², mean squared and absolute error.
    ///
    /// Computing it fails on a true or predicted value that is NaN or infinite, and on no rows at all.
    fn residuals(&self, data: &Chunks<D>) -> Lazy<Residuals>
    where
        Self::Model: Evaluate<Self::Examples, Tally: TallyOf<ValueTally>>,
    {
        let counts = counted(self, data, [Scorer::R2]);
        let key = Key::of("residuals").input(counts.key()).finish();
        let task = task_of(self.model(), "residuals", key)
            .figures(|residuals: &Residuals| vec![score_figure(&Scorer::R2, residuals.r2())]);
        counts.map(task, |counts| counts.as_tally().residuals().checked())
    }
}

impl<M, R, T> Fitted<DatasetBase<R, T>> for Lazy<M>
where
    M: Shared,
    DatasetBase<R, T>: Shared,
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

/// The scorers of a list; the error of the first that is none.
fn all_scorers<I: IntoIterator<Item: IntoScorer>>(scorers: I) -> Result<Vec<Scorer>> {
    scorers.into_iter().map(IntoScorer::into_scorer).collect()
}

/// Scores by these scorers over all rows of all chunks, brought into a form by `form`, whose values `values` gives back.
fn scored<H, M, D, U: Shared>(
    fit: &H,
    data: &Chunks<D>,
    scorers: Result<Vec<Scorer>>,
    name: &'static str,
    form: fn(Vec<(Scorer, f64)>) -> U,
    values: fn(&U) -> Vec<f64>,
) -> Lazy<U>
where
    H: Fitted<D, Model = M> + ?Sized,
    M: Evaluate<H::Examples>,
{
    let fitting = |scorers: Vec<Scorer>| match scorers.iter().find_map(|scorer| M::check(scorer).err()) {
        Some(error) => Err(error),
        None => Ok(scorers),
    };
    let scorers = match scorers.and_then(fitting) {
        Ok(scorers) => scorers,
        Err(error) => return Lazy::failed(error),
    };
    let counts = counted(fit, data, scorers.clone());
    let key = key_of_scorers(name, &scorers).input(counts.key()).finish();
    let stated = scorers.clone();
    let task =
        task_of(fit.model(), "total scores", key).figures(move |scores: &U| score_figures(&stated, &values(scores)));
    counts.map(task, move |counts| {
        let with_value = |scorer: &Scorer| Ok((scorer.clone(), counts.score(scorer)?));
        scorers.iter().map(with_value).collect::<Result<Vec<_>>>().map(form)
    })
}

/// A task about a model as a whole, shown under its display name.
fn task_of<M: Shared>(model: &Lazy<M>, name: &'static str, key: Key) -> Task {
    Task::new(name, key).display_name(model.display_name().cloned())
}

/// A chunk of results for every chunk of examples, in one more pass over them after the model's.
fn apply<M, D, U>(
    name: &'static str,
    model: &Lazy<M>,
    examples: &Chunks<D>,
    f: impl Fn(&M, &D) -> Result<U> + Copy + Shared,
) -> Chunks<U>
where
    M: Shared,
    D: Shared,
    U: Chunk,
{
    Chunks::from_lazies(examples.iter().enumerate().map(|(c, chunk)| {
        let key = Key::of(name).input(model.key()).input(chunk.key()).finish();
        model.zip(chunk, Task::new(name, key).measured::<U>().order(model.turn() + 1 + c), f)
    }))
}

/// A count, or a sum, of this key for every chunk of examples, in one more pass over them after the model's.
pub(in crate::combine) fn tally<M, D, U>(
    of: Key,
    model: &Lazy<M>,
    examples: &Chunks<D>,
    f: impl Fn(&M, &D) -> Result<U> + Clone + Shared,
) -> Vec<Lazy<U>>
where
    M: Shared,
    D: Shared,
    U: Shared,
{
    let mut parts = Vec::with_capacity(examples.len());
    for (c, chunk) in examples.iter().enumerate() {
        let key = Key::of("score").input(of).input(model.key()).input(chunk.key()).finish();
        parts.push(model.zip(chunk, Task::new("score", key).order(model.turn() + 1 + c), f.clone()));
    }
    parts
}

/// All parts merged, in the order of the chunks; `check` looks at the whole.
pub(in crate::combine) fn total<U: Default + Shared>(
    parts: &[Lazy<U>],
    merge: impl Fn(U, &U) -> Result<U> + Shared,
    check: impl Fn(&U) -> Result<()> + Shared,
) -> Lazy<U> {
    let mut key = Key::of("total");
    for part in parts {
        key = key.input(part.key());
    }
    Lazy::gather(parts, Task::new("total score", key.finish()), move |parts| {
        let mut total = U::default();
        for part in parts {
            total = merge(total, part)?;
        }
        check(&total).map(|()| total)
    })
}

/// The counts that scorers are read from, over all rows of all chunks.
fn counted<H, M, D>(fit: &H, data: &Chunks<D>, scorers: impl Into<Vec<Scorer>>) -> Lazy<M::Tally>
where
    H: Fitted<D, Model = M> + ?Sized,
    M: Evaluate<H::Examples>,
{
    let scorers: Vec<Scorer> = scorers.into();
    let of = key_of_scorers("counts", &scorers).finish();
    let stated = scorers.clone();
    let parts = tally(of, fit.model(), &fit.examples(data), move |model: &M, chunk| {
        let counts = model.tally(chunk, &scorers)?;
        let mut seen = M::Seen::default();
        model.add_seen(&mut seen);
        M::check_seen(chunk, &seen).map(|()| counts)
    });
    total(&parts, M::Tally::merge, move |total| match total.n_rows() {
        0 => Err(no_scored_rows(&stated)),
        _ => Ok(()),
    })
}
