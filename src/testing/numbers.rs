//! Results as numbers, by which laws compare them.

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array, Array2, Dimension};

use crate::data::{Csr, Float};

/// Results that laws compare, as numbers: predictions, scores, transformed rows.
///
/// ```
/// use chunkfit::ndarray::array;
/// use chunkfit::testing::Numbers;
///
/// /// A result of your own.
/// struct Interval(f64, f64);
///
/// impl Numbers for Interval {
///     fn numbers(&self) -> Vec<f64> {
///         vec![self.0, self.1]
///     }
/// }
///
/// assert_eq!(vec![Interval(0.0, 1.5), Interval(2.0, 3.0)].numbers(), [0.0, 1.5, 2.0, 3.0]);
/// assert_eq!(array![true, false].numbers(), [1.0, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "results of type `{Self}` cannot be compared by the laws",
    note = "implement `chunkfit::testing::Numbers` for results and labels of your own"
)]
pub trait Numbers {
    /// All numbers of the result. Equal results have equal numbers, in the same order.
    fn numbers(&self) -> Vec<f64>;
}

macro_rules! one_number {
    ($($value:ty: $number:expr),*) => { $(impl Numbers for $value {
        fn numbers(&self) -> Vec<f64> {
            vec![$number(self)]
        }
    })* };
}

one_number!(f64: |x: &f64| *x, f32: |x: &f32| f64::from(*x), usize: |x: &usize| *x as f64, bool: |x: &bool| f64::from(*x));

/// A number made of the bytes of the text.
impl Numbers for String {
    fn numbers(&self) -> Vec<f64> {
        vec![self.bytes().fold(0.0, |number, byte| (number * 31.0 + f64::from(byte)) % 1e9)]
    }
}

impl<N: Numbers> Numbers for Vec<N> {
    fn numbers(&self) -> Vec<f64> {
        self.iter().flat_map(N::numbers).collect()
    }
}

impl<N: Numbers, D: Dimension> Numbers for Array<N, D> {
    fn numbers(&self) -> Vec<f64> {
        self.iter().flat_map(N::numbers).collect()
    }
}

impl<F: Float> Numbers for Csr<F>
where
    Array2<F>: Numbers,
{
    fn numbers(&self) -> Vec<f64> {
        self.to_dense().numbers()
    }
}

impl<R: Numbers + Records, T> Numbers for DatasetBase<R, T> {
    fn numbers(&self) -> Vec<f64> {
        self.records.numbers()
    }
}
