//! Figures and keys of scores, by their scorers.

use crate::error::{Error, ErrorKind};
use crate::graph::{Figure, Key, KeyBuilder};
use crate::metrics::Scorer;

/// A score, by its scorer's name.
pub(crate) fn score_figure(scorer: &Scorer, score: f64) -> Figure {
    Figure::new(scorer.name().to_owned(), score)
}

/// Scores, one a scorer, each by its scorer's name.
pub(crate) fn score_figures(scorers: &[Scorer], scores: &[f64]) -> Vec<Figure> {
    scorers.iter().zip(scores).map(|(scorer, score)| score_figure(scorer, *score)).collect()
}

/// A key of scores by these scorers, to be finished.
pub(crate) fn key_of_scorers(name: &str, scorers: &[Scorer]) -> KeyBuilder {
    Key::of(name).params(scorers)
}

/// The error of scores of no rows at all.
pub(crate) fn no_scored_rows(scorers: &[Scorer]) -> Error {
    let score = scorers.iter().map(Scorer::name).collect::<Vec<_>>().join(", ");
    Error::new(ErrorKind::NoScoredRows { score })
}
