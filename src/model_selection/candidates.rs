//! Candidates of a search: grids, lists and samples of parameters.

use std::fmt::Debug;

use rand::SeedableRng;
use rand::distributions::{Distribution, Uniform};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// One set of parameters to try.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Candidate<P> {
    /// The parameters, in whatever form the search builds its estimators from.
    pub params: P,
    /// The parameters that were varied and their values, for the table of results.
    pub shown: Vec<(String, String)>,
}

impl<P> Candidate<P> {
    /// These parameters, of which the table of results shows nothing: see [`shown`](Self::shown).
    pub fn new(params: P) -> Self {
        Candidate { params, shown: Vec::new() }
    }
}

/// Candidates to be tried by a [`Search`](super::Search): a [`Grid`], [`Sampled`] ones, a vector of them, or a list of
/// your own.
pub trait Candidates<P> {
    /// All of them, in the order in which they are numbered.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when there is none.
    fn candidates(&self) -> Result<Vec<Candidate<P>>>;
}

/// All combinations of some values (scikit-learn's `ParameterGrid`).
///
/// ```
/// use chunkfit::model_selection::{Candidates, Grid};
/// use chunkfit::prelude::*;
/// let grid = Grid::new((HashingVectorizer::params(), SgdClassifier::<_, bool>::params()))
///     .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
///     .vary("alpha", [1e-4, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)));
/// assert_eq!(grid.candidates()?.len(), 4);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Grid<P> {
    candidates: Vec<Candidate<P>>,
}

/// A number of candidates drawn at random (scikit-learn's `ParameterSampler`).
///
/// ```
/// use chunkfit::model_selection::{Candidates, LogUniform, Sampled};
/// use chunkfit::prelude::*;
/// let drawn = Sampled::new(SgdClassifier::<_, bool>::params(), 10, 42)
///     .vary("alpha", LogUniform::new(1e-6, 1e-3), |sgd, alpha| sgd.alpha(alpha));
/// assert_eq!(drawn.candidates()?.len(), 10);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sampled<P> {
    candidates: Vec<Candidate<P>>,
    seed: u64,
    varied: u64,
}

/// Numbers whose logarithm is uniform (scipy's `loguniform`): for what is searched by orders of
/// magnitude.
#[derive(Clone, Copy, Debug)]
pub struct LogUniform(Uniform<f64>);

/// One of some values, all equally likely.
#[derive(Clone, Debug)]
pub struct OneOf<V>(Vec<V>);

impl<P: Clone> Grid<P> {
    /// The one candidate `base`.
    pub fn new(base: P) -> Self {
        Grid { candidates: vec![Candidate::new(base)] }
    }

    /// Every candidate so far with every one of these values. `name` is for the table of results.
    pub fn vary<V: Clone + Debug>(
        self,
        name: &str,
        values: impl IntoIterator<Item = V>,
        set: impl Fn(P, V) -> P,
    ) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        let mut candidates = Vec::with_capacity(self.candidates.len() * values.len());
        for candidate in &self.candidates {
            for value in &values {
                candidates.push(set_value(candidate.clone(), name, value.clone(), &set));
            }
        }
        Grid { candidates }
    }
}

impl<P: Clone> Sampled<P> {
    /// `n` candidates like `base`, to be [varied](Self::vary); which values they get depends on
    /// `seed`.
    pub fn new(base: P, n: usize, seed: u64) -> Self {
        let candidates = vec![Candidate::new(base); n];
        Sampled { candidates, seed, varied: 0 }
    }

    /// Draws a value for every candidate. `name` is for the table of results.
    pub fn vary<V: Clone + Debug>(
        mut self,
        name: &str,
        distribution: impl Distribution<V>,
        set: impl Fn(P, V) -> P,
    ) -> Self {
        // A stream of its own for each parameter: varying one more leaves the others as they were.
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(self.varied);
        self.varied += 1;
        let mut drawn = Vec::with_capacity(self.candidates.len());
        for candidate in self.candidates {
            drawn.push(set_value(candidate, name, distribution.sample(&mut random), &set));
        }
        self.candidates = drawn;
        self
    }
}

fn set_value<P, V: Clone + Debug>(
    candidate: Candidate<P>,
    name: &str,
    value: V,
    set: &impl Fn(P, V) -> P,
) -> Candidate<P> {
    let Candidate { params, mut shown } = candidate;
    push_shown(&mut shown, name, &value);
    Candidate { params: set(params, value), shown }
}

