//! Predictions that fail with an error instead of a panic, for every model that has linfa's `PredictInplace`.
//!
//! linfa's trait has no room for an error. So a model of this crate [settles](settle) the outcome of
//! `predict_inplace`: it panics with the error's message, as linfa's models do, unless
//! [`try_predict`](TryPredict::try_predict) is at work on this thread, which takes the error and returns it. That holds
//! for models inside other models as well.

use std::cell::Cell;

use linfa::dataset::Records;
use linfa::traits::PredictInplace;

use crate::error::{Error, ErrorKind, Result};

/// Predictions that fail with an error, where linfa's `predict` panics.
///
/// Every model that has linfa's `PredictInplace` has it, models of other crates included; those panic
/// all the same if it is their way. An error of a model inside another is returned, too, if it predicts on the same
/// thread: the outer one goes on with default predictions, and what it makes of them is dropped.
///
/// ```
/// use chunkfit::ErrorKind;
/// use chunkfit::estimator::TryPredict;
/// use chunkfit::linear::LogisticRegression;
/// use linfa::Dataset;
/// use linfa::traits::Fit;
/// use ndarray::{Array1, array};
///
/// let data = Dataset::new(array![[0.0], [1.0], [2.0], [3.0]], array![false, false, true, true]);
/// let model = LogisticRegression::params().fit(&data)?;
/// let labels: Array1<bool> = model.try_predict(&array![[0.5], [9.0]])?;
/// assert_eq!(labels, array![false, true]);
/// let error = model.try_predict(&array![[0.5], [f64::NAN]]).unwrap_err();
/// assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not predict targets of type `{Y}` for rows of type `{X}`",
    note = "text and raw records go through the transformers of the pipeline first; labels have to be of the type \
            that the model learned",
    note = "for a model of your own implement linfa's `PredictInplace`"
)]
pub trait TryPredict<X, Y> {
    /// Predictions for these rows, as linfa's `predict` gives them.
    ///
    /// # Errors
    /// Of the models of this crate:
    /// - [`NonFinite`](ErrorKind::NonFinite): a NaN or infinite feature, with row and column.
    /// - [`NonFiniteResult`](ErrorKind::NonFiniteResult): finite features whose prediction is beyond what a float can
    ///   hold, with the row.
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): a number of columns other than in training.
    /// - [`NoRows`](ErrorKind::NoRows): a model that has learned nothing.
    /// - [`UnknownGroup`](ErrorKind::UnknownGroup): a row of a group that has no model, of
    ///   [`GroupModels`](crate::combine::GroupModels).
    fn try_predict(&self, x: &X) -> Result<Y>;
}

impl<M, X, Y> TryPredict<X, Y> for M
where
    M: PredictInplace<X, Y> + ?Sized,
    X: Records,
{
    fn try_predict(&self, x: &X) -> Result<Y> {
        noting(|| {
            let mut y = self.default_target(x);
            self.predict_inplace(x, &mut y);
            y
        })
    }
}

thread_local! {
    /// What becomes of an error in linfa's `predict_inplace`: `None` for a panic; else it is noted here.
    static NOTED: Cell<Option<Noted>> = const { Cell::new(None) };
}

/// The first error, if there was one yet.
#[derive(Default)]
struct Noted(Option<Error>);

/// Puts back what there was, also after a panic.
struct PutBack<F: FnMut()>(F);

impl<F: FnMut()> Drop for PutBack<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs this, and fails with the first error that a model [settled](settle) meanwhile.
fn noting<T>(work: impl FnOnce() -> T) -> Result<T> {
    let mut outer = NOTED.replace(Some(Noted::default()));
    let put_back = PutBack(|| NOTED.set(outer.take()));
    let value = work();
    let noted = NOTED.take();
    drop(put_back);
    noted.and_then(|noted| noted.0).map_or(Ok(value), Err)
}

/// Reports the error of a prediction from within linfa's `predict_inplace`, which has no room for one: to the
/// [`try_predict`](TryPredict::try_predict) that is at work on this thread, as it is for everything lazy. For models of
/// your own.
///
/// ```
/// use chunkfit::data::FeatureRows;
/// use chunkfit::estimator::{TryPredict, settle};
/// use linfa::traits::PredictInplace;
/// use ndarray::{Array1, Array2, Axis, array};
///
/// /// Predicts the sum of a row.
/// struct Sum;
///
/// impl PredictInplace<Array2<f64>, Array1<f64>> for Sum {
///     fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<f64>) {
///         settle(x.check_finite().map(|()| y.assign(&x.sum_axis(Axis(1)))));
///     }
///
///     fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
///         Array1::zeros(x.nrows())
///     }
/// }
///
/// let error = Sum.try_predict(&array![[1.0], [f64::NAN]]).unwrap_err();
/// assert_eq!(error.place().row, Some(1));
/// ```
///
/// # Panics
/// On an error, where no `try_predict` is at work.
pub fn settle(outcome: Result<()>) {
    let Err(error) = outcome else { return };
    match NOTED.take() {
        Some(Noted(first)) => NOTED.set(Some(Noted(first.or(Some(error))))),
        None => panic!("{}", panic_message(&error)),
    }
}

