//! Elastic nets over chunks, in passes: the exact fit from sums of squares and products, and rounds from an average on.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};

use super::NAME;
use super::answer::{Answer, ElasticNetAnswer, ElasticNetSum, Total};
use super::average::ElasticNetState;
use super::examples::{ElasticNetRows, Examples, Matrix};
use super::model::ElasticNet;
use super::params::{ElasticNetParams, ElasticNetValidParams};
use super::rounds::{PASSES, Rounds};
use crate::data::{FeatureRows, Figure};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{FitPasses, FitSummed, RefineAverage};
use crate::linear::moments::{MOST_COLUMNS, Moments};

/// The state of a fit over chunks between two passes; see [`FitPasses`].
#[derive(Clone, Debug)]
pub struct ElasticNetPasses(Passes);

#[derive(Clone, Debug)]
enum Passes {
    /// One pass, for sums of squares and products.
    Moments(Option<Box<Moments>>),
    Rounds(Box<Rounds>),
}

impl Passes {
    fn ask<X: FeatureRows>(&self, params: &ElasticNetValidParams, examples: &Examples<'_, X>) -> Result<Answer> {
        if let Passes::Rounds(rounds) = self {
            return rounds.ask(&params.penalty(), examples);
        }
        let found = examples.x.nfeatures();
        if found > MOST_COLUMNS {
            let what = "the sums of squares and products of an ElasticNet or Lasso in Summed (`Averaged` with `rounds` \
                        fits any number, and so does `SgdRegressor` with an L1 penalty, in Chained or Averaged)";
            return Err(Error::new(ErrorKind::TooManyColumns { found, most: MOST_COLUMNS, what }));
        }
        if examples.n_rows() == 0 {
            return Ok(Answer::Nothing(found));
        }
        let moments = params.moments(examples)?;
        moments.check(NAME).map(|()| Answer::Moments(Box::new(moments)))
    }
}

impl<X, T> FitPasses<X, T> for ElasticNetParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type Rows = ElasticNetRows<X::Elem>;
    type PassState = ElasticNetPasses;
    type Part = ElasticNetAnswer;
    type Sum = ElasticNetSum;
    type Model = ElasticNet<X::Elem>;

    fn rows(&self, chunk: &DatasetBase<X, T>) -> Result<Self::Rows> {
        self.check_ref()?;
        ElasticNetRows::gather(Examples::of(chunk)?)
    }

    fn is_done(state: &ElasticNetPasses) -> bool {
        match &state.0 {
            Passes::Moments(found) => found.is_some(),
            Passes::Rounds(rounds) => rounds.is_done(),
        }
    }

    fn ask(&self, state: &ElasticNetPasses, rows: &Self::Rows) -> Result<ElasticNetAnswer> {
        let params = self.check_ref()?;
        let answer = match &rows.matrix {
            Matrix::Sparse(x) => state.0.ask(params, &rows.examples(x)),
            Matrix::Dense(x) => state.0.ask(params, &rows.examples(x)),
        };
        answer.map(ElasticNetAnswer)
    }

    fn sum(parts: &[&ElasticNetAnswer]) -> Result<ElasticNetSum> {
        Total::of(parts).map(ElasticNetSum)
    }

    fn merge_sums(a: ElasticNetSum, b: ElasticNetSum) -> Result<ElasticNetSum> {
        a.0.merge(b.0).map(ElasticNetSum)
    }

    fn advance(&self, state: ElasticNetPasses, sum: ElasticNetSum) -> Result<ElasticNetPasses> {
        let params = self.check_ref()?;
        let passes = match state.0 {
            Passes::Moments(_) => Passes::Moments(Some(Box::new(sum.0.moments()?))),
            Passes::Rounds(mut rounds) => {
                rounds.advance(params, sum.0)?;
                Passes::Rounds(rounds)
            }
        };
        Ok(ElasticNetPasses(passes))
    }

    fn figures(&self, state: &ElasticNetPasses) -> Vec<Figure> {
        match (&state.0, self.check_ref()) {
            (Passes::Rounds(rounds), Ok(params)) => rounds.figures(&params.penalty()),
            _ => Vec::new(),
        }
    }

    fn model(&self, state: ElasticNetPasses) -> Result<Self::Model> {
        let params = self.check_ref()?;
        match state.0 {
            Passes::Moments(None) => Err(Error::new(ErrorKind::NoRows { estimator: NAME })),
            Passes::Moments(Some(moments)) => {
                let n_features = moments.mean_x.len();
                params.solve_moments(*moments)?.into_model(n_features)
            }
            Passes::Rounds(rounds) => rounds.model(),
        }
    }
}

impl<X, T> FitSummed<X, T> for ElasticNetParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    fn begin(&self) -> Result<ElasticNetPasses> {
        self.check_ref().map(|_| ElasticNetPasses(Passes::Moments(None)))
    }
}

impl<X, T> RefineAverage<X, T> for ElasticNetParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    fn go_on(&self, state: ElasticNetState) -> Result<ElasticNetPasses> {
        self.check_ref()?;
        Ok(ElasticNetPasses(Passes::Rounds(Box::new(Rounds::of_average(state.averages()?)))))
    }

    fn next_round(&self, mut state: ElasticNetPasses) -> ElasticNetPasses {
        if let Passes::Rounds(rounds) = &mut state.0 {
            rounds.go_on();
        }
        state
    }

    fn passes_a_round(&self) -> usize {
        PASSES
    }
}
