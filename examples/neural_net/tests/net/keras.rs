//! Keras' numbers: a small autoencoder from the same weights, on the same data (`tests/golden/autoencoder.py`).

use chunkfit::estimator::PartialFit;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array2, Array3};
use chunkfit_neural_net::{Autoencoder, AutoencoderParams, Sequences, Weights};
use serde_json::Value;

fn numbers(value: &Value, into: &mut Vec<f32>) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|part| numbers(part, into)),
        number => into.push(number.as_f64().unwrap() as f32),
    }
}

fn flat(value: &Value) -> Vec<f32> {
    let mut flat = Vec::new();
    numbers(value, &mut flat);
    flat
}

fn length(value: &Value) -> usize {
    value.as_array().unwrap().len()
}

fn sequences(value: &Value) -> Sequences {
    let shape = (length(value), length(&value[0]), length(&value[0][0]));
    Sequences::new(Array3::from_shape_vec(shape, flat(value)).unwrap())
}

fn weights(value: &Value) -> Weights {
    let array = |value: &Value| Array2::from_shape_vec((length(value), length(&value[0])), flat(value)).unwrap();
    Weights::new(value.as_array().unwrap().iter().map(array).collect()).unwrap()
}

fn apart<'a>(a: impl IntoIterator<Item = &'a f32>, b: impl IntoIterator<Item = &'a f32>) -> f32 {
    a.into_iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn reconstructions_losses_and_weights_are_those_of_keras() {
    let golden: Value = serde_json::from_str(include_str!("../golden/autoencoder.json")).unwrap();
    let data = sequences(&golden["data"]);
    let model = Autoencoder::from_weights(weights(&golden["initial"])).unwrap();
    let reconstruction = model.reconstruct(&data).unwrap();
    assert!(apart(reconstruction.values().iter(), sequences(&golden["reconstruction"]).values().iter()) < 1e-6);

    let initial = model.weights().clone();
    let params = AutoencoderParams::new(0)
        .initial_weights(initial)
        .units([5, 4])
        .learning_rate(0.01)
        .batch_size(4)
        .batches_per_epoch(2);
    let chunk = DatasetBase::new(data, ());
    let learned = (0..5).fold(None, |model, _| Some(params.partial_fit(model, &chunk).unwrap())).unwrap();
    let losses: Vec<f32> = learned.history().losses.iter().map(|loss| *loss as f32).collect();
    let expected = flat(&golden["losses"]);
    assert!(losses.len() == 5 && apart(&losses, &expected) < 1e-5, "{losses:?} {expected:?}");
    let end = weights(&golden["final"]);
    for (found, expected) in learned.weights().arrays().iter().zip(end.arrays()) {
        assert!(apart(found, expected) < 1e-4, "{found} {expected}");
    }
}
