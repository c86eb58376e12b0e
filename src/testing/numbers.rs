//! Results as numbers, by which laws compare them.

use linfa::Float;
use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

use crate::data::Csr;

/// Numbers that a result is compared by: predictions, scores, transformed rows.
#[diagnostic::on_unimplemented(
    message = "results of type `{Self}` cannot be compared by the laws",
    note = "implement `chunkfit::testing::Numbers` for results of your own"
)]
pub trait Numbers {
    /// All numbers of the result, in an order that follows from its content.
    fn numbers(&self) -> Vec<f64>;
}

impl Numbers for f64 {
    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<N: Numbers> Numbers for Vec<N> {
    fn numbers(&self) -> Vec<f64> {
        self.iter().flat_map(N::numbers).collect()
    }
}

macro_rules! numbers_of_arrays {
    ($($array:ty: $number:expr),*) => { $(impl Numbers for $array {
        fn numbers(&self) -> Vec<f64> {
            self.iter().map($number).collect()
        }
    })* };
}

numbers_of_arrays!(
    Array1<usize>: |x| *x as f64, Array1<bool>: |x| f64::from(*x), Array1<f64>: |x| *x, Array1<f32>: |x| f64::from(*x),
    Array2<bool>: |x| f64::from(*x), Array2<f64>: |x| *x, Array2<f32>: |x| f64::from(*x)
);

/// A number for every text, made of its bytes.
impl Numbers for Array1<String> {
    fn numbers(&self) -> Vec<f64> {
        let number = |text: &String| text.bytes().fold(0.0, |number, byte| (number * 31.0 + f64::from(byte)) % 1e9);
        self.iter().map(number).collect()
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
