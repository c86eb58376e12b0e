//! An LSTM layer over whole sequences as one operation of candle, with its backward pass.
//!
//! Step by step in candle's own operations, a layer of 50 steps would be some 500 nodes in the graph of gradients. Here
//! it is one: the input is projected for all steps in one product beforehand, each step takes one product, and the
//! gradients of the kernels are one product over all steps.

use std::sync::OnceLock;

use candle_core::{CpuStorage, CustomOp3, Device, Error, Layout, Result, Shape, Tensor};

use crate::activation::{sigmoid, tanh};

/// The hidden states of an LSTM layer, of shape (steps, sequences, units), all of which begin at 0.
///
/// `projected` is the input times the kernel, of shape (steps, sequences, 4 · units); `recurrent` is of shape
/// (units, 4 · units) and `bias` of shape (1, 4 · units), gates in the order input, forget, cell, output.
///
/// # Errors
/// Shapes that do not fit.
pub fn lstm(projected: &Tensor, recurrent: &Tensor, bias: &Tensor) -> Result<Tensor> {
    projected.contiguous()?.apply_op3(&recurrent.contiguous()?, &bias.contiguous()?, Lstm::default())
}

/// One pass over sequences. What the forward pass knows is kept for the backward pass.
#[derive(Default)]
struct Lstm {
    activations: OnceLock<Activations>,
}

/// The gates, cells and their tangents, each for all steps.
struct Activations {
    gates: Vec<f32>,
    cells: Vec<f32>,
    tanh_cells: Vec<f32>,
}

impl CustomOp3 for Lstm {
    fn name(&self) -> &'static str {
        "lstm"
    }

    fn cpu_fwd(
        &self,
        projected: &CpuStorage,
        layout: &Layout,
        recurrent: &CpuStorage,
        recurrent_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (steps, sequences, width) = layout.shape().dims3()?;
        let units = width / 4;
        let recurrent = Tensor::from_slice(slice(recurrent, recurrent_layout)?, (units, width), &Device::Cpu)?;
        let bias = slice(bias, bias_layout)?;
        let n = sequences * units;
        let mut gates = slice(projected, layout)?.to_vec();
        let (mut cells, mut tanh_cells, mut hidden) =
            (vec![0.0; steps * n], vec![0.0; steps * n], vec![0.0; steps * n]);
        for step in 0..steps {
            let gates = &mut gates[step * 4 * n..][..4 * n];
            if step > 0 {
                let before = Tensor::from_slice(&hidden[(step - 1) * n..][..n], (sequences, units), &Device::Cpu)?;
                add(gates, &before.matmul(&recurrent)?)?;
            }
            let (before, cells) = cells.split_at_mut(step * n);
            let before = before.len().checked_sub(n).map(|begin| &before[begin..]);
            let now = step * n..(step + 1) * n;
            let state = State { cells: &mut cells[..n], tanh: &mut tanh_cells[now.clone()], hidden: &mut hidden[now] };
            state.go_on(gates, before, bias);
        }
        self.activations.set(Activations { gates, cells, tanh_cells }).map_err(|_| Error::msg("lstm was run twice"))?;
        Ok((CpuStorage::F32(hidden), (steps, sequences, units).into()))
    }

    fn bwd(
        &self,
        projected: &Tensor,
        recurrent: &Tensor,
        _bias: &Tensor,
        hidden: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (steps, sequences, units) = hidden.dims3()?;
        let activations = self.activations.get().ok_or_else(|| Error::msg("lstm has no forward pass"))?;
        let deltas = self::deltas(activations, recurrent, gradient)?;
        let mut of_bias = vec![0.0; 4 * units];
        deltas.chunks_exact(4 * units).for_each(|row| of_bias.iter_mut().zip(row).for_each(|(sum, x)| *sum += x));
        let of_bias = Tensor::from_vec(of_bias, (1, 4 * units), &Device::Cpu)?;
        let deltas = Tensor::from_vec(deltas, (steps * sequences, 4 * units), &Device::Cpu)?;
        let of_recurrent = match (steps - 1) * sequences {
            0 => recurrent.zeros_like()?,
            later => {
                let before = hidden.reshape((steps * sequences, units))?.narrow(0, 0, later)?;
                before.t()?.matmul(&deltas.narrow(0, sequences, later)?)?
            }
        };
        Ok((Some(deltas.reshape(projected.shape())?), Some(of_recurrent), Some(of_bias)))
    }
}

/// The state of one step.
struct State<'a> {
    cells: &'a mut [f32],
    tanh: &'a mut [f32],
    hidden: &'a mut [f32],
}

