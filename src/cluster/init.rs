//! Where the centres begin.

use ndarray::Array2;
use rand::Rng;
use rand::distributions::{Distribution, WeightedIndex};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::centers::Centers;
use crate::data::{Csr, CsrBuilder, FeatureRow, FeatureRows, check_model_bytes, wide};
use crate::error::{Error, Result};

/// Where centres begin (scikit-learn's `init`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Init {
    /// On rows that are far from each other: one after the other, drawn in proportion to their squared
    /// distance from the nearest centre so far, the best of `2 + ln(n_clusters)` draws each (greedy
    /// k-means++, Arthur and Vassilvitskii 2007). The default, as there.
    #[default]
    KMeansPlusPlus,
    /// On rows drawn evenly, each once.
    Random,
    /// Here: shape (clusters, columns).
    Centers(Array2<f64>),
}

impl Init {
    /// Checks what is given, for so many clusters.
    pub(super) fn check(&self, n_clusters: usize) -> Result<()> {
        if n_clusters == 0 {
            return Err(Error::parameter("n_clusters", 0, "1 or more"));
        }
        let Init::Centers(centers) = self else { return Ok(()) };
        if let Some(value) = centers.iter().find(|value| !value.is_finite()) {
            return Err(Error::parameter("init", value, "finite centres"));
        }
        if centers.nrows() != n_clusters {
            return Err(Error::parameter("n_clusters", n_clusters, format!("{}, the given centres", centers.nrows())));
        }
        Ok(())
    }
}

/// The first centres, chosen among some rows, each of which counts a number of times above 0.
pub(super) fn first_centers<X: FeatureRows>(
    init: &Init,
    n_clusters: usize,
    (x, rows, weights): (&X, &[usize], &[f64]),
    random: &mut ChaCha8Rng,
) -> Result<Centers> {
    if let Init::Centers(centers) = init {
        if centers.ncols() != x.nfeatures() {
            return Err(Error::shape("columns", centers.ncols(), x.nfeatures()));
        }
        return Ok(Centers::new(centers.view()));
    }
    if rows.len() < n_clusters {
        let expected = format!("at most the rows to begin on, {}: join small chunks, or give centres", rows.len());
        return Err(Error::parameter("n_clusters", n_clusters, expected));
    }
    check_model_bytes("KMeans", &[(n_clusters, "clusters"), (x.nfeatures(), "columns")], size_of::<f64>())?;
    let chosen = match init {
        Init::Random => rand::seq::index::sample(random, rows.len(), n_clusters).into_vec(),
        _ => match too_large(x, rows) {
            None => plus_plus(n_clusters, (x, rows, weights), random),
            Some(largest) => {
                let scaled = divided(x, rows, largest)?;
                let all: Vec<usize> = (0..rows.len()).collect();
                plus_plus(n_clusters, (&scaled, &all, weights), random)
            }
        },
    };
    Ok(Centers::of_rows(x, &chosen.iter().map(|&i| rows[i]).collect::<Vec<_>>()))
}

/// The largest value of some rows, if sums of squares of such values may be beyond what a float can hold.
fn too_large<X: FeatureRows>(x: &X, rows: &[usize]) -> Option<f64> {
    let mut largest = 0.0f64;
    rows.iter().for_each(|&i| x.feature_row(i).for_each(|_, value| largest = largest.max(wide(value).abs())));
    (largest > 1e100).then_some(largest)
}

/// Some rows, divided by a number.
fn divided<X: FeatureRows>(x: &X, rows: &[usize], by: f64) -> Result<Csr<f64>> {
    let mut scaled = CsrBuilder::new(x.nfeatures())?;
    for &i in rows {
        x.feature_row(i).for_each(|j, value| scaled.push(j as u32, wide(value) / by));
        scaled.end_row()?;
    }
    Ok(scaled.finish())
}

/// Draws a row in proportion to the weights. Where nothing weighs anything, or all rows lie on centres, any row is as
/// good.
fn draw(weights: &[f64], random: &mut ChaCha8Rng) -> usize {
    let largest = weights.iter().copied().fold(0.0, f64::max);
    // A sum beyond what a float can hold is no range to draw from.
    let drawn = if weights.iter().sum::<f64>().is_finite() {
        WeightedIndex::new(weights)
    } else {
        WeightedIndex::new(weights.iter().map(|weight| weight / largest))
    };
    match drawn {
        Ok(weighted) => weighted.sample(random),
        Err(_) => random.gen_range(0..weights.len()),
    }
}

/// Greedy k-means++: the places of the chosen among the rows.
fn plus_plus<X: FeatureRows>(
    n_clusters: usize,
    (x, rows, weights): (&X, &[usize], &[f64]),
    random: &mut ChaCha8Rng,
) -> Vec<usize> {
    let n_trials = 2 + (n_clusters as f64).ln() as usize;
    let distances_from = |row: usize| {
        let center = Centers::of_rows(x, &[rows[row]]);
        let mut distance = [0.0];
        let mut from = |&i: &usize| {
            center.squared_distances(x, i, &mut distance);
            distance[0]
        };
        rows.iter().map(&mut from).collect::<Vec<f64>>()
    };
    let mut chosen = vec![draw(weights, random)];
    let mut nearest = distances_from(chosen[0]);
    while chosen.len() < n_clusters {
        let pull: Vec<f64> = nearest.iter().zip(weights).map(|(distance, weight)| distance * weight).collect();
        let mut trial = |_| {
            let row = draw(&pull, random);
            let mut distances = distances_from(row);
            distances.iter_mut().zip(&nearest).for_each(|(new, old)| *new = new.min(*old));
            let left: f64 = distances.iter().zip(weights).map(|(distance, weight)| distance * weight).sum();
            (left, row, distances)
        };
        let best = (0..n_trials).map(&mut trial).min_by(|a, b| a.0.total_cmp(&b.0));
        let (_, row, distances) = best.expect("there are trials");
        chosen.push(row);
        nearest = distances;
    }
    chosen
}
