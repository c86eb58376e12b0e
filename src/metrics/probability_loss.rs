//! Log loss and Brier score: how much probability a classifier gave to what was true.

use linfa::Label;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::class_core::Truth;
use super::numbering::Numbering;
use super::row_weights;
use super::widen::Widen;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};

/// Sums over the class probabilities of rows whose class is known; mergeable over chunks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ProbabilityLoss {
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number.
    weight: f64,
    /// Weighted Σ -ln p of the true class
    log: f64,
    /// Weighted Σ of the squared distances from 1 for the true class and 0 for the others
    squared: f64,
    /// Whether these are halved, as those of two classes.
    is_halved: bool,
}

checked_when_read!(ProbabilityLoss, serialize: [], deserialize: []);

impl ProbabilityLoss {
    fn check_read(&self) -> Result<()> {
        // Of a true class of probability 0, the logarithm is infinite.
        match is_count([self.n_rows as u64]) && is_weight(self.weight) && self.log >= 0.0 && self.squared >= 0.0 {
            true => Ok(()),
            false => Err(contradiction(format!("losses {} and {} of {} rows", self.log, self.squared, self.n_rows))),
        }
    }
}

impl ProbabilityLoss {
    /// Sums up rows: their labels, and their probabilities of shape (rows, classes), the columns
    /// standing for `classes`, which are sorted. Rows are taken to sum to 1: scikit-learn warns
    /// where they do not.
    ///
    /// # Errors
    /// Shapes that do not fit; unsorted or repeated classes; a label that is none of them (kind
    /// `UnknownLabel`); a NaN (`NonFinite`) or a probability outside 0 to 1, as in scikit-learn.
    pub fn count<'a, F: Float, L: Label + 'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        probabilities: &Array2<F>,
        classes: &[L],
    ) -> Result<Self> {
        Self::count_weighted(truth, probabilities, classes, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// As [`count`](Self::count); weights that are not one for each row (kind `ShapeMismatch`); a weight that is
    /// negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn count_weighted<'a, F: Float, L: Label + 'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        probabilities: &Array2<F>,
        classes: &[L],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        if !classes.is_sorted_by(|a, b| a < b) {
            row_weights::check(truth.len(), sample_weight)?;
            return Err(Error::parameter("classes", classes, "sorted and distinct labels"));
        }
        let mut numbering = Numbering::new(classes);
        let numbers = numbering.numbers(truth);
        let unknown = |row: usize| unknown(numbering.label(numbers[row]), classes).at_row(row);
        let truth = Truth { numbers: (&numbers).into(), n_classes: classes.len(), unknown: &unknown };
        Self::count_rows(&truth, F::run::<Widen<'_>>(probabilities).view(), wide(F::epsilon()), sample_weight)
    }

    /// The same of classes by number, and of probabilities in double precision that were computed in floats of this
    /// epsilon.
    pub(super) fn count_rows(
        truth: &Truth<'_>,
        probabilities: ArrayView2<'_, f64>,
        epsilon: f64,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let n_rows = truth.numbers.len();
        row_weights::check(n_rows, sample_weight)?;
        if probabilities.nrows() != n_rows {
            return Err(Error::shape("rows of probabilities", n_rows, probabilities.nrows()));
        }
        if probabilities.ncols() != truth.n_classes {
            return Err(Error::shape("columns of probabilities", truth.n_classes, probabilities.ncols()));
        }
        // A certain mistake would cost infinitely much. scikit-learn's bounds, in the floats of the
        // probabilities; the logarithm is always taken in `f64`.
        let (least, most) = (epsilon, 1.0 - epsilon);
        // As scikit-learn, which has the Brier score of two classes from 0 to 1, of more from 0 to 2.
        let is_halved = truth.n_classes < 3;
        let scale = if is_halved { 0.5 } else { 1.0 };
        let mut sums = ProbabilityLoss { is_halved, ..ProbabilityLoss::default() };
        for (row, probabilities) in probabilities.rows().into_iter().enumerate() {
            let class = truth.class(row)?;
            let mut squared = 0.0;
            for (column, &p) in probabilities.iter().enumerate() {
                if p.is_nan() {
                    return Err(Error::new(ErrorKind::NonFinite { column }).at_row(row));
                }
                if !(0.0..=1.0).contains(&p) {
                    return Err(no_probability(p, epsilon).at_row(row));
                }
                squared += (f64::from(u8::from(column == class)) - p).powi(2);
            }
            let weight = row_weights::weight_of(row, sample_weight);
            sums.n_rows += usize::from(weight > 0.0);
            sums.weight += weight;
            sums.log -= weight * probabilities[class].max(least).min(most).ln();
            sums.squared += weight * (scale * squared);
        }
        Ok(sums)
    }

    /// Adds the sums of other rows.
    pub fn merge(self, other: &Self) -> Self {
        ProbabilityLoss {
            n_rows: self.n_rows + other.n_rows,
            weight: self.weight + other.weight,
            log: self.log + other.log,
            squared: self.squared + other.squared,
            is_halved: self.is_halved || other.is_halved,
        }
    }

    /// How many rows of a weight above 0 were summed up.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The mean of -ln p of the true class, at least 0, p being kept within the float's epsilon from
    /// 0 and 1 (scikit-learn's `log_loss`); NaN for no rows.
    pub fn log_loss(&self) -> f64 {
        self.log / self.weight
    }

    /// The mean squared distance of the probabilities from the truth (scikit-learn's
    /// `brier_score_loss`): for two classes that of the second, from 0 to 1; for more the sum over
    /// all, from 0 to 2; NaN for no rows.
    pub fn brier_score(&self) -> f64 {
        self.squared / self.weight
    }

    /// The mean squared distance summed over all classes, however many there are.
    pub(super) fn squared_distance(&self) -> f64 {
        if self.is_halved { 2.0 * self.brier_score() } else { self.brier_score() }
    }
}

/// The error of a number outside 0 to 1, shown in the precision of its float.
fn no_probability(p: f64, epsilon: f64) -> Error {
    const EXPECTED: &str = "numbers from 0 to 1";
    match epsilon > f64::EPSILON {
        true => Error::parameter("probabilities", p as f32, EXPECTED),
        false => Error::parameter("probabilities", p, EXPECTED),
    }
}

pub(super) fn unknown<L: Label>(label: &L, classes: &[L]) -> Error {
    Error::new(ErrorKind::UnknownLabel { label: format!("{label:?}"), known: format!("{classes:?}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// The numbers are scikit-learn's.
    #[test]
    fn certain_mistakes_cost_what_the_float_can_tell() {
        let p = array![[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]];
        let loss = ProbabilityLoss::count([1usize, 1, 0].iter(), &p, &[0, 1]).unwrap();
        assert!((loss.log_loss() - 12.245600189892366).abs() < 1e-14);
        let loss = ProbabilityLoss::count([1usize, 1, 0].iter(), &p.mapv(|p| p as f32), &[0, 1]).unwrap();
        assert!((loss.log_loss() - 5.545177459716797).abs() < 1e-6);
    }

    /// The number is scikit-learn's.
    #[test]
    fn brier_score_of_three_classes_is_not_halved() {
        let p = array![[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]];
        let loss = ProbabilityLoss::count(["a", "b", "c"].iter(), &p, &["a", "b", "c"]).unwrap();
        assert!((loss.brier_score() - 0.1466666666666667).abs() < 1e-15);
    }

    #[test]
    fn what_is_no_probability_of_a_class_is_an_error() {
        let count = |p, truth: usize, classes: &[usize]| ProbabilityLoss::count([truth].iter(), &p, classes);
        let kind = |result: Result<ProbabilityLoss>| result.unwrap_err().kind().clone();
        assert!(count(array![[0.0, 1.0]], 0, &[0, 1]).is_ok());
        assert!(matches!(kind(count(array![[0.5, 0.5]], 2, &[0, 1])), ErrorKind::UnknownLabel { .. }));
        assert!(matches!(kind(count(array![[0.5, 0.5]], 0, &[1, 0])), ErrorKind::InvalidParameter { .. }));
        assert!(matches!(kind(count(array![[1.5, -0.5]], 0, &[0, 1])), ErrorKind::InvalidParameter { .. }));
        assert_eq!(kind(count(array![[0.5, f64::NAN]], 0, &[0, 1])), ErrorKind::NonFinite { column: 1 });
        assert!(matches!(kind(count(array![[1.0]], 0, &[0, 1])), ErrorKind::ShapeMismatch { .. }));
        assert!(matches!(kind(count(array![[1.0], [1.0]], 0, &[0])), ErrorKind::ShapeMismatch { .. }));
        assert!(ProbabilityLoss::default().log_loss().is_nan() && ProbabilityLoss::default().brier_score().is_nan());
    }
}
