//! Prepared rows of a chunk for a fit in passes.

use std::sync::{Mutex, PoisonError};

use linfa::dataset::DatasetBase;
use ndarray::ArrayView1;

use super::design::{DenseDesign, Design, SparseDesign};
use super::problem::Loss;
use crate::data::{
    CompiledRows, FeatureRows, Float, Footprint, RowsView, check_model_bytes, float_computation, with_rows,
};
use crate::error::{Error, Result};

/// A chunk's rows in the columns they touch, with what is to be learned of them: made once a chunk,
/// used in every pass.
///
/// They remember the curvature of every row at the point where they were last evaluated, so that a
/// product with the Hessian need not evaluate again. That is no more than a memory: rows that were
/// made anew give the same answers.
#[derive(Debug)]
pub struct ChunkRows<F, T> {
    pub(super) prepared: PreparedRows<F>,
    pub(super) targets: T,
}

/// Rows in the columns they touch, without targets.
#[derive(Debug)]
pub(super) struct PreparedRows<F> {
    pub(super) design: ChunkDesign<F>,
    /// The number of each column that the rows touch, ascending.
    pub(super) columns: Vec<u32>,
    pub(super) n_features: usize,
    /// One a row, all above 0.
    pub(super) weights: Vec<f64>,
    memory: Mutex<Memory>,
}

/// Rows, stored as their matrix was.
#[derive(Debug)]
pub(super) enum ChunkDesign<F> {
    Sparse(SparseDesign<F>),
    Dense(DenseDesign<F>),
}

/// The memory of a loss, and of which point it is.
#[derive(Debug, Default)]
struct Memory {
    /// The point's [identity](super::minimization::identity).
    point: Option<u128>,
    numbers: Vec<f64>,
}

/// Targets of the rows that count.
pub(in crate::linear) trait ChunkTargets {
    /// The bytes they hold on the heap.
    fn heap_bytes(&self) -> usize;
}

impl<F: Float, T> ChunkRows<F, T> {
    /// The targets: what is to be learned of the rows.
    pub(in crate::linear) fn targets(&self) -> &T {
        &self.targets
    }

    /// The rows of positive weight. `targets` makes the targets of the rows with these numbers.
    ///
    /// # Errors
    /// Weights that do not fit the rows, are negative or not finite; features that are not finite;
    /// more columns than there is memory for; what `targets` refuses.
    pub(in crate::linear) fn gather<X: FeatureRows<Elem = F>, Y>(
        dataset: &DatasetBase<X, Y>,
        targets: impl FnOnce(&[usize]) -> Result<T>,
    ) -> Result<Self> {
        let (rows, weights) = rows_that_count(dataset)?;
        let compiled = CompiledRows::of(&dataset.records)?;
        let prepared = F::run::<Prepare<'_>>((compiled.view(), &rows, weights))?;
        Ok(ChunkRows { prepared, targets: targets(&rows)? })
    }
}

float_computation!(Prepare<'a>((RowsView<'a, F>, &'a [usize], Vec<f64>)) -> Result<PreparedRows<F>> = PreparedRows::gather);
float_computation!(CheckFinite<'a>(RowsView<'a, F>) -> Result<()> = finite_rows);

/// Refuses rows of which a value is NaN or infinite.
pub(in crate::linear) fn check_finite<F: Float>(rows: RowsView<'_, F>) -> Result<()> {
    F::run::<CheckFinite<'_>>(rows)
}

fn finite_rows<F: Float>(rows: RowsView<'_, F>) -> Result<()> {
    with_rows!(rows, x => x.check_finite())
}

