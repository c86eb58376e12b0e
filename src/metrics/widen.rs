//! Widening of arrays of floats to double precision, in which scores are computed.

use std::any::Any;

use ndarray::{Array2, CowArray, Ix2};

use crate::data::{Float, float_computation, wide};

float_computation!(pub(crate) Widen<'a>(&'a Array2<F>) -> CowArray<'a, f64, Ix2> = widen);

/// The values in double precision: themselves if that is theirs, else a copy.
fn widen<F: Float>(values: &Array2<F>) -> CowArray<'_, f64, Ix2> {
    match (values as &dyn Any).downcast_ref::<Array2<f64>>() {
        Some(values) => CowArray::from(values.view()),
        None => CowArray::from(values.mapv(wide)),
    }
}
