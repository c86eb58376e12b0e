//! Gradients against candle's own operations, step by step, and against differences of losses.

use candle_core::{Device, Result, Tensor, Var};
use chunkfit_neural_net::lstm::lstm;
use chunkfit_neural_net::network::loss_and_gradients;
use chunkfit_neural_net::{Weights, initial};

use crate::batch;

/// The obvious LSTM: every step in candle's own operations.
fn lstm_step_by_step(projected: &Tensor, recurrent: &Tensor, bias: &Tensor) -> Result<Tensor> {
    let (steps, sequences, width) = projected.dims3()?;
    let units = width / 4;
    let logistic = |x: Tensor| (x.neg()?.exp()? + 1.0)?.recip();
    let mut hidden = Tensor::zeros((sequences, units), candle_core::DType::F32, &Device::Cpu)?;
    let (mut cells, mut all) = (hidden.clone(), Vec::new());
    for step in 0..steps {
        let gates = (projected.get(step)? + hidden.matmul(recurrent)?)?.broadcast_add(bias)?;
        let gate = |k: usize| gates.narrow(1, k * units, units);
        let (input, forget, output) = (logistic(gate(0)?)?, logistic(gate(1)?)?, logistic(gate(3)?)?);
        cells = ((forget * cells)? + (input * gate(2)?.tanh()?)?)?;
        hidden = (output * cells.tanh()?)?;
        all.push(hidden.clone());
    }
    Tensor::stack(&all, 0)
}

fn numbers(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

fn assert_close(a: &Tensor, b: &Tensor, what: &str) {
    let (a, b) = (numbers(a), numbers(b));
    let apart = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let largest = b.iter().fold(1e-3_f32, |most, x| most.max(x.abs()));
    assert!(a.len() == b.len() && apart < 1e-5 * largest.max(1.0), "{what}: {apart} apart of {largest}");
}

#[test]
fn the_layer_and_its_gradients_are_those_of_the_steps() {
    for (steps, sequences, units) in [(1, 1, 1), (1, 3, 2), (2, 1, 3), (7, 5, 4)] {
        let random =
            |shape: &[usize]| Var::from_tensor(&Tensor::randn(0f32, 1.0, shape, &Device::Cpu).unwrap()).unwrap();
        let projected = random(&[steps, sequences, 4 * units]);
        let (recurrent, bias) = (random(&[units, 4 * units]), random(&[1, 4 * units]));
        let weighted = Tensor::randn(0f32, 1.0, (steps, sequences, units), &Device::Cpu).unwrap();
        let run = |layer: fn(&Tensor, &Tensor, &Tensor) -> Result<Tensor>| {
            let hidden = layer(&projected, &recurrent, &bias).unwrap();
            let gradients = (&hidden * &weighted).unwrap().sum_all().unwrap().backward().unwrap();
            // Of a single step the recurrent kernel is multiplied by zeros.
            let of = |var: &Var| gradients.get(var).cloned().unwrap_or_else(|| var.zeros_like().unwrap());
            [hidden, of(&projected), of(&recurrent), of(&bias)]
        };
        let (found, expected) = (run(lstm), run(lstm_step_by_step));
        for ((found, expected), what) in found.iter().zip(&expected).zip(["hidden", "projected", "recurrent", "bias"]) {
            assert_close(found, expected, &format!("{what} of {steps} steps, {sequences} sequences, {units} units"));
        }
    }
}

/// Along its own gradient the loss rises by the gradient's length. The values are so large that no reconstruction comes
/// near them: where an error changes its sign, the loss has no slope.
#[test]
fn gradients_are_the_slopes_of_the_loss() {
    let weights = initial::weights(3, &[5, 4], 2);
    let mut values = batch(40, 0).records.values().to_owned();
    values.mapv_inplace(|x| if x < 0.0 { x - 2.0 } else { x + 2.0 });
    let (_, gradients) = loss_and_gradients(&weights, values.view()).unwrap();
    let step = 0.01;
    for array in 0..weights.arrays().len() {
        let gradient = &gradients.arrays()[array];
        let length = gradient.iter().map(|x| x * x).sum::<f32>().sqrt();
        let loss = |by: f32| {
            let mut moved = weights.arrays().to_vec();
            moved[array].scaled_add(by / length, gradient);
            loss_and_gradients(&Weights::new(moved).unwrap(), values.view()).unwrap().0
        };
        let slope = (loss(step) - loss(-step)) / f64::from(2.0 * step);
        assert!((slope / f64::from(length) - 1.0).abs() < 0.02, "array {array}: slope {slope}, gradient {length}");
    }
}
