//! Scaling rows to length one.

use linfa::Float;
use serde::{Deserialize, Serialize};

use super::wide;

/// The length by which a row is divided (scikit-learn's `norm`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        if length != 0.0 {
            for value in row {
                *value = F::cast(wide(*value) / length);
            }
        }
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
    }
}
