//! Decision values and predictions that are NaN or infinite, and what they come from.

use ndarray::ArrayView2;

use super::Float;
use super::feature_rows::{FeatureRows, non_finite_column};
use crate::error::{Error, ErrorKind, Result};

/// Refuses results of a linear model that are NaN or infinite: shape (rows, any), `what` naming them in the error.
///
/// A NaN or infinite feature makes every result of its row NaN or infinite, even where its coefficient is 0. So the
/// few results are looked at, and the many features only where something is wrong.
pub(crate) fn check_values<X: FeatureRows>(x: &X, values: ArrayView2<'_, X::Elem>, what: &'static str) -> Result<()> {
    match first_odd_row(values) {
        Some(row) => Err(odd_result(x, row, what)),
        None => Ok(()),
    }
}

/// The first row that has a value that is NaN or infinite.
pub(crate) fn first_odd_row<F: Float>(values: ArrayView2<'_, F>) -> Option<usize> {
    // Without branches, so that several values are looked at at once.
    if values.iter().fold(true, |all, value| all & value.is_finite()) {
        return None;
    }
    values.rows().into_iter().position(|row| row.iter().any(|value| !value.is_finite()))
}

/// The error of a row whose result is NaN or infinite: the feature that it comes from; if all are finite, the result.
fn odd_result<X: FeatureRows>(x: &X, row: usize, what: &'static str) -> Error {
    let kind = match non_finite_column(x.feature_row(row)) {
        Some(column) => ErrorKind::NonFinite { column },
        None => ErrorKind::NonFiniteResult { what },
    };
    Error::new(kind).at_row(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Csr;
    use ndarray::{Axis, array};

    #[test]
    fn the_first_row_and_its_first_bad_column_are_named() {
        let x = array![[1.0, 2.0, 3.0], [1.0, f64::NEG_INFINITY, f64::NAN], [f64::NAN, 0.0, 0.0]];
        let values = array![[1.0, 1.0], [2.0, f64::NAN], [f64::NAN, 2.0]];
        let sparse = Csr::from_dense(&x).unwrap();
        for error in [
            check_values(&x, values.view(), "value").unwrap_err(),
            check_values(&sparse, values.view(), "value").unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(1)));
        }
        assert!(check_values(&x, values.view().split_at(Axis(0), 1).0, "value").is_ok());
        let error = check_values(&x, array![[f64::INFINITY]].view(), "value").unwrap_err();
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFiniteResult { what: "value" }, Some(0)));
        assert!(error.to_string().contains("scale the features"), "{error}");
    }
}
