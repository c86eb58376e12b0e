//! Linear regressor: coefficients and an intercept.

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, ArrayViewMut1, Axis};
use serde::{Deserialize, Serialize};

use crate::data::{
    CompiledRows, Csr, FeatureRow, FeatureRows, Float, Footprint, RowsView, check_values, float_computation, wide,
    with_rows,
};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Model, check_targets, kind, settle};

/// A linear regression: `x · coef + intercept`. What averaging linear models gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearRegressor<F> {
    coef: Array1<F>,
    intercept: F,
}

impl<F: Float> LinearRegressor<F> {
    /// A model of one coefficient a column and the intercept.
    ///
    /// # Errors
    /// [`ErrorKind::NonFinite`] naming the first column whose coefficient is NaN or infinite;
    /// [`ErrorKind::InvalidParameter`] for such an intercept.
    pub fn from_parts(coef: Array1<F>, intercept: F) -> Result<Self> {
        // A whole slice is what the inner loop reads.
        let model = LinearRegressor { coef: coef.as_standard_layout().into_owned(), intercept };
        model.check()?;
        Ok(model)
    }

    /// A model that an estimator has learned.
    ///
    /// # Errors
    /// [`ErrorKind::Diverged`] for numbers that are not finite.
    pub(crate) fn trained(coef: Array1<F>, intercept: F, estimator: &'static str) -> Result<Self> {
        Self::from_parts(coef, intercept).map_err(|_| Error::new(ErrorKind::Diverged { estimator }))
    }

    /// Refuses numbers that are not finite.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(column) = self.coef.iter().position(|w| !wide(*w).is_finite()) {
            return Err(Error::new(ErrorKind::NonFinite { column }));
        }
        if !wide(self.intercept).is_finite() {
            return Err(Error::parameter("intercept", self.intercept, "a finite number"));
        }
        Ok(())
    }

    /// The coefficients, one a column.
    pub fn coef(&self) -> &Array1<F> {
        &self.coef
    }

    /// The coefficients by value.
    pub(crate) fn into_coef(self) -> Array1<F> {
        self.coef
    }

    /// The value where all features are 0.
    pub fn intercept(&self) -> F {
        self.intercept
    }

    /// Writes the value of each row, and refuses those that are NaN or infinite.
    pub(crate) fn write_values<X: FeatureRows<Elem = F>>(&self, x: &X, y: &mut Array1<F>) -> Result<()> {
        if x.nfeatures() != self.coef.len() {
            return Err(Error::shape("columns", self.coef.len(), x.nfeatures()));
        }
        check_targets(x.nsamples(), y.len())?;
        F::run::<Values<'_>>((CompiledRows::of(x)?.view(), self, y.view_mut()))
    }
}

/// Rows, a regressor, and the values to be written, one a row.
type Args<'a, F> = (RowsView<'a, F>, &'a LinearRegressor<F>, ArrayViewMut1<'a, F>);

float_computation!(Values<'a>(Args<'a, F>) -> Result<()> = write_values);

fn write_values<F: Float>((rows, model, y): Args<'_, F>) -> Result<()> {
    with_rows!(rows, x => write_values_of(x, model, y))
}

fn write_values_of<F, X>(x: &X, model: &LinearRegressor<F>, mut y: ArrayViewMut1<'_, F>) -> Result<()>
where
    F: Float,
    X: FeatureRows<Elem = F>,
{
    let coef = model.coef.as_slice().expect("from_parts stores a whole slice");
    for (i, value) in y.iter_mut().enumerate() {
        *value = F::cast(x.feature_row(i).dot(coef) + wide(model.intercept));
    }
    check_values(x, y.view().insert_axis(Axis(1)), "prediction")
}

/// # Panics
/// `predict` panics when the number of columns differs from training, as linfa's models do, and on a NaN or infinite
/// feature; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
impl<F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<F>> for LinearRegressor<F> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<F>) {
        settle(self.write_values(x, y));
    }

    fn default_target(&self, x: &X) -> Array1<F> {
        Array1::zeros(x.nsamples())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float> Predict<&Csr<F>, Array1<F>> for LinearRegressor<F> {
    fn predict(&self, x: &Csr<F>) -> Array1<F> {
        let mut values = self.default_target(x);
        self.predict_inplace(x, &mut values);
        values
    }
}

impl<F: Float> Footprint for LinearRegressor<F> {
    fn heap_bytes(&self) -> usize {
        self.coef.len() * size_of::<F>()
    }
}

impl<F: Float> Model for LinearRegressor<F> {
    type Kind = kind::Regressor;
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn sparse_and_dense_rows_give_the_same_values() {
        let model = LinearRegressor::from_parts(array![2.0, -1.0], 0.5).unwrap();
        let x = array![[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]];
        assert_eq!(model.predict(&x), array![2.5, -1.5, 0.5]);
        assert_eq!(model.predict(&Csr::from_dense(&x).unwrap()), model.predict(&x));
        let error = LinearRegressor::from_parts(array![1.0, f64::NAN], 0.0).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NonFinite { column: 1 });
        assert!(LinearRegressor::from_parts(array![1.0], f64::INFINITY).is_err());
    }
}
