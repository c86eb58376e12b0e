//! Normalization of rows to length one.

use serde::{Deserialize, Serialize};

use super::{Float, wide};

/// The length by which a row is divided (scikit-learn's `norm`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Norm {
    /// The sum of the absolute values.
    L1,
    /// The square root of the sum of the squares.
    L2,
}

impl Norm {
    /// Divides the row by its length; a row of zeros stays as it is.
    ///
    /// Sums and divides in double precision, whatever `F` is, as scikit-learn does.
    pub(crate) fn scale<F: Float>(self, row: &mut [F]) {
        let length = match self {
            Norm::L1 => row.iter().map(|&value| wide(value.abs())).sum::<f64>(),
            Norm::L2 => row.iter().map(|&value| wide(value * value)).sum::<f64>().sqrt(),
        };
        if !length.is_finite() {
            return self.scale_large(row);
        }
        if length != 0.0 {
            for value in row {
                *value = F::cast(wide(*value) / length);
            }
        }
    }

    /// The same where the sum of the squares is beyond what a float can hold: divides by the largest value first.
    #[cold]
    fn scale_large<F: Float>(self, row: &mut [F]) {
        let largest = row.iter().fold(0.0f64, |largest, value| largest.max(wide(value.abs())));
        let parts = row.iter().map(|&value| wide(value) / largest);
        let length = match self {
            Norm::L1 => parts.map(f64::abs).sum::<f64>(),
            Norm::L2 => parts.map(|part| part * part).sum::<f64>().sqrt(),
        };
        row.iter_mut().for_each(|value| *value = F::cast(wide(*value) / largest / length));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_get_length_one_and_zeros_stay() {
        let mut row = [3.0, 0.0, -4.0];
        Norm::L2.scale(&mut row);
        assert_eq!(row, [0.6, 0.0, -0.8]);
        let mut row = [3.0_f32, -1.0];
        Norm::L1.scale(&mut row);
        assert_eq!(row, [0.75, -0.25]);
        let mut row = [0.0; 2];
        Norm::L2.scale(&mut row);
        assert_eq!(row, [0.0; 2]);
        for (norm, expected) in [(Norm::L2, [0.6, -0.8]), (Norm::L1, [3.0 / 7.0, -4.0 / 7.0])] {
            let mut row = [3e307, -4e307].map(|x: f64| x * 4.0);
            norm.scale(&mut row);
            assert!(row.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-15));
        }
        let mut row = [3e30f32, 4e30];
        Norm::L2.scale(&mut row);
        assert!((row[0] - 0.6).abs() < 1e-6 && (row[1] - 0.8).abs() < 1e-6);
    }
}
