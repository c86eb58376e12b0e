//! Rows that are not fitted yet and states that are, whatever the labels' type.

use std::fmt::Debug;

use chunkfit::data::{Csr, Footprint};
use chunkfit::estimator::TransformChunk;
use chunkfit::estimator::{FitAverage, FitAverageFrom, RefineAverage};
use chunkfit::linear::{LogisticRegressionParams, SgdClassifier, SgdClassifierParams};
use chunkfit::persist::Persist;
use chunkfit::text::HashingVectorizer;
use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use linfa::ParamGuard;
use ndarray::Array1;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answers::Answers;
use super::asking::Asking;
use super::averaging::{Averaging, Way};
use super::buffer::{Buffer, Names};
use super::search::{self, Searching};
use super::step::Step;
use crate::error::{from_core, from_end_of_fit, refused};
use crate::label::{FrameLabel, Int, LabelKind};
use crate::model::{AnyModel, ModelRef, Stores};
use crate::recipe::{LearnerOf, Recipe};

/// What an accumulator of `fit` holds.
pub(crate) trait Partial: Debug + Send + Sync {
    /// Adds rows: text, label, chunk, and weight if there is one.
    fn push(&mut self, columns: &[ArrayRef]) -> Result<()>;

    /// Fits the chunks whose rows are here; all states as bytes. Nothing is left.
    fn state(&mut self) -> Result<Vec<u8>>;

    /// Adds such states.
    fn merge(&mut self, state: &[u8]) -> Result<()>;

    /// Fits the chunks whose rows are here; what the query gives. Nothing is left.
    fn evaluate(&mut self) -> Result<Vec<u8>>;

    /// About the bytes held.
    fn bytes(&self) -> usize;
}

/// An empty accumulator.
///
/// # Errors
/// A step that the learner does not know; classes of another type than the labels.
pub(crate) fn partial(
    recipe: &Recipe,
    step: &Step,
    label: LabelKind,
    names: Names,
    stores: &Stores,
) -> Result<Box<dyn Partial>> {
    match label {
        LabelKind::Bool => partial_of::<bool>(recipe, step, names, stores),
        LabelKind::Int => partial_of::<Int>(recipe, step, names, stores),
        LabelKind::Str => partial_of::<String>(recipe, step, names, stores),
    }
}

#[derive(Debug)]
struct Fitting<L, A> {
    vectorizer: HashingVectorizer<f64>,
    rows: Buffer<L>,
    answers: A,
}

impl<L: FrameLabel, A: Answers<L>> Fitting<L, A> {
    fn fit(&mut self) -> Result<()> {
        for (chunk, rows) in self.rows.take() {
            let doing = || format!("fit, chunk {chunk}");
            let examples = self.vectorizer.transform_chunk(&rows).map_err(from_core(doing()))?;
            drop(rows);
            self.answers.add(chunk, &examples).map_err(|error| error.context(doing()))?;
        }
        Ok(())
    }
}

impl<L: FrameLabel, A: Answers<L>> Partial for Fitting<L, A> {
    fn push(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.rows.push(columns)
    }

    fn state(&mut self) -> Result<Vec<u8>> {
        self.fit()?;
        self.answers.take()
    }

    fn merge(&mut self, state: &[u8]) -> Result<()> {
        self.answers.absorb(state)
    }

    fn evaluate(&mut self) -> Result<Vec<u8>> {
        self.fit()?;
        self.answers.finish()
    }

    fn bytes(&self) -> usize {
        self.rows.bytes() + self.answers.bytes()
    }
}

