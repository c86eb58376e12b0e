//! The mean and the variance of a column.

use super::column_states::ColumnState;

/// The number, the mean and the sum of the squared distances from the mean of some values: sums
/// that lose no digits where the mean is large (Chan, Golub and LeVeque 1983).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Those of a column of so many rows: what was not stored is zero.
    pub(super) fn with_zeros(&self, n_rows: usize) -> Self {
        let mut all = self.clone();
        all.merge(&Moments { n: n_rows as f64 - self.n, mean: 0.0, squares: 0.0 });
        all
    }

    /// The mean of the values.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// The variance of the values, of which there is one at least; divided by their number.
    pub(super) fn variance(&self) -> f64 {
        self.squares / self.n
    }
}

impl ColumnState for Moments {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        let from_old = value - self.mean;
        self.mean += from_old / self.n;
        self.squares += from_old * (value - self.mean);
    }

    fn merge(&mut self, other: &Self) {
        if other.n == 0.0 {
            return;
        }
        let n = self.n + other.n;
        let apart = other.mean - self.mean;
        self.squares += other.squares + apart * apart * (self.n * other.n / n);
        self.mean += apart * (other.n / n);
        self.n = n;
    }
}