impl<F: Float> PreparedRows<F> {
    fn gather((rows, numbers, weights): (RowsView<'_, F>, &[usize], Vec<f64>)) -> Result<Self> {
        finite_rows(rows)?;
        let n_features = rows.n_columns();
        check_model_bytes("the fit", &[(n_features, "columns")], size_of::<F>())?;
        let (design, columns) = match rows {
            RowsView::Sparse(x) => {
                let (design, columns) = SparseDesign::gather(&x, numbers);
                (ChunkDesign::Sparse(design), columns)
            }
            RowsView::Dense(x) => {
                let (design, columns) = DenseDesign::gather(&x, numbers);
                (ChunkDesign::Dense(design), columns)
            }
        };
        Ok(PreparedRows { design, columns, n_features, weights, memory: Mutex::default() })
    }

    /// Evaluates a loss of these rows at the point of this identity; gives its value.
    pub(super) fn evaluate(&self, loss: &mut dyn Loss, (id, point): (u128, &[f64]), gradient: &mut [f64]) -> f64 {
        let value = loss.value_and_gradient(point, gradient);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.point = Some(id);
        memory.numbers.clone_from(loss.memory());
        value
    }

    /// Makes the loss as it is after an evaluation at the point of this identity.
    fn remember(&self, loss: &mut dyn Loss, (id, point): (u128, impl FnOnce() -> Vec<f64>)) {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.point == Some(id) {
            loss.memory().clone_from(&memory.numbers);
        } else {
            drop(memory);
            let point = point();
            self.evaluate(loss, (id, &point), &mut vec![0.0; point.len()]);
        }
    }

    /// The product of the Hessian at the point of this identity, which `point` gives, with a vector.
    pub(super) fn multiply(
        &self,
        loss: &mut dyn Loss,
        at: (u128, impl FnOnce() -> Vec<f64>),
        vector: &[f64],
        product: &mut [f64],
    ) {
        self.remember(loss, at);
        loss.hessian_vector(vector, product);
    }

    /// The Hessian at the point of this identity, which `point` gives, of a set of numbers: its lower triangle.
    pub(super) fn curve(
        &self,
        loss: &mut dyn Loss,
        at: (u128, impl FnOnce() -> Vec<f64>),
        set: &[u32],
        triangle: &mut [f64],
    ) {
        self.remember(loss, at);
        loss.hessian_of(set, triangle);
    }
}

/// The numbers of the rows of positive weight, and those weights.
pub(in crate::linear) fn rows_that_count<X: FeatureRows, Y>(
    dataset: &DatasetBase<X, Y>,
) -> Result<(Vec<usize>, Vec<f64>)> {
    rows_with_weight(dataset.records.nsamples(), dataset.weights.view())
}

fn rows_with_weight(n: usize, sample_weight: ArrayView1<'_, f32>) -> Result<(Vec<usize>, Vec<f64>)> {
    if !sample_weight.is_empty() && sample_weight.len() != n {
        return Err(Error::shape("weights, one a row", n, sample_weight.len()));
    }
    let (mut rows, mut weights) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for i in 0..n {
        let weight = sample_weight.get(i).copied().unwrap_or(1.0);
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(Error::parameter("sample_weight", weight, "a finite number of 0 or more").at_row(i));
        }
        if weight > 0.0 {
            rows.push(i);
            weights.push(f64::from(weight));
        }
    }
    Ok((rows, weights))
}

impl<F: Float> ChunkDesign<F> {
    pub(super) fn n_rows(&self) -> usize {
        match self {
            ChunkDesign::Sparse(design) => design.n_rows(),
            ChunkDesign::Dense(design) => design.n_rows(),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            ChunkDesign::Sparse(design) => design.heap_bytes(),
            ChunkDesign::Dense(design) => design.heap_bytes(),
        }
    }
}

impl<F: Float> PreparedRows<F> {
    fn heap_bytes(&self) -> usize {
        let PreparedRows { design, columns, weights, .. } = self;
        // What is remembered comes with the first pass: a number a row, or one a row and class.
        design.heap_bytes() + size_of_val(&**columns) + 2 * size_of_val(&**weights)
    }
}

impl<F: Float, T: ChunkTargets> Footprint for ChunkRows<F, T> {
    fn heap_bytes(&self) -> usize {
        self.prepared.heap_bytes() + self.targets.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.prepared.design.n_rows()
    }
}
