//! The builder of subjects: an estimator with its parameters, and what is claimed of it.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, PredictInplace};
use linfa::{Label, ParamGuard};
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::block::{Block, blocks};
use super::capability::{Capability, ModelKind};
use super::laws;
use super::model::{FitBlocks, ModelFile, TestedModel, Use};
use super::numbers::Numbers;
use super::rows::{TargetKind, TestRows, TestTargets, chunks, dataset};
use super::subject::{Cuts, Subject, Trial, Variation, Way};
use super::uses::{self, TestedAs, UseOf};
use crate::chunks::Chunks;
use crate::combine::{
    Averaged, AveragedRounds, Chained, Concatenated, FitChunks, FitOnward, Fitted, IntoFit, Preprocess, StepOver, Summed,
};
use crate::data::{Chunk, FeatureRows, Footprint, Identified, Keyed, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{
    Classes, DecisionFunction, Evaluate, FitAverage, FitSummed, Model, PartialFit, Persist, PredictProba, TransformChunk,
    Weighting,
};
use crate::graph::{Compute, Key, Lazy, Runtime, Task};
use crate::metrics::ClassTally;
use crate::model_selection::Searchable;
use crate::persist::Training;
use crate::sinks::{Predictions, Table, Tabular, ToPredict};

/// Example rows of one layout with targets of one kind.
///
/// By default three chunks of 12, 13 and 14 rows: three columns of multiples of 1/4 from 0 to 2.5, three classes, values
/// above 0, two groups.
#[derive(Clone, Debug)]
pub struct Examples<R, T> {
    blocks: Vec<Block>,
    types: PhantomData<fn(R, T)>,
}

impl<R: TestRows, T: TestTargets> Default for Examples<R, T> {
    fn default() -> Self {
        Examples { blocks: blocks(), types: PhantomData }
    }
}

impl<R: TestRows, T: TestTargets> Examples<R, T> {
    /// The default examples.
    pub fn new() -> Self {
        Self::default()
    }

    /// The default examples, with another block in place of each: of the same numbers of rows.
    pub fn map(mut self, block: impl Fn(Block) -> Block) -> Self {
        self.blocks = self.blocks.into_iter().map(block).collect();
        self
    }

    /// An estimator that learns from these examples, given by its parameters: what it can do is claimed by the methods of
    /// [`Estimator`], and held to the laws by [`Estimator::check`].
    pub fn estimator<P, M>(&self, params: P) -> Estimator<P, M, R, T>
    where
        P: Identified + Serialize + Clone + Shared,
        M: Model + Clone + Shared,
        M::Kind: TestedAs<M, R, T>,
    {
        let name = P::NAME.rsplit("::").next().unwrap_or(P::NAME);
        Estimator::of(self.blocks.clone(), name.to_owned(), params).of_kind()
    }

    /// Models that are made in some other way than by an estimator: of fitted models, or of given parts.
    pub fn fitted<M>(
        &self,
        name: &str,
        fit: impl Fn(&Runtime, &[Block]) -> Result<M> + Send + Sync + 'static,
    ) -> Estimator<(), M, R, T>
    where
        M: Clone + Shared,
    {
        let mut made = Estimator::of(self.blocks.clone(), name.to_owned(), ());
        made.subject.is_made = true;
        made.way("fit", Cuts::DoNotMatter, move |(), runtime, blocks| fit(runtime, blocks))
    }
}

type FitTyped<P, M> = Arc<dyn Fn(&P, &Runtime, &[Block]) -> Result<M> + Send + Sync>;
/// What a fitted model is tried on.
type OfModel<M> = Arc<dyn Fn(&M, &[Block]) -> super::Outcome + Send + Sync>;
type LearnTyped<P, M> = Arc<dyn Fn(&P, M, &[Block]) -> Result<M> + Send + Sync>;

struct TypedWay<P, M> {
    name: &'static str,
    fit: FitTyped<P, M>,
    learn_on: Option<LearnTyped<P, M>>,
    cuts: Cuts,
}

impl<P, M> Clone for TypedWay<P, M> {
    fn clone(&self) -> Self {
        TypedWay { fit: self.fit.clone(), learn_on: self.learn_on.clone(), ..*self }
    }
}

/// An estimator and what is claimed of it, each claim by one method. Laws that hold for the claims are tried by
/// [`check`](Self::check).
///
/// `P` are its parameters, `M` its models, `R` and `T` the rows and targets that it learns from.
pub struct Estimator<P, M, R, T> {
    params: P,
    ways: Vec<TypedWay<P, M>>,
    uses: Vec<UseOf<M>>,
    file: Option<TypedFile<M>>,
    other_tree: Option<FitTyped<P, M>>,
    variations: Vec<(&'static str, P)>,
    of_models: Vec<(Capability, OfModel<M>)>,
    subject: Subject,
    types: PhantomData<fn(R, T)>,
}

struct TypedFile<M> {
    kind: fn() -> String,
    write: fn(&M) -> Result<Vec<u8>>,
    read: fn(&[u8]) -> Result<M>,
}

impl<M> Clone for TypedFile<M> {
    fn clone(&self) -> Self {
        TypedFile { ..*self }
    }
}

/// The parameters by their serialized names; none where they are no structure of fields.
fn fields<P: Serialize>(params: &P) -> BTreeMap<String, serde_json::Value> {
    match serde_json::to_value(params) {
        Ok(serde_json::Value::Object(fields)) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
{
    fn of(blocks: Vec<Block>, name: String, params: P) -> Self {
        let subject = Subject {
            name: format!("{name}, {}", R::NAME),
            family: name,
            blocks,
            targets: TargetKind::None,
            kind: ModelKind::Unknown,
            is_made: false,
            is_narrow: R::IS_NARROW,
            is_of_numbers: R::IS_OF_NUMBERS,
            tolerance: if R::IS_NARROW { 1e-4 } else { 1e-7 },
            ways: Vec::new(),
            other_tree: None,
            trials: Vec::new(),
            variations: Vec::new(),
            fields: fields(&params).into_keys().collect(),
            capabilities: BTreeSet::new(),
            gaps: BTreeMap::new(),
            exclusions: BTreeMap::new(),
        };
        Estimator {
            params,
            ways: Vec::new(),
            uses: Vec::new(),
            file: None,
            other_tree: None,
            variations: Vec::new(),
            of_models: Vec::new(),
            subject,
            types: PhantomData,
        }
    }

    /// Another name than that of its type.
    pub fn named(mut self, name: &str) -> Self {
        self.subject.family = name.to_owned();
        self.subject.name = format!("{name}, {}", R::NAME);
        self
    }

    /// The relative difference that rounding may make where rows are merged in another order or cut elsewhere: 1e-7 for
    /// `f64` and 1e-4 for `f32` unless it is given; 0 where nothing but the same bits will do.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.subject.tolerance = tolerance;
        self
    }

    /// Excludes a law, with the mathematical reason why it does not hold. A law that holds in spite of it is a violation.
    pub fn except(mut self, law: &'static str, reason: &'static str) -> Self {
        self.subject.exclusions.insert(law, reason);
        self
    }

    /// Says why the estimator does not have a capability.
    pub fn lacks(mut self, capability: Capability, reason: &'static str) -> Self {
        self.subject.gaps.insert(capability, reason);
        self
    }

    /// The same estimator with another parameter, for the law that every parameter changes something.
    pub fn varied(mut self, name: &'static str, change: impl FnOnce(P) -> P) -> Self {
        let changed = change(self.params.clone());
        self.variations.push((name, changed));
        self
    }

    fn can(mut self, capability: Capability) -> Self {
        self.subject.capabilities.insert(capability);
        self
    }

    fn way(
        mut self,
        name: &'static str,
        cuts: Cuts,
        fit: impl Fn(&P, &Runtime, &[Block]) -> Result<M> + Send + Sync + 'static,
    ) -> Self {
        self.ways.push(TypedWay { name, fit: Arc::new(fit), learn_on: None, cuts });
        self
    }

    fn trial(
        mut self,
        capability: Capability,
        what: &'static str,
        hold: impl Fn(&P, &[Block]) -> super::Outcome + Send + Sync + 'static,
    ) -> Self {
        let params = self.params.clone();
        let hold = Box::new(move |blocks: &[Block]| hold(&params, blocks));
        self.subject.trials.push(Trial { capability, what, hold });
        self.can(capability)
    }
}

/// Claims about how it learns.
impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
    DatasetBase<R, T>: Chunk + Rows,
{
    /// It fits rows in memory, and chunks that are [`Concatenated`].
    pub fn in_memory(self) -> Self
    where
        P: Fit<R, T, Error, Object = M> + Identified,
    {
        let fit = |params: &P, _: &Runtime, blocks: &[Block]| {
            let parts: Vec<DatasetBase<R, T>> = blocks.iter().map(dataset).collect();
            params.fit(&DatasetBase::concat_rows(&parts.iter().collect::<Vec<_>>())?)
        };
        let concatenate = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Concatenated::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        let both = self.way("fit", Cuts::DoNotMatter, fit).way("concatenate", Cuts::DoNotMatter, concatenate);
        both.can(Capability::InMemory)
    }

    /// It learns chunk by chunk: `partial_fit`, and [`Chained`].
    pub fn partial_fit(mut self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
    {
        let step = |params: &P, model: M, blocks: &[Block]| {
            blocks.iter().try_fold(model, |model, block| params.partial_fit(Some(model), &dataset(block)))
        };
        let learn = move |params: &P, _: &Runtime, blocks: &[Block]| {
            let first = |block: &Block| params.partial_fit(None, &dataset(block));
            let none = || Error::new(ErrorKind::NoRows { estimator: "partial_fit" });
            let (block, rest) = blocks.split_first().ok_or_else(none)?;
            step(params, first(block)?, rest)
        };
        let chain = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Chained::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        let (name, cuts) = ("partial_fit", Cuts::DoNotMatter);
        self.ways.push(TypedWay { name, fit: Arc::new(learn), learn_on: Some(Arc::new(step)), cuts });
        self.way("chain", Cuts::DoNotMatter, chain).can(Capability::Chained)
    }

    /// [`partial_fit`](Self::partial_fit), and what follows from it for models that are scored: searches, cross-validation,
    /// halving, early stopping, checkpoints, models of groups.
    pub fn chained(self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
        M: Evaluate<DatasetBase<R, T>>,
        Chained<P>: Searchable<DatasetBase<R, T>> + FitOnward<DatasetBase<R, T>>,
        Keyed<R, usize>: TestRows,
        DatasetBase<Keyed<R, usize>, T>: Chunk + Rows,
    {
        self.partial_fit()
            .searched("chain", Chained::new)
            .halved("chain", Chained::new)
            .trial(Capability::StoppedEarly, "chain", laws::stopped_early::<P, R, T, M>)
            .checkpointed()
            .trial(Capability::PerGroup, "chain", laws::per_group::<P, R, T, M>)
    }

    /// A chain of it goes on from a checkpoint.
    pub fn checkpointed(self) -> Self
    where
        P: PartialFit<R, T, Model = M> + Identified,
    {
        let uses = self.uses.clone();
        self.trial(Capability::Checkpointed, "chain", move |params, blocks| {
            laws::resumed::<P, R, T, M>(params, blocks, &uses)
        })
    }

    /// Its models are averaged: [`Averaged`].
    pub fn average(self) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.averages(Cuts::Matter)
    }

    /// Its models are averaged, and an average is the model of all rows, wherever these are cut: counts and sums that add
    /// up.
    pub fn exact_average(self) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.averages(Cuts::DoNotMatter)
    }

    fn averages(mut self, cuts: Cuts) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
    {
        self.other_tree = Some(Arc::new(|params, _, blocks| {
            let state = |block: &Block| params.fit_state(&dataset(block), Weighting::default());
            let mut states = blocks.iter().rev().map(state);
            let first = states.next().unwrap_or_else(|| Ok(P::State::default()))?;
            params.finish(states.try_fold(first, |all, state| P::merge(state?, all))?)
        }));
        let average = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Averaged::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        self.way("average", cuts, average).can(Capability::Averaged)
    }

    /// Its averages become better in further rounds: [`Averaged::rounds`].
    pub fn rounds(self) -> Self
    where
        P: FitAverage<R, T, Model = M> + Identified,
        AveragedRounds<P>: FitChunks<DatasetBase<R, T>, Fit = Lazy<M>>,
    {
        let rounds = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Averaged::new(params.clone()).rounds(3).fit(&chunks::<R, T>(blocks)))
        };
        self.way("average, rounds", Cuts::Matter, rounds).can(Capability::Rounds)
    }

    /// The exact fit of all rows in passes over the chunks: [`Summed`].
    pub fn sum(self) -> Self
    where
        P: FitSummed<R, T, Model = M> + Identified,
    {
        let sum = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            runtime.compute(Summed::new(params.clone()).fit(&chunks::<R, T>(blocks)))
        };
        self.way("sum", Cuts::DoNotMatter, sum).can(Capability::Summed)
    }

    /// A transformer that is learned in passes over the chunks: [`Preprocess`].
    pub fn learned<U>(self) -> Self
    where
        P: ParamGuard<Checked = U, Error: Shared> + Identified,
        U: StepOver<DatasetBase<R, T>, Transformer = M>,
    {
        let learn = |params: &P, runtime: &Runtime, blocks: &[Block]| {
            let fit = Preprocess::new(params.clone()).fit(&chunks::<R, T>(blocks));
            runtime.compute(fit).map(|learned| (*learned).clone())
        };
        self.way("learn", Cuts::DoNotMatter, learn).can(Capability::Summed)
    }

    /// Any other way to fit chunks, given by a combinator around the estimator.
    pub fn fitted_by<F, H>(self, name: &'static str, combine: impl Fn(P) -> F + Send + Sync + 'static) -> Self
    where
        F: FitChunks<DatasetBase<R, T>, Fit = H>,
        H: Compute<Output = M>,
    {
        self.way(name, Cuts::DoNotMatter, move |params, runtime, blocks| {
            runtime.compute(combine(params.clone()).fit(&chunks::<R, T>(blocks)))
        })
    }

    /// It is searched and cross-validated within a combinator: `searched("chain", Chained::new)`.
    pub fn searched<F>(self, what: &'static str, combine: impl Fn(P) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Searchable<DatasetBase<R, T>> + Clone + Send + Sync + 'static,
    {
        self.trial(Capability::Searched, what, move |params, blocks| {
            laws::searched::<_, _, R, T>(params, blocks, combine.clone())
        })
    }

    /// It is searched by halving within a combinator.
    pub fn halved<F>(self, what: &'static str, combine: impl Fn(P) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Searchable<DatasetBase<R, T>> + FitOnward<DatasetBase<R, T>> + Send + Sync + 'static,
    {
        self.trial(Capability::Halved, what, move |params, blocks| {
            laws::halved::<_, _, R, T>(params, blocks, combine.clone())
        })
    }
}

/// Claims about what its models can do.
impl<P, M, R, T> Estimator<P, M, R, T>
where
    P: Serialize + Clone + Shared,
    M: Clone + Shared,
    R: TestRows,
    T: TestTargets,
    DatasetBase<R, T>: Chunk + Rows,
{
    /// Its models are used in the ways of their [kind](crate::estimator::kind).
    pub fn of_kind(mut self) -> Self
    where
        M: Model,
        M::Kind: TestedAs<M, R, T>,
    {
        self.uses.extend(M::Kind::uses().into_iter().map(|used| Arc::new(used) as UseOf<M>));
        self.subject.kind = M::Kind::KIND;
        self.subject.targets = if M::Kind::KIND.learns_targets() { T::KIND } else { TargetKind::None };
        self
    }

    /// Its models predict labels or values, whatever their kind.
    pub fn predict<L>(self) -> Self
    where
        M: PredictInplace<R, Array1<L>>,
        L: Shared,
        Array1<L>: Chunk + Numbers + Clone,
    {
        self.used(uses::predict::<M, R, T, Array1<L>>)
    }

    /// Another way to use its models.
    pub fn used(mut self, make: impl Fn(&M) -> Use + Send + Sync + 'static) -> Self {
        self.uses.push(Arc::new(make));
        self
    }

    fn of_models(
        mut self,
        capability: Capability,
        hold: impl Fn(&M, &[Block]) -> super::Outcome + Send + Sync + 'static,
    ) -> Self {
        self.of_models.push((capability, Arc::new(hold)));
        self.can(capability)
    }

    /// Its models are scored by name, and a model in memory is a fit again ([`IntoFit`]), of the same score.
    pub fn scored(self) -> Self
    where
        M: Evaluate<DatasetBase<R, T>> + IntoFit<Fit: Fitted<DatasetBase<R, T>, Model = M, Examples = DatasetBase<R, T>>>,
    {
        self.of_models(Capability::Scored, laws::scored::<M, R, T>)
    }

    /// Predicted labels or values are written into files.
    pub fn into_files<L>(self) -> Self
    where
        M: PredictInplace<R, Array1<L>>,
        L: Serialize + Chunk,
        DatasetBase<R, T>: ToPredict<Examples = DatasetBase<R, T>>,
    {
        self.files_of(|fit, data| Predictions::of(fit, data).tables().clone())
    }

    /// Several predicted labels a row are written into files.
    pub fn labels_into_files(self) -> Self
    where
        M: DecisionFunction<R>,
        R: FeatureRows<Elem: Footprint>,
        DatasetBase<R, T>: ToPredict<Examples = DatasetBase<R, T>>,
    {
        self.files_of(|fit, data| Predictions::of_labels(fit, data, ["a", "b"]).tables().clone())
    }

    /// Transformed rows are written into files.
    pub fn rows_into_files<U>(self) -> Self
    where
        M: TransformChunk<DatasetBase<R, T>, Output = U>,
        U: Tabular + Chunk,
    {
        self.files_of(|fit, data| {
            let key = Key::of("table").finish();
            let rows: Chunks<U> = fit.transform(data);
            rows.map_keyed("table", key, Tabular::to_table)
        })
    }

    fn files_of(self, tables: fn(&Lazy<M>, &Chunks<DatasetBase<R, T>>) -> Chunks<Table>) -> Self {
        self.of_models(Capability::Sunk, move |model, blocks| {
            let fit = Lazy::given(Task::new("model", Key::unique()), model.clone());
            laws::into_files::<R, T>(blocks, |data| tables(&fit, data))
        })
    }

    /// Its models have decision values.
    pub fn decision_function(self) -> Self
    where
        M: DecisionFunction<R>,
        R: FeatureRows<Elem: Footprint>,
        Array2<R::Elem>: Numbers,
    {
        self.used(uses::decision_function::<M, R, T>)
    }

    /// Its models have class probabilities, of which losses are read.
    pub fn probabilities<L>(self) -> Self
    where
        M: PredictProba<R> + Evaluate<DatasetBase<R, T>, Tally = ClassTally<L>>,
        R: FeatureRows<Elem: Footprint>,
        L: Label + Shared,
        Array2<R::Elem>: Numbers,
    {
        let both = self.used(uses::predict_proba::<M, R, T>).used(uses::probability_loss::<M, R, T, L>);
        both.can(Capability::Probabilities)
    }

    /// Its models are calibrated, and given a threshold if there are two classes.
    pub fn calibrated<L>(mut self) -> Self
    where
        M: DecisionFunction<R> + Classes<L>,
        R: FeatureRows<Elem: Footprint>,
        T: AsSingleTargets<Elem = L>,
        L: Label + Shared,
        Array1<L>: Numbers + Chunk,
        Array2<R::Elem>: Numbers,
    {
        self.uses.extend(uses::calibrated::<M, R, T, L>(&self.subject.blocks));
        self.can(Capability::Calibrated)
    }

    /// Its models transform rows, beside what their kind is used for.
    pub fn transform(self) -> Self
    where
        M: TransformChunk<DatasetBase<R, T>, Output: Chunk + Numbers + Clone>,
    {
        self.used(uses::transform::<M, R, T>)
    }

    /// Its models are saved and loaded.
    pub fn persisted(mut self) -> Self
    where
        M: Persist,
    {
        self.file = Some(TypedFile {
            kind: M::kind,
            write: |model| model.to_bytes(&Training::default()),
            read: |bytes| M::from_bytes(bytes),
        });
        self.can(Capability::Persisted)
    }

    /// The subject, whose types are known to it alone.
    pub fn subject(self) -> Subject {
        let (uses, file, params) = (Arc::<[UseOf<M>]>::from(self.uses), self.file, self.params);
        let own = |fit: &TypedWay<P, M>, params: &P| erased(fit.clone(), params.clone(), uses.clone(), file.clone());
        let ways = |params: &P| self.ways.iter().map(|way| own(way, params)).collect::<Vec<_>>();
        let before = fields(&params);
        let variation = |(name, changed): &(&'static str, P)| {
            let is_other = |(field, value): &(String, serde_json::Value)| before.get(field) != Some(value);
            let fields = fields(changed).into_iter().filter(is_other).map(|(field, _)| field).collect();
            Variation { name, fields, ways: ways(changed) }
        };
        let other_tree = self.other_tree.map(|fit| {
            let way = TypedWay { name: "average", fit, learn_on: None, cuts: Cuts::Matter };
            own(&way, &params).fit
        });
        let fit_first = self.ways.first().map(|way| way.fit.clone());
        let mut trials = self.subject.trials;
        for (capability, hold) in self.of_models {
            let (fit, params) = (fit_first.clone(), params.clone());
            let hold = move |blocks: &[Block]| match &fit {
                Some(fit) => hold(&fit(&params, &Runtime::new().threads(1), blocks)?, blocks),
                None => Ok(()),
            };
            trials.push(Trial { capability, what: "a model", hold: Box::new(hold) });
        }
        let (variations, ways) = (self.variations.iter().map(variation).collect(), ways(&params));
        Subject { ways, other_tree, variations, trials, ..self.subject }
    }

    /// Holds the estimator to all laws.
    ///
    /// # Panics
    /// When a law does not hold: the message names every law that does not, and on what.
    pub fn check(self) {
        super::check(&self.subject());
    }
}

fn erased<P, M>(way: TypedWay<P, M>, params: P, uses: Arc<[UseOf<M>]>, file: Option<TypedFile<M>>) -> Way
where
    P: Clone + Shared,
    M: Clone + Shared,
{
    let TypedWay { name, fit, learn_on, cuts } = way;
    let learn_on = learn_on.map(|learn_on| {
        let params = params.clone();
        Arc::new(move |model, blocks: &[Block]| learn_on(&params, model, blocks)) as LearnOn<M>
    });
    let fit = move |runtime: &Runtime, blocks: &[Block]| {
        fit(&params, runtime, blocks).map(|model| tested(model, &uses, &file, &learn_on))
    };
    Way { name, fit: Box::new(fit), cuts }
}

type LearnOn<M> = Arc<dyn Fn(M, &[Block]) -> Result<M> + Send + Sync>;

/// A model without its type.
fn tested<M: Clone + Shared>(
    model: M,
    uses: &Arc<[UseOf<M>]>,
    file: &Option<TypedFile<M>>,
    learn_on: &Option<LearnOn<M>>,
) -> TestedModel {
    let all = uses.iter().map(|used| used(&model)).collect();
    let learned = |model: M, uses: &Arc<[UseOf<M>]>, file: &Option<TypedFile<M>>, learn_on: &LearnOn<M>| -> FitBlocks {
        let (uses, file, learn_on) = (uses.clone(), file.clone(), learn_on.clone());
        Box::new(move |_, blocks| Ok(tested(learn_on(model.clone(), blocks)?, &uses, &file, &Some(learn_on.clone()))))
    };
    let goes_on = learn_on.as_ref().map(|learn_on| learned(model.clone(), uses, file, learn_on));
    let file = file.clone().map(|own| {
        let (uses, learn_on) = (uses.clone(), learn_on.clone());
        let write = move || {
            let (uses, learn_on, again) = (uses.clone(), learn_on.clone(), own.clone());
            let load = move |bytes: &[u8]| Ok(tested((again.read)(bytes)?, &uses, &Some(again.clone()), &learn_on));
            Ok(ModelFile { kind: (own.kind)(), bytes: (own.write)(&model)?, load: Box::new(load) })
        };
        Box::new(write) as Box<dyn Fn() -> Result<ModelFile> + Send + Sync>
    });
    TestedModel { uses: all, learn_on: goes_on, file }
}
