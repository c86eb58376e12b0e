//! The network: LSTM layers and a dense layer that reconstruct their input, its losses and its gradients, by candle.

use candle_core::{Device, Result, Tensor, Var};
use chunkfit::ndarray::{Array1, Array2, Array3, ArrayView3, Axis};
use rayon::prelude::*;

use crate::lstm::lstm;
use crate::weights::Weights;

/// The most sequences that go through the network at once, of which the parts of a batch have as many each: the bits do
/// not depend on the number of threads.
const PART: usize = 32;

/// The sum of the absolute errors of a batch, of shape (sequences, steps, features), and its gradients.
///
/// Parts of the batch are worked on in parallel, on the threads of the run whose task calls this.
///
/// # Errors
/// Errors of candle.
pub fn loss_and_gradients(weights: &Weights, batch: ArrayView3<'_, f32>) -> Result<(f64, Weights)> {
    let parts = in_parts(batch, |part| {
        let variables: Vec<Var> = weights.arrays().iter().map(variable).collect::<Result<_>>()?;
        let tensors: Vec<Tensor> = variables.iter().map(|variable| variable.as_tensor().clone()).collect();
        let input = by_step(part)?;
        let loss = (reconstruct(&tensors, &input)? - &input)?.abs()?.sum_all()?;
        let gradients = loss.backward()?;
        let gradient = |variable: &Var| match gradients.get(variable) {
            Some(gradient) => array(gradient),
            None => array(&variable.zeros_like()?),
        };
        let gradients = variables.iter().map(gradient).collect::<Result<_>>()?;
        Ok((f64::from(loss.to_scalar::<f32>()?), Weights::of(gradients)))
    })?;
    let sum = |(loss, mut gradients): (f64, Weights), (other_loss, other): (f64, Weights)| {
        gradients.add(&other);
        (loss + other_loss, gradients)
    };
    Ok(parts.into_iter().reduce(sum).unwrap_or_else(|| (0.0, weights.zeros())))
}

/// The reconstruction of sequences, of the same shape.
///
/// # Errors
/// Errors of candle.
pub fn reconstruction(weights: &Weights, sequences: ArrayView3<'_, f32>) -> Result<Array3<f32>> {
    let mut whole = Array3::zeros(sequences.dim());
    let parts = in_parts(sequences, |part| {
        let tensors: Vec<Tensor> = weights.arrays().iter().map(tensor).collect::<Result<_>>()?;
        // (steps, sequences, features) becomes (sequences, steps, features) again.
        let values = reconstruct(&tensors, &by_step(part)?)?.transpose(0, 1)?.flatten_all()?.to_vec1::<f32>()?;
        Array3::from_shape_vec(part.dim(), values).map_err(candle_core::Error::wrap)
    })?;
    for (part, mut of_whole) in parts.into_iter().zip(whole.axis_chunks_iter_mut(Axis(0), part(sequences.dim().0))) {
        of_whole.assign(&part);
    }
    Ok(whole)
}

/// The mean absolute error of each sequence.
///
/// # Errors
/// Errors of candle.
pub fn errors(weights: &Weights, sequences: ArrayView3<'_, f32>) -> Result<Array1<f32>> {
    let apart = (reconstruction(weights, sequences)? - sequences).mapv_into(f32::abs);
    Ok(apart.outer_iter().map(|sequence| sequence.mean().unwrap_or_default()).collect())
}

/// The output of the network for an input of shape (steps, sequences, features).
fn reconstruct(weights: &[Tensor], input: &Tensor) -> Result<Tensor> {
    let (steps, sequences, _) = input.dims3()?;
    let (layers, dense) = weights.split_at(weights.len() - 2);
    let mut values = input.clone();
    for layer in layers.chunks(3) {
        let projected = values.flatten_to(1)?.matmul(&layer[0])?;
        values = lstm(&projected.reshape((steps, sequences, ()))?, &layer[1], &layer[2])?;
    }
    let output = values.flatten_to(1)?.matmul(&dense[0])?.broadcast_add(&dense[1])?;
    output.reshape((steps, sequences, ()))
}

/// The size of the parts of so many sequences: nearly equal ones.
fn part(sequences: usize) -> usize {
    sequences.div_ceil(sequences.div_ceil(PART).max(1)).max(1)
}

/// The results of a function of parts of some sequences, in order.
fn in_parts<T: Send>(
    sequences: ArrayView3<'_, f32>,
    work: impl Fn(ArrayView3<'_, f32>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    // Products within a part take one thread: parts are what is parallel.
    gemm::set_threading_threshold(usize::MAX);
    let n = sequences.len_of(Axis(0));
    let size = part(n);
    let parts: Vec<_> = (0..n).step_by(size).map(|begin| begin..(begin + size).min(n)).collect();
    parts.into_par_iter().map(|rows| work(sequences.slice_axis(Axis(0), rows.into()))).collect()
}

/// Sequences as a tensor of shape (steps, sequences, features).
fn by_step(sequences: ArrayView3<'_, f32>) -> Result<Tensor> {
    let by_step = sequences.permuted_axes([1, 0, 2]);
    Tensor::from_vec(by_step.iter().copied().collect(), by_step.dim(), &Device::Cpu)
}

fn tensor(array: &Array2<f32>) -> Result<Tensor> {
    Tensor::from_vec(array.iter().copied().collect(), array.dim(), &Device::Cpu)
}

fn variable(array: &Array2<f32>) -> Result<Var> {
    Var::from_tensor(&tensor(array)?)
}

fn array(tensor: &Tensor) -> Result<Array2<f32>> {
    let values = tensor.flatten_all()?.to_vec1::<f32>()?;
    Array2::from_shape_vec(tensor.dims2()?, values).map_err(candle_core::Error::wrap)
}
