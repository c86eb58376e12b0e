//! Floats that estimators work in, `f32` and `f64`, and computations that are compiled once for each of them.

use crate::sealed::Sealed;

/// A type of float that estimators work in: `f32` or `f64`.
///
/// It is [`linfa::Float`], which those two implement, closed: generic code of your own over features takes this as its bound.
///
/// ```
/// use chunkfit::data::{Csr, Float};
///
/// fn density<F: Float>(rows: &Csr<F>) -> f64 {
///     rows.nnz() as f64 / (rows.view().n_rows() * rows.view().n_features()) as f64
/// }
///
/// assert_eq!(density(&Csr::<f32>::from_dense(&chunkfit::ndarray::array![[1.0, 0.0]])?), 0.5);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a float that estimators work in",
    note = "features are `f32` or `f64`"
)]
pub trait Float: linfa::Float + Sealed {
    /// Runs a computation in this type of float.
    #[doc(hidden)]
    fn run<C: FloatComputation>(args: C::Args<Self>) -> C::Output<Self>;
}

/// A computation over floats, with a function for each type of float that is not generic.
///
/// A generic function is compiled anew in every crate that uses it; `f32` and `f64` here are compiled once, in this crate. So
/// what is expensive to compile is behind one of these: [`Float::run`] is all that the crates of users see of it.
pub trait FloatComputation {
    /// Its arguments.
    type Args<F: Float>;
    /// Its result.
    type Output<F: Float>;

    /// In single precision.
    fn f32(args: Self::Args<f32>) -> Self::Output<f32>;

    /// In double precision.
    fn f64(args: Self::Args<f64>) -> Self::Output<f64>;
}

impl Sealed for f32 {}

impl Sealed for f64 {}

impl Float for f32 {
    fn run<C: FloatComputation>(args: C::Args<Self>) -> C::Output<Self> {
        C::f32(args)
    }
}

impl Float for f64 {
    fn run<C: FloatComputation>(args: C::Args<Self>) -> C::Output<Self> {
        C::f64(args)
    }
}

/// Defines a [`FloatComputation`]: `float_computation!(pub(in path) Name<'a>(Args<F>) -> Output<F> = function);`, where the
/// function is generic over `F` and takes the arguments as one value.
macro_rules! float_computation {
    ($(#[$doc:meta])* $vis:vis $name:ident $(<$life:lifetime>)? ($args:ty) -> $output:ty = $function:path) => {
        $(#[$doc])*
        $vis struct $name $(<$life>(std::marker::PhantomData<&$life ()>))?;

        impl $(<$life>)? $crate::data::FloatComputation for $name $(<$life>)? {
            type Args<F: $crate::data::Float> = $args;
            type Output<F: $crate::data::Float> = $output;

            #[inline(never)]
            fn f32(args: Self::Args<f32>) -> Self::Output<f32> {
                $function(args)
            }

            #[inline(never)]
            fn f64(args: Self::Args<f64>) -> Self::Output<f64> {
                $function(args)
            }
        }
    };
}
pub(crate) use float_computation;