impl State<'_> {
    /// The state after the cells of the step before, by the gates' inputs, in whose place the gates are written.
    fn go_on(self, gates: &mut [f32], before: Option<&[f32]>, bias: &[f32]) {
        let units = bias.len() / 4;
        for (i, gates) in gates.chunks_exact_mut(4 * units).enumerate() {
            gates.iter_mut().zip(bias).for_each(|(gate, bias)| *gate += bias);
            let (input_and_forget, rest) = gates.split_at_mut(2 * units);
            let (cell, output) = rest.split_at_mut(units);
            input_and_forget.iter_mut().for_each(|x| *x = sigmoid(*x));
            cell.iter_mut().for_each(|x| *x = tanh(*x));
            output.iter_mut().for_each(|x| *x = sigmoid(*x));
            let (input, forget) = input_and_forget.split_at(units);
            let own = i * units..(i + 1) * units;
            let cells = &mut self.cells[own.clone()];
            for j in 0..units {
                cells[j] = input[j] * cell[j];
            }
            if let Some(before) = before {
                let before = &before[own.clone()];
                for j in 0..units {
                    cells[j] += forget[j] * before[j];
                }
            }
            let (tangents, hidden) = (&mut self.tanh[own.clone()], &mut self.hidden[own]);
            for j in 0..units {
                tangents[j] = tanh(cells[j]);
                hidden[j] = output[j] * tangents[j];
            }
        }
    }
}

/// The gradients of the gates' inputs for all steps, of the gradients of the hidden states: back through time.
fn deltas(activations: &Activations, recurrent: &Tensor, gradient: &Tensor) -> Result<Vec<f32>> {
    let (steps, sequences, units) = gradient.dims3()?;
    let Activations { gates, cells, tanh_cells } = activations;
    let n = sequences * units;
    let transposed = recurrent.t()?.contiguous()?;
    let mut of_hidden = gradient.flatten_all()?.to_vec1::<f32>()?;
    let mut deltas = vec![0.0; steps * 4 * n];
    let mut of_cells = vec![0.0; n];
    for step in (0..steps).rev() {
        let deltas = &mut deltas[step * 4 * n..][..4 * n];
        for i in 0..sequences {
            let own = step * n + i * units..step * n + (i + 1) * units;
            let gates = &gates[step * 4 * n + i * 4 * units..][..4 * units];
            let before = step.checked_sub(1).map(|earlier| &cells[earlier * n + i * units..][..units]);
            let of_cells = &mut of_cells[i * units..][..units];
            let of_hidden = &of_hidden[own.clone()];
            row_deltas(&mut deltas[i * 4 * units..][..4 * units], gates, &tanh_cells[own], before, of_hidden, of_cells);
        }
        if step > 0 {
            let later = Tensor::from_slice(deltas, (sequences, 4 * units), &Device::Cpu)?.matmul(&transposed)?;
            add(&mut of_hidden[(step - 1) * n..][..n], &later)?;
        }
    }
    Ok(deltas)
}

/// The same of one step of one sequence. The gradients of its cells become the gradients of the cells before.
fn row_deltas(
    deltas: &mut [f32],
    gates: &[f32],
    tanh_cells: &[f32],
    before: Option<&[f32]>,
    of_hidden: &[f32],
    of_cells: &mut [f32],
) {
    let units = of_cells.len();
    let (input, forget, cell, output) = quarters(gates, units);
    let (of_input, rest) = deltas.split_at_mut(units);
    let (of_forget, rest) = rest.split_at_mut(units);
    let (of_cell, of_output) = rest.split_at_mut(units);
    for j in 0..units {
        let (tangent, of_hidden) = (tanh_cells[j], of_hidden[j]);
        let of = of_cells[j] + of_hidden * output[j] * (1.0 - tangent * tangent);
        of_output[j] = of_hidden * tangent * output[j] * (1.0 - output[j]);
        of_input[j] = of * cell[j] * input[j] * (1.0 - input[j]);
        of_cell[j] = of * input[j] * (1.0 - cell[j] * cell[j]);
        of_forget[j] = of * forget[j] * (1.0 - forget[j]);
        of_cells[j] = of * forget[j];
    }
    match before {
        Some(before) => of_forget.iter_mut().zip(before).for_each(|(x, cell)| *x *= cell),
        None => of_forget.fill(0.0),
    }
}

fn quarters(gates: &[f32], units: usize) -> (&[f32], &[f32], &[f32], &[f32]) {
    (&gates[..units], &gates[units..2 * units], &gates[2 * units..3 * units], &gates[3 * units..4 * units])
}

/// The numbers of a contiguous tensor.
fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (begin, end) = layout.contiguous_offsets().ok_or_else(|| Error::msg("lstm takes contiguous tensors"))?;
    Ok(&storage.as_slice::<f32>()?[begin..end])
}

/// Adds a tensor to as many numbers.
fn add(numbers: &mut [f32], tensor: &Tensor) -> Result<()> {
    let (storage, layout) = tensor.storage_and_layout();
    let candle_core::Storage::Cpu(storage) = &*storage else { return Err(Error::msg("lstm runs on the CPU")) };
    numbers.iter_mut().zip(slice(storage, layout)?).for_each(|(own, other)| *own += other);
    Ok(())
}