fn push_shown(shown: &mut Vec<(String, String)>, name: &str, value: &dyn Debug) {
    shown.push((name.to_owned(), format!("{value:?}")));
}

impl LogUniform {
    /// The range from `low`, above 0, to `high`, not below it.
    ///
    /// # Panics
    /// When they are not such numbers.
    pub fn new(low: f64, high: f64) -> Self {
        assert!(low > 0.0 && high >= low && high.is_finite(), "LogUniform needs 0 < low <= high");
        LogUniform(Uniform::new_inclusive(low.ln(), high.ln()))
    }
}

impl Distribution<f64> for LogUniform {
    fn sample<R: rand::Rng + ?Sized>(&self, random: &mut R) -> f64 {
        self.0.sample(random).exp()
    }
}

impl<V> OneOf<V> {
    /// One of these, of which there must be at least one.
    ///
    /// # Panics
    /// When there is none.
    pub fn new(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        assert!(!values.is_empty(), "OneOf needs at least one value");
        OneOf(values)
    }
}

impl<V: Clone> Distribution<V> for OneOf<V> {
    fn sample<R: rand::Rng + ?Sized>(&self, random: &mut R) -> V {
        self.0[random.gen_range(0..self.0.len())].clone()
    }
}

impl<P: Clone> Candidates<P> for Grid<P> {
    fn candidates(&self) -> Result<Vec<Candidate<P>>> {
        some(&self.candidates, "a grid with at least one value of every parameter")
    }
}

impl<P: Clone> Candidates<P> for Sampled<P> {
    fn candidates(&self) -> Result<Vec<Candidate<P>>> {
        some(&self.candidates, "at least one candidate to be drawn")
    }
}

/// One candidate alone.
impl<P: Clone> Candidates<P> for Candidate<P> {
    fn candidates(&self) -> Result<Vec<Candidate<P>>> {
        Ok(vec![self.clone()])
    }
}

/// A list of candidates of one's own.
impl<P: Clone> Candidates<P> for Vec<Candidate<P>> {
    fn candidates(&self) -> Result<Vec<Candidate<P>>> {
        some(self, "at least one candidate")
    }
}

fn some<P: Clone>(candidates: &[Candidate<P>], expected: &str) -> Result<Vec<Candidate<P>>> {
    if candidates.is_empty() {
        return Err(no_candidate(expected));
    }
    Ok(candidates.to_vec())
}

fn no_candidate(expected: &str) -> Error {
    Error::parameter("candidates", 0, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_all_combinations_the_last_parameter_fastest() {
        let grid = Grid::new((0, 'x')).vary("a", [1, 2], |(_, b), a| (a, b)).vary("b", ['p', 'q'], |(a, _), b| (a, b));
        let all: Vec<_> = grid.candidates().unwrap().into_iter().map(|candidate| candidate.params).collect();
        assert_eq!(all, [(1, 'p'), (1, 'q'), (2, 'p'), (2, 'q')]);
        assert_eq!(grid.candidates().unwrap()[3].shown, [("a".into(), "2".into()), ("b".into(), "'q'".into())]);
        let none = grid.vary("c", [0; 0], |params, _: i32| params);
        assert!(none.candidates().unwrap_err().to_string().contains("at least one value"));
        assert!(Sampled::new(0, 0, 1).candidates().is_err());
    }

    #[test]
    fn samples_depend_on_the_seed_and_each_parameter_alone() {
        let draw = |seed, both: bool| {
            let drawn = Sampled::new((0.0, 'x'), 50, seed).vary("a", LogUniform::new(1e-4, 1.0), |(_, b), a| (a, b));
            let drawn = if both { drawn.vary("b", OneOf::new(['p', 'q']), |(a, _), b| (a, b)) } else { drawn };
            drawn.candidates().unwrap().into_iter().map(|candidate| candidate.params).collect::<Vec<_>>()
        };
        let (one, both) = (draw(1, false), draw(1, true));
        assert!(one.iter().zip(&both).all(|((a, _), (b, _))| a == b));
        assert_ne!(one, draw(2, false));
        assert!(one.iter().all(|(a, _)| (1e-4..=1.0).contains(a)));
        // Half of the orders of magnitude lie below 1e-2.
        let low = one.iter().filter(|(a, _)| *a < 1e-2).count();
        assert!((15..=35).contains(&low), "{low}");
        assert!(both.iter().any(|(_, b)| *b == 'p') && both.iter().any(|(_, b)| *b == 'q'));
    }
}
