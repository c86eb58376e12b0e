//! Points that rows are near to.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::data::{ColumnRows, FeatureRow, FeatureRows, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::check_numbers;

/// The centres of clusters, column by column: what a row has in a column is compared with all of them at
/// once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Centers {
    /// Shape (columns, clusters).
    columns: Array2<f64>,
    /// The squared length of each.
    squares: Vec<f64>,
}

impl Centers {
    /// From shape (clusters, columns).
    pub(super) fn new(centers: ArrayView2<'_, f64>) -> Self {
        Self::of_columns(centers.t().as_standard_layout().into_owned())
    }

    fn of_columns(columns: Array2<f64>) -> Self {
        let mut centers = Centers { squares: vec![0.0; columns.ncols()], columns };
        centers.measure();
        centers
    }

    /// Some rows as centres.
    pub(super) fn of_rows<X: FeatureRows>(x: &X, rows: &[usize]) -> Self {
        let mut columns = Array2::zeros((x.nfeatures(), rows.len()));
        for (k, &i) in rows.iter().enumerate() {
            x.feature_row(i).for_each(|j, value| columns[(j, k)] = wide(value));
        }
        Self::of_columns(columns)
    }

    /// Shape (clusters, columns).
    pub(super) fn view(&self) -> ArrayView2<'_, f64> {
        self.columns.t()
    }

    /// Refuses parts that do not fit together, beside so many counts, and numbers that no training makes.
    pub(super) fn check_parts(&self, counts: &[f64]) -> Result<()> {
        let n_clusters = self.columns.ncols();
        if n_clusters == 0 {
            return Err(Error::parameter("n_clusters", 0, "1 or more"));
        }
        if let Some(&found) = [self.squares.len(), counts.len()].iter().find(|found| **found != n_clusters) {
            return Err(Error::shape("clusters", n_clusters, found));
        }
        self.check_finite("centres")?;
        check_numbers("counts", counts, |count| count >= 0.0 && count.is_finite())?;
        let squares = Self::of_columns(self.columns.clone()).squares;
        let same =
            squares.iter().zip(&self.squares).all(|(own, found)| (own - found).abs() <= 1e-9 * own || own == found);
        if same {
            Ok(())
        } else {
            Err(Error::parameter("squares", &self.squares, "the squared lengths of the centres"))
        }
    }

    /// Refuses centres that have overflowed.
    pub(super) fn check_finite(&self, estimator: &'static str) -> Result<()> {
        match self.columns.rows().into_iter().position(|column| column.iter().any(|entry| !entry.is_finite())) {
            Some(column) => Err(Error::new(ErrorKind::Overflow { estimator, column })),
            None => Ok(()),
        }
    }

    pub(super) fn n_clusters(&self) -> usize {
        self.squares.len()
    }

    pub(super) fn n_features(&self) -> usize {
        self.columns.nrows()
    }

    /// The squared distance of row `i` from each centre; infinite or NaN where it is beyond what a float can hold.
    pub(super) fn squared_distances<X: FeatureRows>(&self, x: &X, i: usize, distances: &mut [f64]) {
        let columns = |j: usize| self.columns.row(j).to_slice().expect("centres lie column by column");
        if X::SPARSE {
            // What is not stored is zero, and is counted in the squares.
            distances.copy_from_slice(&self.squares);
            x.feature_row(i).for_each(|j, value| {
                let value = wide(value);
                distances.iter_mut().zip(columns(j)).for_each(|(sum, center)| *sum += value * (value - 2.0 * center));
            });
            // Below zero by rounding; a NaN stays one.
            distances.iter_mut().filter(|sum| **sum < 0.0).for_each(|sum| *sum = 0.0);
        } else {
            distances.fill(0.0);
            x.feature_row(i).for_each(|j, value| {
                let value = wide(value);
                distances.iter_mut().zip(columns(j)).for_each(|(sum, center)| *sum += (value - center).powi(2));
            });
        }
    }

    /// The nearest centre of row `i`, of equally near ones the first, and its squared distance: infinite if that is
    /// beyond what a float can hold.
    pub(super) fn nearest<X: FeatureRows>(&self, x: &X, i: usize, distances: &mut [f64]) -> (usize, f64) {
        self.squared_distances(x, i, distances);
        let nearest = least(distances);
        if nearest.1 < f64::INFINITY {
            return nearest;
        }
        self.scaled_distances(x, i, distances);
        (least(distances).0, f64::INFINITY)
    }

    /// The distance of row `i` from each centre; infinite only where the distance itself is beyond what a float can
    /// hold.
    pub(super) fn distances<X: FeatureRows>(&self, x: &X, i: usize, distances: &mut [f64]) {
        self.squared_distances(x, i, distances);
        let scale = if distances.iter().all(|square| square.is_finite()) {
            1.0
        } else {
            self.scaled_distances(x, i, distances)
        };
        distances.iter_mut().for_each(|square| *square = square.sqrt() * scale);
    }

    /// The squared distance of row `i` from each centre, all numbers divided by the largest of them, which it gives:
    /// for those whose squares are beyond what a float can hold.
    #[cold]
    fn scaled_distances<X: FeatureRows>(&self, x: &X, i: usize, distances: &mut [f64]) -> f64 {
        let mut row = vec![0.0; self.n_features()];
        x.feature_row(i).for_each(|j, value| row[j] = wide(value));
        let largest = row.iter().chain(&self.columns).fold(0.0f64, |largest, value| largest.max(value.abs()));
        distances.fill(0.0);
        for (value, column) in row.iter().zip(self.columns.rows()) {
            let value = value / largest;
            distances.iter_mut().zip(column).for_each(|(sum, center)| *sum += (value - center / largest).powi(2));
        }
        largest
    }

    /// Makes each centre the mean of the `counts` rows that it is the mean of and of these, which count
    /// `weights` times and belong to the given clusters; and counts them.
    ///
    /// In the order of scikit-learn, to the bit.
    pub(super) fn move_to<X: FeatureRows>(&mut self, x: &X, rows: &[(usize, usize, f64)], counts: &mut [f64]) {
        let mut added = vec![0.0; counts.len()];
        rows.iter().for_each(|&(_, cluster, weight)| added[cluster] += weight);
        let of_moved = |k: usize, factor: f64| if added[k] > 0.0 { factor } else { 1.0 };
        self.scale(|k| of_moved(k, counts[k]));
        for &(i, cluster, weight) in rows {
            x.feature_row(i).for_each(|j, value| self.columns[(j, cluster)] += wide(value) * weight);
        }
        counts.iter_mut().zip(&added).for_each(|(count, added)| *count += added);
        self.scale(|k| of_moved(k, 1.0 / counts[k]));
        self.measure();
    }

    /// The means of rows, given their sums in each column and their number; a cluster without rows keeps its
    /// centre.
    pub(super) fn means(&self, sums: &ColumnRows, counts: &[f64]) -> Self {
        let mut columns = self.columns.clone();
        for mut column in columns.rows_mut() {
            column.iter_mut().zip(counts).filter(|(_, count)| **count > 0.0).for_each(|(entry, _)| *entry = 0.0);
        }
        for (slot, &j) in sums.columns().iter().enumerate() {
            for ((entry, sum), count) in columns.row_mut(j as usize).iter_mut().zip(sums.row(slot)).zip(counts) {
                if *count > 0.0 {
                    *entry = sum / count;
                }
            }
        }
        Self::of_columns(columns)
    }

    /// Puts a centre on row `i`.
    pub(super) fn put<X: FeatureRows>(&mut self, cluster: usize, x: &X, i: usize) {
        self.columns.column_mut(cluster).fill(0.0);
        x.feature_row(i).for_each(|j, value| self.columns[(j, cluster)] = wide(value));
        self.measure();
    }

    fn scale(&mut self, factor: impl Fn(usize) -> f64) {
        let factors: Vec<f64> = (0..self.n_clusters()).map(factor).collect();
        for mut column in self.columns.rows_mut() {
            column.iter_mut().zip(&factors).for_each(|(entry, factor)| *entry *= factor);
        }
    }

    fn measure(&mut self) {
        self.squares.fill(0.0);
        for column in self.columns.rows() {
            self.squares.iter_mut().zip(column).for_each(|(sum, entry)| *sum += entry * entry);
        }
    }
}

/// The smallest number, of equal ones the first; 0 and infinity if none is finite.
fn least(distances: &[f64]) -> (usize, f64) {
    let nearer =
        |best: (usize, f64), (k, &distance): (usize, &f64)| if distance < best.1 { (k, distance) } else { best };
    distances.iter().enumerate().fold((0, f64::INFINITY), nearer)
}
