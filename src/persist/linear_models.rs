//! Saving linear and naive Bayes models.
//!
//! Those learned by stochastic gradient descent keep their weights in the form that training wants; their
//! coefficients are written out beside.

use linfa::{Float, Label};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::finite::check_finite;
use super::{Persist, Training, WrittenOut};
use crate::bayes::{EventModel, NaiveBayes};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::{
    Family, Glm, LinearClassifier, LinearRegressor, LogisticRegression, OneVsRest, SgdClassifier, SgdOneClassSvm,
    SgdRegressor,
};

/// What other programs read of a linear model that is no classifier of named classes.
#[derive(Serialize)]
struct Weights<C, I> {
    coef: C,
    intercept: I,
}

fn whole(is_whole: bool) -> Result<()> {
    let problem = "the weights are not those of so many classes and columns".to_owned();
    if is_whole { Ok(()) } else { Err(Error::new(ErrorKind::InvalidMatrix { problem })) }
}

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist
    for LinearClassifier<F, L>
{
    fn kind() -> String {
        "LinearClassifier".into()
    }

    /// Its numbers may be any: it is made [from parts](LinearClassifier::from_parts) as well, which takes any.
    fn check(&self) -> Result<()> {
        LinearClassifier::check(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().ncols())
    }
}

impl<F: Float + Serialize + DeserializeOwned> Persist for LinearRegressor<F> {
    fn kind() -> String {
        "LinearRegressor".into()
    }

    fn check(&self) -> Result<()> {
        LinearRegressor::check(self)?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().len())
    }
}

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist
    for LogisticRegression<F, L>
{
    fn kind() -> String {
        "LogisticRegression".into()
    }

    fn check(&self) -> Result<()> {
        self.linear().check()?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().ncols())
    }
}

impl<K: Family + Serialize + DeserializeOwned, F: Float + Serialize + DeserializeOwned> Persist for Glm<K, F> {
    fn kind() -> String {
        K::NAME.into()
    }

    fn check(&self) -> Result<()> {
        self.linear().check()?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.coef().len())
    }
}

impl<F: Float + Serialize + DeserializeOwned, L: Label + Serialize + DeserializeOwned> Persist for SgdClassifier<F, L> {
    fn kind() -> String {
        "SgdClassifier".into()
    }

    fn training(&self) -> Training {
        Training::of_classes(self.n_rows_seen(), self.class_counts().iter().map(|&count| count as f64))
    }

    fn check(&self) -> Result<()> {
        whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        if self.is_fitted() { written_out.add("linear", self.linear()?) } else { Ok(()) }
    }
}

impl<F: Float + Serialize + DeserializeOwned> Persist for SgdRegressor<F> {
    fn kind() -> String {
        "SgdRegressor".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    fn check(&self) -> Result<()> {
        whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        if self.is_fitted() { written_out.add("linear", self.linear()?) } else { Ok(()) }
    }
}

impl<F: Float + Serialize + DeserializeOwned> Persist for SgdOneClassSvm<F> {
    fn kind() -> String {
        "SgdOneClassSvm".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    fn check(&self) -> Result<()> {
        whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    /// With the intercept of its decision values, which is the offset below 0.
    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        let (coef, intercept) = (self.coef(), -self.offset());
        if self.is_fitted() { written_out.add("linear", &Weights { coef, intercept }) } else { Ok(()) }
    }
}

impl<F: Float + Serialize + DeserializeOwned> Persist for OneVsRest<F> {
    fn kind() -> String {
        "OneVsRest".into()
    }

    fn training(&self) -> Training {
        Training::of_rows(self.n_rows_seen())
    }

    fn check(&self) -> Result<()> {
        whole(self.is_whole())?;
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }

    /// One row of `coef` a label.
    fn write_out(&self, written_out: &mut WrittenOut<'_>) -> Result<()> {
        let (coef, intercept) = (self.coef(), self.intercept());
        if self.is_fitted() { written_out.add("linear", &Weights { coef, intercept }) } else { Ok(()) }
    }
}

impl<K: EventModel, L: Label + Serialize + DeserializeOwned> Persist for NaiveBayes<K, L> {
    fn kind() -> String {
        K::NAME.into()
    }

    fn training(&self) -> Training {
        Training::of_classes(self.n_rows_seen(), self.class_count().iter().copied())
    }

    fn check(&self) -> Result<()> {
        check_finite(self)
    }

    fn columns_in(&self) -> Option<usize> {
        self.is_fitted().then(|| self.n_features())
    }
}