fn panic_message(error: &Error) -> String {
    let known = match error.kind() {
        ErrorKind::ShapeMismatch { what: TARGETS, .. } => "the number of rows differs from that of the targets: ",
        ErrorKind::NoRows { .. } => "the model has learned from no rows: ",
        _ => "",
    };
    format!("{known}{error}; TryPredict::try_predict returns this as an error")
}

const TARGETS: &str = "targets to write predictions to";

/// Refuses targets that are not as many as the rows.
pub(crate) fn check_targets(n_rows: usize, n_targets: usize) -> Result<()> {
    if n_rows == n_targets { Ok(()) } else { Err(Error::shape(TARGETS, n_rows, n_targets)) }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::data::FeatureRows;
    use linfa::traits::Predict;
    use ndarray::{Array1, Array2, array};

    /// A model of this crate: the sign of the difference of two columns.
    struct Inner([usize; 2]);

    impl Inner {
        fn write(&self, x: &Array2<f64>, y: &mut Array1<usize>) -> Result<()> {
            if x.ncols() != 2 {
                return Err(Error::shape("columns", 2, x.ncols()));
            }
            check_targets(x.nrows(), y.len())?;
            x.check_finite()?;
            y.iter_mut().zip(x.rows()).for_each(|(y, row)| *y = self.0[usize::from(row[0] > row[1])]);
            Ok(())
        }
    }

    impl PredictInplace<Array2<f64>, Array1<usize>> for Inner {
        fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<usize>) {
            settle(self.write(x, y));
        }

        fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
            Array1::default(x.nrows())
        }
    }

    fn inner() -> Inner {
        Inner([0, 1])
    }

    /// A model of a user's around one of ours, with labels of its own; it lies at the same address.
    struct Around(Inner);

    impl PredictInplace<Array2<f64>, Array1<usize>> for Around {
        fn predict_inplace(&self, x: &Array2<f64>, y: &mut Array1<usize>) {
            self.0.predict_inplace(x, y);
            y.mapv_inplace(|label| 10 + label);
        }

        fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
            self.0.default_target(x)
        }
    }

    fn message(work: impl FnOnce() -> Array1<usize>) -> String {
        let payload = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        payload.downcast_ref::<String>().unwrap().clone()
    }

    #[test]
    fn an_error_is_returned_by_the_one_way_and_a_panic_by_the_other() {
        let bad = array![[1.0, 2.0], [1.0, f64::NAN]];
        for error in [inner().try_predict(&bad).unwrap_err(), Around(inner()).try_predict(&bad).unwrap_err()] {
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(1)));
        }
        let said = message(|| inner().predict(&bad));
        assert!(said.contains("column 1") && said.contains("row 1") && said.contains("try_predict"), "{said}");
        assert!(message(|| Around(inner()).predict(&bad)).contains("column 1"));
        let narrow = Array2::zeros((2, 1));
        assert!(message(|| inner().predict(&narrow)).contains("columns differs from training"));
        let mut few = array![7];
        let settled = catch_unwind(AssertUnwindSafe(|| inner().predict_inplace(&Array2::zeros((2, 2)), &mut few)));
        assert!(settled.unwrap_err().downcast_ref::<String>().unwrap().contains("differs from that of the targets"));
        assert_eq!(few, array![7]);
    }

    #[test]
    fn scopes_nest_and_end_with_a_panic() {
        let good = array![[1.0, 2.0]];
        let bad = array![[f64::INFINITY, 0.0]];
        // An error that was taken inside is none outside.
        let taken = noting(|| noting(|| settle(inner().try_predict(&bad).map(drop))).is_err());
        assert!(taken.unwrap());
        let first = noting(|| {
            settle(Err(Error::shape("first", 1, 2)));
            settle(Err(Error::shape("second", 1, 2)));
        });
        assert!(matches!(first.unwrap_err().kind(), ErrorKind::ShapeMismatch { what: "first", .. }));
        let panicked = catch_unwind(|| noting(|| -> () { panic!("of the user's") }));
        assert!(panicked.is_err());
        assert!(message(|| inner().predict(&bad)).contains("NaN or infinite"));
        assert_eq!(inner().try_predict(&good).unwrap(), array![0]);
    }
}
