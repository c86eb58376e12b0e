//! A histogram of decision values for every class.

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::calibrator::{Calibration, Calibrator};
use super::score_histogram::ScoreHistogram;
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Float, check_weights, float_computation, labels, present_rows, wide};
use crate::error::{Error, Result};

/// How the decision values of a classifier are distributed over the rows of each class against those
/// of all others; mergeable over chunks, as [`ScoreHistogram`] is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ClassHistograms<L> {
    /// Sorted; empty if nothing was counted.
    classes: Vec<L>,
    /// One for two classes, else one a class.
    histograms: Vec<ScoreHistogram>,
}

checked_when_read!(ClassHistograms<L>, serialize: [L: Serialize], deserialize: [L: Label + Deserialize<'de>]);

impl<L: Label> ClassHistograms<L> {
    fn check_read(&self) -> Result<()> {
        let boundaries = match self.classes.len() {
            0 => 0,
            n => labels::n_boundaries(n),
        };
        let sorted = self.classes.windows(2).all(|pair| pair[0] < pair[1]);
        let rows = |histogram: &ScoreHistogram| histogram.n_rows() == self.n_rows();
        match sorted
            && self.classes.len() != 1
            && self.histograms.len() == boundaries
            && self.histograms.iter().all(rows)
        {
            true => Ok(()),
            false => {
                Err(contradiction(format!("{} histograms of {} classes", self.histograms.len(), self.classes.len())))
            }
        }
    }
}

impl<L> Default for ClassHistograms<L> {
    fn default() -> Self {
        ClassHistograms { classes: Vec::new(), histograms: Vec::new() }
    }
}

impl<L: Label> ClassHistograms<L> {
    /// Counts rows: the model's sorted classes, the true labels, and the decision values of shape
    /// (rows, 1) for two classes, else (rows, classes).
    ///
    /// # Errors
    /// Fewer than two classes (kind `OneClass`); a label that is none of them (`UnknownLabel`) and a NaN
    /// or infinite value (`NonFinite`), at that row; shapes that do not fit.
    pub fn count<F: Float>(classes: &[L], truth: ndarray::ArrayView1<'_, L>, decision: &Array2<F>) -> Result<Self> {
        Self::count_weighted(classes, truth, decision, None)
    }

    /// The same, each row counting `sample_weight` times, which are whole numbers.
    ///
    /// # Errors
    /// As [`count`](Self::count); weights that are not one for each row (`ShapeMismatch`); a weight that is no whole
    /// number from 0 to 2^32, at that row (`InvalidParameter`, name `sample_weight`).
    pub fn count_weighted<F: Float>(
        classes: &[L],
        truth: ndarray::ArrayView1<'_, L>,
        decision: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        check_weights(truth.len(), sample_weight)?;
        if classes.len() < 2 {
            return Err(Error::new(crate::ErrorKind::OneClass { found: format!("{classes:?}") }));
        }
        let boundaries = labels::n_boundaries(classes.len());
        if decision.dim() != (truth.len(), boundaries) {
            let (rows, columns) = decision.dim();
            let found_rows = Error::shape("rows of decision values", truth.len(), rows);
            let found_columns = Error::shape("columns of decision values", boundaries, columns);
            return Err(if rows == truth.len() { found_columns } else { found_rows });
        }
        // Rows of weight 0 count as absent, whatever their labels.
        let present = present_rows(sample_weight).unwrap_or_else(|| (0..truth.len()).collect());
        let truth = labels::numbers(truth, Some(&present), classes)?;
        let histograms = F::run::<Histograms<'_>>((decision, &present, &truth, sample_weight))?;
        Ok(ClassHistograms { classes: classes.to_vec(), histograms })
    }

    /// Adds the counts of other rows of the same model.
    pub fn merge(mut self, other: &Self) -> Self {
        if self.classes.is_empty() {
            return other.clone();
        }
        merge_histograms(&mut self.histograms, &other.histograms);
        self
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> usize {
        self.histograms.first().map_or(0, ScoreHistogram::n_rows)
    }

    /// The model's sorted classes.
    pub fn classes(&self) -> &[L] {
        &self.classes
    }

    /// The histograms: one for two classes, of which the second is the positive one; else one a class,
    /// for which that class is.
    pub fn histograms(&self) -> &[ScoreHistogram] {
        &self.histograms
    }

    /// The one histogram of a classifier of two classes.
    ///
    /// # Errors
    /// More classes (kind `ShapeMismatch`).
    pub fn binary(&self) -> Result<&ScoreHistogram> {
        match &self.histograms[..] {
            [histogram] => Ok(histogram),
            _ => Err(Error::shape("classes to put a threshold between", 2, self.classes.len())),
        }
    }

    /// One calibration a histogram.
    pub(super) fn calibrators(&self, calibration: Calibration) -> Result<Vec<Calibrator>> {
        calibrators(&self.histograms, calibration)
    }
}

/// Decision values, the rows that count and the number of the class of each, and the weights of all rows.
type Counted<'a, F> = (&'a Array2<F>, &'a [usize], &'a [usize], Option<&'a [f64]>);

float_computation!(Histograms<'a>(Counted<'a, F>) -> Result<Vec<ScoreHistogram>> = histograms);

/// One histogram a column of decision values.
fn histograms<F: Float>((decision, present, truth, sample_weight): Counted<'_, F>) -> Result<Vec<ScoreHistogram>> {
    let boundaries = decision.ncols();
    let mut histograms = vec![ScoreHistogram::default(); boundaries];
    for (&row, &class) in present.iter().zip(truth) {
        for (k, (histogram, &value)) in histograms.iter_mut().zip(decision.row(row)).enumerate() {
            let positive = if boundaries == 1 { class == 1 } else { class == k };
            let weight = sample_weight.map_or(1.0, |weights| weights[row]);
            histogram.add_weighted(positive, wide(value), weight).map_err(|error| error.at_row(row))?;
        }
    }
    Ok(histograms)
}

fn merge_histograms(own: &mut [ScoreHistogram], others: &[ScoreHistogram]) {
    own.iter_mut().zip(others).for_each(|(own, theirs)| *own = std::mem::take(own).merge(theirs));
}

fn calibrators(histograms: &[ScoreHistogram], calibration: Calibration) -> Result<Vec<Calibrator>> {
    histograms.iter().map(|histogram| calibration.fit(histogram)).collect()
}
