//! Results as numbers.

use chunkfit::data::Csr;
use chunkfit::metrics::{Average, ConfusionMatrix, ContingencyTable, MultilabelCounts, ProbabilityLoss, Residuals};
use linfa::Float;
use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2};

/// Numbers that a result shows itself by.
pub trait Numbers {
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

impl<F: Float> Numbers for Csr<F>
where
    Array2<F>: Numbers,
{
    fn numbers(&self) -> Vec<f64> {
        self.to_dense().numbers()
    }
}

impl<R: Numbers, T> Numbers for DatasetBase<R, T>
where
    R: Records,
{
    fn numbers(&self) -> Vec<f64> {
        self.records.numbers()
    }
}

impl Numbers for ConfusionMatrix<usize> {
    fn numbers(&self) -> Vec<f64> {
        vec![self.accuracy(), self.majority_rate()]
    }
}

impl Numbers for ProbabilityLoss {
    fn numbers(&self) -> Vec<f64> {
        vec![self.log_loss(), self.brier_score()]
    }
}

impl Numbers for Residuals {
    fn numbers(&self) -> Vec<f64> {
        vec![self.mean_squared_error(), self.mean_absolute_error(), self.r2()]
    }
}

impl Numbers for MultilabelCounts {
    fn numbers(&self) -> Vec<f64> {
        vec![self.mean_f1(Average::Micro), self.hamming_loss()]
    }
}

/// Of scores that take any weights.
impl Numbers for ContingencyTable<usize> {
    fn numbers(&self) -> Vec<f64> {
        vec![self.v_measure(), self.mutual_info()]
    }
}
