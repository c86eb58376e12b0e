//! Centroids, priors and within-class standard deviations, made from the sums: all that predicting needs.

use ndarray::Array2;

use super::priors::Priors;
use super::statistics::Statistics;
use crate::error::{Error, Result};

/// All that predicting needs.
#[derive(Debug)]
pub(super) struct Centroids {
    /// Shape (columns, classes), so that the values of a column lie side by side. Zeros for a class without rows.
    pub(super) by_column: Array2<f64>,
    pub(super) priors: Vec<f64>,
    /// True if the priors say nothing of the classes: then the plainly nearest centroid is predicted.
    pub(super) alike: bool,
    /// The logarithm of each class's prior; -∞ for a class that has no rows, too.
    pub(super) log_priors: Vec<f64>,
    /// True for each class that has rows.
    pub(super) seen: Vec<bool>,
    /// `None` if rows weigh too little for any.
    pub(super) std_dev: Option<Vec<f64>>,
}

impl Centroids {
    /// Of statistics of rows whose weight is above 0.
    pub(super) fn new(
        statistics: &Statistics,
        n_rows: usize,
        priors: &Priors,
        shrink_threshold: Option<f64>,
    ) -> Result<Self> {
        let class_count = &statistics.class_count;
        let std_dev = std_dev(statistics, n_rows);
        let mut means = statistics.means();
        if let Some(threshold) = shrink_threshold {
            let std_dev = std_dev.as_ref().ok_or_else(|| too_light(statistics.weight()))?;
            shrink(&mut means, statistics, std_dev, threshold);
        }
        let values = priors.of(class_count);
        let log = |(prior, count): (&f64, &f64)| if *count > 0.0 { prior.ln() } else { f64::NEG_INFINITY };
        Ok(Centroids {
            by_column: Array2::from_shape_fn((means.ncols(), means.nrows()), |(j, k)| means[(k, j)]),
            alike: priors.are_alike(&values, class_count),
            log_priors: values.iter().zip(class_count).map(log).collect(),
            priors: values,
            seen: class_count.iter().map(|count| *count > 0.0).collect(),
            std_dev,
        })
    }

    /// The factor of each column that gives it a standard deviation of 1 within the classes; 1 if it does not vary there.
    pub(super) fn scale(&self, weight: f64) -> Result<Vec<f64>> {
        let std_dev = self.std_dev.as_ref().ok_or_else(|| too_light(weight))?;
        Ok(std_dev.iter().map(|s| if *s > 0.0 { s.recip() } else { 1.0 }).collect())
    }
}

/// The error of weights that do not add up to more than the number of classes.
pub(super) fn too_light(weight: f64) -> Error {
    let expected =
        "weights whose sum is above the number of classes: the standard deviation within them is not known else";
    Error::parameter("sample_weight", weight, expected)
}

fn std_dev(statistics: &Statistics, n_rows: usize) -> Option<Vec<f64>> {
    let (deviations, degrees) = (statistics.deviations(n_rows), statistics.degrees_of_freedom());
    match degrees > 0.0 {
        true => Some(deviations.iter().map(|sum| (sum / degrees).sqrt()).collect()),
        // One row a class: none deviates.
        false => deviations.iter().all(|sum| *sum == 0.0).then_some(deviations),
    }
}

/// Draws the means of the classes towards that of all rows (Tibshirani, Hastie, Narasimhan and Chu, *Diagnosis of
/// multiple cancer types by shrunken centroids of gene expression*, PNAS 2002). A column whose deviations have no scale
/// stays.
fn shrink(means: &mut Array2<f64>, statistics: &Statistics, std_dev: &[f64], threshold: f64) {
    let (overall, weight, median) = (statistics.mean(), statistics.weight(), median(std_dev));
    for (mut row, &count) in means.rows_mut().into_iter().zip(&statistics.class_count) {
        let m = (1.0 / count - 1.0 / weight).sqrt();
        for (j, mean) in row.iter_mut().enumerate().filter(|_| count > 0.0) {
            let scale = m * (std_dev[j] + median);
            if scale > 0.0 {
                let deviation = (*mean - overall[j]) / scale;
                let left = (deviation.abs() - threshold).max(0.0).copysign(deviation);
                *mean = overall[j] + scale * left;
            }
        }
    }
}

/// 0 if there are none.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => 0.0,
        (n, half) if n % 2 == 1 => sorted[half],
        (_, half) => (sorted[half - 1] + sorted[half]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians_are_the_middle_or_the_mean_of_both_middles() {
        assert_eq!((median(&[]), median(&[3.0]), median(&[4.0, 1.0]), median(&[9.0, 1.0, 2.0])), (0.0, 3.0, 2.5, 2.0));
    }
}