fn partial_of<L: FrameLabel>(recipe: &Recipe, step: &Step, names: Names, stores: &Stores) -> Result<Box<dyn Partial>> {
    let vectorizer = recipe.vectorizer().clone().check().map_err(from_core("the parameters of the recipe"))?;
    let rows = Buffer::new(names);
    Ok(match (recipe.learner_of::<L>()?, step) {
        (LearnerOf::LogisticRegression(params), Step::Average) => {
            let answers = Averaging::new(averaged(recipe, params, "LogisticRegression"));
            Box::new(Fitting { vectorizer, rows, answers })
        }
        (LearnerOf::LogisticRegression(params), Step::Begin) => {
            let answers = Averaging::new(beginning(recipe, params));
            Box::new(Fitting { vectorizer, rows, answers })
        }
        (LearnerOf::LogisticRegression(params), Step::Pass(reference)) => {
            let answers = Asking::new(params, reference.clone(), stores.clone());
            Box::new(Fitting { vectorizer, rows, answers })
        }
        (LearnerOf::SgdClassifier(params), Step::Average) => {
            let answers = Averaging::new(averaged(recipe, params, "SgdClassifier"));
            Box::new(Fitting { vectorizer, rows, answers })
        }
        (LearnerOf::SgdClassifier(params), Step::From(model)) => {
            let answers = Averaging::new(mixing(recipe, params, model, stores));
            Box::new(Fitting { vectorizer, rows, answers })
        }
        (LearnerOf::LogisticRegression(_), Step::From(_)) => {
            return Err(refused("a logistic regression goes on by passes, not from a model"));
        }
        (LearnerOf::SgdClassifier(_), Step::Begin | Step::Pass(_)) => {
            return Err(refused("an SGD classifier goes on from a model, not by passes"));
        }
    })
}

/// The way of an estimator over vectorized rows.
type WayOf<L, P> = Way<L, <P as FitAverage<Csr<f64>, Array1<L>>>::State>;

/// The first round, to a model.
fn averaged<L, P>(recipe: &Recipe, params: P, estimator: &'static str) -> Way<L, P::State>
where
    L: FrameLabel,
    P: FitAverage<Csr<f64>, Array1<L>> + Clone,
    P::State: Footprint + Serialize + DeserializeOwned,
    P::Model: Persist,
{
    let (how, finishing, recipe) = (recipe.how(), params.clone(), recipe.clone());
    Way {
        kind: format!("state of {estimator} over labels of type {}", L::KIND.name()),
        fit: Box::new(move |examples| params.fit_state(examples, how).map_err(from_core(estimator))),
        merge: P::merge,
        finish: Box::new(move |state, count| {
            search::file(&recipe, finishing.finish(state).map_err(from_end_of_fit(estimator))?, count)
        }),
        estimator,
    }
}

/// The first round, to a search.
fn beginning<L: FrameLabel>(
    recipe: &Recipe,
    params: LogisticRegressionParams<L>,
) -> WayOf<L, LogisticRegressionParams<L>> {
    let way = averaged::<L, _>(recipe, params.clone(), "LogisticRegression");
    let finish = move |state, count| {
        let search = RefineAverage::<Csr<f64>, Array1<L>>::go_on(&params, state).map_err(from_core("fit"))?;
        search::write::<L>(&Searching(search, count))
    };
    Way { finish: Box::new(finish), ..way }
}

/// A further round, from a model.
fn mixing<L: FrameLabel>(
    recipe: &Recipe,
    params: SgdClassifierParams<L>,
    model: &ModelRef,
    stores: &Stores,
) -> WayOf<L, SgdClassifierParams<L>> {
    let way = averaged::<L, _>(recipe, params.clone(), "SgdClassifier");
    let (how, stores, reference) = (recipe.how(), stores.clone(), model.clone());
    let kind = format!("{}, from {reference}", way.kind);
    let fit = move |examples: &_| {
        let model = AnyModel::of(&stores, &reference)?;
        let pipeline = model.pipeline::<L, SgdClassifier<f64, L>>().ok_or_else(|| {
            refused(format!(
                "fit from a model of {} over labels of type {}: the recipe is of an SgdClassifier over labels of \
                 type {}",
                model.description().kind,
                model.label().name(),
                L::KIND.name()
            ))
        })?;
        params.fit_state_from(&pipeline.model, examples, how).map_err(from_core("SgdClassifier"))
    };
    Way { kind, fit: Box::new(fit), ..way }
}
