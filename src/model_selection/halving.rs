//! Successive halving and hyperband: how many candidates go how far.
//!
//! Pure functions: from numbers to rungs, and from scores to those who go on.

use crate::error::{Error, Result};

/// One rung: so many candidates, each trained on so many chunks in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rung {
    /// The number of candidates on this rung.
    pub candidates: usize,
    /// The number of chunks each has been trained on at its end, counting every visit of a chunk.
    pub chunks: usize,
}

/// Trains all candidates on few chunks, the best of them on more, and so on (Jamieson and
/// Talwalkar 2016; scikit-learn's `HalvingGridSearchCV`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halving {
    factor: usize,
}

/// Several halvings that begin with many candidates on few chunks, or with few on many (Li et al.
/// 2018): for when it is not known how early a score can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hyperband {
    factor: usize,
}

impl Halving {
    /// Halving by `factor`: from rung to rung the best of `factor` candidates goes on, to `factor` times the chunks. 2
    /// or more; 3 is usual.
    pub fn new(factor: usize) -> Self {
        Halving { factor }
    }

    /// The rungs of so many candidates, the last of which goes over `max_chunks` chunks.
    ///
    /// # Errors
    /// A factor below 2; no candidate; no chunk.
    pub fn rungs(self, candidates: usize, max_chunks: usize) -> Result<Vec<Rung>> {
        check(self.factor, candidates, max_chunks)?;
        let halvings = candidates.ilog(self.factor);
        let rungs = (0..=halvings).map(|rung| Rung {
            candidates: candidates.div_ceil(self.factor.pow(rung)),
            chunks: (max_chunks / self.factor.pow(halvings - rung)).max(1),
        });
        Ok(rungs.collect())
    }
}

impl Hyperband {
    /// `factor` as in [`Halving::new`].
    pub fn new(factor: usize) -> Self {
        Hyperband { factor }
    }

    /// The rungs of every halving, the one that begins with most candidates first.
    ///
    /// # Errors
    /// A factor below 2; no chunk.
    pub fn brackets(self, max_chunks: usize) -> Result<Vec<Vec<Rung>>> {
        check(self.factor, 1, max_chunks)?;
        let most = max_chunks.ilog(self.factor);
        let bracket = |halvings: u32| {
            let first = ((most + 1) as usize * self.factor.pow(halvings)).div_ceil(halvings as usize + 1);
            let rung = |rung: u32| Rung {
                candidates: (first / self.factor.pow(rung)).max(1),
                chunks: max_chunks / self.factor.pow(halvings - rung),
            };
            (0..=halvings).map(rung).collect()
        };
        Ok((0..=most).rev().map(bracket).collect())
    }

    /// The number of candidates that all halvings begin with together: so many are worth drawing.
    ///
    /// # Errors
    /// As [`brackets`](Self::brackets).
    pub fn n_candidates(self, max_chunks: usize) -> Result<usize> {
        Ok(self.brackets(max_chunks)?.iter().map(|bracket| bracket[0].candidates).sum())
    }
}

/// The `keep` candidates with the highest scores, in their own order; of equals the first. One
/// without a score (NaN, or infinite) goes on only where there are not enough others.
pub fn survivors(scores: &[(usize, f64)], keep: usize) -> Vec<usize> {
    let rank = |score: f64| if score.is_finite() { score } else { f64::NEG_INFINITY };
    let mut best: Vec<(usize, f64)> = scores.to_vec();
    best.sort_by(|a, b| rank(b.1).total_cmp(&rank(a.1)));
    let mut best: Vec<usize> = best.into_iter().take(keep).map(|(candidate, _)| candidate).collect();
    best.sort_unstable();
    best
}

fn check(factor: usize, candidates: usize, max_chunks: usize) -> Result<()> {
    for (name, value, least) in [("factor", factor, 2), ("candidates", candidates, 1), ("chunks", max_chunks, 1)] {
        if value < least {
            return Err(Error::parameter(name, value, format!("{least} or more")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rungs: &[Rung]) -> Vec<(usize, usize)> {
        rungs.iter().map(|rung| (rung.candidates, rung.chunks)).collect()
    }

    #[test]
    fn the_last_rung_goes_over_all_chunks() {
        let rungs = |factor, candidates, chunks| pairs(&Halving::new(factor).rungs(candidates, chunks).unwrap());
        assert_eq!(rungs(3, 12, 110), [(12, 12), (4, 36), (2, 110)]);
        assert_eq!(rungs(2, 8, 64), [(8, 8), (4, 16), (2, 32), (1, 64)]);
        assert_eq!(rungs(3, 9, 2), [(9, 1), (3, 1), (1, 2)]);
        assert_eq!(rungs(3, 1, 5), [(1, 5)]);
        assert!(Halving::new(1).rungs(3, 3).is_err() && Halving::new(2).rungs(0, 3).is_err());
        assert!(Halving::new(2).rungs(3, 0).is_err());
    }

    #[test]
    fn brackets_are_those_of_the_paper() {
        // Table 1 of Li et al.: at most 81 chunks, factor 3.
        let brackets = Hyperband::new(3).brackets(81).unwrap();
        let table: [&[(usize, usize)]; 5] = [
            &[(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
            &[(34, 3), (11, 9), (3, 27), (1, 81)],
            &[(15, 9), (5, 27), (1, 81)],
            &[(8, 27), (2, 81)],
            &[(5, 81)],
        ];
        for (bracket, expected) in brackets.iter().zip(table) {
            assert_eq!(pairs(bracket), expected);
        }
        assert_eq!(brackets.len(), 5);
        assert_eq!(Hyperband::new(3).n_candidates(81).unwrap(), 143);
    }

    #[test]
    fn the_best_survive_and_none_is_worse_than_any() {
        let scores = [(4, 0.5), (5, f64::NAN), (7, 0.9), (8, 0.5), (9, -1.0)];
        assert_eq!(survivors(&scores, 2), [4, 7]);
        assert_eq!(survivors(&scores, 4), [4, 7, 8, 9]);
        assert_eq!(survivors(&scores, 9), [4, 5, 7, 8, 9]);
        assert_eq!(survivors(&[(0, f64::INFINITY), (1, f64::NEG_INFINITY), (2, f64::MIN)], 1), [2]);
    }
}
