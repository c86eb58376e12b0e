//! What is to be fitted, as plain data.

use chunkfit::estimator::Weighting;
use chunkfit::linear::{LogisticRegressionParams, SgdClassifierParams};
use chunkfit::text::HashingVectorizerParams;
use datafusion::error::Result;
use linfa::{Label, ParamGuard};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{from_core, refused, unplanned};
use crate::label::{AnyLabel, FrameLabel};

/// A whole pipeline as plain data: the vectorizer, what learns, how chunks are weighed. It travels to the
/// executors in the plan, and is JSON for people.
///
/// The labels' type is not part of it: it follows from the label column. Classes that parameters name have to be
/// of that type.
///
/// ```
/// use chunkfit::linear::LogisticRegression;
/// use chunkfit::text::HashingVectorizer;
/// use chunkfit_ballista::Recipe;
///
/// let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
/// let recipe = Recipe::new(text, LogisticRegression::<f64, bool>::params().alpha(1e-6))?;
/// assert_eq!(Recipe::from_json(&recipe.to_json())?, recipe);
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recipe {
    vectorizer: HashingVectorizerParams<f64>,
    learner: Learner,
    #[serde(default)]
    weighting: Weighting,
}

/// What learns from the vectorized rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Learner {
    /// The core's [`LogisticRegression`](chunkfit::linear::LogisticRegression): two classes or more.
    LogisticRegression(LogisticRegressionParams<AnyLabel>),
    /// The core's [`SgdClassifier`](chunkfit::linear::SgdClassifier): two classes or more.
    SgdClassifier(SgdClassifierParams<AnyLabel>),
}

/// Parameters that a [`Recipe`] can hold: those of logistic regression and of the SGD classifier, for labels of
/// any type that serializes as a boolean, an integer or a string.
pub trait IntoLearner {
    /// The same parameters, whatever the labels' type.
    ///
    /// # Errors
    /// Parameters out of range; classes that are no booleans, integers or strings.
    fn into_learner(self) -> Result<Learner>;
}

impl<L: Label> IntoLearner for LogisticRegressionParams<L> {
    fn into_learner(self) -> Result<Learner> {
        self.check_ref().map_err(from_core("the parameters of the recipe"))?;
        Ok(Learner::LogisticRegression(other_labels(&self)?))
    }
}

impl<L: Label + Serialize> IntoLearner for SgdClassifierParams<L> {
    fn into_learner(self) -> Result<Learner> {
        self.check_ref().map_err(from_core("the parameters of the recipe"))?;
        Ok(Learner::SgdClassifier(other_labels(&self)?))
    }
}

impl IntoLearner for Learner {
    fn into_learner(self) -> Result<Learner> {
        Ok(self)
    }
}

/// The same parameters with labels of another type. What they are told by is what they serialize as: a value of
/// `serde_json` keeps all bits of a finite number.
pub(crate) fn other_labels<P: Serialize, Q: DeserializeOwned>(params: &P) -> Result<Q> {
    serde_json::to_value(params).and_then(serde_json::from_value).map_err(|error| {
        refused(format!("the classes that the recipe names are not of the label column's type: {error}"))
    })
}

impl Recipe {
    /// A vectorizer, then a learner.
    ///
    /// # Errors
    /// Parameters out of range, by name.
    pub fn new(vectorizer: HashingVectorizerParams<f64>, learner: impl IntoLearner) -> Result<Self> {
        vectorizer.check_ref().map_err(from_core("the parameters of the recipe"))?;
        Ok(Recipe { vectorizer, learner: learner.into_learner()?, weighting: Weighting::default() })
    }

    /// How the chunks' coefficients are weighed. Default [`Weighting::Curvature`], as of the core's
    /// [`Averaged`](chunkfit::combine::Averaged).
    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.weighting = weighting;
        self
    }

    /// The vectorizer's parameters.
    pub fn vectorizer(&self) -> &HashingVectorizerParams<f64> {
        &self.vectorizer
    }

    /// The learner and its parameters.
    pub fn learner(&self) -> &Learner {
        &self.learner
    }

    /// How the chunks' coefficients are weighed.
    pub fn how(&self) -> Weighting {
        self.weighting
    }

    /// How many columns the vectorized rows have.
    pub(crate) fn n_features(&self) -> Result<usize> {
        Ok(self.vectorizer.check_ref().map_err(from_core("the parameters of the recipe"))?.n_features())
    }

    /// As JSON, on one line.
    pub fn to_json(&self) -> String {
        // Parameters are plain data whose maps have names for keys: there is nothing in them that JSON lacks.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From JSON, as [`to_json`](Self::to_json) writes it.
    ///
    /// # Errors
    /// JSON that is none, or that lacks something; parameters out of range.
    pub fn from_json(json: &str) -> Result<Self> {
        let recipe: Recipe =
            serde_json::from_str(json).map_err(|error| unplanned(format!("this is no recipe: {error}")))?;
        let in_range = match &recipe.learner {
            Learner::LogisticRegression(params) => params.check_ref().map(|_| ()),
            Learner::SgdClassifier(params) => params.check_ref().map(|_| ()),
        };
        in_range.map_err(from_core("the parameters of the recipe"))?;
        recipe.vectorizer.check_ref().map_err(from_core("the parameters of the recipe"))?;
        Ok(recipe)
    }

    /// The parameters of the learner for labels of one type.
    pub(crate) fn learner_of<L: FrameLabel>(&self) -> Result<LearnerOf<L>> {
        Ok(match &self.learner {
            Learner::LogisticRegression(params) => LearnerOf::LogisticRegression(other_labels(params)?),
            Learner::SgdClassifier(params) => LearnerOf::SgdClassifier(other_labels(params)?),
        })
    }
}

/// [`Learner`] with the labels' type known.
pub(crate) enum LearnerOf<L: Label> {
    LogisticRegression(LogisticRegressionParams<L>),
    SgdClassifier(SgdClassifierParams<L>),
}

/// The same JSON: parameters are plain data.
impl PartialEq for Recipe {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl Eq for Recipe {}

impl std::hash::Hash for Recipe {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.to_json().hash(state);
    }
}
