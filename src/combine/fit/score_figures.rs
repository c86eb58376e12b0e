//! Figures of scores: a score under the name of its scorer.

use crate::graph::Figure;
use crate::metrics::Scorer;

/// A score, by its scorer's name.
pub(crate) fn score_figure(scorer: &Scorer, score: f64) -> Figure {
    Figure::new(scorer.name().to_owned(), score)
}

/// Scores, one a scorer, each by its scorer's name.
pub(crate) fn score_figures(scorers: &[Scorer], scores: &[f64]) -> Vec<Figure> {
    scorers.iter().zip(scores).map(|(scorer, score)| score_figure(scorer, *score)).collect()
}
